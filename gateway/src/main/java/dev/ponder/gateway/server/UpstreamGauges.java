package dev.ponder.gateway.server;

import dev.ponder.gateway.proxy.House;
import dev.ponder.gateway.telemetry.ConfiguredSeries.Place;
import dev.ponder.gateway.telemetry.FleetGauges;
import dev.ponder.gateway.telemetry.FleetGauges.Line;
import dev.ponder.gateway.upstream.DeploymentState;
import dev.ponder.gateway.upstream.Fleet;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Breakers, running calls and rate limits of the deployments as gauges. */
final class UpstreamGauges {

  private UpstreamGauges() {}

  /** Registers them; {@code house} gives the one that serves now. */
  static void register(PrometheusRegistry registry, Supplier<House> house) {
    FleetGauges.register(registry, () -> lines(house.get(), System.nanoTime()));
  }

  /**
   * A model may have two deployments at one upstream, which share their labels, as do all that are
   * too many for labels of their own.
   */
  private static List<Line> lines(House house, long nowNanos) {
    Map<Place, Line> lines = new LinkedHashMap<>();
    for (Map.Entry<Fleet.Key, DeploymentState> one : house.fleet().all().entrySet()) {
      Place labels = house.series().labels(one.getKey().provider(), one.getKey().model());
      DeploymentState state = one.getValue();
      Line line =
          new Line(
              labels.provider(),
              labels.model(),
              state.circuit(nowNanos).label(),
              state.running(),
              state.requestsLeft(),
              state.tokensLeft());
      lines.merge(labels, line, UpstreamGauges::together);
    }
    return List.copyOf(lines.values());
  }

  /** The one that is worse off says where the breaker stands. */
  private static Line together(Line one, Line other) {
    return new Line(
        one.provider(),
        one.model(),
        one.circuit().equals("closed") ? other.circuit() : one.circuit(),
        one.running() + other.running(),
        least(one.requestsLeft(), other.requestsLeft()),
        least(one.tokensLeft(), other.tokensLeft()));
  }

  private static double least(double one, double other) {
    return Double.isNaN(one) ? other : Double.isNaN(other) ? one : Math.min(one, other);
  }
}
