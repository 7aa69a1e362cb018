package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.price.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's side of an exchange: one call after another, until one answers. The next candidate
 * is asked as long as the client has got nothing of an answer; every call starts from the bytes
 * that the client sent.
 */
final class Calls implements Attempt.Listener {

  private final Lane lane;
  private final Exchange exchange;
  private final Answer answer;
  private final ExchangeRecord record;
  private final MultiMap clientHeaders;
  private final Weighed weighed;
  private final List<Candidate> candidates;
  private final Till till;

  /** The request's bytes; null once nobody else can be asked. */
  private @Nullable RequestView view;

  private int next;
  private @Nullable Attempt attempt;
  private @Nullable Relay relay;
  private @Nullable Rejection rejection;

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
    this.candidates = pass.weighed().decision().candidates();
  }

  /** Asks the first candidate, whose money is there. */
  void begin(Funds funds) {
    call(candidates.get(next++), funds);
  }

  private void call(Candidate candidate, Funds funds) {
    RequestView request = view;
    if (request == null) {
      throw new IllegalStateException("the request's bytes were let go of");
    }
    Dialect dialect = request.dialect().at(candidate.deployment().upstream().provider());
    Attempt call = new Attempt(candidate, funds, dialect, lane.place(candidate), this);
    attempt = call;
    relay = null;
    record.answeredBy = candidate;
    record.upstreamStatus = 0;
    record.firstByteNanos = 0;
    record.attempts++;
    record.funds = funds;
    record.cap = funds.injectedCap();
    call.traced(CallTrace.begin(lane, record, candidate, clientHeaders));
    call.send(
        clientHeaders,
        record.requestId,
        Adaptation.of(request, weighed.decision(), candidate, funds));
  }

  /** The money for the next candidate that it is to be had for; null if there is none. */
  private @Nullable Funds nextFunds() {
    RequestView request = view;
    while (request != null && next < candidates.size() && !exchange.draining()) {
      Funds funds = till.spare(weighed, request, candidates.get(next++));
      if (funds != null) {
        return funds;
      }
    }
    return null;
  }

  private void fallBack(Attempt from, Funds funds, String reason) {
    Candidate candidate = candidates.get(next - 1);
    String to = candidate.model().tierLabel();
    lane.meters().fellBack(from.candidate().model().tierLabel(), to, reason);
    call(candidate, funds);
  }

  /** The call that runs or ran last. */
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
  }

  /** Gives up: nobody waits for an answer. */
  void cancel() {
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
      last.meters().used(usage);
      lane.routeMeters(weighed.decision().route()).avoided(record.cost(), record.baseline());
    } else if (last.parked()) {
      return; // it is still to come
    } else if (outcome == Outcome.SUCCESS || relay instanceof StreamRelay) {
      last.meters().usageMissing();
    }
  }

  @Override
  public void answered(Attempt call, HttpClientResponse head) {
    int status = head.statusCode();
    record.upstreamStatus = status;
    if (mayBeBetterElsewhere(status) && next < candidates.size()) {
      call.settle(); // what it held may be what the next one needs
      Funds funds = nextFunds();
      if (funds != null) {
        call.finish(AttemptOutcome.ofStatus(status));
        rejection = new Rejection(head, call.candidate());
        fallBack(call, funds, status == 429 ? "rate_limited" : "http_" + status / 100 + "xx");
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
    if (next >= candidates.size()) {
      view = null; // an answer may take minutes; a history need not wait for it
    }
    relay = chosen;
    return chosen;
  }

  @Override
  public void failed(Attempt call, AttemptOutcome outcome, ApiError error, String detail) {
    if (call != attempt) {
      return;
    }
    record.failed(detail);
    Relay present = relay;
    boolean untouched = present == null || !present.begun();
    Funds funds = untouched ? nextFunds() : null;
    if (funds != null) {
      fallBack(call, funds, outcome.label());
      return;
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
    } else if (rejection != null && record.upstreamStatus == 0) {
      reject(rejection);
    } else {
      exchange.failed(outcome, error);
    }
  }

  /** Nobody answered after one upstream had refused: its refusal is the answer. */
  private void reject(Rejection refused) {
    record.answeredBy = refused.candidate();
    record.upstreamStatus = refused.status();
    if (answer.begun() || !refused.usable()) {
      ApiError error = ApiError.upstreamFailed("Every upstream failed.");
      exchange.failed(AttemptOutcome.HTTP_5XX, error);
      return;
    }
    exchange.putHeaders(refused.headers());
    answer.end(refused.status(), refused.body());
    exchange.done(Outcome.ofUpstreamStatus(refused.status()));
  }

  @Override
  public void over(long tookNanos) {
    record.upstreamNanos += tookNanos;
  }

  /** Statuses that another deployment may not answer with; a wrong request is wrong everywhere. */
  private static boolean mayBeBetterElsewhere(int status) {
    return status == 408 || status == 429 || status >= 500;
  }
}
