package dev.ponder.gateway.cli;

/** How many columns of a terminal a text takes: CJK and emoji two, combining marks none. */
final class DisplayWidth {

  private static final String ELLIPSIS = "…";

  private DisplayWidth() {}

  /** The columns of {@code text}. */
  static int of(String text) {
    return text.codePoints().map(DisplayWidth::of).sum();
  }

  /**
   * {@code text} on one line in exactly {@code columns} columns: white space squeezed, cut with an
   * ellipsis where it is too long, filled with spaces where it is too short.
   */
  static String fit(String text, int columns) {
    String line = text.strip().replaceAll("\\s+", " ");
    if (of(line) > columns) {
      line = cut(line, columns - 1) + ELLIPSIS;
    }
    return line + " ".repeat(Math.max(0, columns - of(line)));
  }

  private static String cut(String line, int columns) {
    int used = 0;
    int at = 0;
    while (at < line.length()) {
      int point = line.codePointAt(at);
      used += of(point);
      if (used > columns) {
        break;
      }
      at += Character.charCount(point);
    }
    return line.substring(0, at);
  }

  private static int of(int point) {
    int type = Character.getType(point);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT
        || type == Character.CONTROL) {
      return 0;
    }
    return isWide(point) ? 2 : 1;
  }

  /** The blocks that terminals draw two columns wide, after Unicode's East Asian Width. */
  private static boolean isWide(int point) {
    return point >= 0x1100
        && (point <= 0x115f // Hangul Jamo
            || (point >= 0x2e80 && point <= 0x303e) // radicals, CJK punctuation
            || (point >= 0x3041 && point <= 0xa4cf) // kana, CJK, Yi
            || (point >= 0xac00 && point <= 0xd7a3) // Hangul syllables
            || (point >= 0xf900 && point <= 0xfaff)
            || (point >= 0xfe30 && point <= 0xfe6f)
            || (point >= 0xff00 && point <= 0xff60) // full-width forms
            || (point >= 0xffe0 && point <= 0xffe6)
            || (point >= 0x1f300 && point <= 0x1f64f)
            || (point >= 0x1f680 && point <= 0x1f6ff)
            || (point >= 0x1f900 && point <= 0x1f9ff)
            || (point >= 0x20000 && point <= 0x3fffd));
  }
}
