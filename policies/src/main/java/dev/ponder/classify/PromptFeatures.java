package dev.ponder.classify;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a classifier knows of a request: numbers only, no words. Reusable, so that the hot path does
 * not allocate. Not safe for use by two threads.
 *
 * <p>Only the last user turn is measured. A system prompt is the same for easy and hard questions
 * of one application, so it says nothing about the one that was asked; reading it would let an
 * operator's long instructions buy the dear model for every greeting.
 *
 * <p>It is measured three times: as a whole, at its end and at its beginning. The question of a
 * long text stands at one of them, and what lies between must not drown it. Words are those of the
 * end and the beginning, too.
 */
public final class PromptFeatures {

  /** A part of the text. */
  public enum Part {
    WHOLE,
    END,
    BEGINNING;

    /** Where the part's values begin in {@link PromptFeatures#values}. */
    @SuppressWarnings("EnumOrdinal") // The order is the index: models name what they store.
    int offset() {
      return ordinal() * Feature.COUNT;
    }
  }

  /** How many values there are: every feature of every part. */
  public static final int VALUES = Part.values().length * Feature.COUNT;

  /** Texts shorter than this many words have their shares damped: one word proves little. */
  private static final int DAMPING = 8;

  private static final double CHARS_PER_IDEOGRAPHIC_WORD = 1.6;

  /** Beyond this many words (as a logarithm) a longer text is not a harder one. */
  private static final double LARGEST_SIZE = 4.5;

  /** A text up to this many characters is not taken apart. */
  private static final int SHORT = 900;

  /** About how many characters an end and a beginning have. */
  private static final int EDGE = 600;

  /** How far a whole line or sentence is looked for before a part begins anywhere. */
  private static final int SLACK = 200;

  private static final int LONGEST_SIGNATURE = 400;

  private final char[] window = new char[PromptText.Window.KEPT];
  private final WordBuckets words = new WordBuckets();
  private final SurfaceScan scan = new SurfaceScan();
  private final SurfaceScan wordScan = new SurfaceScan(words);
  private final LongAsk longAsk = new LongAsk();
  private final double[] values = new double[VALUES];
  private final double[] ofAsk = new double[VALUES];
  private final int[] ask = new int[SurfaceScan.COUNTS];
  private boolean isLong;
  private boolean hasAsk;
  private boolean asksToSolve;
  private int wordsOfAsk;

  /** Replaces all features by those of this text. */
  public void read(PromptText text) {
    int length = withoutSignature(text.user().copyTo(window));
    words.clear();
    isLong = length > SHORT;
    if (isLong) {
      readLong(length);
    } else {
      wordScan.read(window, 0, length);
      hasAsk = wordScan.hasAsk();
      asksToSolve = wordScan.says(WordFamilies.TO_SOLVE);
      if (hasAsk) {
        measure(wordScan.countsOfAsk(ask), ofAsk, Part.WHOLE.offset());
        copyWhole(ofAsk);
      }
      measure(wordScan.counts(), values, Part.WHOLE.offset());
      copyWhole(values);
      wordsOfAsk = words.size();
      wordScan.addInertWords();
    }
  }

  private void readLong(int length) {
    hasAsk = longAsk.find(window, length);
    asksToSolve = false;
    if (hasAsk) {
      longAsk.readBy(wordScan);
      wordScan.addInertWords();
      asksToSolve = wordScan.says(WordFamilies.OF_TASK);
      measure(wordScan.counts(), ofAsk, Part.WHOLE.offset());
      copyWhole(ofAsk);
    }
    wordsOfAsk = words.size();
    scan.read(window, 0, length);
    measure(scan.counts(), values, Part.WHOLE.offset());
    wordScan.read(window, 0, endOfBeginning());
    measure(wordScan.counts(), values, Part.BEGINNING.offset());
    wordScan.read(window, startOfEnd(length), length);
    measure(wordScan.counts(), values, Part.END.offset());
    wordScan.addInertWords();
  }

  private static void copyWhole(double[] all) {
    System.arraycopy(all, 0, all, Part.END.offset(), Feature.COUNT);
    System.arraycopy(all, 0, all, Part.BEGINNING.offset(), Feature.COUNT);
  }

  /**
   * Whether there are parts that ask nothing, such as formulas and items of a list, and others: the
   * former may be what a question is about, or may have been put below small talk. Of a long text,
   * whether its first or last lines ask something.
   */
  public boolean hasAsk() {
    return hasAsk;
  }

