package dev.ponder.gateway.telemetry;

import static dev.ponder.gateway.telemetry.Metric.counter;
import static dev.ponder.gateway.telemetry.Metric.gauge;
import static dev.ponder.gateway.telemetry.Metric.histogram;
import static dev.ponder.gateway.telemetry.Metric.money;
import static dev.ponder.gateway.telemetry.Metric.states;

import java.util.List;

/** The catalogue's part about budgets, settlements and the ledger. */
final class MoneyMetrics {

  private static final double[] SECONDS_COMMIT = {
    .000_25, .000_5, .001, .002_5, .005, .01, .025, .05, .1, .25, .5, 1, 2.5
  };

  static final Metric LIMIT =
      ofBudget("ponder_budget_limit_usd", "What may be spent in the window.");
  static final Metric SPENT =
      ofBudget(
          "ponder_budget_spent_usd", "What was posted in the window, presumed spending included.");
  static final Metric RESERVED =
      ofBudget("ponder_budget_reserved_usd", "What running calls may still be billed at most.");
  static final Metric WINDOW_START =
      ofBudget("ponder_budget_window_start_timestamp_seconds", "When the window began.");
  static final Metric WINDOW_END =
      ofBudget("ponder_budget_window_end_timestamp_seconds", "When the next window begins.");
  static final Metric SHADOW_PRICE =
      ofBudget(
          "ponder_budget_shadow_price",
          "Probability of a gain that a dollar must buy now; 0: money is no object.");
  static final Metric ACCOUNTS =
      ofBudget("ponder_budget_accounts", "How many budgets these are: one, or one for each key.");
  static final Metric EXHAUSTED =
      ofBudget(
          "ponder_budget_exhausted_accounts", "How many of them refused a call in this window.");
  static final Metric HIGHEST_USED =
      ofBudget(
          "ponder_budget_highest_used_ratio",
          "Of these budgets, the highest part of its limit that is spent or reserved.");
  static final Metric STATE =
      states(
          "ponder_budget_state",
          "1 for the state of these budgets, of several the worst: `warning` is past the first of"
              + " `alert_at`, `throttled` makes dear models earn their money, `exhausted` has"
              + " refused a call in this window.",
          Label.BUDGET,
          Label.OWNER,
          Label.WINDOW,
          Label.STATE);
  static final Metric ACTIONS =
      counter(
          "ponder_budget_actions_total",
          "What budgets, and limits on the cost of one request, did to requests.",
          Label.BUDGET,
          Label.ACTION);
  static final Metric SPEND =
      money(
          "ponder_budget_spend_usd_total",
          "Money posted by this process; unlike the gauge it does not fall at a window's end.",
          Label.BUDGET,
          Label.WINDOW,
          Label.KIND_OF_MODEL);
  static final Metric RECONCILIATION =
      money(
          "ponder_budget_reconciliation_usd_total",
          "What bills were below (`under`) and above (`over`) what was set aside.",
          Label.DIRECTION);
  static final Metric ALERTS =
      counter(
          "ponder_budget_alerts_total",
          "Alert shares passed, once for each window.",
          Label.BUDGET,
          Label.PERCENT);
  static final Metric SETTLEMENTS =
      counter(
          "ponder_settlements_total",
          "Calls settled, by where the amount was from.",
          Label.SETTLED_BY);
  static final Metric PACERS_RESET =
      counter("ponder_pacer_resets_total", "Pacers whose state could not be read back.");
  static final Metric STORE_DURATION =
      histogram(
          "ponder_budget_store_duration_seconds",
          SECONDS_COMMIT,
          "Time of one commit of the ledger, which is of many entries.",
          Label.STORE,
          Label.STORE_OPERATION);
  static final Metric STORE_OPERATIONS =
      counter(
          "ponder_budget_store_operations_total",
          "Commits of the ledger, failed ones counted at each attempt.",
          Label.STORE,
          Label.STORE_OPERATION,
          Label.COMMIT_OUTCOME);
  static final Metric STORE_SYNC =
      gauge(
          "ponder_budget_store_last_sync_timestamp_seconds",
          "When all that had happened was last durable; absent while books are in memory only.",
          Label.STORE);
  static final Metric BACKLOG = gauge("ponder_ledger_backlog", "Entries that are not durable yet.");

  private MoneyMetrics() {}

  private static Metric ofBudget(String name, String help) {
    return gauge(name, help, Label.BUDGET, Label.OWNER, Label.WINDOW);
  }

  static List<Metric> all() {
    return List.of(
        LIMIT,
        SPENT,
        RESERVED,
        WINDOW_START,
        WINDOW_END,
        SHADOW_PRICE,
        ACCOUNTS,
        EXHAUSTED,
        HIGHEST_USED,
        STATE,
        ACTIONS,
        SPEND,
        RECONCILIATION,
        ALERTS,
        SETTLEMENTS,
        PACERS_RESET,
        STORE_DURATION,
        STORE_OPERATIONS,
        STORE_SYNC,
        BACKLOG);
  }
}
