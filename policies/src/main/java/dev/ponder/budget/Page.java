package dev.ponder.budget;

import dev.ponder.budget.Reservation.Share;
import dev.ponder.price.Money;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one account holds in one window, in nano-dollars. Guarded by the lock of its {@link Books}.
 *
 * <p>Every change has two steps, so that a step over many pages is all or nothing: a check that
 * throws and changes nothing, and the change itself. {@code posted + pending} always fits a {@code
 * long}.
 */
final class Page {

  private final Account account;
  private final Period period;
  private long posted;
  private long pending;
  private long expected;

  /** Billed beyond what was set aside: upstreams that broke their cap. */
  private long overrun;

  /** The most that was posted and pending at an admission: what the limits allowed (I2). */
  private long ceiling;

  /** Running calls: those that hold nothing count too. */
  private long open;

  private @Nullable Instant exhaustedAt;
  private @Nullable Share share;

  Page(Account account, Period period) {
    this.account = account;
    this.period = period;
  }

  Account account() {
    return account;
  }

  Period period() {
    return period;
  }

  boolean hasOpen() {
    return open > 0;
  }

  long overrun() {
    return overrun;
  }

  /** What may still be set aside; negative when overdrawn. */
  long available() {
    return account.mostNanos() - (posted + pending);
  }

  /** Whether {@code least} would fit if running calls gave back all that they hold. */
  boolean mayClear(long least) {
    return posted <= account.mostNanos() - least;
  }

  /** Nothing more fits until the window ends. */
  void exhausted(Instant now) {
    if (exhaustedAt == null) {
      exhaustedAt = now;
    }
  }

  /** Checks invariants I1 and I2: what is admitted fits. */
  void checkHold(long amount) {
    if (amount < 0 || (amount > 0 && amount > available())) {
      throw broken("amount", amount, "0.." + available());
    }
  }

  void hold(long amount, long expectedNanos) {
    open++;
    pending += amount;
    expected += expectedNanos;
    ceiling = Math.max(ceiling, posted + pending);
  }

  /**
   * Checks invariants I1 and I5 as they will be when a call ends that holds {@code amount} and was
   * billed {@code billed}.
   *
   * @throws ArithmeticException if the balance would not fit a {@code long}
   */
  void checkEnd(long amount, long expectedNanos, long billed) {
    if (open < 1) {
      throw broken("open", open, "1 or more");
    }
    if (pending < amount) {
      throw broken("pending", pending, amount + " or more");
    }
    if (expected < expectedNanos) {
      throw broken("expected", expected, expectedNanos + " or more");
    }
    checkPosted(Math.addExact(posted, billed), pending - amount, Math.max(0, billed - amount));
  }

  void end(long amount, long expectedNanos, long billed) {
    open--;
    pending -= amount;
    expected -= expectedNanos;
    posted += billed;
    overrun += Math.max(0, billed - amount);
  }

  /**
   * Checks invariant I5 as it will be when a presumed bill is corrected.
   *
   * @throws ArithmeticException if the balance would not fit a {@code long}
   */
  void checkCorrect(long difference) {
    checkPosted(Math.addExact(posted, difference), pending, Math.max(0, difference));
  }

  void correct(long difference) {
    posted += difference;
    overrun += Math.max(0, difference);
  }

  /** Puts back what was posted by an earlier process. */
  void restore(long nanos) {
    if (open > 0 || posted != 0 || ceiling != 0) {
      throw broken("posted", posted, "nothing before it is restored");
    }
    posted = nanos;
  }

  Balance balance() {
    return new Balance(
        account.key(),
        account.budget(),
        account.hard(),
        period,
        Money.ofNanos(posted),
        Money.ofNanos(pending),
        Money.ofNanos(expected),
        Optional.ofNullable(exhaustedAt));
  }

  /** What a reservation of this page keeps of it; made anew only when the limit changes. */
  Share share() {
    Share last = share;
    Money limit = account.budget().limit();
    if (last == null || !last.limit().equals(limit)) {
      last = new Share(account.key(), period, limit);
      share = last;
    }
    return last;
  }

  private void checkPosted(long newPosted, long newPending, long more) {
    if (newPosted < 0) {
      throw broken("posted", newPosted, "0 or more");
    }
    long used = Math.addExact(newPosted, newPending);
    if (used - overrun - more > ceiling) {
      throw broken("posted and pending", used, "at most " + ceiling + " and overruns");
    }
  }

  private IllegalStateException broken(String name, long nanos, String expectation) {
    return new IllegalStateException(
        name
            + ": "
            + nanos
            + " of "
            + account.key()
            + " in "
            + period.id()
            + " (expected: "
            + expectation
            + ")");
  }
}
