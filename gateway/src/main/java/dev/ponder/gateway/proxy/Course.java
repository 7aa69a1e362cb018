package dev.ponder.gateway.proxy;

import dev.ponder.gateway.proxy.Turns.Turn;
import dev.ponder.gateway.upstream.DeploymentState;
import dev.ponder.gateway.upstream.Permit;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * Who a request is sent to next, and when: at once, when there is a place among the calls of the
 * upstream, or after a wait. {@link Turns} says who, {@link Till} has the money, {@link Pause}
 * waits.
 */
final class Course {

  private final Lane lane;
  private final Exchange exchange;
  private final ExchangeRecord record;
  private final Till till;
  private final LastWord lastWord;
  private final Caller caller;
  private final boolean once;
  private Weighed weighed;
  private Turns turns;

  /** The request's bytes; null once nobody else can be asked. */
  private @Nullable RequestView view;

  private @Nullable Pause pause;

  /** Who makes the calls. */
  interface Caller {

    /** Makes a call, for which there is a place and money. */
    void start(Candidate candidate, Funds funds, Permit permit, RequestView request);

    /** No call runs: the next one is waited for. */
    void idle();

    /** Nobody is asked any more. */
    void giveUp();
  }

  /**
   * The next step after a failure.
   *
   * @param funds its money; null if it is asked for when the wait is over
   */
  record Step(Turn turn, @Nullable Funds funds) {}

  Course(
      Lane lane,
      Exchange exchange,
      MultiMap clientHeaders,
      Gate.Pass pass,
      Till till,
      LastWord lastWord,
      Caller caller) {
    this.lane = lane;
    this.exchange = exchange;
    this.record = exchange.record();
    this.till = till;
    this.lastWord = lastWord;
    this.caller = caller;
    this.once = Pause.callerAsksAgain(clientHeaders);
    this.weighed = pass.weighed();
    this.view = pass.view();
    this.turns = lane.turns(weighed.decision().candidates(), once);
  }

  /** The request as it was decided on. */
  Weighed weighed() {
    return weighed;
  }

  /** The request's bytes; null once nobody else can be asked. */
  @Nullable RequestView view() {
    return view;
  }

  /** Asks the one who was chosen, whose money is there. */
  void begin(Candidate chosen, Funds funds) {
    Candidate configured = weighed.decision().candidates().get(0);
    if (chosen.fallback()) { // nobody of the model decided on is in rotation
      String to = chosen.model().tierLabel();
      lane.meters().fellBack(configured.model().tierLabel(), to, "circuit_open");
    }
    call(turns.begin(chosen, System.nanoTime()), funds);
  }

  /** Asks others than those before. */
  void redirect(SecondOpinion to) {
    weighed = to.weighed();
    turns = lane.turns(weighed.decision().candidates(), once);
    begin(to.first(), to.funds());
  }

  /** An answer comes; unless it is the {@code last} one, the bytes may be wanted again. */
  void answered(boolean last) {
    if (last && !turns.anyLeft()) {
      view = null; // an answer may take minutes; a history need not wait for it
    }
  }

  /** This one failed in a way that may be over soon. */
  void mayAskAgain(Candidate failed) {
    turns.mayAskAgain(failed);
  }

  /** Whether there is anybody who was not asked. */
  boolean anyLeft() {
    return view != null && turns.anyLeft() && !exchange.draining();
  }

  /** Makes the call, or waits for a place among the calls of its upstream. */
  private void call(Turn turn, Funds funds) {
    DeploymentState state = lane.place(turn.candidate()).state();
    if (state.enter()) {
      start(turn, funds);
      return;
    }
    record.funds = funds;
    caller.idle();
    Pause place = Pause.forPlace(lane, state, turn, funds, this::placeFree);
    if (place == null) {
      noPlace(turn, funds);
    } else {
      pause = place;
    }
  }

  private void placeFree(Pause over) {
    exchange.guard(
        () -> {
          if (pause == over) {
            waited(over);
            start(over.turn(), over.money());
          } // else nobody wants it any more, and it was given back
        });
  }

  private void noPlace(Turn turn, Funds funds) {
    funds.settle(Ending.UNSENT);
    lastWord.noPlace(turn.candidate().deployment().upstream().name());
    goOn(turn.candidate(), "overloaded");
  }

  private void start(Turn turn, Funds funds) {
    RequestView request = view;
    if (request == null) {
      throw new IllegalStateException("the request's bytes were let go of");
    }
    Candidate candidate = turn.candidate();
    DeploymentState state = lane.place(candidate).state();
    Permit permit = state.begin(System.nanoTime(), turn.again(), turn.anyway());
    if (permit == null) {
      funds.settle(Ending.UNSENT);
      goOn(candidate, "circuit_open");
      return;
    }
    caller.start(candidate, funds, permit, request);
  }

  /** Who is asked next, and the money for it; null if nobody is. */
  @Nullable Step next() {
    RequestView request = view;
    if (request == null || exchange.draining()) {
      return null;
    }
    long now = System.nanoTime();
    for (Turn turn = turns.next(record.attempts, now);
        turn != null;
        turn = turns.next(record.attempts, now)) {
      Funds funds = till.spare(weighed, request, turn.candidate());
      if (funds != null) {
        return new Step(turn, funds);
      }
    }
    Turn again = turns.again(now);
    return again == null ? null : new Step(again, null);
  }

  /** Nothing came of asking this one: on to the next step, or to the end. */
  private void goOn(Candidate from, String reason) {
    Step step = next();
    if (step == null) {
      caller.giveUp();
    } else {
      take(step, from, reason);
    }
  }

  /** Takes a step, away from one who failed. */
  void take(Step step, Candidate from, String reason) {
    Turn turn = step.turn();
    if (step.funds() != null) {
      String to = turn.candidate().model().tierLabel();
      lane.meters().fellBack(from.model().tierLabel(), to, reason);
      call(turn, step.funds());
      return;
    }
    caller.idle();
    pause = Pause.beforeRetry(lane, turn, over -> exchange.guard(() -> retry(over)));
  }

  private void retry(Pause over) {
    if (pause != over) {
      return;
    }
    waited(over);
    Candidate candidate = over.turn().candidate();
    Lane.Place place = lane.place(candidate);
    RequestView request = view;
    Funds funds = null;
    if (request != null && place.state().inRotation(System.nanoTime())) {
      funds = till.spare(weighed, request, candidate);
    }
    if (funds == null) {
      goOn(candidate, "circuit_open");
      return;
    }
    record.retries++;
    place.meters().retried(lastWord.outcome());
    call(over.turn(), funds);
  }

  private void waited(Pause over) {
    record.waitedNanos += System.nanoTime() - over.sinceNanos();
    pause = null;
  }

  /** Looks whether a place was waited for too long. */
  void look(long nanos) {
    Pause waiting = pause;
    if (waiting != null && waiting.tooLong(nanos)) {
      waited(waiting);
      waiting.end();
      noPlace(waiting.turn(), waiting.money());
    }
  }

  /** Waits no longer. */
  void cancel() {
    if (pause != null) {
      pause.cancel();
      waited(pause);
    }
  }
}
