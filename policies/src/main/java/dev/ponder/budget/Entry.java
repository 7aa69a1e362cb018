package dev.ponder.budget;

import dev.ponder.price.Money;
import dev.ponder.price.Usage;

/**
 * The end of a reservation, as the ledger keeps it: exactly one for each, and corrections after it.
 *
 * @param reservation the reservation's id
 * @param sequence 0 for the end, 1 and up for corrections
 * @param state how it ended
 * @param source where the amount is from
 * @param amount what is posted to every account of the reservation; of a correction, the difference
 * @param usage the tokens; {@link Usage#NONE} if not known
 */
public record Entry(
    long reservation, int sequence, State state, Source source, Money amount, Usage usage) {

  /** How a reservation ended. */
  public enum State {
    /** Billed. */
    POSTED,
    /** Not billed: released. */
    VOIDED,
    /** Not known; taken for spent until a bill says otherwise. */
    PRESUMED
  }

  /** Where an amount is from. */
  public enum Source {
    /** The upstream reported its usage. */
    REPORTED,
    /** Counted from what went through. */
    COUNTED,
    /** Expected before the call. */
    ESTIMATED,
    /** All that was set aside. */
    PRESUMED,
    /** Nothing was billed. */
    NONE
  }
}
