package dev.ponder.budget;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The purse of one policy and owner: its budget and its balances, window by window. Only {@link
 * Books} reads and changes what is in it.
 *
 * <p>No job resets it: each access looks up the page of its own time. The window does not go back
 * while calls run that were admitted in a later one; else a clock that goes back finds the earlier
 * page again, with its balance. Pages that were forgotten are never opened anew: time before them
 * counts as the end of the last one.
 */
public final class Account {

  /** Past windows without running calls that are kept for a clock that goes back. */
  static final int PAST_PAGES_MAX = 8;

  private final Books books;
  private final AccountKey key;
  private final List<Page> pages = new ArrayList<>(2);
  private Budget budget;
  private boolean hard;
  private @Nullable Page current;
  private Instant forgottenUntil = Instant.MIN;

  Account(Books books, AccountKey key, Budget budget, boolean hard) {
    this.books = books;
    this.key = key;
    this.budget = budget;
    this.hard = hard;
  }

  public AccountKey key() {
    return key;
  }

  /** How much may be spent at present. */
  public Budget budget() {
    synchronized (books) {
      return budget;
    }
  }

  /** Whether it refuses at present rather than be overdrawn. */
  public boolean hard() {
    synchronized (books) {
      return hard;
    }
  }

  boolean isOf(Books other) {
    return books == other;
  }

  /** Takes over other terms; running calls keep the windows they were admitted in. */
  void change(Budget newBudget, boolean newHard) {
    hard = newHard;
    if (budget.equals(newBudget)) {
      return;
    }
    if (budget.window() != newBudget.window() || !budget.zone().equals(newBudget.zone())) {
      current = null;
    }
    budget = newBudget;
  }

  /** The most that may be posted and pending, in nano-dollars. */
  long mostNanos() {
    return hard ? budget.limit().nanos() : Long.MAX_VALUE;
  }

  /** {@link #hard()} for those who hold the lock. */
  boolean refuses() {
    return hard;
  }

  /** The page of now. */
  Page page(Instant now) {
    Page page = current;
    return page != null && page.period().contains(now) ? page : turn(now);
  }

  /** The page of a window, opened if it is not kept. */
  Page page(Period period) {
    for (Page page : pages) {
      if (page.period().equals(period)) {
        return page;
      }
    }
    Page page = new Page(this, period);
    pages.add(page);
    return page;
  }

  /** How many windows it keeps. */
  int pageCount() {
    return pages.size();
  }

  private Page turn(Instant now) {
    Page last = current;
    if (last != null && last.hasOpen() && now.isBefore(last.period().start())) {
      return last;
    }
    Page page = page(budget.periodAt(now.isBefore(forgottenUntil) ? forgottenUntil : now));
    current = page;
    forget(page.period().start());
    return page;
  }

  /** Keeps the number of past pages within its bound; those with running calls stay. */
  private void forget(Instant start) {
    while (pages.size() > PAST_PAGES_MAX) {
      int past = 0;
      @Nullable Page oldest = null;
      for (Page page : pages) {
        if (page.hasOpen() || page.period().end().isAfter(start)) {
          continue;
        }
        past++;
        if (oldest == null || page.period().end().isBefore(oldest.period().end())) {
          oldest = page;
        }
      }
      if (oldest == null || past <= PAST_PAGES_MAX) {
        return;
      }
      pages.remove(oldest);
      if (forgottenUntil.isBefore(oldest.period().end())) {
        forgottenUntil = oldest.period().end();
      }
    }
  }
}
