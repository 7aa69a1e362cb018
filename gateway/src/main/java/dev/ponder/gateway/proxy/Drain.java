package dev.ponder.gateway.proxy;

import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.policy.Policy.OnDisconnect;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is read to its end though its caller has left: then its bill is exact. Nothing of
 * it is kept.
 */
final class Drain {

  /** Nobody waits, so nothing is lost by giving up; what was set aside is posted then. */
  private static final long LONGEST_NANOS = 300_000_000_000L;

  private final Calls calls;
  private final Treasury treasury;
  private final long sinceNanos = System.nanoTime();

  private Drain(Calls calls, Treasury treasury) {
    this.calls = calls;
    this.treasury = treasury;
  }

  /**
   * A drain, still to begin; null if it is better to give the call up, or too many are drained
   * already.
   */
  static @Nullable Drain of(@Nullable Calls calls, Treasury treasury) {
    if (calls == null || !worthwhile(calls) || !treasury.beginDrain()) {
      return null;
    }
    return new Drain(calls, treasury);
  }

  /**
   * Unless a policy decides: a reasoning model that has begun its visible answer has done its
   * costly part, and giving up would only lose the bill.
   */
  private static boolean worthwhile(Calls calls) {
    Attempt attempt = calls.attempt();
    if (attempt == null || !attempt.funds().dispatched()) {
      return false;
    }
    Funds funds = attempt.funds();
    if (funds.purse().onDisconnect() != OnDisconnect.AUTO) {
      return funds.purse().onDisconnect() == OnDisconnect.DRAIN;
    }
    return funds.hard()
        && funds.reasoning()
        && calls.relay() instanceof StreamRelay stream
        && stream.sawContent();
  }

  /** Reads on, though the client does not. */
  void begin() {
    calls.resume();
  }

  boolean tooLong(long nowNanos) {
    return nowNanos - sinceNanos > LONGEST_NANOS;
  }

  void giveUp() {
    calls.cancel();
  }

  /** The place is free for another one. */
  void end() {
    treasury.endDrain();
  }
}
