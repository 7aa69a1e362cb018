package dev.ponder.gateway.server;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Balance;
import dev.ponder.budget.Budget.Each;
import dev.ponder.gateway.telemetry.BudgetLine;
import dev.ponder.gateway.telemetry.Meters;
import dev.ponder.gateway.treasury.Treasury;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The balances as gauges, read when somebody scrapes. Budgets of teams have a series each; those of
 * keys are summed up, since keys may be many: the admin API tells of each.
 */
final class BudgetGauges {

  /** Teams beyond this many are summed up under {@code _other}. */
  private static final int OWNERS_MAX = 100;

  private BudgetGauges() {}

  static void register(PrometheusRegistry registry, Meters meters, Treasury treasury) {
    meters.budgetGauges(registry, () -> lines(treasury), () -> treasury.ledger().backlog());
  }

  private static List<BudgetLine> lines(Treasury treasury) {
    Instant now = treasury.now();
    List<BudgetLine> lines = new ArrayList<>();
    Map<AccountKey, BudgetLine> sums = new HashMap<>();
    int owners = 0;
    for (Balance balance : treasury.balances()) {
      double price = treasury.pacedAt(balance.key()).map(p -> p.shadowPrice(now)).orElse(0.0);
      BudgetLine line = line(balance, price);
      Each each = balance.key().each();
      if (each == Each.ALL || (each == Each.TEAM && owners++ < OWNERS_MAX)) {
        lines.add(line);
      } else {
        String owner = each == Each.KEY ? "_sum" : "_other";
        AccountKey key = new AccountKey(balance.key().policy(), each, owner);
        sums.merge(key, line.ownedBy(owner), BudgetLine::plus);
      }
    }
    lines.addAll(sums.values());
    return lines;
  }

  private static BudgetLine line(Balance balance, double shadowPrice) {
    return new BudgetLine(
        balance.key().policy(),
        balance.key().owner(),
        balance.budget().window().name().toLowerCase(Locale.ROOT),
        balance.budget().limit(),
        balance.posted(),
        balance.pending(),
        balance.period().start(),
        balance.period().end(),
        shadowPrice,
        1,
        balance.exhaustedAt().isPresent() ? 1 : 0);
  }
}
