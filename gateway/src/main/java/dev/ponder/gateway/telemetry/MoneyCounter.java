package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * A counter of money: adds whole nano-dollars and shows dollars. Sums of fractions would drift by
 * what floating point rounds off at each addition; here only the division at a scrape rounds, which
 * leaves every nano-dollar to be read while a series is below four million dollars.
 */
final class MoneyCounter implements Collector {

  private static final double NANOS = 1e9;

  private final Metric metric;
  private final String family;
  private final Map<List<String>, LongAdder> series = new ConcurrentHashMap<>();

  MoneyCounter(Metric metric) {
    this.metric = metric;
    this.family = metric.name().substring(0, metric.name().length() - "_total".length());
  }

  /** The nano-dollars of one series, which exists at 0 from now on. */
  LongAdder labelValues(String... values) {
    if (values.length != metric.labels().size()) {
      throw new IllegalArgumentException(
          metric.name() + ": " + values.length + " values (expected: " + metric.labels() + ")");
    }
    return series.computeIfAbsent(List.of(values), first -> new LongAdder());
  }

  /** Lets go of series by their label values. */
  void removeIf(Predicate<List<String>> gone) {
    series.keySet().removeIf(gone);
  }

  @Override
  public MetricFamilyDescriptor getMetricFamilyDescriptor() {
    return MetricFamilyDescriptor.counter(family)
        .help(metric.help())
        .labelNames(metric.labelNames())
        .build();
  }

  @Override
  public CounterSnapshot collect() {
    String[] names = metric.labelNames();
    CounterSnapshot.Builder snapshot = CounterSnapshot.builder().name(family).help(metric.help());
    series.forEach(
        (values, nanos) ->
            snapshot.dataPoint(
                CounterDataPointSnapshot.builder()
                    .labels(Labels.of(names, values.toArray(String[]::new)))
                    .value(nanos.sum() / NANOS)
                    .build()));
    return snapshot.build();
  }
}
