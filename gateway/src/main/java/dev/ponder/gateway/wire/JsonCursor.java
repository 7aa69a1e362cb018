package dev.ponder.gateway.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A strict JSON reader (RFC 8259) over bytes that walks forward and never back: the caller pulls
 * members and elements, and what it does not want is skipped, checked all the same.
 *
 * <p>It keeps no tree and no tokens. A value is walked in one of two ways: {@link #skipValue}, or
 * by hand:
 *
 * <pre>{@code
 * for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
 *   if (cursor.nameIs(MODEL)) { ... } else { cursor.skipValue(); }
 * }
 * }</pre>
 *
 * <p>Neither recurses, whatever the nesting: one bit per open level says whether it is an object.
 * Nothing is allocated but for an error. Strings, which are nearly all of a large request, are
 * walked eight bytes at a time. Not safe for use by two threads.
 */
final class JsonCursor {

  private static final byte[] NOTHING = {};
  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");
  private static final byte[] NULL = ascii("null");

  private final int depthMax;
  private final long[] objectBits;

  private byte[] bytes = NOTHING;
  private int start;
  private int limit;
  private int at;
  private int depth;
  private int commaAt;
  private int nameStart;
  private int nameEnd;
  private boolean keepsLong;
  private final StringSpan span = new StringSpan();

