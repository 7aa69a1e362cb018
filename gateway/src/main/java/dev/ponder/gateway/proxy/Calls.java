package dev.ponder.gateway.proxy;

import dev.ponder.gateway.proxy.Course.Step;
import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.upstream.Bytes;
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
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's side of an exchange: one call after another, until one answers. Another is made as
 * long as the client has got nothing of an answer; every call starts from the bytes that the client
 * sent. {@link Course} says when the next one is made, and of whom.
 */
final class Calls implements Attempt.Listener, Course.Caller {

  private final Lane lane;
  private final Exchange exchange;
  private final Answer answer;
  private final ExchangeRecord record;
  private final MultiMap clientHeaders;
  private final Till till;
  private final Course course;
  private final LastWord lastWord = new LastWord();
  private @Nullable Attempt attempt;
  private @Nullable Relay relay;

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
    this.till = till;
    this.course = new Course(lane, exchange, clientHeaders, pass, till, lastWord, this);
  }

  /** Asks the one who was chosen, whose money is there. */
  void begin(Candidate chosen, Funds funds) {
    course.begin(chosen, funds);
  }

  @Override
  public void start(Candidate candidate, Funds funds, Permit permit, RequestView request) {
    Dialect dialect = request.dialect().at(candidate.deployment().upstream().provider());
    Translation into =
        Translation.of(candidate, request.dialect(), record.requestId, lane.nowSeconds());
    Lane.Place place = lane.place(candidate);
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
    JsonSplice body = Adaptation.of(request, course.weighed().decision(), candidate, funds);
    new Dispatch(lane, exchange, clientHeaders).send(call, body, request.length());
  }

  @Override
  public void idle() {
    attempt = null;
    relay = null;
  }

  @Override
  public void giveUp() {
    attempt = null;
    lastWord.tell(exchange, answer);
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
    course.look(nanos);
    lastWord.look(nanos);
  }

  /** Gives up: nobody waits for an answer. */
  void cancel() {
    course.cancel();
    if (attempt != null) {
      attempt.cancel(AttemptOutcome.CANCELLED);
    }
  }

  /** Ends it as far as it has come: the gateway goes, and cannot wait for the rest. */
  void stop(ApiError why) {
    if (exchange.over()) {
      return;
    }
    cancel();
    if (exchange.draining()) {
      exchange.done(Outcome.CANCELLED);
      return;
    }
    record.failed("the gateway was stopped");
    Relay present = relay;
    boolean told = present != null && present.broke(why);
    if ((!told && giveKept()) || exchange.over()) {
      return;
    }
    if (present instanceof StreamRelay) {
      lane.meters().streamAborted(course.weighed().decision().model().tierLabel(), "gateway");
    }
    if (told) {
      exchange.brokeOff(AttemptOutcome.CANCELLED, why);
    } else {
      exchange.failed(AttemptOutcome.CANCELLED, why);
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
    if (last == null || (last.parked() && relay instanceof StreamRelay)) {
      return; // counted with the bill
    }
    Usage usage = record.usage();
    Reckoning reckoning = new Reckoning(lane, record, last, course.weighed());
    reckoning.countEmpty();
    if (usage != null) {
      reckoning.count(usage, outcome);
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
        course.mayAskAgain(call.candidate());
      }
      lastWord.failed(AttemptOutcome.ofStatus(status), null);
      call.settle(); // what it held may be what the next one needs
      Step step = course.next();
      if (step != null) {
        call.finish(lastWord.outcome());
        lastWord.refused(Rejection.reading(head, call));
        String reason = status == 429 ? "rate_limited" : "http_" + status / 100 + "xx";
        course.take(step, call.candidate(), reason);
        return;
      }
    }
    if (status >= 300 && lastWord.keeps()) {
      call.finish(AttemptOutcome.ofStatus(status));
      lastWord.refused(Rejection.reading(head, call));
      giveUp();
      return;
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
    if (good && Sniff.isEventStream(head.getHeader(HttpHeaders.CONTENT_TYPE), first)) {
      chosen = new StreamRelay(lane, exchange, this, call, answer, course.weighed(), head);
    } else {
      chosen = new PlainRelay(lane, exchange, this, call, answer, head);
    }
    boolean last = lastWord.keeps() || !SecondOpinion.mayBeAskedFor(course.weighed());
    course.answered(last);
    relay = chosen;
    return chosen;
  }

  /**
   * Goes on after a good answer that is not good enough, to the next dearer tier, or again with
   * more room; what was answered is kept in case nothing better comes.
   *
   * @param told the answer as the client gets it
   * @return false if it is good enough, or nobody dearer may be asked
   */
  boolean escalate(HttpClientResponse head, byte[] told) {
    RequestView request = course.view();
    Attempt first = attempt;
    if (request == null || first == null || lastWord.keeps()) {
      return false;
    }
    if (answer.begun() || exchange.draining() || told.length > Weighing.INLINE_MAX) {
      return false;
    }
    SecondOpinion second = SecondOpinion.on(told, record, course.weighed(), request, lane, till);
    if (second == null) {
      return false;
    }
    new Reckoning(lane, record, first, course.weighed()).countEarlier(second.why());
    lastWord.keep(
        Rejection.of(head.statusCode(), head.headers(), first, Bytes.wrap(told)), course.weighed());
    record.escalated(second.why());
    exchange.goesTo(second.weighed());
    course.redirect(second);
    return true;
  }

  /**
   * Gives the answer that was kept, if there is one, instead of an error.
   *
   * @return false if there is none
   */
  boolean giveKept() {
    boolean keeps = lastWord.keeps();
    if (keeps) {
      giveUp();
    }
    return keeps;
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
    if (callers || !course.anyLeft()) {
      return false;
    }
    call.finish(AttemptOutcome.BAD_RESPONSE);
    Step step = course.next();
    if (step == null) {
      return false;
    }
    call.abandon();
    lastWord.misanswered();
    if (refused != null) {
      lastWord.refused(refused);
    }
    course.take(step, call.candidate(), lastWord.outcome().label());
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
        course.mayAskAgain(call.candidate());
      }
      Step step = course.next();
      if (step != null) {
        course.take(step, call.candidate(), outcome.label());
        return;
      }
    }
    boolean told = present != null && present.broke(error);
    if (!told && giveKept()) {
      return;
    }
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

  @Override
  public void over(long tookNanos) {
    record.upstreamNanos += tookNanos;
  }
}
