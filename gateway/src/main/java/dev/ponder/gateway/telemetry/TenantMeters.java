package dev.ponder.gateway.telemetry;

import dev.ponder.price.Money;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The series of one team, looked up once so that counting costs no label lookup. */
final class TenantMeters {

  private final Map<String, Map<Outcome, CounterDataPoint>> outcomes = new HashMap<>();
  private final Map<String, LongAdder> cost = new HashMap<>();

  TenantMeters(Meters meters, Claims claims, String tenant) {
    for (String tier : Label.TIER.values()) {
      Map<Outcome, CounterDataPoint> points = new EnumMap<>(Outcome.class);
      for (Outcome outcome : Outcome.values()) {
        points.put(
            outcome, claims.series(meters.requests.ofTenants(), tenant, tier, outcome.label()));
      }
      outcomes.put(tier, points);
    }
    for (String tier : Label.KIND_OF_MODEL.values()) {
      cost.put(tier, claims.series(meters.upstreams.costOfTenants(), tenant, tier));
    }
  }

  void ended(String tier, Outcome outcome) {
    CounterDataPoint point = outcomes.getOrDefault(tier, Map.of()).get(outcome);
    if (point != null) { // every constant has one
      point.inc();
    }
  }

  void spent(String tier, Money amount) {
    LongAdder nanos = cost.get(tier);
    if (nanos != null) {
      nanos.add(amount.nanos());
    }
  }
}
