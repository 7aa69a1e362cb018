package dev.ponder.budget;

import java.util.OptionalLong;

/**
 * What one owner has left of a {@link RateLimit}: a bucket of requests and one of tokens, each of
 * which holds a minute's worth and fills evenly.
 *
 * <p>A request takes one of the first and what it is expected to use of the second. It needs a
 * whole one of the first, and anything at all of the second: so a request that is larger than a
 * minute's worth gets through, the bucket is then in debt, and the next ones wait until it is paid.
 * Safe for many threads. Time is a parameter and may jump: back, nothing is filled; forward, no
 * bucket gets fuller than full.
 */
public final class RateMeter {

  private static final long MINUTE_MICROS = 60_000_000L;

  private static final long SECOND_MICROS = 1_000_000L;

  private final RateLimit limit;
  private final Bucket requests;
  private final Bucket tokens;

  private long lastMicros;

  /**
   * Full buckets.
   *
   * @param now a time in nanoseconds, from any origin
   */
  public RateMeter(RateLimit limit, long now) {
    this.limit = limit;
    this.requests = new Bucket(limit.requestsPerMinute());
    this.tokens = new Bucket(limit.tokensPerMinute());
    this.lastMicros = micros(now);
  }

  public RateLimit limit() {
    return limit;
  }

  /**
   * Takes a request and its tokens, or nothing.
   *
   * @param estimate the tokens that it is expected to use, 0 or more; {@link #correct} tells the
   *     difference when it is known
   * @param now a time in nanoseconds, from the origin of the constructor's
   * @return 0 if it is admitted; else after how many seconds to ask again, 1 or more
   */
  public synchronized long admit(long estimate, long now) {
    long wait = secondsToWait(now);
    if (wait == 0) {
      take(estimate);
    }
    return wait;
  }

  /** After how many seconds a request is admitted; 0: at once. Nothing is taken. */
  public synchronized long secondsToWait(long now) {
    long micros = micros(now);
    long elapsed = Math.max(0, micros - lastMicros);
    lastMicros = micros;
    requests.fill(elapsed);
    tokens.fill(elapsed);
    long wait = Math.max(requests.microsUntil(MINUTE_MICROS), tokens.microsUntil(1));
    return wait / SECOND_MICROS + (wait % SECOND_MICROS == 0 ? 0 : 1);
  }

  /** Takes a request and its tokens, whatever there is. */
  synchronized void take(long estimate) {
    requests.take(1);
    tokens.take(Math.max(0, estimate));
  }

  /**
   * Takes the tokens that a request used beyond its estimate.
   *
   * @param difference used less estimated; negative: so many are given back
   */
  public synchronized void correct(long difference) {
    tokens.take(difference);
  }

  private static long micros(long nanos) {
    return Math.floorDiv(nanos, 1_000L);
  }

  /**
   * Pieces that a minute brings anew, counted in parts: each is {@value #MINUTE_MICROS} parts, so
   * that each microsecond brings exactly {@code rate} of them and nothing is ever rounded.
   */
  private static final class Bucket {

    /** One wrong report of a provider must not shut an owner out for days. */
    private static final long DEBT_MINUTES_MAX = 60;

    private final long rate;
    private final long capacity;
    private long parts;

    /**
     * @param rate pieces a minute, at most {@link RateLimit#MOST}; absent: any number is there
     */
    Bucket(OptionalLong rate) {
      this.rate = rate.orElse(0);
      this.capacity = this.rate * MINUTE_MICROS; // at most 6e16
      this.parts = capacity;
    }

    void fill(long elapsedMicros) {
      if (rate == 0) {
        return;
      }
      boolean full = elapsedMicros > (capacity - parts) / rate;
      parts = full ? capacity : parts + elapsedMicros * rate;
    }

    void take(long pieces) {
      long within = Math.max(-RateLimit.MOST, Math.min(RateLimit.MOST, pieces));
      long left = Math.min(capacity, parts - within * MINUTE_MICROS);
      parts = Math.max(-DEBT_MINUTES_MAX * capacity, left);
    }

    /** How long until it holds so many parts, 1 or more. */
    long microsUntil(long wanted) {
      return rate == 0 || parts >= wanted ? 0 : (wanted - parts - 1) / rate + 1;
    }
  }
}
