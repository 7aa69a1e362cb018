package dev.ponder.classify;

/** What a line of text looks like: part of a grid, of a list, or nothing in particular. */
final class LineShape {

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

  private static boolean isListMark(char c) {
    return c == '.' || c == ')' || c == ':';
  }

  private static boolean isOption(char c) {
    return (c >= 'A' && c <= 'K') || (c >= 'a' && c <= 'k');
  }
}
