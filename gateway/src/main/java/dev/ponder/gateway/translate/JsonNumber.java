package dev.ponder.gateway.translate;

/**
 * A number as it was spelt, so that {@code 1.0} stays {@code 1.0} and a large integer stays whole.
 *
 * @param text its JSON
 */
record JsonNumber(String text) {

  static JsonNumber of(long value) {
    return new JsonNumber(Long.toString(value));
  }

  /** The number as a whole one, at most {@code max}; -1 if it is none, or negative, or larger. */
  long count(long max) {
    if (text.length() > 19 || text.chars().anyMatch(c -> c < '0' || c > '9')) {
      return -1;
    }
    long value = text.length() < 19 ? Long.parseLong(text) : Long.MAX_VALUE;
    return value <= max ? value : -1;
  }

  /** The number as near as a double can be: infinite where it is too large. */
  double real() {
    return Double.parseDouble(text);
  }
}
