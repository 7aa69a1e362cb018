package dev.ponder.gateway.server;

import dev.ponder.config.Configuration;
import dev.ponder.gateway.ledger.UsageReport;
import dev.ponder.gateway.proxy.House;
import dev.ponder.gateway.telemetry.RecentDecisions;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.gateway.wire.ApiError;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin port: {@code /metrics}, {@code /health/live}, {@code /health/ready} and {@code
 * /admin/v1/*}. With a token, everything but health asks for it; orchestrators probe without one.
 */
final class AdminVerticle extends VerticleBase {

  private static final String BEARER = "bearer ";

  private static final Logger LOG = LoggerFactory.getLogger(AdminVerticle.class);

  private static final Set<String> PATHS =
      Set.of(
          "/metrics",
          "/health/live",
          "/health/ready",
          "/admin/v1/budgets",
          "/admin/v1/usage",
          "/admin/v1/cap-breakers",
          "/admin/v1/lrm-shares",
          DecisionsPage.PATH,
          DecisionsPage.STREAM,
          LogLevelPage.PATH,
          ExplainPage.PATH);

  private static final String CAP_BREAKERS = "/admin/v1/cap-breakers/";

  private final Configuration.Listen listen;
  private final MetricsPage metrics;
  private final Health health;
  private final Treasury treasury;
  private final Supplier<House> house;
  private final DecisionsPage decisions;
  private final ExplainPage explain;
  private final LogLevelPage logLevel;
  private volatile byte @Nullable [] token;
  private int actualPort;

  /**
   * An admin server.
   *
   * @param house gives the one that serves now
   */
  AdminVerticle(
      Vertx vertx,
      Configuration.Listen listen,
      PrometheusRegistry registry,
      Health health,
      Treasury treasury,
      RecentDecisions recent,
      ExplainPage explain,
      Supplier<House> house) {
    this.listen = listen;
    this.metrics = new MetricsPage(vertx, registry);
    this.health = health;
    this.treasury = treasury;
    this.house = house;
    this.decisions = new DecisionsPage(vertx, recent);
    this.explain = explain;
    this.logLevel = new LogLevelPage(vertx, () -> house.get().configuration().telemetry().logs());
  }

  @Override
  public Future<?> start() {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(this::handle)
            .invalidRequestHandler(BrokenFraming::refuse)
            .connectionHandler(BrokenFraming::watch);
    return Listening.at(server, "listen.admin", listen.adminHost(), listen.adminPort())
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
    if (path.startsWith(CAP_BREAKERS) && request.method().equals(HttpMethod.DELETE)) {
      trust(request, path.substring(CAP_BREAKERS.length()));
      return;
    }
    if (!PATHS.contains(path)) {
      ApiHandler.send(request.response(), ApiError.unknownPath(request.method().name(), path));
      return;
    }
    if (path.equals(ExplainPage.PATH)) {
      explain.handle(request);
      return;
    }
    if (path.equals(LogLevelPage.PATH)) {
      logLevel.handle(request);
      return;
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      ApiHandler.send(
          request.response(), ApiError.methodNotAllowed(request.method().name(), path, "GET"));
      return;
    }
    switch (path) {
      case "/metrics" -> metrics.handle(request);
      case "/admin/v1/budgets" -> json(request, () -> BudgetPage.toJson(treasury));
      case "/admin/v1/usage" -> usage(request);
      case "/admin/v1/lrm-shares" -> json(request, () -> SharesPage.toJson(house.get()));
      case DecisionsPage.PATH -> decisions.list(request);
      case DecisionsPage.STREAM -> decisions.stream(request);
      case "/admin/v1/cap-breakers" -> json(request, () -> BudgetPage.capBreakers(treasury));
      default ->
          health(request, path.equals("/health/live") || health.state() == Health.State.READY);
    }
  }

  /** An operator says that a model keeps its limits again. */
  private void trust(HttpServerRequest request, String name) {
    String model;
    try { // a plus stands for itself in a path
      model = URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      model = name;
    }
    if (treasury.ledger().trust(model)) {
      request.response().setStatusCode(204).end();
    } else {
      ApiHandler.send(request.response(), ApiError.modelNotFound(model));
    }
  }

  private void usage(HttpServerRequest request) {
    UsageReport.Query query;
    try {
      query = UsageQuery.of(request.params());
    } catch (ApiError e) {
      ApiHandler.send(request.response(), e);
      return;
    }
    json(request, () -> treasury.ledger().usage(query).toJson());
  }

  /** On a worker thread: budgets may be many thousands, and a report reads a file. */
  private void json(HttpServerRequest request, Callable<String> page) {
    vertx
        .executeBlocking(() -> Buffer.buffer(page.call()), false)
        .onComplete(
            body -> request.response().putHeader("content-type", "application/json").end(body),
            failure -> {
              LOG.error("event=admin_failed path={}", request.path(), failure);
              ApiHandler.send(request.response(), ApiError.internal());
            });
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
}
