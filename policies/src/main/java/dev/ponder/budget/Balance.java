package dev.ponder.budget;

import dev.ponder.price.Money;
import java.time.Instant;
import java.util.Optional;

/**
 * What an account holds in one window.
 *
 * @param key whose
 * @param budget how much may be spent
 * @param hard whether it refuses rather than be overdrawn
 * @param period the window
 * @param posted what was billed, or is presumed to have been
 * @param pending what running calls may still be billed at most
 * @param expected what running calls are expected to be billed
 * @param exhaustedAt when a call was first refused in this window that would not have fitted either
 *     if all running calls had given back what they hold; absent: none was
 */
public record Balance(
    AccountKey key,
    Budget budget,
    boolean hard,
    Period period,
    Money posted,
    Money pending,
    Money expected,
    Optional<Instant> exhaustedAt) {

  /** What may still be set aside: negative when overdrawn. */
  public Money available() {
    return budget.limit().minus(posted).minus(pending);
  }
}
