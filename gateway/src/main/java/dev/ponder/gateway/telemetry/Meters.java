package dev.ponder.gateway.telemetry;

import dev.ponder.config.Configuration;
import dev.ponder.config.Configuration.Semconv;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded, by the {@link MetricCatalogue}: the registered metrics and the events that need
 * no series of their own to be looked up.
 *
 * <p>Series whose labels are all constants exist at 0 from the start. Those with configured names
 * come and go with the configuration: {@link #series} has them.
 */
public final class Meters {

  final Requests requests;
  final Routing routing;
  final Scoring scoring;
  final Upstreams upstreams;
  final Budgets money;
  final @Nullable GenAiSeries genAi;
  private final Registration registration;
  private final BudgetMeters budgets;
  private final Map<Phase, DistributionDataPoint> phases = new EnumMap<>(Phase.class);
  private final Counter overflow;
  private final Counter dropped;
  private final CounterDataPoint spansDropped;
  private final Counter reloads;
  private final Gauge reloadSuccessful;
  private final Gauge reloadTimestamp;
  private final Histogram lag;

  /** What callers see. */
  record Requests(
      Counter total,
      Counter ofTenants,
      Histogram duration,
      Gauge inFlight,
      Histogram overhead,
      Counter aborts) {

    private static Requests in(Registration registration) {
      return new Requests(
          registration.counter(TrafficMetrics.REQUESTS),
          registration.counter(TrafficMetrics.TENANT_REQUESTS),
          registration.histogram(TrafficMetrics.DURATION),
          registration.gauge(TrafficMetrics.IN_FLIGHT),
          registration.histogram(TrafficMetrics.OVERHEAD),
          registration.counter(TrafficMetrics.ABORTS));
    }
  }

  /** What was decided. */
  record Routing(
      Counter decisions,
      Counter regret,
      MoneyCounter avoided,
      MoneyCounter saved,
      Histogram score,
      Histogram duration,
      Counter fallbacks,
      Counter held) {

    private static Routing in(Registration registration) {
      return new Routing(
          registration.counter(TrafficMetrics.DECISIONS),
          registration.counter(TrafficMetrics.REGRET),
          registration.money(TrafficMetrics.AVOIDED),
          registration.money(TrafficMetrics.SAVED),
          registration.histogram(TrafficMetrics.SCORE),
          registration.histogram(TrafficMetrics.SCORING),
          registration.counter(TrafficMetrics.FALLBACKS),
          registration.counter(TrafficMetrics.HELD));
    }
  }

  /** What became of asking a scorer of the user's own. */
  record Scoring(Counter errors, Counter cache) {

    private static Scoring in(Registration registration) {
      return new Scoring(
          registration.counter(TrafficMetrics.SCORER_FAULTS),
          registration.counter(TrafficMetrics.CACHE));
    }
  }

  /** What was called, and what it used. */
  record Upstreams(
      Counter total,
      Histogram duration,
      Histogram first,
      Histogram tokenTime,
      Counter tokens,
      MoneyCounter cost,
      MoneyCounter costOfTenants,
      Counter reports,
      Counter anomalies,
      Counter costReports,
      Counter unpriced,
      Counter unpricedCalls,
      Histogram requestTokens,
      Histogram share,
      Histogram surprise,
      Counter violations,
      Counter capped,
      Counter truncated,
      Counter retries) {

    private static Upstreams in(Registration registration) {
      return new Upstreams(
          registration.counter(CallMetrics.CALLS),
          registration.histogram(CallMetrics.DURATION),
          registration.histogram(CallMetrics.FIRST),
          registration.histogram(CallMetrics.TOKEN_TIME),
          registration.counter(CallMetrics.TOKENS_BILLED),
          registration.money(CallMetrics.COST),
          registration.money(CallMetrics.TENANT_COST),
          registration.counter(CallMetrics.USAGE_REPORTS),
          registration.counter(CallMetrics.ANOMALIES),
          registration.counter(CallMetrics.COST_REPORTS),
          registration.counter(CallMetrics.UNPRICED),
          registration.counter(CallMetrics.UNPRICED_CALLS),
          registration.histogram(CallMetrics.REQUEST_TOKENS),
          registration.histogram(CallMetrics.REASONING_SHARE),
          registration.histogram(CallMetrics.REASONING_SURPRISE),
          registration.counter(CallMetrics.VIOLATIONS),
          registration.counter(CallMetrics.CAPPED),
          registration.counter(CallMetrics.TRUNCATED),
          registration.counter(CallMetrics.RETRIES));
    }
  }

  /** What money did. */
  record Budgets(
      Counter actions,
      MoneyCounter spend,
      MoneyCounter reconciliation,
      Counter settlements,
      Counter alerts,
      Counter pacersReset,
      Histogram storeDuration,
      Counter storeOperations) {

    private static Budgets in(Registration registration) {
      return new Budgets(
          registration.counter(MoneyMetrics.ACTIONS),
          registration.money(MoneyMetrics.SPEND),
          registration.money(MoneyMetrics.RECONCILIATION),
          registration.counter(MoneyMetrics.SETTLEMENTS),
          registration.counter(MoneyMetrics.ALERTS),
          registration.counter(MoneyMetrics.PACERS_RESET),
          registration.histogram(MoneyMetrics.STORE_DURATION),
          registration.counter(MoneyMetrics.STORE_OPERATIONS));
    }
  }

  /** Registers all metrics in a registry that holds none of them yet, with classic histograms. */
  public Meters(PrometheusRegistry registry) {
    this(registry, false, Semconv.OFF);
  }

  /**
   * Registers all metrics in a registry that holds none of them yet.
   *
   * @param nativeToo whether histograms have native buckets beside the classic ones: a server that
   *     takes the native ones leaves classic panels empty
   * @param semconv what is registered beside them under OpenTelemetry's names
   */
  public Meters(PrometheusRegistry registry, boolean nativeToo, Semconv semconv) {
    registration = new Registration(registry, nativeToo);
    requests = Requests.in(registration);
    routing = Routing.in(registration);
    scoring = Scoring.in(registration);
    upstreams = Upstreams.in(registration);
    money = Budgets.in(registration);
    genAi = GenAiSeries.in(registration, semconv);
    overflow = registration.counter(ProcessMetrics.OVERFLOW);
    lag = registration.histogram(ProcessMetrics.LAG);
    dropped = registration.counter(ProcessMetrics.DROPPED);
    spansDropped = dropped.labelValues("traces");
    reloads = registration.counter(ProcessMetrics.RELOADS);
    reloadSuccessful = registration.gauge(ProcessMetrics.RELOAD_SUCCESSFUL);
    reloadTimestamp = registration.gauge(ProcessMetrics.RELOAD_TIME);
    for (Phase phase : Phase.values()) {
      phases.put(phase, requests.overhead.labelValues(phase.label()));
    }
    Names nobody = new Names(this, "model", List.of(), 0);
    budgets =
        new BudgetMeters(this, new BudgetSeries(this, registration.claims(), List.of(), nobody));
  }

  /** Notes who is running. */
  public static void register(
      PrometheusRegistry registry, String version, String revision, String java) {
    Registration.info(registry, ProcessMetrics.BUILD, version, revision, java);
  }

  /**
   * The series of a configuration; they exist from now on.
   *
   * @param classifiers the names of what gives scores: the built-in one's, then that of a scorer of
   *     the user's own, if there is one
   */
  public ConfiguredSeries series(Configuration configuration, List<String> classifiers) {
    return new ConfiguredSeries(this, registration.claims(), configuration, classifiers);
  }

  /** The series of one operation, such as {@code chat}. */
  public OperationMeters operation(String name) {
    return new OperationMeters(this, name);
  }

  /**
   * Registers the gauges of budgets.
   *
   * @param lines the balances, asked for at each scrape
   * @param backlog entries that are not durable yet
   */
  public void budgetGauges(Supplier<List<BudgetLine>> lines, IntSupplier backlog) {
    registration.registry().register(new BudgetCollector(lines));
    Registration.gauge(
        registration.registry(), MoneyMetrics.BACKLOG, gauge -> gauge.call(backlog.getAsInt()));
  }

  /**
   * The series of a ledger that has a store of its own.
   *
   * @param backlog entries that are not durable yet
   */
  public StoreMeters store(String kind, LongSupplier nowMillis, IntSupplier backlog) {
    StoreMeters store = new StoreMeters(this, kind, nowMillis);
    Registration.gauge(
        registration.registry(),
        MoneyMetrics.STORE_SYNC,
        gauge -> gauge.call(store.durableSeconds(backlog.getAsInt()), kind));
    return store;
  }

  /** The series of budgets. */
  public BudgetMeters budgets() {
    return budgets;
  }

  /** A request's body was read, in so many nanoseconds. */
  public void parsed(long nanos) {
    took(Phase.PARSE, nanos);
  }

  /** A request was decided on, in so many nanoseconds. */
  public void decided(long nanos) {
    took(Phase.POLICY, nanos);
  }

  /** An exchange is over, and took so many nanoseconds beyond what its upstreams took. */
  public void addedByGateway(long nanos) {
    took(Phase.TOTAL, nanos);
  }

  void took(Phase phase, long nanos) {
    DistributionDataPoint point = phases.get(phase);
    if (point != null) { // every constant has one
      point.observe(nanos / 1e9);
    }
  }

  /** The series of a scorer of the user's own, which fails for one of these reasons. */
  public ScorerMeters scorer(String name, List<String> reasons) {
    return new ScorerMeters(this, name, reasons);
  }

  /** The timer of an event loop that serves the API. */
  public DistributionDataPoint lag(int loop) {
    return lag.labelValues(loop < Label.LOOPS_MAX ? Integer.toString(loop) : Label.OTHER);
  }

  /** A stream ended early; {@code by} is {@code client}, {@code upstream} or {@code gateway}. */
  public void streamAborted(String tier, String by) {
    requests.aborts.labelValues(tier, by).inc();
  }

  /** A call failed and the next deployment was asked; {@code reason} is one of a fixed set. */
  public void fellBack(String fromTier, String toTier, String reason) {
    if (!Label.FALLBACK_REASON.values().contains(reason)) {
      throw new IllegalArgumentException(
          "reason: " + reason + " (expected: " + Label.FALLBACK_REASON.values() + ")");
    }
    routing.fallbacks.labelValues(fromTier, toTier, reason).inc();
  }

  /** A value of a label has no series of its own. */
  void overflown(String label) {
    overflow.labelValues(label).inc();
  }

  /** What counts a line of this log that is not written. */
  public Runnable dropped(LineLog.Sink sink) {
    return dropped.labelValues(sink.label())::inc;
  }

  /** So many spans did not reach the collector. */
  void spansDropped(int count) {
    spansDropped.inc(count);
  }

  /** The configuration was loaded, or was not. */
  public void reloaded(boolean success, long epochSeconds) {
    reloads.labelValues(success ? "success" : "failure").inc();
    reloadSuccessful.set(success ? 1 : 0);
    if (success) {
      reloadTimestamp.set((double) epochSeconds);
    }
  }
}
