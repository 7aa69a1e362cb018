package dev.ponder.gateway.server;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.vertx.core.Vertx;

/**
 * Measures how late an event loop is: a timer that it sets itself over and over, and the time by
 * which it is late. All that the loop does late, is late by as much.
 */
final class LoopLag {

  private static final long PERIOD_MILLIS = 100;

  private final Vertx vertx;
  private final DistributionDataPoint seconds;

  LoopLag(Vertx vertx, DistributionDataPoint seconds) {
    this.vertx = vertx;
    this.seconds = seconds;
  }

  /** Measures from now on, on the event loop of the calling context, until that is closed. */
  void start() {
    long due = System.nanoTime() + PERIOD_MILLIS * 1_000_000;
    vertx.setTimer(
        PERIOD_MILLIS,
        fired -> {
          seconds.observe(Math.max(0, System.nanoTime() - due) / 1e9);
          start();
        });
  }
}
