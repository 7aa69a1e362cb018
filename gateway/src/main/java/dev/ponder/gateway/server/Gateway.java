package dev.ponder.gateway.server;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.ScoreDistribution;
import dev.ponder.config.Configuration;
import dev.ponder.gateway.ledger.Ledger;
import dev.ponder.gateway.proxy.Affinity;
import dev.ponder.gateway.proxy.AnswerCache;
import dev.ponder.gateway.proxy.House;
import dev.ponder.gateway.proxy.OwnScores;
import dev.ponder.gateway.proxy.ResponseStore;
import dev.ponder.gateway.proxy.ScoreTrackers;
import dev.ponder.gateway.telemetry.LineLog;
import dev.ponder.gateway.telemetry.LogLevels;
import dev.ponder.gateway.telemetry.LogOutput;
import dev.ponder.gateway.telemetry.Meters;
import dev.ponder.gateway.telemetry.OperationMeters;
import dev.ponder.gateway.telemetry.RecentDecisions;
import dev.ponder.gateway.telemetry.TraceSettings;
import dev.ponder.gateway.telemetry.Tracing;
import dev.ponder.gateway.treasury.Purses;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.gateway.upstream.Fleet;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.PolicySet;
import dev.ponder.policy.Router;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A running gateway: the API's port, the admin port and all that they share. */
public final class Gateway {

  /**
   * Vert.x gives one free port to all servers that ask for the same negative one. The numbers are
   * far from those of stubs, which count down from -1: one Vert.x may have both.
   */
  private static final AtomicInteger NEXT_FREE_PORT = new AtomicInteger(-1_000_000);

  /** How often the ledger keeps what the pacers have learnt. */
  private static final long KEEP_MILLIS = 30_000;

  private final Vertx vertx;
  private final Map<String, String> environment;
  private final int loops;
  private final Clock clock;
  private final Health health = new Health();
  private final Meters meters;
  private final Map<Dialect, OperationMeters> operations;
  private final Ledger ledger;
  private final Treasury treasury;
  private final AdminVerticle admin;
  private final List<ApiVerticle> apis = new CopyOnWriteArrayList<>();
  private final int freePort = NEXT_FREE_PORT.getAndDecrement();
  private final Optional<Tracing> tracing;
  private final BodyMemory bodies = BodyMemory.halfOfHeap();
  private final Set<LineLog> retired = ConcurrentHashMap.newKeySet();
  private final ResponseStore responses = new ResponseStore(System::nanoTime);
  private final RecentDecisions recent = new RecentDecisions();
  private final Affinity affinity = new Affinity();
  private final AnswerCache.Latest answers = new AnswerCache.Latest();
  private final Configuration started;
  private volatile House house;

  private Gateway(
      Vertx vertx,
      Configuration configuration,
      Map<String, String> environment,
      PrometheusRegistry registry,
      int loops,
      Clock clock,
      Ledger ledger)
      throws IOException {
    this.vertx = vertx;
    this.environment = Map.copyOf(environment);
    this.loops = loops;
    this.clock = clock;
    Configuration.Telemetry telemetry = configuration.telemetry();
    this.meters = new Meters(registry, telemetry.nativeHistograms(), telemetry.semconv());
    this.operations = House.operations(meters);
    this.started = configuration;
    this.ledger = ledger;
    this.treasury = new Treasury(ledger, clock, meters.budgets());
    BudgetGauges.register(meters, treasury);
    BudgetGauges.watch(meters, ledger, configuration.ledger(), clock);
    this.admin =
        new AdminVerticle(
            vertx,
            configuration.listen(),
            registry,
            health,
            treasury,
            recent,
            new ExplainPage(vertx, bodies, () -> house),
            () -> house);
    GatewaySecrets secrets = GatewaySecrets.of(configuration, this.environment);
    admin.protect(secrets.admin());
    this.tracing = TraceSettings.open(configuration.telemetry().traces(), this.environment, meters);
    this.house =
        build(
            configuration,
            secrets,
            ownScores(configuration, secrets),
            ScoreTrackers.none(),
            Fleet.none(),
            openLog(LineLog.Sink.DECISIONS, configuration.decisions().log()),
            openLog(LineLog.Sink.ACCESS, configuration.telemetry().logs().access()));
    LogOutput.countDropsBy(meters.dropped(LineLog.Sink.LOGS));
    house.serve();
    RoutingGauges.register(registry, () -> house);
    SharesPage.register(registry, () -> house);
    UpstreamGauges.register(registry, () -> house);
  }

