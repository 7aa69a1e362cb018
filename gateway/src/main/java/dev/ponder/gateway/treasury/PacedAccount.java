package dev.ponder.gateway.treasury;

import dev.ponder.budget.Account;
import dev.ponder.budget.Balance;
import dev.ponder.budget.Books;
import dev.ponder.pacing.Pacer;
import java.time.Instant;

/** An account whose money is spread over its window. */
public final class PacedAccount {

  private final Books books;
  private final Account account;
  private final Pacer pacer;

  PacedAccount(Books books, Account account, Pacer pacer) {
    this.books = books;
    this.account = account;
    this.pacer = pacer;
  }

  public Account account() {
    return account;
  }

  public Pacer pacer() {
    return pacer;
  }

  /** What a dollar must buy just now, in probability of a gain per US dollar. */
  public double shadowPrice(Instant now) {
    Balance balance = books.balance(account, now);
    return pacer.shadowPrice(
        now,
        balance.period(),
        balance.budget().limit().minus(balance.posted()).minus(balance.expected()));
  }
}
