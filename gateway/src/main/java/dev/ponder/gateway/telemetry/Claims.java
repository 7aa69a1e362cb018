package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.datapoints.DataPoint;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * The series that one configuration wants, of the metrics whose labels have configured names. Once
 * it serves, {@link #sweep} lets go of all that it did not claim: a model that is gone must not be
 * exported for ever.
 */
final class Claims {

  private final IdentityHashMap<StatefulMetric<?, ?>, Set<List<String>>> claimed =
      new IdentityHashMap<>();
  private final IdentityHashMap<MoneyCounter, Set<List<String>>> claimedMoney =
      new IdentityHashMap<>();

  private final IdentityHashMap<StatefulMetric<?, ?>, Set<Part>> parts = new IdentityHashMap<>();

  /** Values of some labels of a series, which follow each other. */
  private record Part(int from, List<String> values) {}

  Claims(List<StatefulMetric<?, ?>> metrics, List<MoneyCounter> money) {
    metrics.forEach(metric -> claimed.put(metric, new HashSet<>()));
    money.forEach(counter -> claimedMoney.put(counter, new HashSet<>()));
  }

  /** A series, which exists at 0 from now on. */
  <D extends DataPoint> D series(StatefulMetric<D, ?> metric, String... values) {
    Set<List<String>> wanted = claimed.get(metric);
    if (wanted == null) {
      throw new IllegalArgumentException(
          Arrays.toString(values) + ": of a metric without configured labels");
    }
    wanted.add(List.of(values));
    return metric.labelValues(values);
  }

  /** A series of money, which exists at 0 from now on. */
  LongAdder series(MoneyCounter counter, String... values) {
    Set<List<String>> wanted = claimedMoney.get(counter);
    if (wanted == null) {
      throw new IllegalArgumentException(
          Arrays.toString(values) + ": of a metric without configured labels");
    }
    wanted.add(List.of(values));
    return counter.labelValues(values);
  }

  /** Claims all series with these labels, in these places, whether they exist yet or not. */
  void all(StatefulMetric<?, ?> metric, int from, String... values) {
    parts.computeIfAbsent(metric, first -> new HashSet<>()).add(new Part(from, List.of(values)));
  }

  private boolean claimsPart(StatefulMetric<?, ?> metric, List<String> values) {
    for (Part part : parts.getOrDefault(metric, Set.of())) {
      if (values.subList(part.from(), part.from() + part.values().size()).equals(part.values())) {
        return true;
      }
    }
    return false;
  }

  /** Lets go of the series that nobody claimed here. */
  void sweep() {
    claimed.forEach(
        (metric, wanted) ->
            metric.removeIf(values -> !wanted.contains(values) && !claimsPart(metric, values)));
    claimedMoney.forEach((money, wanted) -> money.removeIf(values -> !wanted.contains(values)));
  }
}
