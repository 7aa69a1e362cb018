package dev.ponder.gateway;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what will be true soon, and says what it was when it is not. */
final class Eventually {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long LOOK_NANOS = 1_000_000;

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
}
