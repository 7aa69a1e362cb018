package dev.ponder.gateway.stub;

/**
 * The point of an answer's body where something happens to it.
 *
 * @param unit what is counted
 * @param after how many of them still reach the client; 0 to 1,000,000,000
 */
record Cut(Unit unit, long after) {

  private static final long AFTER_MAX = 1_000_000_000L;

  enum Unit {
    EVENTS,
    BYTES
  }

  Cut {
    if (after < 0 || after > AFTER_MAX) {
      throw new IllegalArgumentException("after: " + after + " (expected: 0.." + AFTER_MAX + ")");
    }
  }

  /** Reads {@code after_events:3} or {@code after_bytes:100}; a bare {@code true} is event 1. */
  static Cut parse(String text) {
    if (text.equals("true")) {
      return new Cut(Unit.EVENTS, 1);
    }
    int colon = text.indexOf(':');
    String unit = colon < 0 ? "" : text.substring(0, colon);
    long after = Long.parseLong(text.substring(colon + 1));
    return switch (unit) {
      case "after_events" -> new Cut(Unit.EVENTS, after);
      case "after_bytes" -> new Cut(Unit.BYTES, after);
      default -> throw new IllegalArgumentException(text);
    };
  }
}
