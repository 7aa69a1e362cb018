package dev.ponder.gateway.server;

import dev.ponder.classify.ScoreDistribution;
import dev.ponder.gateway.proxy.House;
import dev.ponder.gateway.telemetry.ScoreGauges;
import dev.ponder.gateway.telemetry.ScoreGauges.DriftLine;
import dev.ponder.gateway.telemetry.ScoreGauges.TierLine;
import dev.ponder.policy.ShareTracker;
import dev.ponder.policy.Thresholds;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Thresholds, shares and drift of the routes as gauges. */
final class RoutingGauges {

  private RoutingGauges() {}

  /** Registers them; {@code house} gives the one that serves now. */
  static void register(PrometheusRegistry registry, Supplier<House> house) {
    ScoreGauges.register(registry, () -> tiers(house.get()), () -> drift(house.get()));
  }

  private static List<TierLine> tiers(House house) {
    List<TierLine> lines = new ArrayList<>();
    for (Map.Entry<String, ShareTracker> route : house.trackers().all().entrySet()) {
      Thresholds thresholds = route.getValue().thresholds();
      for (int i = 1; i < thresholds.tiers(); i++) {
        double share = route.getValue().recentShare(i);
        lines.add(new TierLine(route.getKey(), i, thresholds.least(i), share));
      }
    }
    return lines;
  }

  /** Nobody knows how the scores of somebody else's classifier are spread. */
  private static List<DriftLine> drift(House house) {
    if (house.ownScores().isPresent()) {
      return List.of();
    }
    return house.trackers().all().entrySet().stream()
        .map(r -> new DriftLine(r.getKey(), r.getValue().distance(ScoreDistribution.SHIPPED)))
        .toList();
  }
}
