package dev.ponder.gateway.wire;

import java.nio.charset.StandardCharsets;

/** Says what is wrong with a JSON text: where, what stands there, and what should. */
final class JsonFault {

  private static final int EXCERPT_MAX = 40;
  private static final int BRIEF_MAX = 80;

  private JsonFault() {}

  /** The text in {@code bytes[start..limit)} breaks the grammar at {@code where}. */
  static ApiError syntax(byte[] bytes, int start, int limit, int where, String expected) {
    int line = 1;
    int lineStart = start;
    for (int i = start; i < where; i++) {
      if (bytes[i] == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return ApiError.badRequest(
        null,
        "The body is not valid JSON: %s at byte %d (line %d, column %d): expected %s"
            .formatted(
                found(bytes, start, limit, where),
                where - start,
                line,
                where - lineStart + 1,
                expected));
  }

  /** A member has a value that it may not have. */
  static ApiError wrong(String param, String found, String expected) {
    String place = brief(param);
    return ApiError.badRequest(place, place + ": " + found + " (expected: " + expected + ")");
  }

  /** A text of the caller's, cut short for a message: at most 80 characters and an ellipsis. */
  static String brief(String text) {
    if (text.length() <= BRIEF_MAX) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(BRIEF_MAX - 1)) ? BRIEF_MAX - 1 : BRIEF_MAX;
    return text.substring(0, end) + "…";
  }

  /** The kind of the value that begins with this byte. */
  static String kind(byte first) {
    return switch (first) {
      case '{' -> "an object";
      case '[' -> "an array";
      case '"' -> "a string";
      case 't', 'f' -> "a boolean";
      case 'n' -> "null";
      default -> "a number";
    };
  }

  /** {@code bytes[from..to)}, cut short for a message. */
  static String excerpt(byte[] bytes, int from, int to) {
    int end = Math.min(to, from + EXCERPT_MAX);
    return new String(bytes, from, end - from, StandardCharsets.UTF_8) + (end < to ? "…" : "");
  }

  private static String found(byte[] bytes, int start, int limit, int where) {
    if (where >= limit) {
      return "it ends";
    }
    int b = bytes[where] & 0xff;
    if (b == 0xef && where == start) {
      return "a byte order mark";
    }
    return b > ' ' && b < 0x7f ? "'" + (char) b + "'" : "byte 0x%02x".formatted(b);
  }
}
