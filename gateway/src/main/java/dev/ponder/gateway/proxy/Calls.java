package dev.ponder.gateway.proxy;

import dev.ponder.gateway.proxy.Turns.Turn;
import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.upstream.DeploymentState;
import dev.ponder.gateway.upstream.Permit;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.JsonSplice;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.price.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's side of an exchange: one call after another, until one answers. Another is made as
 * long as the client has got nothing of an answer; every call starts from the bytes that the client
 * sent. {@link Turns} says who is asked, {@link Pause} waits for its turn.
 */
final class Calls implements Attempt.Listener {

  private final Lane lane;
  private final Exchange exchange;
  private final Answer answer;
  private final ExchangeRecord record;
  private final MultiMap clientHeaders;
  private final Weighed weighed;
  private final Turns turns;
  private final Till till;

  /** The request's bytes; null once nobody else can be asked. */
  private @Nullable RequestView view;

  private @Nullable Attempt attempt;
  private @Nullable Relay relay;
  private @Nullable Pause pause;
  private final LastWord lastWord = new LastWord();

  /**
   * The next step after a failure.
   *
   * @param funds its money; null if it is asked for when the wait is over
   */
  private record Step(Turn turn, @Nullable Funds funds) {}

  Calls(
      Lane lane,
      Exchange exchange,
      Answer answer,
      ExchangeRecord record,
      MultiMap clientHeaders,
      Gate.Pass pass,
      Till till) {
    this.lane = lane;
    this.exchange = exchange;
    this.answer = answer;
    this.record = record;
    this.clientHeaders = clientHeaders;
    this.weighed = pass.weighed();
    this.view = pass.view();
    this.till = till;
    this.turns =
        lane.turns(pass.weighed().decision().candidates(), Pause.callerAsksAgain(clientHeaders));
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

  /** Makes the call, or waits for a place among the calls of its upstream. */
  private void call(Turn turn, Funds funds) {
    DeploymentState state = lane.place(turn.candidate()).state();
    if (state.enter()) {
      start(turn, funds);
      return;
    }
    record.funds = funds;
    attempt = null;
    relay = null;
    pause = Pause.forPlace(lane, state, turn, funds, this::placeFree);
    if (pause == null) {
      noPlace(turn, funds);
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
    Lane.Place place = lane.place(candidate);
    Permit permit = place.state().begin(System.nanoTime(), turn.again(), turn.anyway());
    if (permit == null) {
      funds.settle(Ending.UNSENT);
      goOn(candidate, "circuit_open");
      return;
    }
    Dialect dialect = request.dialect().at(candidate.deployment().upstream().provider());
    Translation into = Translation.of(candidate, request.dialect(), lane.nowSeconds());
    Attempt call = new Attempt(candidate, funds, dialect, into, place, permit, this);
    attempt = call;
    relay = null;
    record.answeredBy = candidate;
    record.upstreamStatus = 0;
    record.firstByteNanos = 0;
    record.attempts++;
    record.funds = funds;
    record.cap = funds.injectedCap();
    call.traced(CallTrace.begin(lane, record, candidate, clientHeaders));
    JsonSplice body = Adaptation.of(request, weighed.decision(), candidate, funds);
    new Dispatch(lane, exchange, clientHeaders).send(call, body, request.length());
  }

  /** Who is asked next, and the money for it; null if nobody is. */
  private @Nullable Step nextStep() {
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
    Step step = nextStep();
    if (step == null) {
      giveUp();
    } else {
      take(step, from, reason);
    }
  }

  private void take(Step step, Candidate from, String reason) {
    Turn turn = step.turn();
    if (step.funds() != null) {
      String to = turn.candidate().model().tierLabel();
      lane.meters().fellBack(from.model().tierLabel(), to, reason);
      call(turn, step.funds());
      return;
    }
    attempt = null;
    relay = null;
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

  /** The call that runs or ran last; null while one is waited for. */
  @Nullable Attempt attempt() {
    return attempt;
  }

  /** What takes the answer to the client; null before its first byte. */
  @Nullable Relay relay() {
    return relay;
  }

  void look(long nanos) {
    if (attempt != null) {
      attempt.look(nanos);
    }
    Pause waiting = pause;
    if (waiting != null && waiting.tooLong(nanos)) {
      waited(waiting);
      waiting.end();
      noPlace(waiting.turn(), waiting.money());
    }
    lastWord.look(nanos);
  }

  /** Gives up: nobody waits for an answer. */
  void cancel() {
    if (pause != null) {
      pause.cancel();
      waited(pause);
    }
    if (attempt != null) {
      attempt.cancel(AttemptOutcome.CANCELLED);
    }
  }

  /** Reads on, whether or not the client does. */
  void resume() {
    if (attempt != null) {
      attempt.resume();
    }
  }

  /** Counts what was used, once all is over. */
  void countUsage(Outcome outcome) {
    Attempt last = attempt;
    if (last == null) {
      return;
    }
    Usage usage = record.usage();
    if (usage != null) {
      new Reckoning(lane, record, last, weighed).count(usage, outcome);
    } else if (last.parked()) {
      return; // it is still to come
    } else if (outcome == Outcome.SUCCESS || relay instanceof StreamRelay) {
      Reckoning.missing(last);
    }
  }

  @Override
  public void answered(Attempt call, HttpClientResponse head) {
    int status = head.statusCode();
    record.upstreamStatus = status;
    long now = System.nanoTime();
    DeploymentState state = call.permit().deployment();
    state.noteLimits(head.headers(), now);
    if (Turns.mayBeBetterElsewhere(status)) {
      if (Pause.mayAskAgain(head.headers(), state, now, lane)) {
        turns.mayAskAgain(call.candidate());
      }
      lastWord.failed(AttemptOutcome.ofStatus(status), null);
      call.settle(); // what it held may be what the next one needs
      Step step = nextStep();
      if (step != null) {
        call.finish(lastWord.outcome());
        lastWord.refused(Rejection.reading(head, call));
        String reason = status == 429 ? "rate_limited" : "http_" + status / 100 + "xx";
        take(step, call.candidate(), reason);
        return;
      }
    }
    head.handler(bytes -> exchange.guard(() -> chunk(call, head, bytes)));
    head.endHandler(ended -> exchange.guard(() -> end(call, head)));
    head.resume();
  }

  private void chunk(Attempt call, HttpClientResponse head, Buffer bytes) {
    if (call == attempt) {
      relay(call, head, bytes).chunk(bytes);
    }
  }

  private void end(Attempt call, HttpClientResponse head) {
    call.ended();
    if (call == attempt) {
      relay(call, head, Buffer.buffer()).end();
    }
  }

  /** Decides by the first bytes, since upstreams are wrong about their content type at times. */
  private Relay relay(Attempt call, HttpClientResponse head, Buffer first) {
    Relay present = relay;
    if (present != null) {
      return present;
    }
    boolean good = head.statusCode() >= 200 && head.statusCode() < 300;
    Relay chosen;
    if (good && Sniff.isEventStream(head.getHeader("content-type"), first)) {
      chosen = new StreamRelay(lane, exchange, this, call, answer, weighed, head);
    } else {
      chosen = new PlainRelay(lane, exchange, this, call, answer, head);
    }
    if (!turns.anyLeft()) {
      view = null; // an answer may take minutes; a history need not wait for it
    }
    relay = chosen;
    return chosen;
  }

  /**
   * Goes on after an answer that was an error under a good status: it may be somebody else's good
   * answer.
   *
   * @param code the status that the error says it has; 0 if none
   * @param refused what the caller gets if nobody answers; null: nothing can be passed on
   * @return false if there is nobody to go to
   */
  boolean goElsewhere(Attempt call, int code, @Nullable Rejection refused) {
    boolean callers = code >= 400 && code < 500 && !Turns.mayBeBetterElsewhere(code);
    if (callers || view == null || !turns.anyLeft() || exchange.draining()) {
      return false;
    }
    call.finish(AttemptOutcome.BAD_RESPONSE);
    Step step = nextStep();
    if (step == null) {
      return false;
    }
    call.abandon();
    lastWord.misanswered();
    if (refused != null) {
      lastWord.refused(refused);
    }
    take(step, call.candidate(), lastWord.outcome().label());
    return true;
  }

  @Override
  public void failed(Attempt call, AttemptOutcome outcome, ApiError error, String detail) {
    if (call != attempt) {
      return;
    }
    record.failed(detail);
    lastWord.failed(outcome, error);
    Relay present = relay;
    if (present == null || !present.begun()) {
      boolean unheard = outcome == AttemptOutcome.RESET && record.upstreamStatus == 0;
      if (unheard || outcome == AttemptOutcome.CONNECT_ERROR) {
        turns.mayAskAgain(call.candidate());
      }
      Step step = nextStep();
      if (step != null) {
        take(step, call.candidate(), outcome.label());
        return;
      }
    }
    boolean told = present != null && present.broke(error);
    if (exchange.over()) {
      return;
    }
    if (present instanceof StreamRelay) {
      lane.meters().streamAborted(call.candidate().model().tierLabel(), "upstream");
    }
    if (told) {
      exchange.brokeOff(outcome, error);
    } else if (record.upstreamStatus == 0) {
      giveUp();
    } else {
      exchange.failed(outcome, error);
    }
  }

  /** Nobody answered, and nobody is asked any more. */
  private void giveUp() {
    attempt = null;
    lastWord.tell(exchange, answer);
  }

  @Override
  public void over(long tookNanos) {
    record.upstreamNanos += tookNanos;
  }
}
