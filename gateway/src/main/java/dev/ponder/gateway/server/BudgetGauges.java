package dev.ponder.gateway.server;

import dev.ponder.budget.Balance;
import dev.ponder.config.Configuration;
import dev.ponder.gateway.ledger.Ledger;
import dev.ponder.gateway.telemetry.BudgetLine;
import dev.ponder.gateway.telemetry.BudgetLine.State;
import dev.ponder.gateway.telemetry.Label;
import dev.ponder.gateway.telemetry.Meters;
import dev.ponder.gateway.telemetry.StoreMeters;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.policy.Policy;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The balances as gauges, read when somebody scrapes. Budgets of teams have a series each; those of
 * keys are summed up, since keys may be many: the admin API tells of each.
 */
final class BudgetGauges {

  /** Teams beyond this many are summed up under {@code _other}. */
  private static final int OWNERS_MAX = 100;

  private final Meters meters;
  private final Treasury treasury;
  private final AtomicInteger folded = new AtomicInteger();

  /** What tells lines apart. */
  private record Place(String budget, String owner, String window) {}

  private BudgetGauges(Meters meters, Treasury treasury) {
    this.meters = meters;
    this.treasury = treasury;
  }

  static void register(Meters meters, Treasury treasury) {
    BudgetGauges gauges = new BudgetGauges(meters, treasury);
    meters.budgetGauges(gauges::lines, () -> treasury.ledger().backlog());
  }

  /** Counts the commits of a ledger that has a store. */
  static void watch(Meters meters, Ledger ledger, Configuration.Ledger where, Clock clock) {
    if (where.path().isPresent()) {
      StoreMeters store = meters.store("sqlite", clock::millis, ledger::backlog);
      ledger.watch(store::committed);
    }
  }

  private List<BudgetLine> lines() {
    Instant now = treasury.now();
    Map<Place, BudgetLine> lines = new LinkedHashMap<>();
    int owners = 0;
    for (Balance balance : treasury.balances()) {
      double price = treasury.pacedAt(balance.key()).map(p -> p.shadowPrice(now)).orElse(0.0);
      BudgetLine line = line(balance, price, treasury.policy(balance.key().policy()));
      String owner =
          switch (balance.key().each()) {
            case ALL -> "";
            case KEY -> Label.SUM;
            case TEAM -> owners++ < OWNERS_MAX ? balance.key().owner() : Label.OTHER;
          };
      String budget = meters.budgets().label(balance.key().policy());
      lines.merge(
          new Place(budget, owner, line.window()), line.under(budget, owner), BudgetLine::plus);
    }
    int more = Math.max(0, owners - OWNERS_MAX);
    meters.budgets().ownersFolded(Math.max(0, more - folded.getAndSet(more)));
    return new ArrayList<>(lines.values());
  }

  private static BudgetLine line(Balance balance, double shadowPrice, Optional<Policy> policy) {
    double limit = (double) balance.budget().limit().nanos();
    double posted = (double) balance.posted().nanos();
    double used = posted + (double) balance.pending().nanos();
    int least = policy.stream().flatMap(p -> p.alertAt().stream()).min(Integer::compare).orElse(0);
    State state = State.OK;
    if (balance.exhaustedAt().isPresent()) {
      state = State.EXHAUSTED;
    } else if (shadowPrice > 0) {
      state = State.THROTTLED;
    } else if (least > 0 && posted >= limit * least / 100) {
      state = State.WARNING;
    }
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
        balance.exhaustedAt().isPresent() ? 1 : 0,
        limit == 0 ? 1 : used / limit,
        state);
  }
}
