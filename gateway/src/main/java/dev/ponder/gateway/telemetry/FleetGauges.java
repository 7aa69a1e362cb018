package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.Supplier;

/** Gauges of how the deployments are, read when somebody scrapes. */
public final class FleetGauges {

  /** The values of the label {@code state}. */
  private static final List<String> STATES = List.of("closed", "open", "half_open");

  private FleetGauges() {}

  /**
   * One deployment.
   *
   * @param provider the upstream's name
   * @param model the configured name
   * @param circuit where its breaker stands
   * @param running calls that run
   * @param requestsLeft which part of its requests is left, 0 to 1; NaN if not known
   * @param tokensLeft likewise of its tokens
   */
  public record Line(
      String provider,
      String model,
      String circuit,
      int running,
      double requestsLeft,
      double tokensLeft) {}

  /** Registers them; the supplier is asked at each scrape. */
  public static void register(PrometheusRegistry registry, Supplier<List<Line>> lines) {
    gauge("ponder_upstream_circuit_state", "1 for the state that a deployment's breaker is in.")
        .labelNames("provider", "model", "state")
        .callback(
            gauge ->
                lines
                    .get()
                    .forEach(
                        line ->
                            STATES.forEach(
                                state ->
                                    gauge.call(
                                        state.equals(line.circuit()) ? 1 : 0,
                                        line.provider(),
                                        line.model(),
                                        state))))
        .register(registry);
    gauge("ponder_upstream_in_flight", "Calls that run now.")
        .labelNames("provider", "model")
        .callback(
            gauge ->
                lines
                    .get()
                    .forEach(line -> gauge.call(line.running(), line.provider(), line.model())))
        .register(registry);
    gauge(
            "ponder_upstream_ratelimit_remaining_ratio",
            "What is left of the upstream's own rate limit, by its last answers.")
        .labelNames("provider", "model", "kind")
        .callback(gauge -> lines.get().forEach(line -> left(gauge, line)))
        .register(registry);
  }

  private static void left(GaugeWithCallback.Callback gauge, Line line) {
    if (!Double.isNaN(line.requestsLeft())) {
      gauge.call(line.requestsLeft(), line.provider(), line.model(), "requests");
    }
    if (!Double.isNaN(line.tokensLeft())) {
      gauge.call(line.tokensLeft(), line.provider(), line.model(), "tokens");
    }
  }

  private static GaugeWithCallback.Builder gauge(String name, String help) {
    return GaugeWithCallback.builder().name(name).help(help);
  }
}
