package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.Supplier;

/** Gauges of what the scores of routes are like, read when somebody scrapes. */
public final class ScoreGauges {

  private ScoreGauges() {}

  /**
   * One tier of a route above its first.
   *
   * @param route the route
   * @param tier the tier's number, 1 and up
   * @param threshold the score that reaches it while money is no object, 0 to 1
   * @param share the part of recent requests whose score reached it, 0 to 1
   */
  public record TierLine(String route, int tier, double threshold, double share) {}

  /**
   * How far a route's scores are from what its classifier gives on ordinary traffic.
   *
   * @param route the route
   * @param distance 0 to 1
   */
  public record DriftLine(String route, double distance) {}

  /** Registers them; the suppliers are asked at each scrape. */
  public static void register(
      PrometheusRegistry registry,
      Supplier<List<TierLine>> tiers,
      Supplier<List<DriftLine>> drift) {
    Registration.gauge(
        registry,
        TrafficMetrics.THRESHOLD,
        gauge ->
            tiers
                .get()
                .forEach(t -> gauge.call(t.threshold(), t.route(), Integer.toString(t.tier()))));
    Registration.gauge(
        registry,
        TrafficMetrics.SHARE,
        gauge ->
            tiers.get().forEach(t -> gauge.call(t.share(), t.route(), Integer.toString(t.tier()))));
    Registration.gauge(
        registry,
        TrafficMetrics.DRIFT,
        gauge -> drift.get().forEach(d -> gauge.call(d.distance(), d.route())));
  }
}
