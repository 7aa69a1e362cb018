package dev.ponder.gateway.upstream;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes wrong on connections to others. Without somebody who is told of it, Vert.x logs the
 * message of the exception, and that quotes what came after an answer: words of another answer.
 */
final class ConnectionFaults {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionFaults.class);

  private ConnectionFaults() {}

  /**
   * A client whose connections tell the log of which kind their faults are, and no more.
   *
   * @param place whom it connects to, for the log
   */
  static HttpClient client(Vertx vertx, HttpClientOptions options, PoolOptions pool, String place) {
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(pool)
        .withConnectHandler(
            connection -> {
              connection.exceptionHandler(broken -> tell(place, broken));
              TurnFlush.on(connection);
            })
        .build();
  }

  private static void tell(String place, Throwable broken) {
    LOG.warn("event=connection_broken to={} error={}", place, broken.getClass().getSimpleName());
  }
}
