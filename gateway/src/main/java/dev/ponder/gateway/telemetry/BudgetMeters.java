package dev.ponder.gateway.telemetry;

import dev.ponder.budget.Entry;
import dev.ponder.price.Money;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What is recorded of budgets, caps and settlements. Outlives configurations, as money does. */
public final class BudgetMeters {

  private final Meters meters;
  private final Map<Entry.Source, CounterDataPoint> settlements = new EnumMap<>(Entry.Source.class);
  private final LongAdder under;
  private final LongAdder over;
  private volatile BudgetSeries series;

  /** What a budget did to a request: the label {@code action}. */
  public enum Action {
    /** Its money was set aside. */
    ALLOW,
    /** It was overdrawn: a soft budget. */
    WARN,
    /** The output was limited to what it covers. */
    CAP,
    /** The request waited for money that running calls held. */
    WAIT,
    /** The request went to less effort or a cheaper model. */
    DOWNGRADE,
    /** The request was refused. */
    DENY;

    private final String label = name().toLowerCase(Locale.ROOT);

    String label() {
      return label;
    }
  }

  /** Without any budget as yet. */
  BudgetMeters(Meters meters, BudgetSeries none) {
    this.meters = meters;
    this.series = none;
    for (Entry.Source source : Entry.Source.values()) {
      String label = source.name().toLowerCase(Locale.ROOT);
      settlements.put(source, meters.money.settlements().labelValues(label));
    }
    under = meters.money.reconciliation().labelValues("under");
    over = meters.money.reconciliation().labelValues("over");
  }

  /** Takes the series of the configuration that serves from now on. */
  void serve(BudgetSeries next) {
    series = next;
  }

  /** The name that a budget has in labels: its own, unless there are too many. */
  public String label(String budget) {
    return series.budgetLabel(budget);
  }

  /** So many more owners of budgets than before have no series of their own. */
  public void ownersFolded(int more) {
    for (int i = 0; i < more; i++) {
      meters.overflown("owner");
    }
  }

  /**
   * A request got its money, or is not to get it: asking took so many nanoseconds, after a wait of
   * so many.
   */
  public void asked(long nanos, long waitedNanos) {
    meters.took(Phase.BUDGET, nanos);
    if (waitedNanos > 0) {
      meters.took(Phase.QUEUE, waitedNanos);
    }
  }

  /** A request went to a cheaper tier: its caller has had its share of reasoning models. */
  public void shareHeld(String policy) {
    series.shareHeld(policy);
  }

  /** A budget acted on a request. */
  public void acted(String budget, Action action) {
    series.acted(budget, action);
  }

  /** Money was posted to a budget with windows of this kind, for a model of this kind. */
  public void spent(String budget, String window, String tier, Money amount) {
    if (amount.nanos() > 0) {
      series.spent(budget, window, tier, amount.nanos());
    }
  }

  /**
   * A call ended; {@code reserved} and {@code amount} are what was set aside and what was billed.
   */
  public void settled(Entry.Source source, Money reserved, Money amount) {
    CounterDataPoint point = settlements.get(source);
    if (point != null) { // every constant has one
      point.inc();
    }
    long left = reserved.nanos() - amount.nanos();
    (left > 0 ? under : over).add(Math.abs(left));
  }

  /** A model wrote more than its cap allowed. */
  public void capBroken(String model) {
    meters.upstreams.violations().labelValues(series.model(model)).inc();
  }

  /** A call went out with a limit that its caller did not set. */
  public void capped(String model) {
    meters.upstreams.capped().labelValues(series.model(model)).inc();
  }

  /** An answer was cut off by a limit that its caller did not set. */
  public void truncated(String model) {
    meters.upstreams.truncated().labelValues(series.model(model)).inc();
  }

  /** A budget passed one of its alert shares, in percent. */
  public void alerted(String budget, int percent) {
    series.alerted(budget, percent);
  }

  /** What a pacer had learnt could not be read back. */
  public void pacerForgotten() {
    meters.money.pacersReset().inc();
  }
}
