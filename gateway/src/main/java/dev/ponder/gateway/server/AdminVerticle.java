package dev.ponder.gateway.server;

import dev.ponder.config.Configuration;
import dev.ponder.gateway.wire.ApiError;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The admin port: {@code /metrics}, {@code /health/live} and {@code /health/ready}. With a token,
 * everything but health asks for it; orchestrators probe without one.
 */
final class AdminVerticle extends VerticleBase {

  private static final String BEARER = "bearer ";

  private final Configuration.Listen listen;
  private final PrometheusRegistry registry;
  private final Health health;
  private final ExpositionFormats formats = ExpositionFormats.init();
  private volatile byte @Nullable [] token;
  private int actualPort;

  AdminVerticle(Configuration.Listen listen, PrometheusRegistry registry, Health health) {
    this.listen = listen;
    this.registry = registry;
    this.health = health;
  }

  @Override
  public Future<?> start() {
    HttpServer server = vertx.createHttpServer().requestHandler(this::handle);
    return server
        .listen(listen.adminPort(), listen.adminHost())
        .onSuccess(up -> actualPort = up.actualPort());
  }

  /** Asks for this token from the next request on; without one, asks for none. */
  void protect(Optional<String> next) {
    token = next.map(secret -> secret.getBytes(StandardCharsets.UTF_8)).orElse(null);
  }

  /** The port that was bound, once it is. */
  int actualPort() {
    return actualPort;
  }

  private void handle(HttpServerRequest request) {
    String path = request.path() == null ? "" : request.path();
    if (!path.startsWith("/health/") && !mayEnter(request.getHeader("authorization"))) {
      ApiError stranger =
          ApiError.invalidKey(
              "The admin token is missing or wrong (expected: Authorization: Bearer TOKEN).");
      ApiHandler.send(request.response(), stranger.with("www-authenticate", "Bearer"));
      return;
    }
    boolean reads =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    switch (path) {
      case "/metrics", "/health/live", "/health/ready" -> {
        if (!reads) {
          ApiHandler.send(
              request.response(), ApiError.methodNotAllowed(request.method().name(), path, "GET"));
        } else if (path.equals("/metrics")) {
          metrics(request);
        } else {
          health(request, path.equals("/health/live") || health.state() == Health.State.READY);
        }
      }
      default ->
          ApiHandler.send(request.response(), ApiError.unknownPath(request.method().name(), path));
    }
  }

  /** Compares in a time that tells nothing of how much of a guess was right. */
  private boolean mayEnter(@Nullable String authorization) {
    byte[] wanted = token;
    if (wanted == null) {
      return true;
    }
    if (authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return false;
    }
    String given = authorization.substring(BEARER.length()).strip();
    return MessageDigest.isEqual(wanted, given.getBytes(StandardCharsets.UTF_8));
  }

  private void health(HttpServerRequest request, boolean good) {
    String status = health.state().name().toLowerCase(Locale.ROOT);
    request
        .response()
        .setStatusCode(good ? 200 : 503)
        .putHeader("content-type", "application/json")
        .end("{\"status\":\"" + status + "\"}");
  }

  private void metrics(HttpServerRequest request) {
    ExpositionFormatWriter writer = formats.findWriter(request.getHeader("accept"));
    vertx
        .executeBlocking(
            () -> {
              ByteArrayOutputStream out = new ByteArrayOutputStream(64 * 1024);
              writer.write(out, registry.scrape());
              return Buffer.buffer(out.toByteArray());
            },
            false)
        .onComplete(
            page -> request.response().putHeader("content-type", writer.getContentType()).end(page),
            failure -> ApiHandler.send(request.response(), ApiError.internal()));
  }
}
