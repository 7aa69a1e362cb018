package dev.ponder.gateway.proxy;

import java.time.Instant;

/**
 * The time as log lines spell it, {@code 2026-11-23T07:25:51.223Z}. The second is formatted once
 * and kept: formatting a date costs more than the rest of a line. Not safe for use by two threads.
 */
final class LogTime {

  private long second = Long.MIN_VALUE;
  private String upToSecond = "";

  /** The spelling of a moment in milliseconds since 1970. */
  String now(long epochMillis) {
    long present = Math.floorDiv(epochMillis, 1_000L);
    if (present != second) {
      second = present;
      String whole = Instant.ofEpochSecond(present).toString(); // ends in Z, without a fraction
      upToSecond = whole.substring(0, whole.length() - 1);
    }
    int millis = (int) Math.floorMod(epochMillis, 1_000L);
    return upToSecond
        + '.'
        + (char) ('0' + millis / 100)
        + (char) ('0' + millis / 10 % 10)
        + (char) ('0' + millis % 10)
        + 'Z';
  }
}
