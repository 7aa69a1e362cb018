package dev.ponder.gateway.upstream;

import dev.ponder.policy.Resilience.Retries;

/**
 * How many calls of one upstream may be retries: a part of the requests of the last ten seconds,
 * and a few besides. An upstream that fails is not buried under what failed. Safe for many threads.
 */
final class RetryBudget {

  /** Retries in ten seconds that are always allowed: where little is asked, a part is nothing. */
  static final int ALWAYS = 10;

  private final double part;
  private final RecentCounts counts;

  RetryBudget(Retries settings, long nowNanos) {
    part = settings.budget();
    counts = new RecentCounts(nowNanos);
  }

  /** A request was sent for the first time. */
  synchronized void asked(long nowNanos) {
    counts.add(nowNanos, 1, 0);
  }

  /** Takes one retry; false if there is none left. */
  synchronized boolean take(long nowNanos) {
    double most = ALWAYS + part * counts.first(nowNanos);
    if (counts.second(nowNanos) + 1 > most) {
      return false;
    }
    counts.add(nowNanos, 0, 1);
    return true;
  }
}