  /** Whether the text is taken apart. */
  boolean isLong() {
    return isLong;
  }

  /** Whether the parts that may ask something have words of tasks to be solved. */
  boolean asksToSolve() {
    return asksToSolve;
  }

  /** All values of the parts that may ask something; of use only if {@link #hasAsk}. */
  double[] valuesOfAsk() {
    return ofAsk;
  }

  /** How many of the {@link #words}, from the first on, are those of the parts that may ask. */
  int wordsOfAsk() {
    return wordsOfAsk;
  }

  /** The value of one feature: a share, a logarithm of a count, or the shape's own measure. */
  double value(Part part, Feature feature) {
    return values[part.offset() + feature.index()];
  }

  /** All values by {@link Part#offset} and {@link Feature#index}; the array is reused. */
  double[] values() {
    return values;
  }

  /** The words and pairs of words of a short text, or of a long one's beginning and end. */
  WordBuckets words() {
    return words;
  }

  /** A copy of all values, in a fixed order, for training. */
  public float[] toFloats() {
    return floats(values);
  }

  /** A copy of the words' buckets, each once, for training. */
  public char[] toBuckets() {
    return words.toArray(words.size());
  }

  /** As {@link #toFloats}, of the parts that may ask something; of use only if {@link #hasAsk}. */
  public float[] toFloatsOfAsk() {
    return floats(ofAsk);
  }

  /** As {@link #toBuckets}, of the parts that may ask something; of use only if {@link #hasAsk}. */
  public char[] toBucketsOfAsk() {
    return words.toArray(wordsOfAsk);
  }

