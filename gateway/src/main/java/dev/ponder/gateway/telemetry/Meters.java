package dev.ponder.gateway.telemetry;

import dev.ponder.price.Money;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The catalogue of metrics: every name, unit and label, in one place.
 *
 * <p>A label value is a configured name or a constant of an enum, never anything that a caller
 * sends. Series of enums exist at 0 from the start, so that {@code rate()} sees the first event.
 * Histograms are classic ones: native histograms blank classic panels.
 */
public final class Meters {

  /** The values of the label {@code tier}; {@code none} before a model is decided on. */
  static final List<String> TIERS = List.of("llm", "lrm", "none");

  private static final double[] SECONDS_LONG = {
    .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 80, 160, 384
  };
  private static final double[] SECONDS_FIRST = {.05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 80, 160};
  private static final double[] SECONDS_SHORT = {
    .000_25, .000_5, .001, .002_5, .005, .01, .025, .05, .1, .25, .5, 1
  };
  private static final double[] SECONDS_TINY = {
    .000_001, .000_002_5, .000_005, .000_01, .000_025, .000_05, .000_1, .001, .01
  };
  private static final double[] SCORES = {
    .05, .1, .2, .3, .35, .4, .45, .5, .55, .6, .65, .7, .8, .9, 1
  };

  final Requests requests;
  final Routing routing;
  final Scoring scoring;
  final Upstreams upstreams;
  private final BudgetMeters budgets;

  private final DistributionDataPoint overheadTotal;
  private final DistributionDataPoint overheadParse;
  private final Counter dropped;
  private final CounterDataPoint spansDropped;
  private final Counter reloads;
  private final Gauge reloadSuccessful;
  private final Gauge reloadTimestamp;

  /** What callers see. */
  record Requests(
      Counter total, Histogram duration, Gauge inFlight, Histogram overhead, Counter aborts) {

    private static Requests in(PrometheusRegistry registry) {
      return new Requests(
          counter("ponder_requests_total", "Requests answered or given up, by how they ended.")
              .labelNames("operation", "tier", "outcome")
              .register(registry),
          histogram("ponder_request_duration_seconds", "From a request's head to its last byte.")
              .classicUpperBounds(SECONDS_LONG)
              .labelNames("operation", "tier", "stream")
              .register(registry),
          gauge("ponder_requests_in_flight", "Requests being answered now.")
              .labelNames("tier")
              .register(registry),
          histogram("ponder_overhead_seconds", "Time that the gateway itself added, by phase.")
              .classicUpperBounds(SECONDS_SHORT)
              .labelNames("phase")
              .register(registry),
          counter("ponder_stream_aborts_total", "Streams that ended early, by whose doing it was.")
              .labelNames("tier", "by")
              .register(registry));
    }
  }

  /** What was decided. */
  record Routing(
      Counter decisions, Counter avoided, Histogram score, Histogram duration, Counter fallbacks) {

    private static Routing in(PrometheusRegistry registry) {
      return new Routing(
          counter("ponder_route_decisions_total", "Decisions, by route, kind of model and reason.")
              .labelNames("route", "tier", "reason", "confidence")
              .register(registry),
          counter("ponder_cost_avoided_usd_total", "Estimate: what the dearest tier would add.")
              .labelNames("route")
              .register(registry),
          histogram("ponder_classifier_score", "Scores given, 0 to 1.")
              .classicUpperBounds(SCORES)
              .labelNames("classifier")
              .register(registry),
          histogram("ponder_classifier_duration_seconds", "Time to score one request.")
              .classicUpperBounds(SECONDS_TINY)
              .labelNames("classifier")
              .register(registry),
          counter("ponder_fallbacks_total", "Calls that went on to the next deployment, by why.")
              .labelNames("from_tier", "to_tier", "reason")
              .register(registry));
    }
  }

  /** What became of asking a scorer of the user's own. */
  record Scoring(Counter errors, Counter cache) {

    private static Scoring in(PrometheusRegistry registry) {
      return new Scoring(
          counter("ponder_classifier_errors_total", "Scores that another classifier did not give.")
              .labelNames("classifier", "reason")
              .register(registry),
          counter("ponder_cache_requests_total", "Look-ups in a cache, by what came of them.")
              .labelNames("cache", "result")
              .register(registry));
    }
  }

