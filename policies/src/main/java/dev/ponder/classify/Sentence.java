package dev.ponder.classify;

import java.util.Arrays;

/**
 * One sentence while it is read: its counts, the hashes of its words, and what it turns out to be.
 *
 * <p>Some sentences say nothing about what is asked: those about the form of the answer ("Return
 * only JSON"), appeals ("Let's think step by step"), thanks, and formulas.
 */
final class Sentence {

  /** A sentence about the answer's form is short; a longer one has something to say as well. */
  private static final int LONGEST_PHRASE_WORDS = 24;

  private static final int LONGEST_APPEAL = 12;
  private static final int LONGEST_THANKS = 10;
  private static final int LONGEST_FORMAT = 8;

  /** By the constants of {@link SurfaceScan}. */
  final int[] counts;

  final int[] words;
  int size;

  /** Words that do not stand in formulas as well. */
  int plainWords;

  /** Whether there is a quotation mark after an opening brace, as in JSON. */
  boolean quotedBrace;

  private int marks;
  private int appeals;

  /** A sentence with so many counts, and room for the hashes of so many words; 0: they are lost. */
  Sentence(int counts, int words) {
    this.counts = new int[counts];
    this.words = new int[words];
  }

  void clear() {
    Arrays.fill(counts, 0);
    size = 0;
    plainWords = 0;
    quotedBrace = false;
    marks = 0;
    appeals = 0;
  }

  void collect(int hash) {
    if (size < words.length) {
      words[size++] = hash;
    }
  }

  /** Counts a word that is in these families, one bit each. */
  void countFamilies(int mask) {
    if (mask == 0) {
      return;
    }
    marks |= mask;
    if (isIn(mask, WordFamilies.APPEAL)) {
      appeals++;
    }
    int counted = mask & (1 << WordFamilies.COUNTED) - 1;
    while (counted != 0) {
      counts[SurfaceScan.FAMILY + Integer.numberOfTrailingZeros(counted)]++;
      counted &= counted - 1;
    }
  }

  /** The families of its words, one bit each. */
  int marks() {
    return marks;
  }

  /** Whether it has words of requests to write something. */
  boolean asksToWrite() {
    return isIn(marks, WordFamilies.WRITING);
  }

  /** Whether it gives thanks and does little else. */
  boolean isThanks(int length) {
    return isIn(marks, WordFamilies.THANKS) && length <= LONGEST_THANKS;
  }

  /** Numbers, or signs of mathematics with hardly a word among them; and nobody says solve. */
  boolean isFormula() {
    int signs =
        counts[CharKind.OPERATOR]
            + counts[CharKind.COMPARISON]
            + counts[CharKind.BACKSLASH]
            + counts[CharKind.MATHS];
    int numbers = counts[SurfaceScan.NUMBERS] + counts[SurfaceScan.LONG_NUMBERS];
    boolean bare = plainWords == 0 && numbers + signs > 0;
    boolean dense = signs > 0 && signs >= plainWords && !isIn(marks, WordFamilies.SOLVING);
    return counts[CharKind.IDEOGRAPH] == 0 && counts[CharKind.QUESTION] == 0 && (bare || dense);
  }

  /** Whether it is about the form of the answer, an appeal or thanks, and has so many words. */
  boolean isAboutForm(int length) {
    if (quotedBrace) {
      return true;
    }
    if (length > LONGEST_PHRASE_WORDS) {
      return false;
    }
    boolean reply = isIn(marks, WordFamilies.REPLY);
    boolean only = isIn(marks, WordFamilies.ONLY);
    return appeals >= 2
        || (appeals == 1 && length <= LONGEST_APPEAL)
        || isThanks(length)
        || (isIn(marks, WordFamilies.FORMAT) && (reply || only || length <= LONGEST_FORMAT))
        || (reply && only);
  }

  private static boolean isIn(int mask, int family) {
    return (mask & 1 << family) != 0;
  }
}
