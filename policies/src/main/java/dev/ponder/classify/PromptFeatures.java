package dev.ponder.classify;

import java.util.Arrays;

/**
 * What a classifier knows of a request: numbers only, no words. Reusable, so that the hot path does
 * not allocate. Not safe for use by two threads.
 *
 * <p>Only the last user turn is measured. A system prompt is the same for easy and hard questions
 * of one application, so it says nothing about the one that was asked; reading it would let an
 * operator's long instructions buy the dear model for every greeting.
 */
public final class PromptFeatures {

  /** Texts shorter than this many words have their shares damped: one word proves little. */
  private static final int DAMPING = 8;

  private static final double CHARS_PER_IDEOGRAPHIC_WORD = 1.6;

  /** Beyond this many words (as a logarithm) a longer text is not a harder one. */
  private static final double LARGEST_SIZE = 4.5;

  private final char[] window = new char[PromptText.Window.HEAD + PromptText.Window.TAIL + 1];
  private final SurfaceScan scan = new SurfaceScan();
  private final double[] values = new double[Feature.COUNT];

  /** Replaces all features by those of this text. */
  public void read(PromptText text) {
    int length = text.user().copyTo(window);
    scan.read(window, length);
    int[] counts = scan.counts();
    double numbers = counts[SurfaceScan.NUMBERS] + counts[SurfaceScan.LONG_NUMBERS];
    double tokens =
        counts[SurfaceScan.WORDS]
            + counts[CharKind.IDEOGRAPH] / CHARS_PER_IDEOGRAPHIC_WORD
            + numbers;
    measureTokens(counts, tokens, numbers);
    measureCharacters(counts, tokens);
    measureFamilies(counts, tokens);
    measureShape(counts, tokens);
  }

  /** The value of one feature: a share, a logarithm of a count, or the shape's own measure. */
  double value(Feature feature) {
    return values[feature.index()];
  }

  /** All values by {@link Feature#index}; the array is reused. */
  double[] values() {
    return values;
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }

  private void measureTokens(int[] counts, double tokens, double numbers) {
    set(Feature.NUMBER_SHARE, share(numbers, tokens));
    set(Feature.LONG_NUMBERS, log(counts[SurfaceScan.LONG_NUMBERS]));
    set(Feature.LONG_NUMBER_SHARE, share(counts[SurfaceScan.LONG_NUMBERS], tokens));
    set(Feature.MIXED_SHARE, share(counts[SurfaceScan.MIXED], tokens));
    set(Feature.CAPITALISED_SHARE, share(counts[SurfaceScan.CAPITALISED], tokens));
    set(Feature.SHOUTED_SHARE, share(counts[SurfaceScan.SHOUTED], tokens));
    set(Feature.BARE_OPERATOR_SHARE, share(counts[SurfaceScan.BARE_OPERATORS], tokens));
  }

  private void measureCharacters(int[] counts, double tokens) {
    set(Feature.MATHS_SHARE, share(counts[CharKind.MATHS] + counts[CharKind.BACKSLASH], tokens));
    set(Feature.SQUARE_BRACKETS, log(counts[CharKind.SQUARE]));
    set(Feature.ROUND_BRACKETS, log(counts[CharKind.ROUND]));
    set(Feature.QUESTION_SHARE, share(counts[CharKind.QUESTION], tokens));
    set(Feature.COMPARISONS, log(counts[CharKind.COMPARISON]));
    set(Feature.SEMICOLONS, log(counts[CharKind.SEMICOLON]));
    set(Feature.MINUS_SHARE, share(counts[CharKind.MINUS], tokens));
  }

  private void measureFamilies(int[] counts, double tokens) {
    set(Feature.CONSTRAINT_SHARE, share(family(counts, WordFamilies.CONSTRAINT), tokens));
    set(Feature.CONDITIONS, log(family(counts, WordFamilies.CONDITION)));
    set(Feature.EXTREME_SHARE, share(family(counts, WordFamilies.EXTREME), tokens));
    set(Feature.STATES, log(family(counts, WordFamilies.STATE)));
    set(Feature.STATE_SHARE, share(family(counts, WordFamilies.STATE), tokens));
    set(Feature.NUMBER_THEORY_SHARE, share(family(counts, WordFamilies.NUMBER), tokens));
    set(Feature.ALGEBRA_SHARE, share(family(counts, WordFamilies.ALGEBRA), tokens));
    set(Feature.PROOF_SHARE, share(family(counts, WordFamilies.PROOF), tokens));
    set(Feature.CODE_SHARE, share(family(counts, WordFamilies.CODE), tokens));
    set(Feature.PUZZLE_SHARE, share(family(counts, WordFamilies.PUZZLE), tokens));
    set(Feature.WRITING, log(family(counts, WordFamilies.WRITING)));
    set(Feature.READING, log(family(counts, WordFamilies.READING)));
    set(Feature.HOUSEKEEPING, Math.min(1, family(counts, WordFamilies.HOUSEKEEPING)));
  }

  private void measureShape(int[] counts, double tokens) {
    set(Feature.OPTION_LINES, log(counts[SurfaceScan.OPTION_LINES]));
    set(Feature.GRID_LINES, log(counts[SurfaceScan.GRID_LINES]));
    set(Feature.SAME_LENGTH_LINES, log(counts[SurfaceScan.SAME_LENGTH_LINES]));
    set(Feature.SIZE, Math.min(LARGEST_SIZE, Math.log(1 + tokens)));
    int words = counts[SurfaceScan.WORDS];
    // Vocabulary grows slower than text (Heaps' law): what remains tells a puzzle from prose.
    double different = words - counts[SurfaceScan.REPEATED];
    set(Feature.REPETITION, .8 * Math.log(words + 4.0) - Math.log(different + 4));
  }

  private void set(Feature feature, double value) {
    values[feature.index()] = value;
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
