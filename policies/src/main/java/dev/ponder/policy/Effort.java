package dev.ponder.policy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

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

  /**
   * About how many hidden tokens it takes, in percent of what {@link #MEDIUM} takes. A prior: what
   * a model really writes is learnt from its answers.
   */
  public int tokenPercent() {
    return switch (this) {
      case NONE -> 0;
      case MINIMAL -> 15;
      case LOW -> 40;
      case MEDIUM -> 100;
      case HIGH -> 200;
      case XHIGH -> 300;
      case MAX -> 400;
    };
  }

  /** The efforts to fall back to when money is short, hardest first. */
  List<Effort> lesser() {
    return Stream.of(MEDIUM, LOW).filter(effort -> effort.compareTo(this) < 0).toList();
  }

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
