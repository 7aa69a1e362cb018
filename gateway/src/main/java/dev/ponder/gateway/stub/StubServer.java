package dev.ponder.gateway.stub;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A fake upstream that speaks every {@link StubDialect}, plain and streamed: chat completions (also
 * as Azure's deployments), responses with their storage, messages, completions and embeddings;
 * {@code GET …/models}. Any other path below {@code /v1/} or {@code /openai/} is an {@linkplain
 * EchoExchange echo}. Beside them {@code GET /stub/log} (with {@code ?last=N} or {@code
 * ?format=jsonl}), {@code GET /stub/log/{id}/body}, {@code POST /stub/reset}, {@code GET /health}.
 *
 * <p>What it answers is a function of the prompt, the model, the seed and the {@linkplain Knob
 * script}. A dialect is told by the end of the path, whatever stands before. HTTP/1.1 only.
 */
public final class StubServer {

  /**
   * To Vert.x, a negative port is a free one that all servers share which ask for the same negative
   * number; the event loops of a stub do, two stubs of one Vert.x must not.
   */
  private static final AtomicInteger NEXT_SHARED_PORT = new AtomicInteger();

  private final StubRoom room;
  private final int port;
  private final String deployment;

  private StubServer(StubRoom room, int port, String deployment) {
    this.room = room;
    this.port = port;
    this.deployment = deployment;
  }

  /** Starts one; fails if the port is taken. */
  public static Future<StubServer> start(Vertx vertx, StubOptions options) {
    StubRoom room = new StubRoom(vertx, options, InstantSource.system());
    int asked = options.port() == 0 ? NEXT_SHARED_PORT.decrementAndGet() : options.port();
    AtomicInteger port = new AtomicInteger();
    return vertx
        .deployVerticle(
            () -> new Loop(room, asked, port),
            new DeploymentOptions().setInstances(options.instances()))
        .map(id -> new StubServer(room, port.get(), id));
  }

  /** The port that it listens at. */
  public int port() {
    return port;
  }

  /** {@code http://host:port/v1}, the base URL of a client. */
  public String baseUrl() {
    return "http://" + room.options().host() + ":" + port + "/v1";
  }

  /** The calls that it has ended. */
  public StubLog log() {
    return room.log();
  }

  /** How many calls it is answering now; those that have not ended are not in the log yet. */
  public long running() {
    return room.begun() - room.log().total().calls();
  }

  /** Stops listening and closes every connection. */
  public Future<Void> close() {
    return room.vertx().undeploy(deployment);
  }

  /** One event loop's share of the server. */
  private static final class Loop extends VerticleBase {

    private final StubRoom room;
    private final StubPages pages;
    private final StoredPages stored;
    private final int port;
    private final AtomicInteger actualPort;

    Loop(StubRoom room, int port, AtomicInteger actualPort) {
      this.room = room;
      this.port = port;
      this.actualPort = actualPort;
      pages = new StubPages(room);
      stored = new StoredPages(room);
    }

    @Override
    public Future<?> start() {
      HttpServerOptions http =
          new HttpServerOptions()
              .setHttp2ClearTextEnabled(false)
              .setMaxHeaderSize(64 * 1024)
              .setHandle100ContinueAutomatically(true)
              .setAcceptBacklog(4096);
      return vertx
          .createHttpServer(http)
          .requestHandler(this::handle)
          .listen(port, room.options().host())
          .onSuccess(server -> actualPort.set(server.actualPort()));
    }

    private void handle(HttpServerRequest http) {
      String path = http.path() == null ? "/" : http.path();
      boolean post = http.method().equals(HttpMethod.POST);
      Optional<StubDialect> dialect = post ? StubDialect.of(path) : Optional.empty();
      if (dialect.isPresent()) {
        read(http, body -> new StubExchange(room, http, dialect.get(), body).run());
      } else if (StoredPages.takes(http.method(), path)) {
        read(http, body -> stored.handle(http, body));
      } else if (StubPages.takes(http.method(), path)) {
        pages.handle(http);
      } else if (path.startsWith("/v1/") || path.startsWith("/openai/")) {
        read(http, body -> new EchoExchange(room, http, body).run());
      } else {
        pages.handle(http); // which knows that there is nothing
      }
    }

    private void read(HttpServerRequest http, Consumer<byte[]> then) {
      int max = room.options().bodyMax();
      Buffer body = Buffer.buffer();
      http.handler(
          part -> {
            if (body.length() + part.length() <= max) {
              body.appendBuffer(part);
            } else if (!http.response().ended()) {
              tooLarge(http, max);
            }
          });
      http.endHandler(
          end -> {
            if (!http.response().ended()) {
              then.accept(body.getBytes());
            }
          });
    }

    private static void tooLarge(HttpServerRequest http, int max) {
      http.response()
          .setStatusCode(413)
          .putHeader("content-type", "application/json")
          .putHeader("connection", "close")
          .end(StubRefusal.bodyTooLarge(max).toJson().toBuffer())
          .onComplete(sent -> http.connection().close());
    }
  }
}
