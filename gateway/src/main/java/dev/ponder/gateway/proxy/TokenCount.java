package dev.ponder.gateway.proxy;

import dev.ponder.gateway.proxy.Weigher.Counted;
import dev.ponder.gateway.upstream.Bytes;
import dev.ponder.gateway.upstream.TravellingHeaders;
import dev.ponder.gateway.upstream.UpstreamClient;
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
    this.timer = lane.vertx().setTimer(PATIENCE_MILLIS, late -> estimated());
    lane.opened();
    response.closeHandler(closed -> over());
    response.exceptionHandler(broken -> over());
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
      estimated();
      return;
    }
    byte[] body = counted.body(candidate);
    UpstreamClient client = lane.place(candidate).client();
    client
        .call(Dialect.MESSAGES, candidate.deployment().modelId(), PATH)
        .onComplete(opened -> send(client, opened, body), failed -> estimated());
  }

  private void send(UpstreamClient client, HttpClientRequest opened, byte[] body) {
    if (over) {
      opened.reset();
      return;
    }
    call = opened;
    TravellingHeaders.toUpstream(request.headers(), opened.headers());
    lane.passTrace(request.headers(), opened.headers());
    opened.headers().set("content-type", "application/json").set("x-request-id", requestId);
    client.sign(opened.headers());
    opened.response().onComplete(this::answered, failed -> estimated());
    opened.end(Bytes.wrap(body));
  }

  private void answered(HttpClientResponse head) {
    Buffer held = Buffer.buffer();
    head.handler(
        bytes -> {
          held.appendBuffer(bytes);
          if (held.length() > ANSWER_BYTES_MAX) {
            estimated();
          }
        });
    head.exceptionHandler(broken -> estimated());
    head.endHandler(
        ended -> {
          if (head.statusCode() >= 500) {
            estimated();
          } else if (!over) {
            call = null;
            TravellingHeaders.toClient(head.headers(), response.headers());
            lane.sayGoodbye(response.headers());
            end(head.statusCode(), held);
          }
        });
  }

  private void estimated() {
    if (!over) {
      end(200, Buffer.buffer("{\"input_tokens\":" + estimate + "}"));
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
    TravellingHeaders.nameRefusal(Dialect.MESSAGES, response.headers());
    end(error.status(), Bytes.wrap(Dialect.MESSAGES.body(error, requestId)));
  }

  private void end(int status, Buffer body) {
    HttpServerResponse answer = response;
    boolean gone = answer.closed();
    over();
    if (!gone) {
      answer.headers().set("content-type", "application/json");
      answer.setStatusCode(status).end(body);
    }
  }

  private void over() {
    if (over) {
      return;
    }
    over = true;
    lane.vertx().cancelTimer(timer);
    lane.closed();
    if (call != null) {
      call.reset();
    }
    onOver.run();
  }
}
