package dev.ponder.gateway.telemetry;

import dev.ponder.price.Money;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The gauges of budgets: all from one reading of the balances, so that they fit together. */
final class BudgetCollector implements MultiCollector {

  private static final List<OfLine> GAUGES =
      List.of(
          new OfLine(MoneyMetrics.LIMIT, line -> usd(line.limit())),
          new OfLine(MoneyMetrics.SPENT, line -> usd(line.posted())),
          new OfLine(MoneyMetrics.RESERVED, line -> usd(line.pending())),
          new OfLine(MoneyMetrics.WINDOW_START, line -> seconds(line.start())),
          new OfLine(MoneyMetrics.WINDOW_END, line -> seconds(line.end())),
          new OfLine(MoneyMetrics.SHADOW_PRICE, BudgetLine::shadowPrice),
          new OfLine(MoneyMetrics.ACCOUNTS, BudgetLine::accounts),
          new OfLine(MoneyMetrics.EXHAUSTED, BudgetLine::exhausted),
          new OfLine(MoneyMetrics.HIGHEST_USED, BudgetLine::highestUsed));

  private final Supplier<List<BudgetLine>> lines;

  /** A gauge and what it shows of a line. */
  private record OfLine(Metric metric, ToDoubleFunction<BudgetLine> value) {}

  BudgetCollector(Supplier<List<BudgetLine>> lines) {
    this.lines = lines;
  }

  @Override
  public MetricSnapshots collect() {
    List<BudgetLine> present = lines.get();
    MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
    for (OfLine gauge : GAUGES) {
      GaugeSnapshot.Builder snapshot = snapshot(gauge.metric());
      for (BudgetLine line : present) {
        add(snapshot, gauge.metric(), gauge.value().applyAsDouble(line), line.labels());
      }
      snapshots.metricSnapshot(snapshot.build());
    }
    snapshots.metricSnapshot(states(present));
    return snapshots.build();
  }

  /** As a gauge: what OpenMetrics calls a state set has the metric's name for its label. */
  private static MetricSnapshot states(List<BudgetLine> present) {
    GaugeSnapshot.Builder snapshot = snapshot(MoneyMetrics.STATE);
    for (BudgetLine line : present) {
      for (BudgetLine.State state : BudgetLine.State.values()) {
        int here = line.state() == state ? 1 : 0;
        add(snapshot, MoneyMetrics.STATE, here, line.labels(state));
      }
    }
    return snapshot.build();
  }

  private static GaugeSnapshot.Builder snapshot(Metric metric) {
    return GaugeSnapshot.builder().name(metric.name()).help(metric.help());
  }

  private static void add(
      GaugeSnapshot.Builder snapshot, Metric metric, double value, String... labels) {
    snapshot.dataPoint(
        GaugeSnapshot.GaugeDataPointSnapshot.builder()
            .labels(Labels.of(metric.labelNames(), labels))
            .value(value)
            .build());
  }

  private static double usd(Money money) {
    return money.nanos() / 1e9;
  }

  private static double seconds(Instant instant) {
    return (double) instant.getEpochSecond();
  }
}