  /** What was called, and what it used. */
  record Upstreams(
      Counter total,
      Histogram duration,
      Histogram first,
      Counter tokens,
      Counter cost,
      Counter reports,
      Counter anomalies,
      Counter unpriced,
      Counter retries) {

    private static Upstreams in(PrometheusRegistry registry) {
      return new Upstreams(
          counter("ponder_upstream_requests_total", "Calls of upstreams, each attempt counted.")
              .labelNames("provider", "model", "outcome")
              .register(registry),
          histogram("ponder_upstream_duration_seconds", "From sending a call to its last byte.")
              .classicUpperBounds(SECONDS_LONG)
              .labelNames("provider", "model")
              .register(registry),
          histogram("ponder_upstream_ttft_seconds", "From sending a call to its first delta.")
              .classicUpperBounds(SECONDS_FIRST)
              .labelNames("provider", "model", "kind")
              .register(registry),
          counter("ponder_tokens_total", "Tokens billed, by disjoint type: their sum is the total.")
              .labelNames("provider", "model", "tier", "type")
              .register(registry),
          counter("ponder_cost_usd_total", "Cost in US dollars, by type of token.")
              .labelNames("provider", "model", "tier", "type")
              .register(registry),
          counter("ponder_usage_reports_total", "Answers by where their usage came from.")
              .labelNames("provider", "source")
              .register(registry),
          counter("ponder_usage_anomalies_total", "Usage that contradicts itself or is no number.")
              .labelNames("provider", "model")
              .register(registry),
          counter("ponder_unpriced_calls_total", "Calls that may be billed, at an unknown price.")
              .labelNames("provider")
              .register(registry),
          counter("ponder_upstream_retries_total", "Calls made again at the same deployment.")
              .labelNames("provider", "model", "reason")
              .register(registry));
    }
  }

  /** What money did. */
  record Budgets(
      Counter actions,
      Counter spend,
      Counter reconciliation,
      Counter settlements,
      Counter violations,
      Counter capped,
      Counter truncated,
      Counter alerts,
      Counter forgotten,
      Counter held) {

    private static Budgets in(PrometheusRegistry registry) {
      return new Budgets(
          counter("ponder_budget_actions_total", "What budgets did to requests.")
              .labelNames("budget", "action")
              .register(registry),
          counter("ponder_budget_spend_usd_total", "Money posted to budgets, in US dollars.")
              .labelNames("budget", "tier")
              .register(registry),
          counter(
                  "ponder_budget_reconciliation_usd_total",
                  "Bills against reservations: money that came back (under) or was missing (over).")
              .labelNames("direction")
              .register(registry),
          counter("ponder_settlements_total", "Calls settled, by where the amount was from.")
              .labelNames("source")
              .register(registry),
          counter("ponder_cap_violations_total", "Answers longer than their cap allowed.")
              .labelNames("model")
              .register(registry),
          counter("ponder_capped_calls_total", "Calls whose output the gateway limited.")
              .labelNames("model")
              .register(registry),
          counter("ponder_truncated_answers_total", "Answers that the gateway's limit cut off.")
              .labelNames("model")
              .register(registry),
          counter("ponder_budget_alerts_total", "Alert shares passed, once for each window.")
              .labelNames("budget", "percent")
              .register(registry),
          counter(
                  "ponder_pacer_resets_total",
                  "Pacers that began anew: their state was unreadable.")
              .register(registry),
          counter("ponder_lrm_share_held_total", "Requests that a policy's lrm_share held back.")
              .labelNames("policy")
              .register(registry));
    }
  }

