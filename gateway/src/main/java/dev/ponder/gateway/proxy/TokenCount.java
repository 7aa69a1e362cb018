package dev.ponder.gateway.proxy;

import dev.ponder.gateway.proxy.Weigher.Counted;
import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.upstream.Bytes;
import dev.ponder.gateway.upstream.TravellingHeaders;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Principal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how many tokens a request of Anthropic's dialect has, for which nobody is billed: what the
 * model's provider says, or an estimate where the provider cannot be asked or does not answer.
 */
public final class TokenCount implements BodyTaker {

  private static final Logger LOG = LoggerFactory.getLogger(TokenCount.class);

  /** Its path below that of messages. */
  public static final String PATH = "/count_tokens";

  private static final long PATIENCE_MILLIS = 10_000;

  /** A count is a line; what is longer is no count. */
  private static final int ANSWER_BYTES_MAX = 64 * 1024;

  private final Lane lane;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Principal principal;
  private final String requestId;
  private final ErrandSpan span;
  private final long timer;
  private @Nullable HttpClientRequest call;
  private long estimate;
  private boolean over;
  private Runnable onOver = () -> {};

  /** A count for a request whose body is still to be read. */
  public TokenCount(Lane lane, HttpServerRequest request, Principal principal, String requestId) {
    this.lane = lane;
    this.request = request;
    this.response = request.response();
    this.principal = principal;
    this.requestId = requestId;
    String path = "/v1" + Dialect.MESSAGES.path() + PATH;
    this.span = ErrandSpan.begin(lane.house(), request, path);
    this.timer = lane.vertx().setTimer(PATIENCE_MILLIS, late -> estimated(AttemptOutcome.TIMEOUT));
    lane.opened();
    response.closeHandler(closed -> gone());
    response.exceptionHandler(broken -> gone());
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
    if (length <= Weighing.INLINE_MAX) {
      guard(() -> counted(lane.weigher().count(body, length, lane.router(), principal)));
      return;
    }
    Weigher weigher = lane.newWeigher();
    lane.vertx()
        .executeBlocking(() -> weigher.count(body, length, lane.router(), principal), false)
        .onComplete(counted -> guard(() -> counted(counted)), this::refuse);
  }

  private void guard(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  private void counted(Counted counted) {
    estimate = counted.estimate();
    Candidate candidate = counted.candidate().orElse(null);
    if (candidate == null) {
      estimated(AttemptOutcome.CANCELLED);
      return;
    }
    byte[] body = counted.body(candidate);
    lane.place(candidate)
        .client()
        .call(Dialect.MESSAGES, candidate.deployment().modelId(), PATH, request.query())
        .onComplete(
            opened -> send(candidate, opened, body),
            failed -> estimated(AttemptOutcome.CONNECT_ERROR));
  }

  private void send(Candidate candidate, HttpClientRequest opened, byte[] body) {
    if (over) {
      opened.reset();
      return;
    }
    call = opened;
    TravellingHeaders.toUpstream(request.headers(), opened.headers());
    span.call(candidate.deployment().upstream(), opened.headers());
    opened.headers().set("content-type", "application/json").set("x-request-id", requestId);
    lane.place(candidate).client().sign(opened.headers());
    opened.response().onComplete(this::answered, failed -> estimated(AttemptOutcome.RESET));
    opened.end(Bytes.wrap(body));
  }

  private void answered(HttpClientResponse head) {
    Buffer held = Buffer.buffer();
    head.handler(
        bytes -> {
          held.appendBuffer(bytes);
          if (held.length() > ANSWER_BYTES_MAX) {
            estimated(AttemptOutcome.BAD_RESPONSE);
          }
        });
    head.exceptionHandler(broken -> estimated(AttemptOutcome.RESET));
    head.endHandler(
        ended -> {
          if (head.statusCode() >= 500) {
            span.called(AttemptOutcome.HTTP_5XX, head.statusCode());
            estimated(AttemptOutcome.HTTP_5XX);
          } else if (!over) {
            call = null;
            span.called(AttemptOutcome.ofStatus(head.statusCode()), head.statusCode());
            TravellingHeaders.toClient(head.headers(), response.headers());
            lane.sayGoodbye(response.headers());
            end(Outcome.ofUpstreamStatus(head.statusCode()), head.statusCode(), held);
          }
        });
  }

  /** Says what we think, since the provider has not: {@code why}. */
  private void estimated(AttemptOutcome why) {
    if (!over) {
      span.called(why, 0);
      end(Outcome.SUCCESS, 200, Buffer.buffer("{\"input_tokens\":" + estimate + "}"));
    }
  }

  @Override
  public void refuse(Throwable failure) {
    if (over) {
      return;
    }
    ApiError error = failure instanceof ApiError told ? told : ApiError.internal();
    if (error != failure) {
      LOG.error("event=bug request_id={}", requestId, failure);
    }
    error.headers().forEach(response.headers()::set);
    Outcome outcome = Outcome.ofRefusal(error.status(), error.code());
    end(outcome, error.status(), Bytes.wrap(Dialect.MESSAGES.body(error, requestId)));
  }

  private void end(Outcome outcome, int status, Buffer body) {
    HttpServerResponse answer = response;
    boolean gone = answer.closed();
    over(outcome, status);
    if (!gone) {
      TravellingHeaders.nameAnswer(Dialect.MESSAGES, answer.headers());
      answer.headers().set("content-type", "application/json");
      answer.setStatusCode(status).end(body);
    }
  }

  private void gone() {
    over(Outcome.CANCELLED, 499);
  }

  private void over(Outcome outcome, int status) {
    if (over) {
      return;
    }
    over = true;
    span.end(requestId, principal, outcome, status, null);
    lane.vertx().cancelTimer(timer);
    lane.closed();
    if (call != null) {
      call.reset();
    }
    onOver.run();
  }
}
