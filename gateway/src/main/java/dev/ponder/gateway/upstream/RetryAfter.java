package dev.ponder.gateway.upstream;

import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** When an upstream wants to be asked again, and whether at all, by the headers of its refusal. */
public final class RetryAfter {

  private static final long NANOS_PER_MILLI = 1_000_000L;

  /** Nobody waits longer than a day, and sums of times stay far from their end. */
  private static final double MILLIS_MAX = 86_400_000;

  private RetryAfter() {}

  /** {@code x-should-retry: false}: the same request is in vain. */
  public static boolean forbidden(MultiMap headers) {
    return "false".equalsIgnoreCase(headers.get("x-should-retry"));
  }

  /**
   * How long the upstream wants to be left alone, in nanoseconds; -1 if it does not say, or not in
   * a way that can be read.
   *
   * @param time the wall clock, for those that say a date
   */
  public static long nanos(MultiMap headers, InstantSource time) {
    double millis = number(headers.get("retry-after-ms"), 1);
    if (millis < 0) {
      String after = headers.get("retry-after");
      millis = number(after, 1_000);
      if (millis < 0 && after != null) {
        millis = untilDate(after, time.instant());
      }
    }
    long whole = (long) Math.min(millis, MILLIS_MAX);
    return whole < 0 ? -1 : whole * NANOS_PER_MILLI;
  }

  private static double number(@Nullable String text, int factor) {
    if (text == null) {
      return -1;
    }
    try {
      double value = Double.parseDouble(text.strip()) * factor;
      return value >= 0 ? value : -1; // nor NaN
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static double untilDate(String text, Instant now) {
    try {
      Instant date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip(), Instant::from);
      return Math.max(0, date.toEpochMilli() - now.toEpochMilli());
    } catch (DateTimeException e) {
      return -1;
    }
  }
}
