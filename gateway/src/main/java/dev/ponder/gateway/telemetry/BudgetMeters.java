package dev.ponder.gateway.telemetry;

import dev.ponder.budget.Entry;
import dev.ponder.price.Money;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The series of budgets, caps and settlements. */
public final class BudgetMeters {

  private final Meters.Budgets budgets;
  private final Map<String, Series> seriesOf = new ConcurrentHashMap<>();
  private final Map<Entry.Source, CounterDataPoint> settlements = new EnumMap<>(Entry.Source.class);
  private final CounterDataPoint under;
  private final CounterDataPoint over;

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
  }

  /** The series of one budget, looked up once; they exist at 0 from then on. */
  private record Series(
      Map<Action, CounterDataPoint> actions, Map<String, CounterDataPoint> spend) {}

  /** Those that an enum names exist at 0 from now on. */
  BudgetMeters(Meters.Budgets budgets) {
    this.budgets = budgets;
    for (Entry.Source source : Entry.Source.values()) {
      String label = source.name().toLowerCase(Locale.ROOT);
      settlements.put(source, budgets.settlements().labelValues(label));
    }
    under = budgets.reconciliation().labelValues("under");
    over = budgets.reconciliation().labelValues("over");
  }

  private Series of(String budget) {
    Series known = seriesOf.get(budget);
    return known != null ? known : seriesOf.computeIfAbsent(budget, this::series);
  }

  private Series series(String budget) {
    Map<Action, CounterDataPoint> actions = new EnumMap<>(Action.class);
    for (Action action : Action.values()) {
      actions.put(action, budgets.actions().labelValues(budget, action.label));
    }
    Map<String, CounterDataPoint> spend = new HashMap<>();
    for (String tier : List.of("llm", "lrm")) {
      spend.put(tier, budgets.spend().labelValues(budget, tier));
    }
    return new Series(actions, Map.copyOf(spend));
  }

  /** Lets the series of a budget exist. */
  public void know(String budget) {
    of(budget);
  }

  /** Lets the series of a limit on the share of reasoning models exist. */
  public void knowShare(String policy) {
    budgets.held().labelValues(policy);
  }

  /** A request went to a cheaper tier: its caller has had its share of reasoning models. */
  public void shareHeld(String policy) {
    budgets.held().labelValues(policy).inc();
  }

  /** A budget acted on a request. */
  public void acted(String budget, Action action) {
    count(of(budget).actions().get(action), 1);
  }

  /** Money was posted to a budget. */
  public void spent(String budget, String tier, Money amount) {
    if (amount.nanos() > 0) {
      count(of(budget).spend().get(tier), amount.nanos() / 1e9);
    }
  }

  private static void count(@Nullable CounterDataPoint point, double amount) {
    if (point != null) { // every constant has one
      point.inc(amount);
    }
  }

  /**
   * A call ended; {@code reserved} and {@code amount} are what was set aside and what was billed.
   */
  public void settled(Entry.Source source, Money reserved, Money amount) {
    count(settlements.get(source), 1);
    long left = reserved.nanos() - amount.nanos();
    if (left != 0) {
      (left > 0 ? under : over).inc(Math.abs(left) / 1e9);
    }
  }

  /** A model wrote more than its cap allowed. */
  public void capBroken(String model) {
    budgets.violations().labelValues(model).inc();
  }

  /** A call went out with a limit that its caller did not set. */
  public void capped(String model) {
    budgets.capped().labelValues(model).inc();
  }

  /** An answer was cut off by a limit that its caller did not set. */
  public void truncated(String model) {
    budgets.truncated().labelValues(model).inc();
  }

  /** A budget passed one of its alert shares, in percent. */
  public void alerted(String budget, int percent) {
    budgets.alerts().labelValues(budget, Integer.toString(percent)).inc();
  }

  /** What a pacer had learnt could not be read back. */
  public void pacerForgotten() {
    budgets.forgotten().inc();
  }
}
