package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The series of a scorer of the user's own; they exist at 0 from the start. */
public final class ScorerMeters {

  private final Map<String, CounterDataPoint> faults = new HashMap<>();
  private final CounterDataPoint hits;
  private final CounterDataPoint misses;

  ScorerMeters(Meters meters, String classifier, List<String> reasons) {
    for (String reason : reasons) {
      faults.put(reason, meters.scoring.errors().labelValues(classifier, reason));
    }
    hits = meters.scoring.cache().labelValues("classifier", "hit");
    misses = meters.scoring.cache().labelValues("classifier", "miss");
  }

  /** An answer was looked for among those that are remembered. */
  public void looked(boolean found) {
    (found ? hits : misses).inc();
  }

  /** It gave no score for one of the reasons, and the built-in classifier scored instead. */
  public void failed(String reason) {
    CounterDataPoint point = faults.get(reason);
    if (point == null) {
      throw new IllegalArgumentException(
          "reason: " + reason + " (expected: " + faults.keySet() + ")");
    }
    point.inc();
  }
}
