package dev.ponder.gateway.treasury;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Balance;
import dev.ponder.gateway.telemetry.BudgetMeters;
import dev.ponder.policy.Policy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when a budget passes one of its {@code alert_at} shares: one line in the log and one count,
 * once for each share and window.
 */
final class Alerts {

  private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

  private final BudgetMeters meters;
  private final Map<AccountKey, Told> told = new ConcurrentHashMap<>();

  /** What was told last of an account: the highest share, in percent, of a window. */
  private record Told(String period, int percent) {

    boolean covers(Told other) {
      return period.equals(other.period) && percent >= other.percent;
    }
  }

  Alerts(BudgetMeters meters) {
    this.meters = meters;
  }

  /** Money was posted; {@code balance} is what the account holds now. */
  void posted(Policy policy, Balance balance) {
    int passed = 0;
    for (int percent : policy.alertAt()) {
      if (percent > passed && reached(balance, percent)) {
        passed = percent;
      }
    }
    if (passed == 0) {
      return;
    }
    Told now = new Told(balance.period().id(), passed);
    Told[] before = new Told[1];
    told.compute(
        balance.key(),
        (key, last) -> {
          before[0] = last;
          return last != null && last.covers(now) ? last : now;
        });
    if (before[0] != null && before[0].covers(now)) {
      return;
    }
    meters.alerted(policy.name(), passed);
    LOG.warn(
        "event=budget_alert budget={} owner={} window={} passed={}% posted_usd={} limit_usd={}",
        policy.name(),
        balance.key().owner(),
        balance.period().id(),
        passed,
        balance.posted().toUsd(),
        balance.budget().limit().toUsd());
  }

  /** By division: a limit times a hundred may not fit in a long. */
  private static boolean reached(Balance balance, int percent) {
    long limit = balance.budget().limit().nanos();
    long share = limit / 100 * percent + limit % 100 * percent / 100;
    return balance.posted().nanos() >= share;
  }
}
