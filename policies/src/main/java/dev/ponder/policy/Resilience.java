package dev.ponder.policy;

import java.time.Duration;

/**
 * How an upstream is treated that fails or is full.
 *
 * @param retries when a call is made again
 * @param breaker when a deployment is left alone
 * @param queue where calls wait that are too many at the same time
 */
public record Resilience(Retries retries, Breaker breaker, Queue queue) {

  public static final Resilience DEFAULT =
      new Resilience(Retries.DEFAULT, Breaker.DEFAULT, Queue.DEFAULT);

  /**
   * When a call is made again at the deployment that failed.
   *
   * @param max how often for one request, 0 to 10
   * @param budget which part of the requests of the last ten seconds may be such calls, 0 to 1
   * @param longestWait the longest wait before one, whatever the upstream asks for; more than zero
   */
  public record Retries(int max, double budget, Duration longestWait) {

    public static final Retries DEFAULT = new Retries(2, .2, Duration.ofSeconds(5));

    public Retries {
      if (max < 0 || max > 10) {
        throw new IllegalArgumentException("max: " + max + " (expected: 0..10)");
      }
      part("budget", budget);
      positive("longestWait", longestWait);
    }
  }

  /**
   * When a deployment is left alone.
   *
   * @param failures so many in a row, 1 to 1,000
   * @param rate or more than this part of the calls of the last ten seconds, 0 to 1
   * @param pause for so long at first; more than zero
   */
  public record Breaker(int failures, double rate, Duration pause) {

    public static final Breaker DEFAULT = new Breaker(5, .5, Duration.ofSeconds(2));

    public Breaker {
      if (failures < 1 || failures > 1_000) {
        throw new IllegalArgumentException("failures: " + failures + " (expected: 1..1000)");
      }
      part("rate", rate);
      positive("pause", pause);
    }
  }

  /**
   * Where calls wait while as many run as may.
   *
   * @param size how many may wait, 0 to 100,000
   * @param timeout how long; more than zero
   */
  public record Queue(int size, Duration timeout) {

    public static final Queue DEFAULT = new Queue(1_000, Duration.ofSeconds(10));

    public Queue {
      if (size < 0 || size > 100_000) {
        throw new IllegalArgumentException("size: " + size + " (expected: 0..100000)");
      }
      positive("timeout", timeout);
    }
  }

  private static void part(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0..1)");
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
    }
  }
}
