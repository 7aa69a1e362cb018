package dev.ponder.gateway.wire;

/** Reads integers where they lie. */
final class Digits {

  private static final int MAX = 18;

  private Digits() {}

  /** The integer in these bytes; {@link Long#MIN_VALUE} for any but one of 1..18 digits. */
  static long integer(byte[] bytes, int from, int to) {
    boolean negative = bytes[from] == '-';
    int digits = negative ? from + 1 : from;
    if (to == digits || to - digits > MAX) {
      return Long.MIN_VALUE;
    }
    long value = 0;
    for (int i = digits; i < to; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return Long.MIN_VALUE;
      }
      value = value * 10 + bytes[i] - '0';
    }
    return negative ? -value : value;
  }
}
