package dev.ponder.gateway.telemetry;

import dev.ponder.price.Money;
import java.time.Instant;
import java.util.Locale;

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
 * @param highestUsed of these budgets, the highest part of its limit that is spent or reserved
 * @param state the worst of their states
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
    int exhausted,
    double highestUsed,
    State state) {

  /** How a budget is, the best first: the label {@code state}. */
  public enum State {
    OK,
    /** The first of its alert shares is spent. */
    WARNING,
    /** A dearer model has to earn its money. */
    THROTTLED,
    /** It refused a call in this window. */
    EXHAUSTED;

    private final String label = name().toLowerCase(Locale.ROOT);

    String label() {
      return label;
    }
  }

  /** The same under other names. */
  public BudgetLine under(String otherBudget, String otherOwner) {
    return new BudgetLine(
        otherBudget,
        otherOwner,
        window,
        limit,
        posted,
        pending,
        start,
        end,
        shadowPrice,
        accounts,
        exhausted,
        highestUsed,
        state);
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
        exhausted + other.exhausted,
        Math.max(highestUsed, other.highestUsed),
        state.compareTo(other.state) >= 0 ? state : other.state);
  }

  String[] labels() {
    return new String[] {budget, owner, window};
  }

  String[] labels(State which) {
    return new String[] {budget, owner, window, which.label()};
  }
}
