package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.ApiError;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The night watchman of one event loop: looks at every running exchange ten times a second, so that
 * time-outs and keep-alives cost no timer for each read.
 */
final class Watch {

  /** How late a time-out may be noticed, in milliseconds. */
  static final long PERIOD_MILLIS = 100;

  private final Set<Watched> watched = new HashSet<>();

  /** Something with time-outs. */
  interface Watched {

    /**
     * Looks whether anything is due.
     *
     * @param nanos the present in nanoseconds of {@link System#nanoTime()}
     */
    void look(long nanos);

    /** Ends it now: its client is told so, and what it owes is settled. */
    void stop(ApiError why);
  }

  private final Vertx vertx;
  private final long timer;

  /** A watch on the event loop of the calling context. */
  Watch(Vertx vertx) {
    this.vertx = vertx;
    this.timer = vertx.setPeriodic(PERIOD_MILLIS, fired -> round(System.nanoTime()));
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  void add(Watched one) {
    watched.add(one);
  }

  void remove(Watched one) {
    watched.remove(one);
  }

  /** Ends all that run. */
  void stopAll(ApiError why) {
    for (Watched one : new ArrayList<>(watched)) {
      one.stop(why);
    }
  }

  private void round(long nanos) {
    if (watched.isEmpty()) {
      return;
    }
    List<Watched> present = new ArrayList<>(watched); // whoever is due leaves while we look
    for (Watched one : present) {
      one.look(nanos);
    }
  }
}
