package dev.ponder.gateway.wire;

/**
 * Tells whether a request has some of its input kept in a provider's cache for an hour, which costs
 * more than to have it kept for five minutes: whether a member {@code ttl} of any of its objects is
 * {@code "1h"}.
 *
 * <p>Such a mark may stand at a block, at a tool, at what a tool gave back, or at the request
 * itself, so every string of it is looked at when it ends; what stands before one that could be it
 * is then read backwards. It never misses one, however it is spelt: a hard budget relies on that.
 */
final class CacheLife {

  private static final int ESCAPE_LENGTH = 6;

  private CacheLife() {}

  /**
   * Whether a string is such a mark.
   *
   * @param json JSON up to there
   * @param end the string's closing quote
   */
  static boolean isLong(byte[] json, int end) {
    byte last = json[end - 1];
    return (last == 'h' || last == '8') && endsMark(json, end); // an escaped h ends in 8
  }

  private static boolean endsMark(byte[] body, int end) {
    int value = quote(body, before(body, before(body, end, 'h'), '1'));
    int colon = space(body, value);
    if (colon < 1 || body[colon - 1] != ':') {
      return false;
    }
    int name = quote(body, space(body, colon - 1));
    return quote(body, before(body, before(body, before(body, name, 'l'), 't'), 't')) >= 0;
  }

  /**
   * Where the character begins that ends at {@code end}, if it is this one; else -1. The last digit
   * of an escape is not taken for a character of its own, as that of a 1 might be.
   */
  private static int before(byte[] body, int end, char character) {
    int from = end - ESCAPE_LENGTH;
    if (from >= 0 && body[from] == '\\' && body[from + 1] == 'u') {
      int unit = 0;
      for (int i = from + 2; i < end; i++) {
        unit = unit << 4 | Character.digit(body[i], 16); // what is no digit makes it negative
      }
      if (unit == character) {
        return from;
      }
    }
    return end >= 1 && body[end - 1] == character ? end - 1 : -1;
  }

  private static int quote(byte[] body, int end) {
    return end >= 1 && body[end - 1] == '"' ? end - 1 : -1;
  }

  /** Where the white space begins that ends at {@code end}. */
  private static int space(byte[] body, int end) {
    int from = end;
    while (from >= 1
        && (body[from - 1] == ' '
            || body[from - 1] == '\n'
            || body[from - 1] == '\r'
            || body[from - 1] == '\t')) {
      from--;
    }
    return from;
  }
}