  /**
   * @param depthMax how many arrays and objects may be open at once, 1 or more
   */
  JsonCursor(int depthMax) {
    if (depthMax < 1) {
      throw new IllegalArgumentException("depthMax: " + depthMax + " (expected: at least 1)");
    }
    this.depthMax = depthMax;
    this.objectBits = new long[depthMax / Long.SIZE + 1];
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Begins at the first byte that is not white space. */
  void open(byte[] json, int from, int to) {
    bytes = json;
    start = from;
    limit = to;
    at = from;
    depth = 0;
    keepsLong = false;
    space();
  }

  /** Lets go of the bytes, so that an idle reader does not keep a large body alive. */
  void close() {
    bytes = NOTHING;
    limit = 0;
    at = 0;
  }

  int at() {
    return at;
  }

  /** Whether what was walked so far is to be kept in a cache for an hour, or a part of it. */
  boolean keepsLong() {
    return keepsLong;
  }

  /** Where the comma before the current member stands; -1 before the first. */
  int commaAt() {
    return commaAt;
  }

  /** The opening quote of the current member's name. */
  int nameStart() {
    return nameStart;
  }

  /** One past the closing quote of the current member's name. */
  int nameEnd() {
    return nameEnd;
  }

  /** The string that was walked last, name or value. */
  StringSpan span() {
    return span;
  }

  /** The first byte of the value that comes next. */
  byte peek(String expected) {
    if (at == limit) {
      throw fail(at, expected);
    }
    return bytes[at];
  }

  boolean nextIs(char first) {
    return at < limit && bytes[at] == first;
  }

  boolean nextIsNumber() {
    return at < limit && (bytes[at] == '-' || (bytes[at] >= '0' && bytes[at] <= '9'));
  }

  /** The integer that was walked; {@link Long#MIN_VALUE} for any but one of 1..18 digits. */
  long integer(int from, int to) {
    return Digits.integer(bytes, from, to);
  }

  /** Fails unless only white space is left. */
  void end() {
    space();
    if (at != limit) {
      throw fail(at, "the end of the body");
    }
  }

  /** Enters an object and walks the first name; false when there is none and the object is left. */
  boolean firstMember() {
    enter(true);
    if (nextIs('}')) {
      at++;
      depth--;
      return false;
    }
    commaAt = -1;
    name("a member's name or '}'");
    return true;
  }

  /** Walks to the next member's value; false when there is none and the object is left. */
  boolean nextMember() {
    int comma = comma('}', "',' or '}'");
    if (comma < 0) {
      return false;
    }
    commaAt = comma;
    name("a member's name");
    return true;
  }

  /** Enters an array; false when it is empty and left again. */
  boolean firstElement() {
    enter(false);
    if (nextIs(']')) {
      at++;
      depth--;
      return false;
    }
    return true;
  }

  /** Walks to the next element; false when there is none and the array is left. */
  boolean nextElement() {
    return comma(']', "',' or ']'") >= 0;
  }

  /** Passes a comma and says where it stood; -1 if all ends instead, and is left. */
  private int comma(char close, String expected) {
    space();
    byte next = peek(expected);
    if (next == ',') {
      int comma = at++;
      space();
      return comma;
    }
    if (next != close) {
      throw fail(at, expected);
    }
    at++;
    depth--;
    return -1;
  }

  /** Skips one value of any kind, checking every byte. */
  void skipValue() {
    int floor = depth;
    do {
      boolean opened = false;
      byte next = peek("a value");
      if (next == '"') {
        string();
      } else if (next == '{') {
        opened = firstMember();
      } else if (next == '[') {
        opened = firstElement();
      } else {
        scalar(next);
      }
      while (!opened && depth > floor) {
        opened = inObject() ? nextMember() : nextElement();
      }
    } while (depth > floor);
  }

  /** Whether the current member's name, escapes resolved, is this one. */
  boolean nameIs(byte[] name) {
    return Arrays.equals(bytes, nameStart + 1, nameEnd - 1, name, 0, name.length)
        || (span.escaped() && span.matches(name));
  }

  private void enter(boolean object) {
    if (depth == depthMax) {
      throw fail(at, "at most " + depthMax + " nested arrays and objects");
    }
    depth++;
    long bit = 1L << depth;
    if (object) {
      objectBits[depth >> 6] |= bit;
    } else {
      objectBits[depth >> 6] &= ~bit;
    }
    at++;
    space();
  }

  private boolean inObject() {
    return (objectBits[depth >> 6] & 1L << depth) != 0;
  }

  private void name(String expected) {
    if (!nextIs('"')) {
      throw fail(at, expected);
    }
    nameStart = at;
    string();
    nameEnd = at;
    space();
    if (!nextIs(':')) {
      throw fail(at, "':'");
    }
    at++;
    space();
  }

  /** Skips white space. */
  void space() {
    int next = at;
    while (next < limit) {
      byte b = bytes[next];
      if (b > ' ' || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
        break;
      }
      next++;
    }
    at = next;
  }

  private void scalar(byte first) {
    switch (first) {
      case 't' -> literal(TRUE);
      case 'f' -> literal(FALSE);
      case 'n' -> literal(NULL);
      default -> number(first);
    }
  }

  private void literal(byte[] word) {
    for (int i = 0; i < word.length; i++) {
      if (at + i == limit || bytes[at + i] != word[i]) {
        throw fail(at + i, new String(word, StandardCharsets.US_ASCII));
      }
    }
    at += word.length;
  }

  private void number(byte first) {
    if (first == '-') {
      at++;
    } else if (first < '0' || first > '9') {
      throw fail(at, "a value");
    }
    if (nextIs('0')) {
      at++;
    } else {
      digits();
    }
    if (nextIs('.')) {
      at++;
      digits();
    }
    if (nextIs('e') || nextIs('E')) {
      at++;
      if (nextIs('+') || nextIs('-')) {
        at++;
      }
      digits();
    }
  }

  private void digits() {
    int next = at;
    while (next < limit && bytes[next] >= '0' && bytes[next] <= '9') {
      next++;
    }
    if (next == at) {
      throw fail(at, "a digit");
    }
    at = next;
  }

  /** Walks a string; {@link #span} then knows where it lies and how long it is. */
  void string() {
    int next = at + 1;
    span.begin(bytes, next);
    for (; ; ) {
      next = ByteSearch.plainEnd(bytes, next, limit);
      if (next == limit) {
        throw fail(next, "a closing quote");
      }
      byte b = bytes[next];
      if (b == '"') {
        break;
      }
      span.mark(next);
      if (b < 0) {
        next = span.characters(next, limit);
        if (next < 0) {
          throw fail(~next, "UTF-8");
        }
      } else if (b == '\\') {
        next += escape(next);
      } else {
        throw fail(next, "control characters in strings to be escaped");
      }
    }
    span.end(next);
    keepsLong |= CacheLife.isLong(bytes, next);
    at = next + 1;
  }

  private int escape(int from) {
    if (from + 1 == limit) {
      throw fail(limit, "an escaped character");
    }
    switch (bytes[from + 1]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
        span.unit(2, false);
        return 2;
      }
      case 'u' -> {
        int unit = 0;
        for (int i = from + 2; i < from + 6; i++) {
          int digit = i < limit ? Character.digit(bytes[i], 16) : -1;
          if (digit < 0) {
            throw fail(i, "four hexadecimal digits");
          }
          unit = unit << 4 | digit;
        }
        span.unit(6, unit >= 0x80);
        return 6;
      }
      default -> throw fail(from + 1, "one of \"\\/bfnrtu after a backslash");
    }
  }

  /** The error that says of which kind the value is that comes next, and of which it should be. */
  ApiError wrongKind(String param, String expected) {
    String kind = at == limit ? "nothing" : JsonFault.kind(bytes[at]);
    // What is no JSON at all should be told so.
    skipValue();
    return JsonFault.wrong(param, kind, expected);
  }

  String excerpt(int from, int to) {
    return JsonFault.excerpt(bytes, from, to);
  }

  /** The error that says what stands where, and what should. */
  ApiError fail(int where, String expected) {
    return JsonFault.syntax(bytes, start, limit, where, expected);
  }
}
