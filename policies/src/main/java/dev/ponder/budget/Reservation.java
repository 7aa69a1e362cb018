package dev.ponder.budget;

import dev.ponder.price.Money;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Money set aside for one call of one upstream, in every account that the call is charged to, in
 * the windows of its admission.
 */
public final class Reservation {

  /** Where it is in its life. */
  public enum State {
    /** Set aside; nothing was sent. */
    OPEN,
    /** The call was sent: from now on it may be billed. */
    DISPATCHED,
    POSTED,
    VOIDED,
    PRESUMED
  }

  private final long id;
  private final Money amount;
  private final long expectedNanos;
  private final Page[] pages;
  private final Share[] shares;
  private volatile State state = State.OPEN;
  private @Nullable Entry entry;

  /** The arrays are its own from now on. */
  Reservation(long id, Money amount, long expectedNanos, Page[] pages, Share[] shares) {
    this.id = id;
    this.amount = amount;
    this.expectedNanos = expectedNanos;
    this.pages = pages;
    this.shares = shares;
  }

  /** Unique for ever: never used twice, not even after a restart. */
  public long id() {
    return id;
  }

  /** What is set aside in each account. */
  public Money amount() {
    return amount;
  }

  public State state() {
    return state;
  }

  /** Where it is set aside: the accounts with their windows; empty for an unbudgeted call. */
  public List<Share> shares() {
    return List.of(shares);
  }

  /** An account in the window of the reservation's admission, with its limit at that time. */
  public record Share(AccountKey account, Period period, Money limit) {}

  long expectedNanos() {
    return expectedNanos;
  }

  Page[] pages() {
    return pages;
  }

  /** Its end, or the last correction of it; null while it runs. */
  @Nullable Entry entry() {
    return entry;
  }

  void dispatched() {
    state = State.DISPATCHED;
  }

  void ended(Entry end) {
    entry = end;
    state =
        switch (end.state()) {
          case POSTED -> State.POSTED;
          case VOIDED -> State.VOIDED;
          case PRESUMED -> State.PRESUMED;
        };
  }
}
