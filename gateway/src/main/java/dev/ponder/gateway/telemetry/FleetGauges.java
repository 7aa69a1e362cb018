package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Gauges of how the deployments are, read when somebody scrapes. */
public final class FleetGauges {

  private FleetGauges() {}

  /**
   * One deployment, or several that share their labels.
   *
   * @param provider the label of its upstream
   * @param model the label of its model
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

  /**
   * Registers them.
   *
   * @param lines of deployments under their labels, asked for at each scrape
   */
  public static void register(PrometheusRegistry registry, Supplier<List<Line>> lines) {
    Registration.gauge(
        registry,
        CallMetrics.CIRCUIT,
        gauge ->
            each(
                lines,
                line ->
                    Label.CIRCUIT
                        .values()
                        .forEach(
                            state ->
                                gauge.call(
                                    state.equals(line.circuit()) ? 1 : 0,
                                    line.provider(),
                                    line.model(),
                                    state))));
    Registration.gauge(
        registry,
        CallMetrics.IN_FLIGHT,
        gauge -> each(lines, line -> gauge.call(line.running(), line.provider(), line.model())));
    Registration.gauge(
        registry, CallMetrics.RATE_LIMIT_LEFT, gauge -> each(lines, line -> left(gauge, line)));
  }

  private static void each(Supplier<List<Line>> lines, Consumer<Line> told) {
    lines.get().forEach(told);
  }

  private static void left(GaugeWithCallback.Callback gauge, Line line) {
    if (!Double.isNaN(line.requestsLeft())) {
      gauge.call(line.requestsLeft(), line.provider(), line.model(), "requests");
    }
    if (!Double.isNaN(line.tokensLeft())) {
      gauge.call(line.tokensLeft(), line.provider(), line.model(), "tokens");
    }
  }
}
