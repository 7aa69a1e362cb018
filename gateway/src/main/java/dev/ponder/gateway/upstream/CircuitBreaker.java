package dev.ponder.gateway.upstream;

import dev.ponder.policy.Resilience.Breaker;

/**
 * Whether a deployment is worth a call, by how the last ones ended. Safe for many threads; time is
 * told by the callers, in {@link System#nanoTime()}.
 *
 * <pre>
 * CLOSED ── failures in a row, or too many of the last ten seconds ── OPEN
 *    ↑                                                           pause over │ one probe
 *    └──────────── the probe answered ──────────── HALF_OPEN ←──────────────┘
 *                                                      └ it failed: OPEN, for twice as long
 * </pre>
 *
 * <p>A call knows in which of these times it began, and counts in that one only: a stream that ends
 * well after minutes says nothing of a breaker that has opened since.
 */
final class CircuitBreaker {

  /** Below so many calls in ten seconds a rate means nothing. */
  static final int SAMPLES_MIN = 20;

  private static final long PAUSE_NANOS_MAX = 60_000_000_000L;

  private final Breaker settings;

  /** All calls that ended, and of them those that failed. */
  private final RecentCounts ends;

  private volatile CircuitState state = CircuitState.CLOSED;
  private int inARow;
  private int openings;
  private long openUntilNanos;
  private boolean probing;

  /** Grows with each change of state: what began before one does not count after it. */
  private int era;

  CircuitBreaker(Breaker settings, long nowNanos) {
    this.settings = settings;
    this.ends = new RecentCounts(nowNanos);
  }

  /** Whether a call would be let through. */
  boolean allows(long nowNanos) {
    return state == CircuitState.CLOSED || allowsProbe(nowNanos);
  }

  private synchronized boolean allowsProbe(long nowNanos) {
    return state == CircuitState.CLOSED || (!probing && nowNanos - openUntilNanos >= 0);
  }

  /** When it lets the next call through, by {@link System#nanoTime()}; about, while it probes. */
  synchronized long allowsAtNanos(long nowNanos) {
    return state == CircuitState.CLOSED
        ? nowNanos
        : probing ? nowNanos + pauseNanos() : openUntilNanos;
  }

  /** {@link CircuitState#HALF_OPEN} as soon as it would let a probe through. */
  synchronized CircuitState state(long nowNanos) {
    return state == CircuitState.OPEN && nowNanos - openUntilNanos >= 0
        ? CircuitState.HALF_OPEN
        : state;
  }

  /**
   * A call begins, unless it is not let through.
   *
   * @param anyway whether it begins all the same: there is nobody better
   * @return the era that its end is told with; -1: it does not begin
   */
  synchronized int begin(long nowNanos, boolean anyway) {
    if (state == CircuitState.CLOSED) {
      return era;
    }
    if (!probing && nowNanos - openUntilNanos >= 0) {
      state = CircuitState.HALF_OPEN;
      probing = true;
      return ++era; // only the probe has this one
    }
    return anyway ? era - (probing ? 1 : 0) : -1;
  }

  /** A call brings an answer, though it may still break off: enough for a probe. */
  synchronized void answers(int begunIn) {
    if (state != CircuitState.CLOSED && counts(begunIn)) {
      close();
    }
  }

  /** A call came to a good end. */
  synchronized void succeeded(int begunIn, long nowNanos) {
    if (state != CircuitState.CLOSED) {
      answers(begunIn);
    } else if (begunIn == era) {
      ends.add(nowNanos, 1, 0);
      inARow = 0;
    }
  }

  /** A call failed, by the upstream's doing. */
  synchronized void failed(int begunIn, long nowNanos) {
    if (state == CircuitState.HALF_OPEN && begunIn == era) {
      open(nowNanos);
    } else if (state == CircuitState.CLOSED && begunIn == era) {
      ends.add(nowNanos, 1, 1);
      inARow++;
      long all = ends.first(nowNanos);
      boolean often = all >= SAMPLES_MIN && ends.second(nowNanos) > settings.rate() * all;
      if (inARow >= settings.failures() || often) {
        open(nowNanos);
      }
    }
  }

  /** A call was given up, which says nothing: another may be the probe. */
  synchronized void gaveUp(int begunIn) {
    if (state == CircuitState.HALF_OPEN && begunIn == era) {
      probing = false;
      state = CircuitState.OPEN;
    }
  }

  /** Calls that were made while it was open count, too: they may find the deployment well. */
  private boolean counts(int begunIn) {
    return begunIn == era || (probing && begunIn == era - 1);
  }

  private void open(long nowNanos) {
    openUntilNanos = nowNanos + pauseNanos();
    openings++;
    probing = false;
    state = CircuitState.OPEN;
    era++;
  }

  private void close() {
    state = CircuitState.CLOSED;
    probing = false;
    openings = 0;
    inARow = 0;
    ends.clear();
    era++;
  }

  /** Doubles with each opening that no success came between. */
  private long pauseNanos() {
    long pause = settings.pause().toNanos();
    long most = Math.max(pause, PAUSE_NANOS_MAX);
    for (int i = 0; i < openings && pause < most; i++) {
      pause *= 2;
    }
    return Math.min(pause, most);
  }
}