  /**
   * Starts a gateway.
   *
   * @param environment where {@code env:} secrets are looked up
   * @param registry takes the metrics; must hold none of them yet
   * @param loops how many event loops serve the API, at least 1
   * @throws IOException if a secret or the decision log's file is not to be had
   */
  public static Future<Gateway> start(
      Vertx vertx,
      Configuration configuration,
      Map<String, String> environment,
      PrometheusRegistry registry,
      int loops)
      throws IOException {
    return start(vertx, configuration, environment, registry, loops, Clock.systemUTC());
  }

  /**
   * Starts a gateway with a clock of its own: what it says decides in which windows money is spent
   * and which keys have expired.
   *
   * @throws IOException if a secret or the decision log's file is not to be had
   */
  public static Future<Gateway> start(
      Vertx vertx,
      Configuration configuration,
      Map<String, String> environment,
      PrometheusRegistry registry,
      int loops,
      Clock clock)
      throws IOException {
    Ledger ledger = LedgerFile.open(configuration.ledger(), clock);
    Gateway gateway;
    try {
      gateway = new Gateway(vertx, configuration, environment, registry, loops, clock, ledger);
    } catch (IOException | RuntimeException e) {
      ledger.close(); // its file may be opened again
      throw e;
    }
    return gateway.deploy().recover(gateway::failed);
  }

  /** Lets go of what was opened: a port may be taken, and somebody may try another. */
  private Future<Gateway> failed(Throwable cause) {
    return vertx
        .executeBlocking(
            () -> {
              close();
              return true;
            },
            false)
        .transform(closed -> Future.failedFuture(cause));
  }

  private Future<Gateway> deploy() {
    return vertx
        .deployVerticle(admin)
        .compose(up -> vertx.deployVerticle(this::api, new DeploymentOptions().setInstances(loops)))
        .map(
            up -> {
              vertx.setPeriodic(KEEP_MILLIS, KEEP_MILLIS, timer -> keep());
              meters.reloaded(true, clock.instant().getEpochSecond());
              health.set(Health.State.READY);
              return this;
            });
  }

  /** Not on the event loop: with a pacer for every key, telling what they know takes a while. */
  private void keep() {
    vertx.executeBlocking(
        () -> {
          treasury.keepPacers();
          responses.sweep();
          return true;
        },
        false);
  }

  private ApiVerticle api() {
    Configuration.Listen listen = house.configuration().listen();
    int port = listen.apiPort() == 0 ? freePort : listen.apiPort();
    ApiVerticle api = new ApiVerticle(served(house), listen.apiHost(), port, apis.size());
    apis.add(api);
    return api;
  }

  /** The port that the API was bound to. */
  public int apiPort() {
    return apis.get(0).actualPort();
  }

  /** The port that the admin server was bound to. */
  public int adminPort() {
    return admin.actualPort();
  }

  /**
   * Serves another configuration from the next request on; running exchanges keep theirs.
   *
   * @throws IOException if it cannot be served; the one before is then served on
   */
  public synchronized void reload(Configuration next) throws IOException {
    RestartOnly.demandSame(next, started);
    House before = house;
    boolean sameLog = next.decisions().equals(before.configuration().decisions());
    String access = next.telemetry().logs().access();
    boolean sameAccess = access.equals(before.configuration().telemetry().logs().access());
    GatewaySecrets secrets = GatewaySecrets.of(next, environment);
    Optional<OwnScores> own = ownScores(next, secrets);
    House after =
        build(
            next,
            secrets,
            own.equals(before.ownScores()) ? before.ownScores() : own,
            before.trackers(),
            before.fleet(),
            sameLog
                ? before.decisionLog()
                : openLog(LineLog.Sink.DECISIONS, next.decisions().log()),
            sameAccess ? before.accessLog() : openLog(LineLog.Sink.ACCESS, access));
    house = after;
    after.serve();
    admin.protect(secrets.admin());
    for (ApiVerticle api : apis) {
      api.serve(served(after));
    }
    Duration patience = before.configuration().limits().drain();
    before.decisionLog().filter(log -> !sameLog).ifPresent(log -> retire(log, patience));
    before.accessLog().filter(log -> !sameAccess).ifPresent(log -> retire(log, patience));
    if (next.telemetry().logs().level() != before.configuration().telemetry().logs().level()) {
      LogLevels.configure(next.telemetry().logs().level());
    }
    meters.reloaded(true, clock.instant().getEpochSecond());
  }

