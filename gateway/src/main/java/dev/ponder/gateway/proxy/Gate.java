package dev.ponder.gateway.proxy;

import dev.ponder.gateway.proxy.Till.Asked;
import dev.ponder.gateway.proxy.Till.Refusal;
import dev.ponder.gateway.telemetry.BudgetMeters.Action;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Reason;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a request gets the money for its first call: as decided, after a wait for money that
 * running calls hold, or further down the ladder.
 *
 * <p>It waits only for money that may come back. What is spent is spent, and then the next step is
 * tried at once.
 */
final class Gate {

  /** Even without more money: what is missing may have been spent for good. */
  private static final long ASK_AGAIN_NANOS = 1_000_000_000L;

  private final Lane lane;
  private final Till till;
  private final RequestView view;
  private final Weighed wanted;
  private final long sinceNanos;
  private @Nullable Refusal waitingFor;
  private long askedNanos;
  private Weighed lastTried;
  private Candidate chosen;
  private boolean exhausted;

  /**
   * A request that may go in.
   *
   * @param weighed how it goes in
   * @param view its bytes
   * @param first who is asked first
   * @param funds the money for that call
   */
  record Pass(Weighed weighed, RequestView view, Candidate first, Funds funds) {}

  /**
   * A gate for a request that came to it at this time of {@link System#nanoTime()}.
   *
   * @param lane says who would be asked first
   */
  Gate(Lane lane, Till till, RequestView view, Weighed weighed, long nowNanos) {
    this.lane = lane;
    this.till = till;
    this.view = view;
    this.wanted = weighed;
    this.sinceNanos = nowNanos;
    this.lastTried = weighed;
    this.chosen = weighed.decision().candidates().get(0);
  }

  /**
   * Tries to get in.
   *
   * @return null if it is worth waiting: try again soon
   * @throws ApiError if no step of the ladder is paid for
   */
  @Nullable Pass enter(long nowNanos) {
    Refusal missing = waitingFor;
    if (missing != null
        && nowNanos - askedNanos < ASK_AGAIN_NANOS
        && nowNanos - sinceNanos < missing.patience().toNanos()
        && till.stillShort(missing)) {
      return null;
    }
    askedNanos = nowNanos;
    long begun = System.nanoTime();
    boolean waiting = false;
    try {
      Pass pass = goDown(nowNanos);
      waiting = pass == null;
      return pass;
    } finally {
      if (!waiting) {
        till.asked(System.nanoTime() - begun, waitedNanos(nowNanos));
      }
    }
  }

  /** From the step that was decided on to the last one that there is money for. */
  private @Nullable Pass goDown(long nowNanos) {
    Asked asked = ask(wanted);
    Refusal first = asked.refusal();
    if (first == null) {
      return pass(asked, Optional.empty());
    }
    if (waits(first, nowNanos)) {
      return null;
    }
    Refusal last = first;
    Optional<Weighed> step = below(first);
    while (step.isPresent()) {
      asked = ask(step.get());
      Refusal refusal = asked.refusal();
      if (refusal == null) {
        return pass(asked, Optional.of(first));
      }
      last = refusal;
      step = below(refusal);
    }
    if (waits(last, nowNanos)) {
      return null;
    }
    exhausted = !first.policy().isEmpty();
    till.acted(first.policy(), Action.DENY);
    throw first.error();
  }

  private Asked ask(Weighed step) {
    lastTried = step;
    chosen = lane.first(step.decision().candidates());
    return till.ask(step, view, chosen);
  }

  private Optional<Weighed> below(Refusal refusal) {
    return refusal.downgrades() ? lastTried.cheaper() : Optional.empty();
  }

  private Pass pass(Asked asked, Optional<Refusal> first) {
    Funds funds = Objects.requireNonNull(asked.funds());
    first.ifPresent(refusal -> till.acted(refusal.policy(), Action.DOWNGRADE));
    till.granted(funds);
    return new Pass(lastTried, view, chosen, funds);
  }

  /** How long it has waited for money; 0 if it did not. */
  long waitedNanos(long nowNanos) {
    return waitingFor == null ? 0 : nowNanos - sinceNanos;
  }

  /** The step that was tried last: after a refusal, what headers and logs tell. */
  Weighed lastTried() {
    return exhausted ? lastTried.with(lastTried.decision().because(Reason.EXHAUSTED)) : lastTried;
  }

  private boolean waits(Refusal refusal, long nowNanos) {
    if (!refusal.mayClear() || nowNanos - sinceNanos >= refusal.patience().toNanos()) {
      return false;
    }
    if (waitingFor == null) {
      till.acted(refusal.policy(), Action.WAIT);
    }
    waitingFor = refusal;
    return true;
  }
}
