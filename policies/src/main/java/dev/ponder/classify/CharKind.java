package dev.ponder.classify;

/** What a character is, as far as scoring cares: an index below {@link #KINDS}. */
final class CharKind {

  static final int OTHER = 0;
  static final int LOWER = 1;
  static final int UPPER = 2;
  static final int FOREIGN = 3;
  static final int DIGIT = 4;
  static final int UNDERSCORE = 5;
  static final int APOSTROPHE = 6;
  static final int IDEOGRAPH = 7;
  static final int SPACE = 8;
  static final int NEWLINE = 9;
  static final int OPERATOR = 10;
  static final int COMPARISON = 11;
  static final int MINUS = 12;
  static final int ROUND = 13;
  static final int SQUARE = 14;
  static final int CURLY = 15;
  static final int QUOTE = 16;
  static final int COMMA = 17;
  static final int STOP = 18;
  static final int QUESTION = 19;
  static final int EXCLAMATION = 20;
  static final int COLON = 21;
  static final int SEMICOLON = 22;
  static final int BACKSLASH = 23;
  static final int CURRENCY = 24;
  static final int BACKTICK = 25;
  static final int MATHS = 26;
  static final int DRAWING = 27;
  static final int KINDS = 28;

  /** Kinds up to here continue a word or a number. */
  static final int LAST_OF_WORD = APOSTROPHE;

  private static final byte[] ASCII = new byte[0x80];

  static {
    fill("abcdefghijklmnopqrstuvwxyz", LOWER);
    fill("ABCDEFGHIJKLMNOPQRSTUVWXYZ", UPPER);
    fill("0123456789", DIGIT);
    fill("_", UNDERSCORE);
    fill("'", APOSTROPHE);
    fill(" \t\r", SPACE);
    fill("\n", NEWLINE);
    fill("+*/^%=&|~", OPERATOR);
    fill("<>", COMPARISON);
    fill("-", MINUS);
    fill("()", ROUND);
    fill("[]", SQUARE);
    fill("{}", CURLY);
    fill("\"", QUOTE);
    fill(",", COMMA);
    fill(".", STOP);
    fill("?", QUESTION);
    fill("!", EXCLAMATION);
    fill(":", COLON);
    fill(";", SEMICOLON);
    fill("\\", BACKSLASH);
    fill("$", CURRENCY);
    fill("`", BACKTICK);
  }

  private CharKind() {}

  static int of(char c) {
    return c < 0x80 ? ASCII[c] : ofOther(c);
  }

  private static int ofOther(char c) {
    if (c < 0x2000) {
      return ofLatinAndKin(c);
    }
    if ((c >= 0x3040 && c < 0xa000) || (c >= 0xac00 && c < 0xd7a4)) {
      return IDEOGRAPH;
    }
    return switch (c) {
      case '。', '．' -> STOP;
      case '？' -> QUESTION;
      case '！' -> EXCLAMATION;
      case '，', '、' -> COMMA;
      case '：' -> COLON;
      case '；' -> SEMICOLON;
      case '（', '）' -> ROUND;
      case '“', '”', '「', '」' -> QUOTE;
      case '’' -> APOSTROPHE;
      case '≤', '≥', '≠' -> COMPARISON;
      case '€', '￥', '₹' -> CURRENCY;
      case '　' -> SPACE;
      default -> ofSymbol(c);
    };
  }

  private static int ofLatinAndKin(char c) {
    if (c < 0xc0) {
      return switch (c) {
        case 0xa0 -> SPACE;
        case '°', '±', '²', '³' -> MATHS;
        case '£', '¥' -> CURRENCY;
        default -> OTHER;
      };
    }
    return c == '×' || c == '÷' ? MATHS : FOREIGN;
  }

  private static int ofSymbol(char c) {
    if (c >= 0x2190 && c < 0x2400) {
      return MATHS;
    }
    if (c >= 0x2500 && c < 0x2600) {
      return DRAWING;
    }
    if (c >= 0xff10 && c <= 0xff19) {
      return DIGIT;
    }
    return OTHER;
  }

  private static void fill(String characters, int kind) {
    for (int i = 0; i < characters.length(); i++) {
      ASCII[characters.charAt(i)] = (byte) kind;
    }
  }
}
