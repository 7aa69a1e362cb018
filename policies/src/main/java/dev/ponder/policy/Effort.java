package dev.ponder.policy;

import java.util.Locale;
import java.util.Optional;

/**
 * How hard a reasoning model is asked to think: the values of OpenAI's {@code reasoning_effort}.
 */
public enum Effort {
  NONE,
  MINIMAL,
  LOW,
  MEDIUM,
  HIGH,
  XHIGH,
  MAX;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The value as requests spell it. */
  public String wireName() {
    return wireName;
  }

  public static Optional<Effort> ofWireName(String text) {
    for (Effort effort : values()) {
      if (effort.wireName.equals(text)) {
        return Optional.of(effort);
      }
    }
    return Optional.empty();
  }
}
