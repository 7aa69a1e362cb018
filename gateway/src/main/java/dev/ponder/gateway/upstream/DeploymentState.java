package dev.ponder.gateway.upstream;

import dev.ponder.policy.Resilience;
import io.vertx.core.MultiMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What all event loops know of one deployment: how its last calls ended, how many run, and how long
 * it wants to be left alone. Safe for many threads, none of which ever waits. Times are of {@link
 * System#nanoTime()}.
 */
public final class DeploymentState {

  /** A deployment that says "tomorrow" is asked before, now and then: it may have been wrong. */
  private static final long REST_NANOS_MAX = 300_000_000_000L;

  /** Rate limits are read so often at most: they are for a gauge. */
  private static final long LIMITS_EVERY_NANOS = 100_000_000L;

  private final Resilience resilience;
  private final CallLimit limit;
  private final RetryBudget retries;
  private final CircuitBreaker breaker;
  private final AtomicInteger running = new AtomicInteger();
  private volatile long restUntilNanos;
  private volatile long limitsReadNanos;
  private volatile double requestsLeft = Double.NaN;
  private volatile double tokensLeft = Double.NaN;

  DeploymentState(Resilience resilience, CallLimit limit, RetryBudget retries, long nowNanos) {
    this.resilience = resilience;
    this.limit = limit;
    this.retries = retries;
    this.breaker = new CircuitBreaker(resilience.breaker(), nowNanos);
    this.restUntilNanos = nowNanos;
    this.limitsReadNanos = nowNanos - LIMITS_EVERY_NANOS;
  }

  /** A call waits for a place. */
  public static final class Waiting {

    private final CallLimit limit;
    private final CallLimit.Waiter waiter;

    private Waiting(CallLimit limit, CallLimit.Waiter waiter) {
      this.limit = limit;
      this.waiter = waiter;
    }

    /** Waits no longer; a place that was given to it already goes to the next one. */
    public void giveUp() {
      if (!limit.giveUp(waiter)) {
        limit.leave();
      }
    }
  }

  /** How its upstream is treated. */
  public Resilience resilience() {
    return resilience;
  }

  /** Whether it is worth a call: its breaker lets one through and it has not asked for a rest. */
  public boolean inRotation(long nowNanos) {
    return nowNanos - restUntilNanos >= 0 && breaker.allows(nowNanos);
  }

  /** In how many nanoseconds it may be worth a call again; 0: it is. */
  public long backInNanos(long nowNanos) {
    long rest = restUntilNanos - nowNanos;
    return Math.max(0, Math.max(rest, breaker.allowsAtNanos(nowNanos) - nowNanos));
  }

  /**
   * In how many nanoseconds a request that failed may be sent to it again; -1 while its breaker is
   * open: what is down is not asked again by those who know.
   */
  public long retryInNanos(long nowNanos) {
    return breaker.allows(nowNanos) ? Math.max(0, restUntilNanos - nowNanos) : -1;
  }

  /** Whether a call need not wait. */
  public boolean hasRoom() {
    return limit.hasRoom();
  }

  /** The calls of it that run. */
  public int running() {
    return running.get();
  }

  /** Takes a place among the calls of its upstream; false if none is free. */
  public boolean enter() {
    return limit.enter();
  }

  /** Gives back a place with which nothing was begun. */
  public void leave() {
    limit.leave();
  }

  /**
   * Waits for a place.
   *
   * @param turn runs, on any thread, once there is a place, which is taken then
   * @return null if too many wait already
   */
  public @Nullable Waiting queue(Runnable turn) {
    CallLimit.Waiter waiter = limit.queue(turn);
    return waiter == null ? null : new Waiting(limit, waiter);
  }

  /**
   * Begins a call, for which there must be a place.
   *
   * @param again whether the request was sent to it before
   * @param anyway whether to call it even out of rotation, for want of a better one
   * @return null if it is not called after all, because its breaker has opened or somebody else
   *     tries whether it is well again; the place is given back
   */
  public @Nullable Permit begin(long nowNanos, boolean again, boolean anyway) {
    int era = breaker.begin(nowNanos, anyway);
    if (era < 0) {
      leave();
      return null;
    }
    if (!again) {
      retries.asked(nowNanos);
    }
    running.incrementAndGet();
    return new Permit(this, era);
  }

  /** Takes the right to ask it once more for the same request. */
  public boolean takeRetry(long nowNanos) {
    return retries.take(nowNanos);
  }

  /** It asked to be left alone for so long. */
  public void rest(long nanos, long nowNanos) {
    long until = nowNanos + Math.min(nanos, REST_NANOS_MAX);
    if (until - restUntilNanos > 0) {
      restUntilNanos = until;
    }
  }

  /** Notes what an answer says of the account's rate limits. */
  public void noteLimits(MultiMap headers, long nowNanos) {
    if (nowNanos - limitsReadNanos >= LIMITS_EVERY_NANOS) {
      limitsReadNanos = nowNanos;
      requestsLeft = left(headers, "requests", requestsLeft);
      tokensLeft = left(headers, "tokens", tokensLeft);
    }
  }

  private static double left(MultiMap headers, String kind, double before) {
    String limit = headers.get("x-ratelimit-limit-" + kind);
    String left = headers.get("x-ratelimit-remaining-" + kind);
    if (limit == null || left == null) {
      return before;
    }
    try {
      double ratio = Double.parseDouble(left) / Double.parseDouble(limit);
      return ratio >= 0 && ratio <= 1 ? ratio : before;
    } catch (NumberFormatException e) {
      return before;
    }
  }

  /** Which part of the requests of its account is left, 0 to 1; NaN if not known. */
  public double requestsLeft() {
    return requestsLeft;
  }

  /** Which part of the tokens of its account is left, 0 to 1; NaN if not known. */
  public double tokensLeft() {
    return tokensLeft;
  }

  /** Where its breaker stands: {@code closed}, {@code open} or {@code half_open}. */
  public CircuitState circuit(long nowNanos) {
    return breaker.state(nowNanos);
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  void ended() {
    running.decrementAndGet();
    limit.leave();
  }
}
