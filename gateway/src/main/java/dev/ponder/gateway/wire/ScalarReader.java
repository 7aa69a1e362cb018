package dev.ponder.gateway.wire;

import org.jspecify.annotations.Nullable;

/** Reads the small values of a request and says, by name, which one is not what it should be. */
final class ScalarReader {

  /** The longest text in UTF-16 units that is looked at as a name of something. */
  static final int TEXT_MAX = 512;

  private final JsonCursor cursor;

  ScalarReader(JsonCursor cursor) {
    this.cursor = cursor;
  }

  /** A string of at most {@value #TEXT_MAX} units. */
  String text(String param, String expected) {
    if (!cursor.nextIs('"')) {
      throw cursor.wrongKind(param, expected);
    }
    cursor.string();
    return walkedText(param);
  }

  /** Likewise, or null. */
  @Nullable String textOrNull(String param) {
    return skippedNull() ? null : text(param, "a string or null");
  }

  /** The string that was walked just now. */
  String walkedText(String param) {
    int units = cursor.span().units();
    if (units > TEXT_MAX) {
      throw JsonFault.wrong(
          param, units + " characters", "a string of at most " + TEXT_MAX + " characters");
    }
    return cursor.span().text();
  }

  /** A boolean; null is false. */
  boolean flag(String param) {
    boolean yes = cursor.nextIs('t');
    if (!yes && !cursor.nextIs('f') && !cursor.nextIs('n')) {
      throw cursor.wrongKind(param, "a boolean or null");
    }
    cursor.skipValue();
    return yes;
  }

  /** A count of 1 to {@code max}; -1 for null. */
  long count(String param, long max) {
    return count(param, 1, max);
  }

  /** A count of {@code min} to {@code max}; -1 for null. */
  long count(String param, long min, long max) {
    if (skippedNull()) {
      return -1;
    }
    if (!cursor.nextIsNumber()) {
      throw cursor.wrongKind(param, countOf(min, max));
    }
    int start = cursor.at();
    cursor.skipValue();
    long value = cursor.integer(start, cursor.at());
    if (value < min || value > max) {
      throw JsonFault.wrong(param, cursor.excerpt(start, cursor.at()), countOf(min, max));
    }
    return value;
  }

  private static String countOf(long min, long max) {
    return "an integer of " + min + ".." + max + " or null";
  }

  /** Skips an object and says how many bytes it has; 0 for null. */
  int objectBytes(String param) {
    if (skippedNull()) {
      return 0;
    }
    if (!cursor.nextIs('{')) {
      throw cursor.wrongKind(param, "an object or null");
    }
    int start = cursor.at();
    cursor.skipValue();
    return cursor.at() - start;
  }

  /** Whether null came next, which is then passed. */
  boolean skippedNull() {
    boolean isNull = cursor.nextIs('n');
    if (isNull) {
      cursor.skipValue();
    }
    return isNull;
  }
}
