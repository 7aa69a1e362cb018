package dev.ponder.gateway.wire;

import dev.ponder.classify.PromptText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where a JSON string lies in its bytes, quotes left out, and how many UTF-16 units it stands for.
 *
 * <p>While a string is walked it drops marks, each at least a window after the one before, so that
 * afterwards the last window of the text can be decoded without decoding what comes before it: a
 * prompt of 20 million characters costs little more than skipping it.
 */
final class StringSpan {

  private static final int HEAD = PromptText.Window.HEAD;
  private static final int TAIL = PromptText.Window.TAIL;

  /** The longest run of characters of several bytes that is walked in one step, in bytes. */
  private static final int RUN_MAX = 3 * 256;

  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int from;
  private int to;

  /** Bytes that stand for no unit of their own. */
  private int surplus;

  /** Units beyond ASCII. */
  private int others;

  private int markAt;
  private int markUnits;
  private int markOthers;
  private int tailAt;
  private int tailUnits;
  private int tailOthers;
  private int fedUnits;
  private int fedOthers;

  void begin(byte[] json, int first) {
    bytes = json;
    from = first;
    surplus = 0;
    others = 0;
    markAt = first;
    markUnits = 0;
    markOthers = 0;
    tailAt = first;
    tailUnits = 0;
    tailOthers = 0;
  }

  /** Notes a place where decoding could begin. */
  void mark(int at) {
    int units = at - from - surplus;
    if (units - markUnits >= TAIL) {
      tailAt = markAt;
      tailUnits = markUnits;
      tailOthers = markOthers;
      markAt = at;
      markUnits = units;
      markOthers = others;
    }
  }

  /** Notes an escape. */
  void unit(int length, boolean other) {
    surplus += length - 1;
    others += other ? 1 : 0;
  }

  /**
   * Walks characters of several bytes, those that come one after another but not too many of them,
   * so that marks stay close. One of four bytes is a pair of units.
   *
   * @return where the next character begins; {@code ~at} if the one at {@code at} is not UTF-8
   */
  int characters(int first, int limit) {
    int stop = (int) Math.min(limit, (long) first + RUN_MAX);
    int at = first;
    while (at < stop && bytes[at] < 0) {
      int length = Utf8.length(bytes, at, limit);
      if (length == 0) {
        return ~at;
      }
      int units = length == 4 ? 2 : 1;
      surplus += length - units;
      others += units;
      at += length;
    }
    return at;
  }

  void end(int last) {
    to = last;
  }

  void copyFrom(StringSpan other) {
    bytes = other.bytes;
    from = other.from;
    to = other.to;
    surplus = other.surplus;
    others = other.others;
    tailAt = other.tailAt;
    tailUnits = other.tailUnits;
    tailOthers = other.tailOthers;
  }

  /** Lets go of the bytes. */
  void clear() {
    begin(NOTHING, 0);
    to = 0;
  }

  boolean isEmpty() {
    return from == to;
  }

  /** Units in all. */
  int units() {
    return to - from - surplus;
  }

  /** Units beyond ASCII. */
  int others() {
    return others;
  }

  /** Whether the bytes are not simply the text. */
  boolean escaped() {
    return surplus > 0;
  }

  /** A hash of the text, the same for ASCII however it is escaped. */
  int hash() {
    if (from == to) {
      return 0;
    }
    if (surplus == 0) {
      return hash(bytes, from, to);
    }
    byte[] resolved = text().getBytes(StandardCharsets.UTF_8);
    return hash(resolved, 0, resolved.length);
  }

  /** The hash of a text of 1 byte or more, which stands for itself. */
  static int hash(byte[] text, int from, int to) {
    return (to - from) * 37 + text[from] * 5 + text[to - 1] * 11 + text[(from + to - 1) >>> 1];
  }

  /** Whether the text, escapes resolved, is this one. */
  boolean matches(byte[] ascii) {
    if (surplus == 0) {
      return Arrays.equals(bytes, from, to, ascii, 0, ascii.length);
    }
    if (units() != ascii.length || others > 0) {
      return false;
    }
    int at = from;
    for (byte expected : ascii) {
      if (unitAt(at) != expected) {
        return false;
      }
      at += widthAt(at);
    }
    return true;
  }

  /** The text, escapes resolved; half a surrogate pair stays half. */
  String text() {
    if (surplus == 0) {
      return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
    StringBuilder text = new StringBuilder(units());
    for (int at = from; at < to; at += widthAt(at)) {
      if (bytes[at] < 0) {
        text.appendCodePoint(Utf8.codePoint(bytes, at, widthAt(at)));
      } else {
        text.append(unitAt(at));
      }
    }
    return text.toString();
  }

  /** Feeds the text to the message that was begun; the middle of a long one only as a number. */
  void feed(PromptText text) {
    if (tailUnits <= HEAD) {
      decode(text, from, to, Integer.MAX_VALUE);
      return;
    }
    decode(text, from, tailAt, HEAD);
    int skipped = tailUnits - fedUnits;
    int skippedOthers = tailOthers - fedOthers;
    text.skip(skipped - skippedOthers, skippedOthers);
    decode(text, tailAt, to, Integer.MAX_VALUE);
  }

  /** Feeds what lies before {@code last}, but not much more than {@code unitsMax}. */
  private void decode(PromptText text, int first, int last, int unitsMax) {
    fedUnits = 0;
    fedOthers = 0;
    int at = first;
    while (at < last && fedUnits < unitsMax) {
      int end = ByteSearch.plainEnd(bytes, at, last);
      if (end > at) {
        end = (int) Math.min(end, (long) at + unitsMax - fedUnits);
        text.appendAscii(bytes, at, end);
        fedUnits += end - at;
        at = end;
      } else if (bytes[at] == '\\') {
        append(text, unitAt(at));
        at += widthAt(at);
      } else {
        int length = widthAt(at);
        int codePoint = Utf8.codePoint(bytes, at, length);
        if (length == 4) {
          append(text, Character.highSurrogate(codePoint));
          append(text, Character.lowSurrogate(codePoint));
        } else {
          append(text, (char) codePoint);
        }
        at += length;
      }
    }
  }

  private void append(PromptText text, char unit) {
    text.append(unit);
    fedUnits++;
    fedOthers += unit < 0x80 ? 0 : 1;
  }

  /** How many bytes the character or escape takes that begins here. */
  private int widthAt(int at) {
    byte b = bytes[at];
    if (b == '\\') {
      return bytes[at + 1] == 'u' ? 6 : 2;
    }
    return b >= 0 ? 1 : Utf8.length(bytes, at, to);
  }

  /** The unit that begins here, an escape or ASCII. */
  private char unitAt(int at) {
    if (bytes[at] != '\\') {
      return (char) bytes[at];
    }
    byte b = bytes[at + 1];
    return switch (b) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
          unit = unit << 4 | Character.digit(bytes[i], 16);
        }
        yield (char) unit;
      }
      default -> (char) b;
    };
  }
}
