package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The series of one operation, looked up once so that counting costs no label lookup. */
public final class OperationMeters {

  private final Map<String, Tier> tiers = new HashMap<>();

  private record Tier(
      Map<Outcome, CounterDataPoint> outcomes,
      DistributionDataPoint plain,
      DistributionDataPoint streamed,
      GaugeDataPoint inFlight) {}

  OperationMeters(Meters meters, String operation) {
    if (!Label.OPERATION.values().contains(operation)) {
      throw new IllegalArgumentException(
          "operation: " + operation + " (expected: " + Label.OPERATION.values() + ")");
    }
    for (String tier : Label.TIER.values()) {
      Map<Outcome, CounterDataPoint> outcomes = new EnumMap<>(Outcome.class);
      for (Outcome outcome : Outcome.values()) {
        outcomes.put(
            outcome, meters.requests.total().labelValues(operation, tier, outcome.label()));
      }
      tiers.put(
          tier,
          new Tier(
              outcomes,
              meters.requests.duration().labelValues(operation, tier, "false"),
              meters.requests.duration().labelValues(operation, tier, "true"),
              meters.requests.inFlight().labelValues(tier)));
    }
  }

  /** A model was decided on. */
  public void began(String tier) {
    tier(tier).inFlight.inc();
  }

  /** A model of another tier was decided on. */
  public void moved(String from, String to) {
    tier(from).inFlight.dec();
    tier(to).inFlight.inc();
  }

  /** The last byte is out, or nobody waits for it any more. */
  public void ended(String tier, Outcome outcome, boolean streamed, long nanos, boolean began) {
    Tier meters = tier(tier);
    if (began) {
      meters.inFlight.dec();
    }
    CounterDataPoint counter = meters.outcomes.get(outcome);
    if (counter != null) {
      counter.inc();
    }
    (streamed ? meters.streamed : meters.plain).observe(nanos / 1e9);
  }

  private Tier tier(String name) {
    Tier tier = tiers.get(name);
    if (tier == null) {
      throw new IllegalArgumentException(
          "tier: " + name + " (expected: " + Label.TIER.values() + ")");
    }
    return tier;
  }
}
