package dev.ponder.gateway.telemetry;

import dev.ponder.price.Money;
import java.time.Instant;

/**
 * What the gauges tell of a budget, or of the budgets of many keys together.
 *
 * @param budget the policy's name
 * @param owner the team; empty for a shared budget, {@code _sum} for those of keys
 * @param window {@code hour}, {@code day}, {@code week} or {@code month}
 * @param limit what may be spent
 * @param posted what was billed
 * @param pending what is set aside
 * @param start when the window began
 * @param end when it ends
 * @param shadowPrice probability of a gain per US dollar; of several the highest
 * @param accounts how many budgets these are
 * @param exhausted how many of them refused a call in this window
 */
public record BudgetLine(
    String budget,
    String owner,
    String window,
    Money limit,
    Money posted,
    Money pending,
    Instant start,
    Instant end,
    double shadowPrice,
    int accounts,
    int exhausted) {

  /** The same under another owner's name. */
  public BudgetLine ownedBy(String other) {
    return new BudgetLine(
        budget,
        other,
        window,
        limit,
        posted,
        pending,
        start,
        end,
        shadowPrice,
        accounts,
        exhausted);
  }

  /** Both together. */
  public BudgetLine plus(BudgetLine other) {
    return new BudgetLine(
        budget,
        owner,
        window,
        limit.plus(other.limit),
        posted.plus(other.posted),
        pending.plus(other.pending),
        start,
        end,
        Math.max(shadowPrice, other.shadowPrice),
        accounts + other.accounts,
        exhausted + other.exhausted);
  }

  String[] labels() {
    return new String[] {budget, owner, window};
  }
}
