package dev.ponder.budget;

import java.time.Duration;
import java.time.Instant;

/**
 * One window of a budget: a calendar hour, day, week or month in its time zone.
 *
 * @param id unique among the windows of a budget and readable: {@code h:2026-11-23T14+01:00},
 *     {@code d:2026-11-23}, {@code w:2026-W48} (ISO), {@code m:2026-11}
 * @param start when it begins
 * @param end when the next one begins, after {@code start}; days of 23 and 25 hours are that long
 */
public record Period(String id, Instant start, Instant end) {

  public Period {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("id: empty (expected: such as d:2026-11-23)");
    }
    if (!start.isBefore(end)) {
      throw new IllegalArgumentException("end: " + end + " (expected: after " + start + ")");
    }
  }

  public boolean contains(Instant instant) {
    return !instant.isBefore(start) && instant.isBefore(end);
  }

  /** How much of it is over: 0 up to its start, 1 from its end. */
  public double elapsedRatio(Instant instant) {
    if (!instant.isAfter(start)) {
      return 0;
    }
    if (!instant.isBefore(end)) {
      return 1;
    }
    return (double) Duration.between(start, instant).toMillis()
        / Duration.between(start, end).toMillis();
  }
}
