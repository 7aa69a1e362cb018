package dev.ponder.gateway.wire;

/** The grammar of UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {

  private Utf8() {}

  /** The length of the character at {@code from}, whose first byte is not ASCII; 0 if broken. */
  static int length(byte[] bytes, int from, int limit) {
    int first = bytes[from] & 0xff;
    int length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || from + length > limit) {
      return 0;
    }
    int second = bytes[from + 1] & 0xff;
    int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return 0;
    }
    for (int i = from + 2; i < from + length; i++) {
      if ((bytes[i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  /** The code point of a character that {@link #length} found to be sound. */
  static int codePoint(byte[] bytes, int from, int length) {
    int codePoint = bytes[from] & (0x7f >> length);
    for (int i = from + 1; i < from + length; i++) {
      codePoint = (codePoint << 6) | (bytes[i] & 0x3f);
    }
    return codePoint;
  }
}
