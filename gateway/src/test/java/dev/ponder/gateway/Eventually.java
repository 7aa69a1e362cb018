package dev.ponder.gateway;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Waits for what will be true soon, and says what it was when it is not. */
final class Eventually {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long LOOK_NANOS = 1_000_000;
  private static final long STILL_NANOS = 500_000_000;

  private Eventually() {}

  /** Returns as soon as it holds; fails after 20 seconds. */
  static void holds(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Waits until a counter has begun to count and has then stood still for half a second. */
  static void settles(String what, LongSupplier counter) {
    long[] seen = {-1, System.nanoTime()};
    holds(
        what,
        () -> {
          if (counter.getAsLong() != seen[0]) {
            seen[0] = counter.getAsLong();
            seen[1] = System.nanoTime();
          }
          LockSupport.parkNanos(20 * LOOK_NANOS);
          return seen[0] > 0 && System.nanoTime() - seen[1] > STILL_NANOS;
        });
  }
}
