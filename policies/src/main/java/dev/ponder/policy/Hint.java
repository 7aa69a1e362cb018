package dev.ponder.policy;

import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** How much reasoning a caller asks for, in a caller's words. */
public final class Hint {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}(\\.[0-9]{1,20})?");

  private Hint() {}

  /**
   * The score that an {@code x-ponder-effort} header stands for: {@code low} 0, {@code medium} 0.5,
   * {@code high} 1, or a number from 0 to 1. Absent if it is none of these.
   */
  public static OptionalDouble ofHeader(String value) {
    switch (value) {
      case "low" -> {
        return OptionalDouble.of(0);
      }
      case "medium" -> {
        return OptionalDouble.of(0.5);
      }
      case "high" -> {
        return OptionalDouble.of(1);
      }
      default -> {
        return ofNumber(value);
      }
    }
  }

  /**
   * The score that a request's own {@code reasoning_effort} stands for. {@code medium} is what many
   * clients always send, so it says nothing; what is unknown says nothing either.
   */
  public static OptionalDouble ofEffort(Effort effort) {
    return switch (effort) {
      case NONE, MINIMAL, LOW -> OptionalDouble.of(0);
      case MEDIUM -> OptionalDouble.empty();
      case HIGH, XHIGH, MAX -> OptionalDouble.of(1);
    };
  }

  private static OptionalDouble ofNumber(String value) {
    if (!NUMBER.matcher(value).matches()) { // Java would also take 0x1p-1, 1d and NaN
      return OptionalDouble.empty();
    }
    double score = Double.parseDouble(value);
    return score <= 1 ? OptionalDouble.of(score) : OptionalDouble.empty();
  }
}
