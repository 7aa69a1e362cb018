package dev.ponder.policy;

import java.time.Duration;

/**
 * How long an upstream may take, each more than zero.
 *
 * @param connect to accept a connection
 * @param firstByte from the start of the call, connecting included, to the response's head; a
 *     reasoning model may be silent for minutes
 * @param idle between two reads of a response that has begun
 */
public record Timeouts(Duration connect, Duration firstByte, Duration idle) {

  public static final Timeouts DEFAULT =
      new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(180), Duration.ofSeconds(60));

  public Timeouts {
    check("connect", connect);
    check("firstByte", firstByte);
    check("idle", idle);
  }

  private static void check(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
    }
  }
}
