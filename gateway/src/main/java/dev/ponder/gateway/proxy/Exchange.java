package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.OperationMeters;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Principal;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a model, whatever its dialect, from the last byte of its request to its line in the
 * decision log.
 *
 * <pre>
 * weigh ── refused ─────────────────────────────────────────────┐
 *   │                                                           │
 *   call ── answered ── relay ── done ── record                 │
 *   ↑ └ failed before the client got anything: next one, or ────┤
 *   └──────────────┘                                            refuse ── record
 * client gone, at any time: cancel the call ── record
 * </pre>
 *
 * <p>Everything happens on one event loop; an exchange is recorded exactly once.
 */
public final class Exchange implements Watch.Watched, BodyTaker {

  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  private final Lane lane;
  private final HttpServerRequest request;
  private final OperationMeters meters;
  private final Answer answer;
  private final ExchangeRecord record;

  private @Nullable Weighed weighed;
  private @Nullable Till till;
  private @Nullable Gate gate;
  private @Nullable Calls calls;
  private boolean began;
  private @Nullable Drain drain;
  private boolean over;
  private Runnable onOver = () -> {};

  /**
   * An exchange for a request whose body is still to be read.
   *
   * @param requestId goes into the answer, to the upstream and into the log
   * @param begunNanos when the request's head came, by {@link System#nanoTime()}
   */
  public Exchange(
      Lane lane,
      HttpServerRequest request,
      Dialect dialect,
      Principal who,
      String requestId,
      long begunNanos) {
    this.lane = lane;
    this.request = request;
    this.meters = lane.meters(dialect);
    this.answer = new Answer(request.response(), dialect, lane::sayGoodbye);
    this.record = new ExchangeRecord(requestId, dialect, who, begunNanos);
    record.query = request.query();
    record.span = ExchangeSpan.begin(lane.house(), request, dialect);
    lane.opened();
    request.response().closeHandler(closed -> guard(() -> gone("client")));
    request.response().exceptionHandler(broken -> guard(() -> gone("client")));
  }

  @Override
  public void onOver(Runnable action) {
    if (over) {
      action.run();
    } else {
      onOver = action;
    }
  }

  @Override
  public void run(byte[] body, int length) {
    record.readNanos = System.nanoTime();
    guard(() -> weigh(body, length));
  }

  private void weigh(byte[] body, int length) {
    Map<String, String> tags = Tags.of(request.getHeader(Tags.HEADER));
    boolean dry = DryRun.wanted(request.getHeader(DryRun.HEADER));
    till = lane.till(record.principal, tags, record.requestId);
    new Weighing(lane, this, record.principal, tags, request.headers(), dry)
        .begin(dialect(), body, length);
  }

