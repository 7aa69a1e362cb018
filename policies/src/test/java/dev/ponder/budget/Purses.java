package dev.ponder.budget;

import dev.ponder.budget.Budget.Each;
import dev.ponder.budget.Budget.Window;
import dev.ponder.price.Money;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Amounts, budgets and keys that tests write in one word. */
final class Purses {

  static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  /** A Monday. */
  static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private Purses() {}

  static Money nanos(long nanos) {
    return Money.ofNanos(nanos);
  }

  static Budget daily(long nanos) {
    return budget(nanos, Window.DAY, ZoneOffset.UTC);
  }

  static Budget budget(long nanos, Window window, ZoneId zone) {
    return new Budget(nanos(nanos), window, zone, Each.KEY);
  }

  static AccountKey key(String owner) {
    return new AccountKey("fair", Each.KEY, owner);
  }
}
