package dev.ponder.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Many callers at the same time, each with a connection of its own. */
final class Crowd implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client;
  private final int port;

  /** Callers of the API at this URL; at most so many at the same time. */
  Crowd(String apiUrl, int most) {
    port = URI.create(apiUrl).getPort();
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setIdleTimeout(120),
            new PoolOptions().setHttp1MaxSize(most).setMaxWaitQueueSize(-1));
  }

  /**
   * All of them ask at once.
   *
   * @param body the request of the caller with this number
   * @param requestId the same of its id
   * @return how many got each status; 0: none
   */
  Map<Integer, Integer> ask(
      int callers, String key, IntFunction<String> body, IntFunction<String> requestId) {
    List<Future<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      answers.add(askOne(key, body.apply(i), requestId.apply(i)));
    }
    try {
      Future.join(answers).toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("not all were answered", e);
    }
    TreeMap<Integer, Integer> statuses = new TreeMap<>();
    answers.forEach(answer -> statuses.merge(answer.result(), 1, Integer::sum));
    return statuses;
  }

  /** One asks; the status comes when the whole answer is there, 0 if it breaks off. */
  Future<Integer> askOne(String key, String body, String requestId) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI("/v1/chat/completions")
            .putHeader("authorization", "Bearer " + key)
            .putHeader("x-ponder-effort", "high")
            .putHeader("x-request-id", requestId);
    return client
        .request(options)
        .compose(request -> request.send(body))
        .compose(response -> response.body().map(all -> response.statusCode()))
        .otherwise(0);
  }

  @Override
  public void close() {
    RunningGateway.await(vertx.close());
  }
}