  private static float[] floats(double[] from) {
    float[] copy = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      copy[i] = (float) from[i];
    }
    return copy;
  }

  /** The name of a value, such as {@code whole.SIZE}: what models call it. */
  public static String nameOf(int value) {
    Part part = Part.values()[value / Feature.COUNT];
    return part.name().toLowerCase(Locale.ROOT) + "." + Feature.at(value % Feature.COUNT);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }

  /** Where a signature begins that a line of two dashes parts from the text (RFC 3676, 4.3). */
  private int withoutSignature(int length) {
    int first = Math.max(1, length - LONGEST_SIGNATURE);
    for (int i = length - 3; i >= first; i--) {
      boolean dashes = window[i] == '-' && window[i + 1] == '-' && window[i - 1] == '\n';
      if (dashes && (window[i + 2] == '\n' || (window[i + 2] == ' ' && endsLine(i + 3, length)))) {
        return i;
      }
    }
    return length;
  }

  private boolean endsLine(int at, int length) {
    return at < length && window[at] == '\n';
  }

  /** After a line break or a full stop if there is one near, else in the middle of a word. */
  private int startOfEnd(int length) {
    int start = length - EDGE;
    for (int i = start; i < start + SLACK; i++) {
      if (window[i] == '\n') {
        return i + 1;
      }
    }
    for (int i = start; i < start + SLACK; i++) {
      if (isStop(window[i]) && window[i + 1] == ' ') {
        return i + 2;
      }
    }
    return start;
  }

  private int endOfBeginning() {
    for (int i = EDGE - 1; i >= EDGE - SLACK; i--) {
      if (window[i] == '\n') {
        return i;
      }
    }
    for (int i = EDGE - 1; i >= EDGE - SLACK; i--) {
      if (isStop(window[i]) && window[i + 1] == ' ') {
        return i + 1;
      }
    }
    return EDGE;
  }

  private static boolean isStop(char c) {
    return c == '.' || c == '?' || c == '!';
  }

  private static void measure(int[] counts, double[] to, int offset) {
    double numbers = counts[SurfaceScan.NUMBERS] + counts[SurfaceScan.LONG_NUMBERS];
    double tokens =
        counts[SurfaceScan.WORDS]
            + counts[CharKind.IDEOGRAPH] / CHARS_PER_IDEOGRAPHIC_WORD
            + numbers;
    measureTokens(counts, to, offset, tokens, numbers);
    measureCharacters(counts, to, offset, tokens);
    measureFamilies(counts, to, offset, tokens);
    measureShape(counts, to, offset, tokens);
  }

  private static void measureTokens(
      int[] counts, double[] to, int offset, double tokens, double numbers) {
    set(to, offset, Feature.NUMBER_SHARE, share(numbers, tokens));
    set(to, offset, Feature.LONG_NUMBERS, log(counts[SurfaceScan.LONG_NUMBERS]));
    set(to, offset, Feature.LONG_NUMBER_SHARE, share(counts[SurfaceScan.LONG_NUMBERS], tokens));
    set(to, offset, Feature.MIXED_SHARE, share(counts[SurfaceScan.MIXED], tokens));
    set(to, offset, Feature.CAPITALISED_SHARE, share(counts[SurfaceScan.CAPITALISED], tokens));
    set(to, offset, Feature.SHOUTED_SHARE, share(counts[SurfaceScan.SHOUTED], tokens));
    set(to, offset, Feature.BARE_OPERATOR_SHARE, share(counts[SurfaceScan.BARE_OPERATORS], tokens));
  }

  private static void measureCharacters(int[] counts, double[] to, int offset, double tokens) {
    double maths = counts[CharKind.MATHS] + counts[CharKind.BACKSLASH];
    set(to, offset, Feature.MATHS_SHARE, share(maths, tokens));
    set(to, offset, Feature.SQUARE_BRACKETS, log(counts[CharKind.SQUARE]));
    set(to, offset, Feature.ROUND_BRACKETS, log(counts[CharKind.ROUND]));
    set(to, offset, Feature.QUESTION_SHARE, share(counts[CharKind.QUESTION], tokens));
    set(to, offset, Feature.COMPARISONS, log(counts[CharKind.COMPARISON]));
    set(to, offset, Feature.SEMICOLONS, log(counts[CharKind.SEMICOLON]));
    set(to, offset, Feature.COMMA_SHARE, share(counts[CharKind.COMMA], tokens));
    set(to, offset, Feature.MINUS_SHARE, share(counts[CharKind.MINUS], tokens));
  }

  private static void measureFamilies(int[] counts, double[] to, int offset, double tokens) {
    set(
        to,
        offset,
        Feature.CONSTRAINT_SHARE,
        share(family(counts, WordFamilies.CONSTRAINT), tokens));
    set(to, offset, Feature.CONDITIONS, log(family(counts, WordFamilies.CONDITION)));
    set(to, offset, Feature.EXTREME_SHARE, share(family(counts, WordFamilies.EXTREME), tokens));
    set(to, offset, Feature.STATES, log(family(counts, WordFamilies.STATE)));
    set(to, offset, Feature.STATE_SHARE, share(family(counts, WordFamilies.STATE), tokens));
    set(
        to,
        offset,
        Feature.NUMBER_THEORY_SHARE,
        share(family(counts, WordFamilies.NUMBER), tokens));
    set(to, offset, Feature.ALGEBRA_SHARE, share(family(counts, WordFamilies.ALGEBRA), tokens));
    set(to, offset, Feature.PROOF_SHARE, share(family(counts, WordFamilies.PROOF), tokens));
    set(to, offset, Feature.CODE_SHARE, share(family(counts, WordFamilies.CODE), tokens));
    set(to, offset, Feature.PUZZLE_SHARE, share(family(counts, WordFamilies.PUZZLE), tokens));
    set(to, offset, Feature.WRITING, log(family(counts, WordFamilies.WRITING)));
    set(to, offset, Feature.READING, log(family(counts, WordFamilies.READING)));
    set(to, offset, Feature.HOUSEKEEPING, Math.min(1, family(counts, WordFamilies.HOUSEKEEPING)));
  }

  private static void measureShape(int[] counts, double[] to, int offset, double tokens) {
    set(to, offset, Feature.OPTION_LINES, log(counts[SurfaceScan.OPTION_LINES]));
    set(to, offset, Feature.GRID_LINES, log(counts[SurfaceScan.GRID_LINES]));
    set(to, offset, Feature.SAME_LENGTH_LINES, log(counts[SurfaceScan.SAME_LENGTH_LINES]));
    set(to, offset, Feature.SIZE, Math.min(LARGEST_SIZE, Math.log(1 + tokens)));
    int all = counts[SurfaceScan.WORDS];
    // Vocabulary grows slower than text (Heaps' law): what remains tells a puzzle from prose.
    double different = all - counts[SurfaceScan.REPEATED];
    set(to, offset, Feature.REPETITION, .8 * Math.log(all + 4.0) - Math.log(different + 4));
  }

  private static void set(double[] to, int offset, Feature feature, double value) {
    to[offset + feature.index()] = value;
  }

  private static double share(double count, double tokens) {
    return count / (tokens + DAMPING);
  }

  private static double log(int count) {
    return count == 0 ? 0 : Math.log(1.0 + count);
  }

  private static int family(int[] counts, int family) {
    return counts[SurfaceScan.FAMILY + family];
  }
}