  /** Running exchanges still write to it; it ends once they have had their time. */
  private void retire(LineLog log, Duration patience) {
    retired.add(log);
    vertx.setTimer(
        Math.max(1, patience.toMillis()),
        late ->
            vertx.executeBlocking(
                () -> {
                  log.finish();
                  return retired.remove(log);
                },
                false));
  }

  /** Counts a configuration that was not loaded. */
  public void reloadFailed() {
    meters.reloaded(false, clock.instant().getEpochSecond());
  }

  /** How long running exchanges may go on after a stop, by the configuration now served. */
  public Duration drain() {
    return house.configuration().limits().drain();
  }

  /**
   * Stops in order, with the patience that the configuration now served asks for: says that it is
   * not ready, takes requests until load balancers have noticed, and lets the running ones end.
   */
  public Future<Void> stop() {
    Configuration.Limits limits = house.configuration().limits();
    health.set(Health.State.DRAINING);
    apis.forEach(ApiVerticle::leave);
    long delay = limits.shutdownDelay().toMillis();
    return delay == 0
        ? stop(limits.drain())
        : vertx.timer(delay, TimeUnit.MILLISECONDS).compose(late -> stop(limits.drain()));
  }

  /**
   * Stops taking requests, gives the running ones some time to end, then ends them: their clients
   * are told so, and what they owe is settled.
   */
  public Future<Void> stop(Duration drain) {
    health.set(Health.State.DRAINING);
    apis.forEach(ApiVerticle::leave);
    return Future.join(apis.stream().map(api -> api.drain(drain)).toList()).mapEmpty();
  }

  /**
   * Writes the last lines of the decision log: once the Vert.x is closed, for closing it ends the
   * exchanges that no patience was left for. May wait ten seconds, so never on an event loop.
   */
  public void close() {
    house.decisionLog().ifPresent(LineLog::finish);
    house.accessLog().ifPresent(LineLog::finish);
    retired.forEach(LineLog::finish);
    if (tracing.isPresent()) { // no method reference: making one loads what it refers to
      tracing.get().close();
    }
    treasury.keepPacers();
    ledger.close();
  }

  /** What request bodies are taken from. */
  BodyMemory bodies() {
    return bodies;
  }

  private Optional<LineLog> openLog(LineLog.Sink kind, String target) throws IOException {
    return target.equals("off")
        ? Optional.empty()
        : Optional.of(LineLog.open(target, kind, meters.dropped(kind)));
  }

  private House build(
      Configuration configuration,
      GatewaySecrets secrets,
      Optional<OwnScores> own,
      ScoreTrackers before,
      Fleet fleet,
      Optional<LineLog> log,
      Optional<LineLog> access)
      throws IOException {
    Classifier classifier = ModelFile.of(configuration);
    String scoredBy = own.map(OwnScores::toString).orElse(classifier.name());
    return new House(
        configuration,
        new Router(configuration.routes(), configuration.models()),
        secrets.upstreams(),
        classifier,
        own,
        before.next(configuration.routes(), scoredBy, ScoreDistribution.SHIPPED),
        answers.of(configuration.cache(), meters),
        affinity,
        meters,
        meters.series(configuration, OwnScores.names(classifier, own)),
        operations,
        treasury,
        new Purses(treasury, new PolicySet(configuration.policies())),
        responses,
        recent,
        log,
        access,
        tracing,
        fleet.next(
            configuration.upstreams().values(), configuration.models().values(), System.nanoTime()),
        loops);
  }

  private Optional<OwnScores> ownScores(Configuration of, GatewaySecrets secrets) {
    return of.ownClassifier().map(own -> new OwnScores(own, secrets.scorer(), meters));
  }

  private Served served(House of) {
    return new Served(
        of,
        new Keyring(of.configuration().keys(), clock),
        new ModelList(of.router(), clock.instant().getEpochSecond()),
        bodies);
  }
}