  /** Registers all metrics in a registry that holds none of them yet. */
  public Meters(PrometheusRegistry registry) {
    requests = Requests.in(registry);
    routing = Routing.in(registry);
    scoring = Scoring.in(registry);
    upstreams = Upstreams.in(registry);
    budgets = new BudgetMeters(Budgets.in(registry));
    overheadTotal = requests.overhead.labelValues("total");
    overheadParse = requests.overhead.labelValues("parse");
    dropped =
        counter("ponder_log_events_dropped_total", "Log lines dropped: their sink was too slow.")
            .labelNames("sink")
            .register(registry);
    for (LineLog.Sink sink : LineLog.Sink.values()) {
      dropped.labelValues(sink.label());
    }
    spansDropped = dropped.labelValues("traces");
    reloads =
        counter("ponder_config_reloads_total", "Attempts to load the configuration, by result.")
            .labelNames("result")
            .register(registry);
    reloadSuccessful =
        gauge("ponder_config_reload_successful", "Whether the last attempt to load succeeded.")
            .register(registry);
    reloadTimestamp =
        gauge(
                "ponder_config_last_reload_success_timestamp_seconds",
                "When the configuration was last loaded, in seconds since 1970.")
            .register(registry);
    for (String tier : TIERS) {
      requests.inFlight.labelValues(tier);
      for (String by : List.of("client", "upstream", "gateway")) {
        requests.aborts.labelValues(tier, by);
      }
    }
    reloads.labelValues("success");
    reloads.labelValues("failure");
  }

  // Without exemplars: the client would ask OpenTelemetry for the thread's span at each count, and
  // load it to do so. An event loop has none.

  private static Counter.Builder counter(String name, String help) {
    return Counter.builder().name(name).help(help).withoutExemplars();
  }

  private static Gauge.Builder gauge(String name, String help) {
    return Gauge.builder().name(name).help(help).withoutExemplars();
  }

  private static Histogram.Builder histogram(String name, String help) {
    return Histogram.builder().name(name).help(help).classicOnly().withoutExemplars();
  }

  /** Notes who is running. */
  public static void register(
      PrometheusRegistry registry, String version, String revision, String java) {
    Info.builder()
        .name("ponder_build_info")
        .help("The running version.")
        .labelNames("version", "revision", "java")
        .register(registry)
        .setLabelValues(version, revision, java);
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
  public void budgetGauges(
      PrometheusRegistry registry, Supplier<List<BudgetLine>> lines, IntSupplier backlog) {
    Map<String, ToDoubleFunction<BudgetLine>> gauges = new LinkedHashMap<>();
    gauges.put("ponder_budget_limit_usd", line -> usd(line.limit()));
    gauges.put("ponder_budget_spent_usd", line -> usd(line.posted()));
    gauges.put("ponder_budget_reserved_usd", line -> usd(line.pending()));
    gauges.put("ponder_budget_window_start_timestamp_seconds", line -> seconds(line.start()));
    gauges.put("ponder_budget_window_end_timestamp_seconds", line -> seconds(line.end()));
    gauges.put("ponder_budget_shadow_price", BudgetLine::shadowPrice);
    gauges.put("ponder_budget_accounts", BudgetLine::accounts);
    gauges.put("ponder_budget_exhausted_accounts", BudgetLine::exhausted);
    registry.register(new BudgetCollector(gauges, lines));
    GaugeWithCallback.builder()
        .name("ponder_ledger_backlog")
        .help("Entries that are not durable yet.")
        .callback(gauge -> gauge.call(backlog.getAsInt()))
        .register(registry);
  }

  private static double usd(Money money) {
    return money.nanos() / 1e9;
  }

  private static double seconds(Instant instant) {
    return (double) instant.getEpochSecond();
  }

  /** The series of budgets. */
  public BudgetMeters budgets() {
    return budgets;
  }

  /** A request's body was read, in so many nanoseconds. */
  public void parsed(long nanos) {
    overheadParse.observe(nanos / 1e9);
  }

  /** An exchange is over, and took so many nanoseconds beyond what its upstreams took. */
  public void addedByGateway(long nanos) {
    overheadTotal.observe(nanos / 1e9);
  }

  /** The series of a classifier. */
  public ClassifierMeters classifier(String name) {
    return new ClassifierMeters(this, name);
  }

  /** The series of a scorer of the user's own, which fails for one of these reasons. */
  public ScorerMeters scorer(String name, List<String> reasons) {
    return new ScorerMeters(this, name, reasons);
  }

  /** A stream ended early; {@code by} is {@code client}, {@code upstream} or {@code gateway}. */
  public void streamAborted(String tier, String by) {
    requests.aborts.labelValues(tier, by).inc();
  }

  /** A call failed and the next deployment was asked; {@code reason} is one of a fixed set. */
  public void fellBack(String fromTier, String toTier, String reason) {
    routing.fallbacks.labelValues(fromTier, toTier, reason).inc();
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
