package dev.ponder.gateway.upstream;

import java.util.Locale;

/** Where the breaker of a deployment stands. */
public enum CircuitState {
  /** Calls go through. */
  CLOSED,
  /** It failed, and is left alone. */
  OPEN,
  /** One call finds out whether it is well again. */
  HALF_OPEN;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** As metrics call it. */
  public String label() {
    return label;
  }
}
