package dev.ponder.budget;

import dev.ponder.price.Money;
import java.time.ZoneId;

/**
 * An amount of money that may be spent in each calendar window.
 *
 * @param limit the most that may be spent in one window, more than zero
 * @param window the calendar window
 * @param zone the time zone in which windows begin and end
 * @param each whether the limit is shared or each team or key has its own
 */
public record Budget(Money limit, Window window, ZoneId zone, Each each) {

  /** The calendar windows. */
  public enum Window {
    HOUR,
    DAY,
    WEEK,
    MONTH
  }

  /** Whose limit it is. */
  public enum Each {
    /** One limit that all share. */
    ALL,
    /** A limit for each team. */
    TEAM,
    /** A limit for each key. */
    KEY
  }

  public Budget {
    if (limit.nanos() <= 0) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: more than 0 USD)");
    }
  }
}
