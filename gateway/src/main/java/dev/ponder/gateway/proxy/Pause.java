package dev.ponder.gateway.proxy;

import dev.ponder.gateway.proxy.Turns.Turn;
import dev.ponder.gateway.upstream.DeploymentState;
import dev.ponder.gateway.upstream.RetryAfter;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A wait of a request between two calls: for a free place among the calls of an upstream, or before
 * a retry. No thread waits with it.
 */
final class Pause {

  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final CharSequence RETRY_COUNT =
      HttpHeaders.createOptimized("x-stainless-retry-count");

  private final Lane lane;
  private final Turn turn;
  private final @Nullable Funds funds;
  private final long sinceNanos = System.nanoTime();
  private final long timeoutNanos;
  private DeploymentState.@Nullable Waiting place;
  private long timer = -1;

  private Pause(Lane lane, Turn turn, @Nullable Funds funds, long timeoutNanos) {
    this.lane = lane;
    this.turn = turn;
    this.funds = funds;
    this.timeoutNanos = timeoutNanos;
  }

  /**
   * Waits for a place.
   *
   * @param free told on this lane's thread once there is one, which is taken then
   * @return null if too many wait already
   */
  static @Nullable Pause forPlace(
      Lane lane, DeploymentState state, Turn turn, Funds funds, Consumer<Pause> free) {
    long timeoutNanos = state.resilience().queue().timeout().toNanos();
    Pause pause = new Pause(lane, turn, funds, timeoutNanos);
    pause.place = state.queue(() -> lane.defer(() -> free.accept(pause)));
    return pause.place == null ? null : pause;
  }

  /** Waits as long as the turn says. */
  static Pause beforeRetry(Lane lane, Turn turn, Consumer<Pause> due) {
    Pause pause = new Pause(lane, turn, null, Long.MAX_VALUE);
    long millis = (turn.waitNanos() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    pause.timer = lane.later(Math.max(1, millis), () -> due.accept(pause));
    return pause;
  }

  Turn turn() {
    return turn;
  }

  /** The money that is there for a call that waits for a place. */
  Funds money() {
    Funds present = funds;
    if (present == null) {
      throw new IllegalStateException("funds: none (expected: those of a call that waits)");
    }
    return present;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  /** Whether it has waited for a place for as long as it may. */
  boolean tooLong(long nowNanos) {
    return nowNanos - sinceNanos >= timeoutNanos;
  }

  /** Waits no longer. */
  void end() {
    if (place != null) {
      place.giveUp();
    }
    if (timer >= 0) {
      lane.drop(timer);
    }
  }

  /** Waits no longer, and neither does its money. */
  void cancel() {
    end();
    if (funds != null) {
      funds.settle(Ending.UNSENT);
    }
  }

  /**
   * Notes what a refusal says of when to come back; whether the request may be sent there again.
   */
  static boolean mayAskAgain(MultiMap headers, DeploymentState state, long nowNanos, Lane lane) {
    long after = RetryAfter.nanos(headers, lane.house().treasury()::now);
    if (after > 0) {
      state.rest(after, nowNanos);
    }
    return !RetryAfter.forbidden(headers)
        && after <= state.resilience().retries().longestWait().toNanos();
  }

  /** Whether the caller is an SDK that has begun to ask again by itself: both at once multiply. */
  static boolean callerAsksAgain(MultiMap clientHeaders) {
    String count = clientHeaders.get(RETRY_COUNT);
    return count != null && !count.equals("0") && !count.isBlank() && !count.strip().matches("0+");
  }
}
