package dev.ponder.gateway.upstream;

import java.util.Arrays;

/**
 * Two counts over the last ten seconds, which are forgotten a second at a time. Not safe for use by
 * two threads.
 */
final class RecentCounts {

  private static final int SECONDS = 10;
  private static final long NANOS = 1_000_000_000L;

  private final long[] first = new long[SECONDS];
  private final long[] second = new long[SECONDS];
  private final long originNanos;

  /** Of the seconds since the beginning the last one that is counted. */
  private long newest;

  private long firstSum;
  private long secondSum;

  /** Nothing, as of this time of {@link System#nanoTime()}. */
  RecentCounts(long nowNanos) {
    originNanos = nowNanos;
  }

  void add(long nowNanos, int toFirst, int toSecond) {
    advance(nowNanos);
    int at = (int) (newest % SECONDS);
    first[at] += toFirst;
    second[at] += toSecond;
    firstSum += toFirst;
    secondSum += toSecond;
  }

  long first(long nowNanos) {
    advance(nowNanos);
    return firstSum;
  }

  long second(long nowNanos) {
    advance(nowNanos);
    return secondSum;
  }

  void clear() {
    Arrays.fill(first, 0);
    Arrays.fill(second, 0);
    firstSum = 0;
    secondSum = 0;
  }

  /** Threads that read the clock before they had the lock may be a little late: that is now. */
  private void advance(long nowNanos) {
    long present = (nowNanos - originNanos) / NANOS;
    if (present - newest >= SECONDS) {
      clear();
      newest = present;
    }
    while (newest < present) {
      newest++;
      int at = (int) (newest % SECONDS);
      firstSum -= first[at];
      secondSum -= second[at];
      first[at] = 0;
      second[at] = 0;
    }
  }
}
