package dev.ponder.gateway.upstream;

import dev.ponder.config.Configuration.OwnClassifier;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One event loop's connections to a scorer of the user's own. */
public final class ScorerClient {

  private static final int ANSWER_BYTES_MAX = 64 * 1024;
  private static final int KEEP_ALIVE_SECONDS = 60;

  private final Vertx vertx;
  private final HttpClient client;
  private final RequestOptions post;
  private final long timeoutMillis;

  /** Why there is no score. */
  public static final class NoScore extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ScorerFault fault;

    /** No score for this reason. */
    public NoScore(ScorerFault fault) {
      super(fault.label(), null, false, false);
      this.fault = fault;
    }

    public ScorerFault fault() {
      return fault;
    }
  }

  /**
   * Connections for the event loop of the calling context.
   *
   * @param token sent as {@code Authorization: Bearer}; absent: none
   * @param calls the most questions at a time
   */
  public ScorerClient(Vertx vertx, OwnClassifier scorer, Optional<String> token, int calls) {
    this.vertx = vertx;
    this.timeoutMillis = scorer.timeout().toMillis();
    this.client =
        ConnectionFaults.client(
            vertx,
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setConnectTimeout((int) timeoutMillis)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setTcpNoDelay(true)
                .setVerifyHost(true),
            new PoolOptions().setHttp1MaxSize(calls).setMaxWaitQueueSize(calls),
            "classifier");
    URI url = scorer.http();
    boolean tls = url.getScheme().equals("https");
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    this.post =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(url.getHost())
            .setPort(url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80)
            .setSsl(tls)
            .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
            .putHeader("content-type", "application/json")
            .putHeader("accept", "application/json");
    token.ifPresent(secret -> post.putHeader("authorization", "Bearer " + secret));
  }

  /** The score of a question, 0 to 1; fails with {@link NoScore}, at the latest when time is up. */
  public Future<Double> ask(byte[] question) {
    Call call = new Call();
    client
        .request(post)
        .onComplete(
            request -> call.send(request, question), broken -> call.fail(ScorerFault.CONNECT));
    return call.answer.future();
  }

  /** Closes all connections. */
  public void close() {
    client.close();
  }

  /** One question; the first end of it counts. */
  private final class Call {

    private final Promise<Double> answer = Promise.promise();
    private final long timer = vertx.setTimer(timeoutMillis, late -> fail(ScorerFault.TIMEOUT));
    private @Nullable HttpClientRequest request;

    void send(HttpClientRequest opened, byte[] question) {
      request = opened;
      if (answer.future().isComplete()) {
        opened.reset();
        return;
      }
      opened.exceptionHandler(broken -> fail(ScorerFault.CONNECT));
      opened
          .send(Buffer.buffer(question))
          .onComplete(this::read, broken -> fail(ScorerFault.CONNECT));
    }

    private void read(HttpClientResponse response) {
      response.exceptionHandler(broken -> fail(ScorerFault.CONNECT));
      if (response.statusCode() != 200) {
        fail(ScorerFault.STATUS);
        return;
      }
      Buffer body = Buffer.buffer();
      response.handler(
          bytes -> {
            if (body.length() + bytes.length() > ANSWER_BYTES_MAX) {
              fail(ScorerFault.TOO_LARGE);
            } else {
              body.appendBuffer(bytes);
            }
          });
      response.endHandler(ended -> finish(body));
    }

    private void finish(Buffer body) {
      Double score = score(body);
      if (score == null) {
        fail(ScorerFault.BAD_ANSWER);
      } else if (answer.tryComplete(score)) {
        vertx.cancelTimer(timer);
      }
    }

    /** What is left of the answer is of no use to anybody: its connection is closed. */
    private void fail(ScorerFault fault) {
      if (answer.tryFail(new NoScore(fault))) {
        vertx.cancelTimer(timer);
        if (request != null) {
          request.reset();
        }
      }
    }
  }

  private static @Nullable Double score(Buffer body) {
    try {
      if (new JsonObject(body).getValue("score") instanceof Number number) {
        double score = number.doubleValue();
        return score >= 0 && score <= 1 ? score : null;
      }
      return null;
    } catch (DecodeException | ClassCastException e) {
      return null;
    }
  }
}
