package dev.ponder.classify;

/**
 * What a line of text looks like: part of a program, of a grid, of a list, or nothing in
 * particular. Reusable; not safe for use by two threads.
 *
 * <p>A line is looked at as far as an answer needs it and no answer is sought twice: the first few
 * words of a paragraph of prose tell all that is asked of it.
 */
final class LineShape {

  private static final int LABEL_WORDS = 2;
  private static final int LABEL_LETTERS = 30;
  private static final int LABEL_IDEOGRAPHS = 5;

  private char[] text = new char[0];
  private int from;
  private int length;
  private int first;
  private int listMark;

  /** Whether the line is fenced code below something else; a text may be all code. */
  private boolean fenced;

  private boolean fencedFromTheStart;
  private boolean labelled;
  private boolean inert;
  private boolean codeIsKnown;
  private boolean code;

  /** Begins a text at {@code start}, and its first line. */
  void beginText(char[] window, int start, int end) {
    text = window;
    length = end;
    fenced = false;
    fencedFromTheStart = isFence(firstOf(start));
    beginLine(start);
  }

  /** Begins the line that stands at {@code start}, or the empty one that ends the text there. */
  void beginLine(int start) {
    from = start;
    first = firstOf(start);
    codeIsKnown = false;
    fenced ^= isFence(first) && !fencedFromTheStart;
    if (endsLine(first)) {
      listMark = -1;
      labelled = false;
      inert = fenced;
      return;
    }
    listMark = listMark(text, first, length);
    labelled = hasLabel();
    inert = fenced || ((labelled || asksNothing()) && !isCode());
  }

  /** Where the line's first visible character stands; its end if it is blank. */
  int first() {
    return first;
  }

  /** The count of {@link SurfaceScan} that a list's mark at the line's beginning adds to, or -1. */
  int listMark() {
    return listMark;
  }

  /** Whether the line is no question and has a label such as {@code Goal:}, or is a heading. */
  boolean isLabelled() {
    return labelled;
  }

  /**
   * Whether it asks nothing by itself and is no line of a program: an item of a list, an expression
   * in brackets, what has a label. Or it is fenced.
   */
  boolean isInert() {
    return inert;
  }

  /** Whether it is a line of a program, by how it ends and what it holds. */
  boolean isCode() {
    if (!codeIsKnown) {
      code = findCode();
      codeIsKnown = true;
    }
    return code;
  }

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

  private static int listMark(char[] text, int first, int end) {
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

  private boolean findCode() {
    int last = first;
    while (!endsLine(last)) {
      last++;
    }
    do {
      last--;
    } while (last > from && text[last] <= ' ');
    if (last < from) {
      return false;
    }
    boolean found = ";{}".indexOf(text[last]) >= 0;
    for (int i = from; i < last; i++) {
      char c = text[i];
      char next = text[i + 1];
      if (c == '\\' || c > 0x7f) {
        return false;
      }
      found |= next == '=' && (c == '=' || c == '+');
      found |= c == '(' && next == ')';
    }
    return found;
  }

  /** Whether ``` stands there, which begins or ends a block of code in Markdown. */
  private boolean isFence(int at) {
    return length - at >= 3 && text[at] == '`' && text[at + 1] == '`' && text[at + 2] == '`';
  }

  private int firstOf(int start) {
    int at = start;
    while (at < length && text[at] <= ' ' && text[at] != '\n') {
      at++;
    }
    return at;
  }

  private boolean asksNothing() {
    return (listMark >= 0 || "([\\$".indexOf(text[first]) >= 0) && !hasQuestion(first);
  }

  private boolean hasLabel() {
    int words = 1;
    int ideographs = 0;
    int at = first;
    while (at - first <= LABEL_LETTERS && !endsLine(at) && !isColon(text[at])) {
      boolean between = text[at] == ' ' && !endsLine(at + 1) && text[at + 1] != ':';
      words += between ? 1 : 0;
      ideographs += CharKind.of(text[at]) == CharKind.IDEOGRAPH ? 1 : 0;
      if (words > LABEL_WORDS || ideographs > LABEL_IDEOGRAPHS) {
        return false;
      }
      at++;
    }
    return at > first && at < length && isColon(text[at]) && !hasQuestion(at);
  }

  private static boolean isColon(char c) {
    return c == ':' || c == '：';
  }

  /** A question mark before a letter is part of a name, as in programs. */
  private boolean hasQuestion(int start) {
    for (int i = start; !endsLine(i); i++) {
      char c = text[i];
      if ((c == '?' && (i + 1 == length || !SurfaceScan.isLetter(text[i + 1])))
          || c == '？'
          || c == '؟') {
        return true;
      }
    }
    return false;
  }

  private boolean endsLine(int at) {
    return at >= length || text[at] == '\n';
  }

  private static boolean isListMark(char c) {
    return c == '.' || c == ')' || c == ':';
  }

  private static boolean isOption(char c) {
    return (c >= 'A' && c <= 'K') || (c >= 'a' && c <= 'k');
  }
}
