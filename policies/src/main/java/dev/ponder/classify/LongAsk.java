package dev.ponder.classify;

/**
 * What is asked around a long text: its first and its last lines, if they ask something. Reusable;
 * allocates nothing. Not safe for use by two threads.
 *
 * <p>People put a request above or below what it is about: a report to be summarised, a story with
 * a question to it. How hard the text looks says little then. Whether the request alone decides is
 * for {@link TrainedClassifier} to say.
 */
final class LongAsk {

  /** The most characters of a request; what is longer is part of the text. */
  static final int LONGEST = 400;

  private final char[] text = new char[2 * LONGEST + 1];
  private final SurfaceScan scan = new SurfaceScan();
  private int length;

  /** Whether the first or the last lines of {@code window[0..size)} ask something. */
  boolean find(char[] window, int size) {
    length = 0;
    take(window, 0, endOfFirst(window, size));
    take(window, startOfLast(window, size), size);
    return length > 0;
  }

  /** Counts what was found, and lets the scan collect its words. */
  void readBy(SurfaceScan reader) {
    reader.read(text, 0, length);
  }

  private void take(char[] window, int from, int to) {
    if (from >= to) {
      return;
    }
    scan.read(window, from, to);
    if (scan.asks()) {
      if (length > 0) {
        text[length++] = '\n';
      }
      System.arraycopy(window, from, text, length, to - from);
      length += to - from;
    }
  }

  /** Where the first paragraph ends, or the first line if that is too long; 0 if both are. */
  private static int endOfFirst(char[] window, int size) {
    int most = Math.min(LONGEST, size - 2);
    int line = 0;
    for (int i = 1; i <= most; i++) {
      if (window[i] == '\n') {
        if (window[i + 1] == '\n') {
          return i;
        }
        line = line == 0 ? i : line;
      }
    }
    return line;
  }

  /** Where the last paragraph begins, or the last line; {@code size} if both are too long. */
  private static int startOfLast(char[] window, int size) {
    int least = Math.max(1, size - LONGEST);
    int line = size;
    for (int i = size - 2; i >= least; i--) {
      if (window[i] == '\n') {
        if (window[i - 1] == '\n') {
          return i + 1;
        }
        line = line == size ? i + 1 : line;
      }
    }
    return line;
  }
}
