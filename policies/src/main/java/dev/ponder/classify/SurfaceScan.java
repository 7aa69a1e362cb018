package dev.ponder.classify;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a text that counts its characters, words and lines, and collects its words where
 * somebody wants them. Reusable; allocates nothing.
 *
 * <p>Counts are kept for each {@link Sentence} and committed at its end, unless it only asks for a
 * form of the answer, appeals to think hard or gives thanks: then they are thrown away, and only
 * {@link #DROPPED} tells. What asks nothing by itself, such as a formula or an item of a list, is
 * set aside: it may be what the rest is about, or may have been pasted below small talk.
 */
final class SurfaceScan {

  // Counts of single characters come first: CharKind.KINDS of them, by CharKind.
  static final int WORDS = CharKind.KINDS;
  static final int NUMBERS = WORDS + 1;
  static final int LONG_NUMBERS = WORDS + 2;
  static final int MIXED = WORDS + 3;
  static final int CAPITALISED = WORDS + 4;
  static final int SHOUTED = WORDS + 5;
  static final int REPEATED = WORDS + 6;
  static final int BARE_OPERATORS = WORDS + 7;

  /** The first of {@link WordFamilies#COUNTED} counts of words by family. */
  static final int FAMILY = WORDS + 8;

  private static final int PER_SENTENCE = FAMILY + WordFamilies.COUNTED;

  // Counts of lines follow; they are not taken back.
  static final int ENUMERATED_LINES = PER_SENTENCE;
  static final int OPTION_LINES = PER_SENTENCE + 1;
  static final int BULLET_LINES = PER_SENTENCE + 2;
  static final int GRID_LINES = PER_SENTENCE + 3;
  static final int SAME_LENGTH_LINES = PER_SENTENCE + 4;
  static final int INDENTED_LINES = PER_SENTENCE + 5;
  static final int COLON_LINES = PER_SENTENCE + 6;
  static final int DROPPED = PER_SENTENCE + 7;
  static final int COUNTS = PER_SENTENCE + 8;

  private static final int WIDEST_GRID = 24;

  /** Shorter words stand in formulas, too. */
  private static final int LEAST_PLAIN = 3;

  private static final int SEEN_BITS = 4096;

  /** What a number is collected as, plus its digits: the number itself means nothing. */
  private static final int NUMBER_WORD = 0x7000;

  private static final int MOST_DIGITS = 9;

  private final int[] counts = new int[COUNTS];

  /** The sentence that is being read, and its counts. */
  private final Sentence sentence;

  private final int[] current;

  /** The counts of sentences that ask nothing by themselves: formulas, items of a list. */
  private final int[] inert = new int[PER_SENTENCE];

  private final LineShape line = new LineShape();
  private boolean said;

  /** The families of the words that were not set aside, one bit each. */
  private int marks;

  private final long[] seenWords = new long[SEEN_BITS / 64];
  private final @Nullable WordBuckets words;

  /** The hashes of the words that were set aside. */
  private final int[] inertWords;

  private int inertSize;
  private char[] text = new char[0];
  private int lineStart;
  private int previousLineLength;

  /** A scan that only counts. */
  SurfaceScan() {
    this(null);
  }

  /** A scan that also adds the words that it reads; those of a dropped sentence it does not. */
  SurfaceScan(@Nullable WordBuckets words) {
    this.words = words;
    // No text has more words than a window has characters.
    int most = words == null ? 0 : PromptText.Window.KEPT;
    this.sentence = new Sentence(PER_SENTENCE, most);
    this.current = sentence.counts;
    this.inertWords = new int[most];
  }

  /** What was counted in the text that was read last, by the constants of this class. */
  int[] counts() {
    add(inert, counts);
    Arrays.fill(inert, 0);
    return counts;
  }

  /** The same without what was set aside; to be asked for before {@link #counts}. */
  int[] countsOfAsk(int[] copy) {
    System.arraycopy(counts, 0, copy, 0, COUNTS);
    copy[OPTION_LINES] = 0;
    copy[GRID_LINES] = 0;
    copy[SAME_LENGTH_LINES] = 0;
    return copy;
  }

  /** Whether something was set aside, and something not. */
  boolean hasAsk() {
    int setAside = inert[WORDS] + inert[NUMBERS] + inert[CharKind.IDEOGRAPH];
    return said && setAside > 0;
  }

  /** Whether what was not set aside has words of any of these families, one bit each. */
  boolean says(int families) {
    return (marks & families) != 0;
  }

  /** Whether what was not set aside is a question, or has words of requests or of tasks. */
  boolean asks() {
    return said && (counts[CharKind.QUESTION] > 0 || says(WordFamilies.REQUEST));
  }

  /** Adds the words of what was set aside since this was last done. */
  void addInertWords() {
    if (words != null) {
      words.addSentence(inertWords, inertSize);
      inertSize = 0;
    }
  }

  /** Counts the characters from {@code from} to before {@code length}. */
  void read(char[] window, int from, int length) {
    text = window;
    Arrays.fill(counts, 0);
    Arrays.fill(seenWords, 0);
    Arrays.fill(inert, 0);
    said = false;
    marks = 0;
    sentence.clear();
    lineStart = from;
    line.beginText(window, from, length);
    previousLineLength = -1;
    int at = from;
    while (at < length) {
      int kind = CharKind.of(window[at]);
      if (kind <= CharKind.LAST_OF_WORD) {
        at = readWord(at, length);
      } else {
        if (kind != CharKind.SPACE) { // which nobody counts
          readSign(at, length, kind);
        }
        at++;
      }
    }
    endSentence();
    endLine(length);
  }

  private void readSign(int at, int length, int kind) {
    char c = text[at];
    current[kind]++;
    if (kind == CharKind.IDEOGRAPH) {
      readIdeograph(at, c);
    } else if (kind == CharKind.NEWLINE) {
      endSentence();
      endLine(at);
      line.beginLine(at + 1);
    } else if (kind >= CharKind.STOP && kind <= CharKind.EXCLAMATION) {
      if (c >= 0x80 || at + 1 == length || text[at + 1] <= ' ') {
        endSentence();
      }
    } else if (kind == CharKind.QUOTE) {
      sentence.quotedBrace |= at > 0 && "{[".indexOf(text[at - 1]) >= 0;
    } else if (kind >= CharKind.OPERATOR && kind <= CharKind.MINUS) {
      readOperator(at, length);
    }
  }

  /** Reads a run of letters and digits; returns where it ends. */
  private int readWord(int start, int length) {
    char[] window = text;
    int hash = 0;
    int digits = 0;
    int uppers = 0;
    int at = start;
    while (at < length) {
      char c = window[at];
      if (c < 'a' || c > 'z') { // the rare cases; a word's letters need no table
        int kind = CharKind.of(c);
        if (kind >= CharKind.APOSTROPHE && !isInnerApostrophe(kind, at, start, length)) {
          break;
        }
        digits += kind == CharKind.DIGIT ? 1 : 0;
        uppers += kind == CharKind.UPPER ? 1 : 0;
        c = lower(c, kind);
      }
      hash = WordFamilies.extend(hash, c);
      at++;
    }
    int size = at - start;
    if (size == digits) {
      current[size >= 4 ? LONG_NUMBERS : NUMBERS]++;
      sentence.collect(NUMBER_WORD + Math.min(size, MOST_DIGITS));
    } else {
      sentence.collect(hash);
      countWord(start, size, hash, digits, uppers);
    }
    return at;
  }

  static boolean isLetter(char c) {
    int kind = CharKind.of(c);
    return kind <= CharKind.FOREIGN && kind != CharKind.OTHER;
  }

  private boolean isInnerApostrophe(int kind, int at, int start, int length) {
    return kind == CharKind.APOSTROPHE
        && (at == start || (at + 1 < length && isLetter(text[at + 1])));
  }

  private static char lower(char c, int kind) {
    if (kind == CharKind.UPPER || (kind == CharKind.FOREIGN && c < 0x100)) {
      return (char) (c | 0x20);
    }
    return kind == CharKind.FOREIGN ? Character.toLowerCase(c) : c;
  }

  private void countWord(int start, int size, int hash, int digits, int uppers) {
    int[] counting = current;
    counting[WORDS]++;
    if (digits > 0) {
      counting[MIXED]++;
    } else {
      if (uppers > 0 && size > 1) {
        countCapitals(size, uppers);
      }
      if (start == 0 || text[start - 1] != '\\') {
        sentence.plainWords += size >= LEAST_PLAIN ? 1 : 0;
      }
    }
    noteRepetition(hash);
    sentence.countFamilies(WordFamilies.maskOf(hash));
  }

  private void countCapitals(int size, int uppers) {
    if (uppers == size) {
      current[SHOUTED]++;
    } else if (current[WORDS] > 1) {
      current[CAPITALISED]++;
    }
  }

  /** Without a branch, as nobody can predict which words come again. */
  private void noteRepetition(int hash) {
    int bit = (hash ^ hash >>> 13) & SEEN_BITS - 1;
    long seen = seenWords[bit >>> 6];
    current[REPEATED] += (int) (seen >>> bit & 1);
    seenWords[bit >>> 6] = seen | 1L << bit;
  }

  /** Scripts without spaces: every pair of neighbours is looked up as if it were a word. */
  private void readIdeograph(int at, char c) {
    if (at > 0 && CharKind.of(text[at - 1]) == CharKind.IDEOGRAPH) {
      int hash = WordFamilies.extend(WordFamilies.extend(0, text[at - 1]), c);
      sentence.countFamilies(WordFamilies.maskOf(hash));
      sentence.collect(hash);
    }
  }

  /** An operator between spaces, or at an edge, is one that the text computes with. */
  private void readOperator(int at, int length) {
    if (at > 0 && at + 1 < length && text[at - 1] == ' ' && text[at + 1] == ' ') {
      current[BARE_OPERATORS]++;
    }
  }

  private void endSentence() {
    int words = current[WORDS] + current[CharKind.IDEOGRAPH] / 2;
    if (words == 0 && current[NUMBERS] == 0 && !sentence.quotedBrace) {
      commit();
    } else if (sentence.isAboutForm(words)) {
      counts[DROPPED]++;
      said |= sentence.isThanks(words);
    } else if (isInert()) {
      setAside();
    } else {
      said = true;
      marks |= sentence.marks();
      commit();
    }
    sentence.clear();
  }

  private boolean isInert() {
    boolean request = line.isLabelled() && sentence.asksToWrite(); // such as "Translate this:"
    return (line.isInert() && !request) || (sentence.isFormula() && !line.isCode());
  }

  private void setAside() {
    add(current, inert);
    if (words != null) {
      System.arraycopy(sentence.words, 0, inertWords, inertSize, sentence.size);
      inertSize += sentence.size;
    }
  }

  private void commit() {
    add(current, counts);
    if (words != null) {
      words.addSentence(sentence.words, sentence.size);
    }
  }

  private static void add(int[] some, int[] all) {
    for (int i = 0; i < PER_SENTENCE; i++) {
      all[i] += some[i];
    }
  }

  private void endLine(int end) {
    int start = lineStart;
    lineStart = end + 1;
    int size = end - start;
    int first = line.first();
    if (first == end) {
      previousLineLength = -1;
      return;
    }
    if (first - start >= 2) {
      counts[INDENTED_LINES]++;
    }
    if (text[end - 1] == ':') {
      counts[COLON_LINES]++;
    }
    boolean narrow = size >= 3 && size <= WIDEST_GRID;
    if (narrow && !LineShape.isRuler(text, first, end) && LineShape.isGrid(text, first, end)) {
      counts[GRID_LINES]++;
    }
    if (size == previousLineLength && size >= 3) {
      counts[SAME_LENGTH_LINES]++;
    }
    previousLineLength = size;
    if (line.listMark() >= 0) {
      counts[line.listMark()]++;
    }
  }
}
