package dev.ponder.gateway.server;

import dev.ponder.config.Configuration;
import dev.ponder.gateway.proxy.Lane;
import dev.ponder.gateway.upstream.TurnFlush;
import dev.ponder.policy.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The API's port on one event loop. */
final class ApiVerticle extends VerticleBase {

  /** OkHttp and others keep connections for five minutes and do not retry a closed one. */
  private static final int IDLE_SECONDS_MIN = 400;

  static final int LINE_BYTES_MAX = 8 * 1024;

  /** How long a client may take to read that its answer has come to an end. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);

  private final String host;
  private final int port;
  private final int loop;
  private Served served;
  private @Nullable Lane lane;
  private final Set<Lane> retiring = new HashSet<>();
  private boolean leaving;
  private @Nullable ApiHandler handler;
  private @Nullable HttpServer server;
  private int actualPort;

  /**
   * A server.
   *
   * @param port a negative one is free, and the same for all servers of one Vert.x that ask for it
   * @param loop which of the API's event loops it is, from 0
   */
  ApiVerticle(Served served, String host, int port, int loop) {
    this.served = served;
    this.host = host;
    this.port = port;
    this.loop = loop;
  }

  @Override
  public Future<?> start() {
    Configuration configuration = served.house().configuration();
    use(served);
    new LoopLag(vertx, served.house().meters().lag(loop)).start();
    HttpServer api =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHttp2ClearTextEnabled(false) // h2c upgrades are offered, never needed
                    .setHandle100ContinueAutomatically(true)
                    .setMaxHeaderSize(configuration.limits().headerBytes())
                    .setMaxInitialLineLength(LINE_BYTES_MAX)
                    .setTcpNoDelay(true)
                    .setIdleTimeout(idleSeconds(configuration))
                    .setIdleTimeoutUnit(TimeUnit.SECONDS))
            .requestHandler(request -> Objects.requireNonNull(handler).handle(request))
            .invalidRequestHandler(BrokenFraming::refuse)
            .connectionHandler(
                connection -> {
                  BrokenFraming.watch(connection);
                  TurnFlush.on(connection);
                });
    server = api;
    return Listening.at(api, "listen.api", host, port)
        .onSuccess(up -> actualPort = up.actualPort());
  }

  /** The port that was bound, once it is. */
  int actualPort() {
    return actualPort;
  }

  /** Serves this from the next request on. */
  void serve(Served next) {
    context.runOnContext(now -> use(next));
  }

  private void use(Served next) {
    Lane before = lane;
    served = next;
    Lane now = new Lane(vertx, next.house());
    lane = now;
    handler = new ApiHandler(vertx, now, next);
    if (leaving) {
      now.leave();
    }
    if (before != null) {
      retiring.add(before);
      before.retire(() -> retiring.remove(before));
    }
  }

  private List<Lane> lanes() {
    List<Lane> lanes = new ArrayList<>(retiring);
    if (lane != null) {
      lanes.add(lane);
    }
    return lanes;
  }

  /** Goes on as before, but tells clients to come back by another connection. */
  void leave() {
    context.runOnContext(
        now -> {
          leaving = true;
          lanes().forEach(Lane::leave);
        });
  }

  /**
   * Takes no more connections and waits for the running exchanges, then ends what is left of them
   * and closes their connections.
   */
  Future<Void> drain(Duration patience) {
    HttpServer listening = server;
    if (listening == null) {
      return Future.succeededFuture();
    }
    Promise<Void> ended = Promise.promise();
    context.runOnContext(
        now -> {
          long timer =
              vertx.setTimer(Math.max(1, patience.toMillis()), late -> lanes().forEach(Lane::end));
          listening
              .shutdown(patience.plus(LAST_WORDS))
              .onComplete(
                  closed -> {
                    vertx.cancelTimer(timer);
                    context.runOnContext( // the last answer may not have returned from its end
                        later -> {
                          lanes().forEach(Lane::end); // those whose clients have left
                          ended.handle(closed);
                        });
                  });
        });
    return ended.future();
  }

  /**
   * How long a connection may be silent: longer than any upstream may be. Fixed when the server
   * starts.
   */
  static int idleSeconds(Configuration configuration) {
    long longest = IDLE_SECONDS_MIN;
    for (Upstream upstream : configuration.upstreams().values()) {
      longest = Math.max(longest, upstream.timeouts().firstByte().toSeconds() + 60);
      longest = Math.max(longest, upstream.timeouts().idle().toSeconds() + 60);
    }
    return (int) Math.min(longest, Integer.MAX_VALUE);
  }
}