  /** Runs a step; whatever goes wrong in it ends the exchange instead of being lost. */
  void guard(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      if (calls != null) {
        calls.cancel();
      }
      refuse(e);
    }
  }

  /**
   * Refuses the request: with the error if it is one that callers are told about, else with 500.
   */
  @Override
  public void refuse(Throwable failure) {
    if (over) {
      return;
    }
    if (failure instanceof ApiError error) {
      record.refused(error);
      end(error, Outcome.ofRefusal(error.status(), error.code()));
      return;
    }
    String traceId = ExchangeSpan.traceId(record, request);
    LOG.error("event=bug request_id={} trace_id={}", record.requestId, traceId, failure);
    record.failed(failure.getClass().getName());
    end(ApiError.internal(), Outcome.INTERNAL_ERROR);
  }

  private void end(ApiError error, Outcome outcome) {
    record.status = answer.begun() ? 200 : error.status();
    if (weighed != null && !answer.begun()) {
      DecisionHeaders.put(answer.headers(), record, weighed);
    }
    if (!answer.over()) {
      answer.fail(error, false);
    }
    done(outcome);
  }

  /** The request was read and decided on. */
  void weighed(Weigher.Reading reading, Weighing weighing) {
    Weighed known = weighing.held(reading.weighed());
    weighed = known;
    record.weighed = known;
    lane.meters().parsed(known.parseNanos());
    lane.classified(known.classified());
    Buffer said = weighing.said(reading.view(), known, record, answer);
    if (said != null) {
      reply(known, said);
      return;
    }
    weighing.pacing().arrived(known);
    till().countMinute(known);
    long now = System.nanoTime();
    gate = new Gate(lane, till(), reading.view(), known, now);
    enter(now);
    if (!over) {
      lane.watch().add(this);
    }
  }

  /** Goes through the gate, or stays before it until the watch looks again. */
  private void enter(long nanos) {
    Gate before = gate;
    if (before == null) {
      return;
    }
    Gate.Pass pass;
    try {
      pass = before.enter(nanos);
    } catch (ApiError refusal) {
      decided(before.lastTried());
      throw refusal;
    }
    if (pass == null) {
      return;
    }
    gate = null;
    record.waitedNanos += before.waitedNanos(nanos);
    decided(pass.weighed());
    Calls toMake = new Calls(lane, this, answer, record, request.headers(), pass, till());
    calls = toMake;
    toMake.begin(pass.first(), pass.funds());
  }

  private void decided(Weighed known) {
    weighed = known;
    record.weighed = known;
    Decision decision = known.decision();
    meters.began(decision.model().tierLabel());
    began = true;
    double distance =
        decision.threshold().isPresent()
            ? decision.score().orElse(0) - decision.threshold().getAsDouble()
            : 1;
    lane.routeMeters(decision.route())
        .decided(decision.model().reasoning(), decision.reason(), distance);
  }

  private Till till() {
    return Objects.requireNonNull(till);
  }

  private void reply(Weighed known, Buffer said) {
    DecisionHeaders.put(answer.headers(), record, known);
    record.status = 200;
    answer.end(200, said);
    done(Outcome.SUCCESS);
  }

  /** The client has left, or has been left: {@code by} is {@code client} or {@code gateway}. */
  private void gone(String by) {
    if (over || draining()) {
      return;
    }
    record.status = 499; // nginx's "client closed request": logged, never sent
    if (calls != null && calls.relay() instanceof StreamRelay) {
      lane.meters().streamAborted(tier(), by);
    }
    drain = Drain.of(calls, lane.house().treasury());
    if (drain != null) {
      answer.leave();
      drain.begin();
      return;
    }
    if (calls != null) {
      calls.cancel();
    }
    done(Outcome.CANCELLED);
  }

  /** Whether the client has left and the answer is read for its bill only. */
  boolean draining() {
    return drain != null;
  }

  @Override
  public void look(long nanos) {
    guard(() -> lookAt(nanos));
  }

  private void lookAt(long nanos) {
    if (over) {
      return;
    }
    enter(nanos);
    if (over || weighed == null) {
      return;
    }
    Calls running = calls;
    if (running != null) {
      running.look(nanos);
    }
    if (over) {
      return;
    }
    if (drain != null) {
      if (drain.tooLong(nanos)) {
        drain.giveUp();
        done(Outcome.CANCELLED);
      }
      return;
    }
    long silent = nanos - answer.lastWriteNanos();
    if (answer.begun() && answer.full()) {
      if (answer.stuck(nanos)) {
        gone("gateway");
        answer.reset(); // a reader that has stopped reading
      }
      return;
    }
    Relay relay = running == null ? null : running.relay();
    boolean between = relay == null || relay.atBoundary();
    boolean due = silent > lane.house().configuration().limits().keepAlive().toNanos();
    if (weighed.stream() && between && due) {
      if (!answer.begun()) {
        DecisionHeaders.put(answer.headers(), record, weighed);
        answer.beginStream();
      }
      answer.keepAlive();
    }
  }

  @Override
  public void stop(ApiError why) {
    Calls running = calls;
    guard(running == null ? () -> refuse(why) : () -> running.stop(why));
  }

  /** Another tier is asked now, or answers after all. */
  void goesTo(Weighed other) {
    String before = tier();
    weighed = other;
    record.weighed = other;
    meters.moved(before, tier());
  }

  /** All candidates failed; the client has got nothing yet. */
  void failed(AttemptOutcome outcome, ApiError error) {
    end(error, LastWord.outcomeOf(outcome, error));
  }

  /** The call broke off, and the client was told so in its answer. */
  void brokeOff(AttemptOutcome outcome, ApiError error) {
    record.status = 200;
    done(LastWord.outcomeOf(outcome, error));
  }

  void firstByte() {
    if (record.firstByteNanos == 0) {
      record.firstByteNanos = System.nanoTime();
    }
  }

  /** Usage was reported; of several reports the last one holds. */
  void used(Billed billed) {
    if (weighed != null && record.answeredBy != null) {
      record.used(billed, weighed, record.answeredBy);
    }
    Attempt attempt = calls == null ? null : calls.attempt();
    if (attempt != null) {
      attempt.used(billed);
    }
  }

  void finishedBecause(String reason) {
    record.finishReason = reason;
  }

  Dialect dialect() {
    return record.dialect;
  }

  ExchangeRecord record() {
    return record;
  }

  boolean over() {
    return over;
  }

  /** Puts the upstream's headers and the decision's into the answer. */
  void putHeaders(MultiMap upstream) {
    answer.take(upstream);
    if (weighed != null) {
      DecisionHeaders.put(answer.headers(), record, weighed);
    }
    Funds funds = record.funds;
    if (funds != null) {
      DecisionHeaders.putRemaining(answer.headers(), till().remaining(funds.purse()));
    }
  }

  /** The answer is out, or nobody waits for it any more. */
  void done(Outcome outcome) {
    if (over) {
      return;
    }
    over = true;
    if (drain != null) {
      drain.end();
    }
    lane.watch().remove(this);
    lane.closed();
    long ended = System.nanoTime();
    record.outcome = draining() ? Outcome.CANCELLED : outcome;
    if (outcome == Outcome.SUCCESS) {
      record.failed(null); // of a call that another one made good
    }
    if (record.status == 0) {
      record.status = answer.begun() && streamed() ? 200 : record.upstreamStatus;
    }
    if (calls != null) {
      calls.countUsage(outcome);
    }
    if (till != null) {
      till.correctMinute(record.allUsage(), record.funds != null && record.funds.dispatched());
    }
    meters.ended(tier(), record.outcome, streamed(), ended - record.begunNanos, began);
    lane.house().series().ended(record.principal.team(), tier(), record.outcome);
    if (record.readNanos != 0) {
      lane.meters().addedByGateway(record.overheadNanos(ended));
    }
    record.traceId = ExchangeSpan.traceId(record, request);
    lane.log(request, record, ended);
    ExchangeSpan.end(record, request, ended);
    onOver.run();
  }

  private String tier() {
    return weighed == null ? "none" : weighed.decision().model().tierLabel();
  }

  private boolean streamed() {
    return weighed != null && weighed.stream();
  }
}
