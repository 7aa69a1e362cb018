package dev.ponder.classify;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a text that counts its characters, words and lines, and collects its words where
 * somebody wants them. Reusable; allocates nothing.
 *
 * <p>Counts are kept for each sentence and committed at its end, unless the sentence only asks for
 * a form of the answer ("Return only JSON"), appeals to think hard ("Let's think step by step") or
 * gives thanks: then they are thrown away, and only {@link #DROPPED} tells.
 */
final class SurfaceScan {

  // Counts of single characters come first: CharKind.KINDS of them, by CharKind.
  static final int WORDS = CharKind.KINDS;
  static final int NUMBERS = WORDS + 1;
  static final int LONG_NUMBERS = WORDS + 2;
  static final int VARIABLES = WORDS + 3;
  static final int MIXED = WORDS + 4;
  static final int CAPITALISED = WORDS + 5;
  static final int SHOUTED = WORDS + 6;
  static final int LONG_WORDS = WORDS + 7;
  static final int REPEATED = WORDS + 8;
  static final int BARE_OPERATORS = WORDS + 9;
  static final int SENTENCES = WORDS + 10;

  /** The first of {@link WordFamilies#COUNTED} counts of words by family. */
  static final int FAMILY = WORDS + 11;

  private static final int PER_SENTENCE = FAMILY + WordFamilies.COUNTED;

  // Counts of lines follow; they are not taken back.
  static final int LINES = PER_SENTENCE;
  static final int BLANK_LINES = LINES + 1;
  static final int ENUMERATED_LINES = LINES + 2;
  static final int OPTION_LINES = LINES + 3;
  static final int BULLET_LINES = LINES + 4;
  static final int SHORT_LINES = LINES + 5;
  static final int GRID_LINES = LINES + 6;
  static final int SAME_LENGTH_LINES = LINES + 7;
  static final int INDENTED_LINES = LINES + 8;
  static final int COLON_LINES = LINES + 9;
  static final int DROPPED = LINES + 10;
  static final int ENDS_WITH_QUESTION = LINES + 11;
  static final int COUNTS = LINES + 12;

  /** A sentence about the answer's form is short; a longer one has something to say as well. */
  private static final int LONGEST_PHRASE_WORDS = 24;

  private static final int LONGEST_THANKS = 10;

  /** Shorter words stand in formulas, too. */
  private static final int LEAST_PLAIN = 3;

  private static final int SEEN_BITS = 4096;

  /** What a number is collected as, plus its digits: the number itself means nothing. */
  private static final int NUMBER_WORD = 0x7000;

  private static final int MOST_DIGITS = 9;

  /** Families that say what is to be done with a formula. */
  private static final int ASKED =
      1 << WordFamilies.EXTREME
          | 1 << WordFamilies.NUMBER
          | 1 << WordFamilies.ALGEBRA
          | 1 << WordFamilies.PROOF
          | 1 << WordFamilies.PUZZLE
          | 1 << WordFamilies.SOLVING;

  private final int[] counts = new int[COUNTS];
  private final int[] sentence = new int[PER_SENTENCE];

  /** The counts of sentences that are formulas and nothing else. */
  private final int[] formulas = new int[PER_SENTENCE];

  private int plainWords;
  private int plainSentences;
  private int asked;
  private final long[] seenWords = new long[SEEN_BITS / 64];

  private final @Nullable WordBuckets words;

  /** The hashes of the sentence's words; no text has more words than a window has characters. */
  private final int[] sentenceWords;

  private int sentenceSize;
  private char[] text = new char[0];
  private int marks;
  private int appeals;
  private boolean quotedBrace;
  private int lineStart;
  private int previousLineLength;

  /** A scan that only counts. */
  SurfaceScan() {
    this(null);
  }

  /** A scan that also adds the words that it reads; those of a dropped sentence it does not. */
  SurfaceScan(@Nullable WordBuckets words) {
    this.words = words;
    this.sentenceWords = new int[words == null ? 0 : PromptText.Window.KEPT];
  }

  /** The counts of the text that was read last, by the constants of this class. */
  int[] counts() {
    return counts;
  }

  /** Counts the characters from {@code from} to before {@code length}. */
  void read(char[] window, int from, int length) {
    text = window;
    Arrays.fill(counts, 0);
    Arrays.fill(seenWords, 0);
    Arrays.fill(formulas, 0);
    plainSentences = 0;
    asked = 0;
    clearSentence();
    lineStart = from;
    previousLineLength = -1;
    int at = from;
    while (at < length) {
      char c = window[at];
      int kind = CharKind.of(c);
      if (kind <= CharKind.LAST_OF_WORD) {
        at = readWord(at, length, kind);
        continue;
      }
      sentence[kind]++;
      if (kind == CharKind.IDEOGRAPH) {
        readIdeograph(at, c);
      } else if (kind == CharKind.NEWLINE) {
        endSentence();
        endLine(at);
      } else if (kind >= CharKind.STOP && kind <= CharKind.EXCLAMATION) {
        if (c >= 0x80 || at + 1 == length || window[at + 1] <= ' ') {
          counts[ENDS_WITH_QUESTION] = kind == CharKind.QUESTION ? 1 : 0;
          endSentence();
        }
      } else if (kind == CharKind.QUOTE) {
        quotedBrace |= at > 0 && "{[".indexOf(window[at - 1]) >= 0;
      } else if (kind >= CharKind.OPERATOR && kind <= CharKind.MINUS) {
        readOperator(at, length);
      }
      at++;
    }
    endSentence();
    endLine(length);
    // Formulas under small talk that nobody asks to solve say nothing about what is asked.
    if (plainSentences == 0 || asked != 0) {
      add(formulas, counts);
    }
  }

  /** Reads a run of letters and digits; returns where it ends. */
  private int readWord(int start, int length, int firstKind) {
    int hash = 0;
    int digits = 0;
    int uppers = 0;
    int foreign = 0;
    int others = 0;
    int at = start;
    int kind = firstKind;
    char c = text[at];
    while (true) {
      switch (kind) {
        case CharKind.LOWER -> hash = WordFamilies.extend(hash, c);
        case CharKind.UPPER -> {
          uppers++;
          hash = WordFamilies.extend(hash, (char) (c | 0x20));
        }
        case CharKind.FOREIGN -> {
          foreign++;
          hash = WordFamilies.extend(hash, c < 0x100 ? (char) (c | 0x20) : lower(c));
        }
        case CharKind.DIGIT -> {
          digits++;
          hash = WordFamilies.extend(hash, c);
        }
        default -> {
          others++;
          hash = WordFamilies.extend(hash, c);
        }
      }
      if (++at == length) {
        break;
      }
      c = text[at];
      kind = CharKind.of(c);
      if (kind > CharKind.LAST_OF_WORD) {
        break;
      }
      if (kind == CharKind.APOSTROPHE && (at + 1 == length || !isLetter(text[at + 1]))) {
        break;
      }
    }
    int size = at - start;
    int[] counting = sentence;
    counting[CharKind.DIGIT] += digits;
    counting[CharKind.UPPER] += uppers;
    counting[CharKind.FOREIGN] += foreign;
    counting[CharKind.LOWER] += size - digits - uppers - foreign - others;
    if (size == digits) {
      counting[size >= 4 ? LONG_NUMBERS : NUMBERS]++;
      collect(NUMBER_WORD + Math.min(size, MOST_DIGITS));
    } else {
      collect(hash);
      countWord(start, size, hash, digits, uppers);
    }
    return at;
  }

  static boolean isLetter(char c) {
    int kind = CharKind.of(c);
    return kind <= CharKind.FOREIGN && kind != CharKind.OTHER;
  }

  private static char lower(char c) {
    return Character.toLowerCase(c);
  }

  private void countWord(int start, int size, int hash, int digits, int uppers) {
    int[] counting = sentence;
    counting[WORDS]++;
    if (size == 1) {
      char c = text[start];
      if (c != 'a' && c != 'I' && c != 'A' && CharKind.of(c) <= CharKind.FOREIGN) {
        counting[VARIABLES]++;
      }
    } else if (digits > 0) {
      counting[MIXED]++;
    } else if (uppers == size) {
      counting[SHOUTED]++;
    } else if (uppers > 0 && counting[WORDS] > 1) {
      counting[CAPITALISED]++;
    }
    if (size >= 9) {
      counting[LONG_WORDS]++;
    }
    if (size >= LEAST_PLAIN && digits == 0 && (start == 0 || text[start - 1] != '\\')) {
      plainWords++;
    }
    noteRepetition(hash);
    countFamilies(WordFamilies.maskOf(hash));
  }

  private void noteRepetition(int hash) {
    int bit = (hash ^ hash >>> 13) & SEEN_BITS - 1;
    long mask = 1L << bit;
    if ((seenWords[bit >>> 6] & mask) != 0) {
      sentence[REPEATED]++;
    } else {
      seenWords[bit >>> 6] |= mask;
    }
  }

  private void countFamilies(int mask) {
    if (mask == 0) {
      return;
    }
    marks |= mask;
    if ((mask & 1 << WordFamilies.APPEAL) != 0) {
      appeals++;
    }
    int counted = mask & (1 << WordFamilies.COUNTED) - 1;
    while (counted != 0) {
      sentence[FAMILY + Integer.numberOfTrailingZeros(counted)]++;
      counted &= counted - 1;
    }
  }

  /** Scripts without spaces: every pair of neighbours is looked up as if it were a word. */
  private void readIdeograph(int at, char c) {
    if (at > 0 && CharKind.of(text[at - 1]) == CharKind.IDEOGRAPH) {
      int hash = WordFamilies.extend(WordFamilies.extend(0, text[at - 1]), c);
      countFamilies(WordFamilies.maskOf(hash));
      collect(hash);
    }
  }

  private void collect(int hash) {
    if (words != null) {
      sentenceWords[sentenceSize++] = hash;
    }
  }

  /** An operator between spaces, or at an edge, is one that the text computes with. */
  private void readOperator(int at, int length) {
    if (at > 0 && at + 1 < length && text[at - 1] == ' ' && text[at + 1] == ' ') {
      sentence[BARE_OPERATORS]++;
    }
  }

  private void endSentence() {
    int words = sentence[WORDS] + sentence[CharKind.IDEOGRAPH] / 2;
    if (words == 0 && sentence[NUMBERS] == 0 && !quotedBrace) {
      commit();
    } else if (isAboutForm(words)) {
      counts[DROPPED]++;
    } else if (isFormula()) {
      add(sentence, formulas);
    } else {
      sentence[SENTENCES] = 1;
      plainSentences++;
      asked |= marks & ASKED;
      commit();
    }
    clearSentence();
  }

  private boolean isFormula() {
    return plainWords == 0
        && sentence[CharKind.IDEOGRAPH] == 0
        && sentence[CharKind.OPERATOR]
                + sentence[CharKind.COMPARISON]
                + sentence[CharKind.BACKSLASH]
                + sentence[CharKind.MATHS]
            > 0;
  }

  private boolean isAboutForm(int words) {
    if (quotedBrace) {
      return true;
    }
    if (words > LONGEST_PHRASE_WORDS) {
      return false;
    }
    boolean reply = (marks & 1 << WordFamilies.REPLY) != 0;
    boolean only = (marks & 1 << WordFamilies.ONLY) != 0;
    boolean format = (marks & 1 << WordFamilies.FORMAT) != 0;
    boolean thanks = (marks & 1 << WordFamilies.THANKS) != 0;
    return appeals >= 2
        || (thanks && words <= LONGEST_THANKS)
        || (appeals == 1 && words <= 12)
        || (format && (reply || only || words <= 8))
        || (reply && only);
  }

  private void commit() {
    add(sentence, counts);
    if (words != null) {
      words.addSentence(sentenceWords, sentenceSize);
    }
  }

  private static void add(int[] some, int[] all) {
    for (int i = 0; i < PER_SENTENCE; i++) {
      all[i] += some[i];
    }
  }

  private void clearSentence() {
    Arrays.fill(sentence, 0);
    sentenceSize = 0;
    plainWords = 0;
    marks = 0;
    appeals = 0;
    quotedBrace = false;
  }

  private void endLine(int end) {
    int start = lineStart;
    lineStart = end + 1;
    int size = end - start;
    counts[LINES]++;
    int first = start;
    while (first < end && text[first] <= ' ') {
      first++;
    }
    if (first == end) {
      counts[BLANK_LINES]++;
      previousLineLength = -1;
      return;
    }
    if (first - start >= 2) {
      counts[INDENTED_LINES]++;
    }
    if (text[end - 1] == ':') {
      counts[COLON_LINES]++;
    }
    if (size <= 24) {
      counts[SHORT_LINES]++;
      if (size >= 3 && !LineShape.isRuler(text, first, end) && LineShape.isGrid(text, first, end)) {
        counts[GRID_LINES]++;
      }
    }
    if (size == previousLineLength && size >= 3) {
      counts[SAME_LENGTH_LINES]++;
    }
    previousLineLength = size;
    int mark = LineShape.listMark(text, first, end);
    if (mark >= 0) {
      counts[mark]++;
    }
  }
}
