package dev.ponder.gateway.proxy;

import dev.ponder.config.Configuration;
import dev.ponder.gateway.telemetry.ClassifierMeters;
import dev.ponder.gateway.telemetry.DeploymentMeters;
import dev.ponder.gateway.telemetry.GenAiMeters;
import dev.ponder.gateway.telemetry.LineLog;
import dev.ponder.gateway.telemetry.Meters;
import dev.ponder.gateway.telemetry.OperationMeters;
import dev.ponder.gateway.telemetry.PassageMeters;
import dev.ponder.gateway.telemetry.RouteMeters;
import dev.ponder.gateway.upstream.DeploymentState;
import dev.ponder.gateway.upstream.UpstreamClient;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Route;
import dev.ponder.policy.Router;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop owns: buffers, connections and looked-up series. Nothing in it is shared with
 * another loop, so nothing in it is locked.
 */
public final class Lane {

  /** Of most lines of the decision log; longer ones make room for themselves. */
  private static final int LINE_CHARS = 1_024;

  private final Vertx vertx;
  private final House house;
  private final Watch watch;
  private final Weigher weigher;
  private final Context context;
  private final Map<String, ClassifierMeters> classifiers = new HashMap<>();
  private final @Nullable OwnScorer ownScorer;
  private final LogTime time = new LogTime();
  private final StringBuilder line = new StringBuilder(LINE_CHARS);
  private final Map<String, UpstreamClient> clients = new HashMap<>();

  /** By identity: the router hands out the same candidates over and over. */
  private final IdentityHashMap<Candidate, Place> places = new IdentityHashMap<>();

  private final SplittableRandom dice = new SplittableRandom();
  private final Map<String, RouteMeters> routes = new HashMap<>();
  private final @Nullable PassageMeters passages;

  private int open;
  private boolean leaving;

  /**
   * Where a candidate is called.
   *
   * @param client this loop's connections
   * @param meters the series of the deployment
   * @param genAi the same under OpenTelemetry's names; null while they are not exported
   * @param state what all loops know of it
   */
  record Place(
      UpstreamClient client,
      DeploymentMeters meters,
      @Nullable GenAiMeters genAi,
      DeploymentState state) {}

  /** A lane for the event loop of the calling context. */
  public Lane(Vertx vertx, House house) {
    this.vertx = vertx;
    this.house = house;
    this.context = vertx.getOrCreateContext();
    this.watch = new Watch(vertx);
    this.weigher = newWeigher();
    OwnScores own = house.ownScores().orElse(null);
    this.ownScorer = own == null ? null : new OwnScorer(vertx, own, house.loops());
    String builtIn = house.classifier().name();
    for (String name : own == null ? List.of(builtIn) : List.of(builtIn, OwnScores.NAME)) {
      classifiers.put(name, house.series().classifier(name));
    }
    house
        .configuration()
        .upstreams()
        .values()
        .forEach(
            upstream -> {
              Optional<String> key = Optional.ofNullable(house.secrets().get(upstream.name()));
              clients.put(upstream.name(), new UpstreamClient(vertx, upstream, key, house.loops()));
            });
    this.passages = house.series().passages().orElse(null);
    for (Router.Target target : house.router().targets()) {
      routes.put(target.name(), house.series().route(target.route().map(Route::name).orElse("")));
      target.tiers().forEach(tier -> tier.forEach(this::newPlace));
    }
  }

  private Place newPlace(Candidate candidate) {
    Place place =
        new Place(
            client(candidate.deployment().upstream().name()),
            house.series().deployment(candidate.model(), candidate.deployment()),
            house.series().genAi(candidate.deployment()),
            house.fleet().of(candidate.model(), candidate.deployment()));
    places.put(candidate, place);
    return place;
  }

  /** From now on every answer asks its client to come back by another connection. */
  public void leave() {
    leaving = true;
  }

  /** Adds that an answer is its connection's last one, if it is. */
  public void sayGoodbye(MultiMap headers) {
    if (leaving) {
      headers.set("connection", "close");
    }
  }

  /** Ends the running exchanges: their clients are told so, and what they owe is settled. */
  public void end() {
    watch.stopAll(ApiError.stopping());
  }

  /**
   * Lets go of connections and timers once the last running exchange is over.
   *
   * @param retired runs then
   */
  public void retire(Runnable retired) {
    vertx.setPeriodic(
        1_000,
        timer -> {
          if (open == 0) {
            vertx.cancelTimer(timer);
            watch.stop();
            clients.values().forEach(UpstreamClient::close);
            if (ownScorer != null) {
              ownScorer.close();
            }
            retired.run();
          }
        });
  }

  /** What {@code ponder.yaml} says. */
  public Configuration configuration() {
    return house.configuration();
  }

  Vertx vertx() {
    return vertx;
  }

  /** The present, in seconds since 1970. */
  long nowSeconds() {
    return house.treasury().now().getEpochSecond();
  }

  House house() {
    return house;
  }

  Watch watch() {
    return watch;
  }

