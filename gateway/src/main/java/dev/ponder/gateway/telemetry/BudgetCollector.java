package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The gauges of budgets: all from one reading of the balances, so that they fit together. */
final class BudgetCollector implements MultiCollector {

  private static final Map<String, String> HELP =
      Map.of(
          "ponder_budget_limit_usd", "What may be spent in the window.",
          "ponder_budget_spent_usd", "What was posted in the window, presumed spending included.",
          "ponder_budget_reserved_usd", "What running calls may still be billed at most.",
          "ponder_budget_window_start_timestamp_seconds", "When the window began.",
          "ponder_budget_window_end_timestamp_seconds", "When the next window begins.",
          "ponder_budget_shadow_price", "Probability of a gain that a dollar must buy now.",
          "ponder_budget_accounts", "How many budgets these are: one, or one for each key.",
          "ponder_budget_exhausted_accounts", "How many refused a call in this window.");

  private final Map<String, ToDoubleFunction<BudgetLine>> gauges;
  private final Supplier<List<BudgetLine>> lines;

  BudgetCollector(
      Map<String, ToDoubleFunction<BudgetLine>> gauges, Supplier<List<BudgetLine>> lines) {
    this.gauges = gauges;
    this.lines = lines;
  }

  @Override
  public MetricSnapshots collect() {
    List<BudgetLine> present = lines.get();
    MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
    gauges.forEach(
        (name, value) -> {
          GaugeSnapshot.Builder gauge =
              GaugeSnapshot.builder().name(name).help(HELP.getOrDefault(name, ""));
          for (BudgetLine line : present) {
            gauge.dataPoint(
                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(Labels.of(new String[] {"budget", "owner", "window"}, line.labels()))
                    .value(value.applyAsDouble(line))
                    .build());
          }
          snapshots.metricSnapshot(gauge.build());
        });
    return snapshots.build();
  }
}
