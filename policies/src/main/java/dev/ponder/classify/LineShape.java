package dev.ponder.classify;

/** What a line of text looks like: part of a grid, of a list, or nothing in particular. */
final class LineShape {

  private static final int LABEL_WORDS = 2;
  private static final int LABEL_LETTERS = 30;
  private static final int LABEL_IDEOGRAPHS = 5;

  private LineShape() {}

  /** Whether a line is single characters with the same gap between any two of them. */
  static boolean isGrid(char[] text, int from, int to) {
    boolean spaced = to - from >= 3 && text[from + 1] == ' ';
    for (int i = from; i < to; i++) {
      char c = text[i];
      if (spaced) {
        if ((i - from & 1) == 1 != (c == ' ')) {
          return false;
        }
      } else if (SurfaceScan.isLetter(c) || c == ' ') {
        return false;
      }
    }
    return true;
  }

  /** A line such as ``` or ---- parts text and says nothing about it. */
  static boolean isRuler(char[] text, int from, int to) {
    if ("`-=*_~".indexOf(text[from]) < 0) {
      return false;
    }
    int at = from;
    while (at < to && text[at] == text[from]) {
      at++;
    }
    return at == to;
  }

  /** The count of {@link SurfaceScan} that a list's mark at the line's beginning adds to, or -1. */
  static int listMark(char[] text, int first, int end) {
    char c = text[first];
    if ((c == '-' || c == '*' || c == '•') && first + 1 < end && text[first + 1] == ' ') {
      return SurfaceScan.BULLET_LINES;
    }
    int at = first;
    if (c == '(') {
      at++;
    }
    int mark = at;
    while (at < end && at - mark < 2 && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    if (at > mark && at < end && isListMark(text[at])) {
      return SurfaceScan.ENUMERATED_LINES;
    }
    boolean option = at == mark && at + 1 < end && isOption(text[at]) && isListMark(text[at + 1]);
    return option ? SurfaceScan.OPTION_LINES : -1;
  }

  /** Where the line that begins at {@code from} ends. */
  static int end(char[] text, int from, int length) {
    int end = from;
    while (end < length && text[end] != '\n') {
      end++;
    }
    return end;
  }

  /** Whether a line is one of a program, by how it ends and what it holds. */
  static boolean isCode(char[] text, int from, int end) {
    int last = end - 1;
    while (last > from && text[last] <= ' ') {
      last--;
    }
    if (last < from) {
      return false;
    }
    boolean code = ";{}".indexOf(text[last]) >= 0;
    for (int i = from; i < last; i++) {
      char c = text[i];
      char next = text[i + 1];
      if (c == '\\' || c > 0x7f) {
        return false;
      }
      code |= next == '=' && (c == '=' || c == '+');
      code |= c == '(' && next == ')';
    }
    return code;
  }

  /**
   * Whether the line at {@code from} begins or ends a block of code, as Markdown marks it. Looks at
   * its first characters only, wherever it ends.
   */
  static boolean isFence(char[] text, int from, int length) {
    int first = from;
    while (first < length && text[first] <= ' ' && text[first] != '\n') {
      first++;
    }
    return length - first >= 3
        && text[first] == '`'
        && text[first + 1] == '`'
        && text[first + 2] == '`';
  }

  /** Whether a line asks nothing by itself: an item of a list, an expression in brackets. */
  static boolean asksNothing(char[] text, int from, int end) {
    int first = firstOf(text, from, end);
    return first < end
        && !isQuestion(text, first, end)
        && ("([\\$".indexOf(text[first]) >= 0 || listMark(text, first, end) >= 0);
  }

  /** Whether a line is no question and has a label such as {@code Goal:}, or is a short heading. */
  static boolean isLabelled(char[] text, int from, int end) {
    int first = firstOf(text, from, end);
    int words = 1;
    int ideographs = 0;
    int at = first;
    while (at < end && at - first <= LABEL_LETTERS && !isColon(text[at])) {
      boolean between = text[at] == ' ' && at + 1 < end && text[at + 1] != ':';
      words += between ? 1 : 0;
      ideographs += CharKind.of(text[at]) == CharKind.IDEOGRAPH ? 1 : 0;
      if (words > LABEL_WORDS || ideographs > LABEL_IDEOGRAPHS) {
        return false;
      }
      at++;
    }
    boolean colon = at > first && at < end && isColon(text[at]);
    return colon && !isQuestion(text, at, end);
  }

  private static boolean isColon(char c) {
    return c == ':' || c == '：';
  }

  private static int firstOf(char[] text, int from, int end) {
    int first = from;
    while (first < end && text[first] <= ' ') {
      first++;
    }
    return first;
  }

  /** A question mark before a letter is part of a name, as in programs. */
  private static boolean isQuestion(char[] text, int from, int end) {
    for (int i = from; i < end; i++) {
      char c = text[i];
      boolean inWord = i + 1 < end && SurfaceScan.isLetter(text[i + 1]);
      if ((c == '?' && !inWord) || c == '？' || c == '؟') {
        return true;
      }
    }
    return false;
  }

  private static boolean isListMark(char c) {
    return c == '.' || c == ')' || c == ':';
  }

  private static boolean isOption(char c) {
    return (c >= 'A' && c <= 'K') || (c >= 'a' && c <= 'k');
  }
}
