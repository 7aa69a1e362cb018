package dev.ponder.gateway.server;

import dev.ponder.gateway.telemetry.ExceptionText;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;

/** How a server comes to its port, or tells which one it cannot have. */
final class Listening {

  private Listening() {}

  /**
   * Listens; fails with an {@link IllegalStateException} that names key, address and reason.
   *
   * @param key where the address is configured
   */
  static Future<HttpServer> at(HttpServer server, String key, String host, int port) {
    return server
        .listen(port, host)
        .recover(
            failure -> {
              String why = ExceptionText.of(failure);
              String reason =
                  why.contains("already in use")
                      ? "is taken (expected: a free port)"
                      : "cannot be listened at: " + why;
              String place = key + ": " + host + ":" + port + " ";
              return Future.failedFuture(new IllegalStateException(place + reason, failure));
            });
  }
}