  /** This loop's weigher; for use on its thread only. */
  Weigher weigher() {
    return weigher;
  }

  /** Another weigher, for a body so large that it is read on a worker thread. */
  Weigher newWeigher() {
    ScorerQuestion.Writer questions =
        house.ownScores().map(own -> new ScorerQuestion.Writer(own.scorer().send())).orElse(null);
    return new Weigher(
        house.classifier(),
        house.treasury().corrections(),
        house.configuration().limits().depth(),
        questions);
  }

  /** Who is asked for scores in place of the built-in classifier; null if nobody is. */
  @Nullable OwnScorer ownScorer() {
    return ownScorer;
  }

  /** Whether anybody will read what moved a score. */
  boolean tellsSignals() {
    return house.decisionLog().isPresent() || house.recent().readers() > 0;
  }

  /** What the price of money does to a request of this caller now. */
  Pacing pacing(Principal who, Map<String, String> tags) {
    return new Pacing(house.purses(), house.classifier(), who, tags, house.treasury().now());
  }

  /** Where a request of this caller asks for money. */
  Till till(Principal who, Map<String, String> tags, String requestId) {
    int status = house.configuration().limits().budgetStatus();
    return new Till(house.treasury(), house.purses(), status, who, tags, requestId);
  }

  Router router() {
    return house.router();
  }

  /** Where a candidate is called, and how that is counted. */
  Place place(Candidate candidate) {
    Place place = places.get(candidate);
    return place == null ? newPlace(candidate) : place;
  }

  /** This loop's connections to an upstream. */
  UpstreamClient client(String upstream) {
    UpstreamClient client = clients.get(upstream);
    if (client == null) {
      throw new IllegalStateException("upstream: " + upstream + " (expected: configured)");
    }
    return client;
  }

  /** The series of what goes through unread. */
  PassageMeters passages() {
    if (passages == null) {
      throw new IllegalStateException("passthrough: none (expected: configured)");
    }
    return passages;
  }

  private DeploymentState state(Candidate candidate) {
    return place(candidate).state();
  }

  /** Who of these is asked first, as things are now. */
  Candidate first(List<Candidate> candidates) {
    return Turns.first(candidates, this::state, System.nanoTime());
  }

  /** Whose turn it is, for a request that nobody was asked for yet. */
  Turns turns(List<Candidate> candidates, boolean once) {
    return new Turns(candidates, this::state, dice::nextDouble, once, System.nanoTime());
  }

  /** An exchange was begun; the lane is not let go of before it is over. */
  void opened() {
    open++;
  }

  void closed() {
    open--;
  }

  /** Runs the action after so many milliseconds; returns what it can be {@link #drop}ped with. */
  long later(long millis, Runnable action) {
    return vertx.setTimer(millis, timer -> action.run());
  }

  /** Does not run it. */
  void drop(long later) {
    vertx.cancelTimer(later);
  }

  RouteMeters routeMeters(String route) {
    RouteMeters meters = routes.get(route);
    if (meters == null) {
      throw new IllegalStateException("route: " + route + " (expected: configured)");
    }
    return meters;
  }

  /** Counts what a classifier said; nothing if nothing was scored. */
  void classified(Score score) {
    ClassifierMeters meters = classifiers.get(score.classifier());
    if (score.nanos() >= 0 && meters != null) {
      meters.classified(score.value(), score.nanos());
    }
  }

  /** Runs the action on this lane's thread, at the end of its present turn; from any thread. */
  void defer(Runnable action) {
    context.runOnContext(turn -> action.run());
  }

  Meters meters() {
    return house.meters();
  }

  /** The series of a dialect's requests. */
  OperationMeters meters(Dialect dialect) {
    return house.operation(dialect);
  }

  /** What holds a caller to its share of reasoning models. */
  ShareGuard shareGuard(Principal who, Map<String, String> tags) {
    return new ShareGuard(house.treasury(), house.purses(), who, tags);
  }

  /** An exchange is over: its lines go into the logs and among the last decisions. */
  void log(HttpServerRequest request, ExchangeRecord record, long endedNanos) {
    if (record.staying != null) {
      record.staying.over(record);
    }
    String now = now();
    line.setLength(0);
    record.appendTo(line, now, endedNanos);
    log(line.toString());
    house.accessLog().ifPresent(log -> log.add(AccessLine.of(now, request, record, endedNanos)));
  }

  /** The time as log lines spell it. */
  String now() {
    return time.now(System.currentTimeMillis());
  }

  void log(String line) {
    house.recent().add(line);
    house.decisionLog().ifPresent(log -> log.add(line));
  }

  /** Has a request that calls no model in the access log, if there is one, once it ends. */
  public void access(HttpServerRequest request, String requestId, long begunNanos) {
    LineLog log = house.accessLog().orElse(null);
    if (log != null) {
      request
          .response()
          .endHandler(
              ended ->
                  log.add(
                      AccessLine.of(now(), request, requestId, System.nanoTime() - begunNanos)));
    }
  }
}
