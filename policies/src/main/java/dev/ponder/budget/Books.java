package dev.ponder.budget;

import dev.ponder.budget.Reservation.Share;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The books: what was billed and what is set aside, of every budget, in memory.
 *
 * <p>Safe for many threads; every method is a few steps under one lock, without I/O. Time is a
 * parameter. Whatever breaks an invariant throws {@link IllegalStateException} and changes nothing.
 */
public final class Books {

  private static final Money UNLIMITED = Money.ofNanos(Long.MAX_VALUE);

  private final Map<AccountKey, Account> accounts = new LinkedHashMap<>();
  private final Map<AccountKey, List<Restored>> restored = new HashMap<>();
  private long nextId;

  /** What an account had in a window, until the account is opened. */
  private record Restored(Period period, long posted) {}

  /**
   * Empty books.
   *
   * @param firstId the id of the first reservation, larger than any that was ever used
   */
  public Books(long firstId) {
    if (firstId < 0) {
      throw new IllegalArgumentException("firstId: " + firstId + " (expected: 0 or more)");
    }
    nextId = firstId;
  }

  /**
   * What came of asking for money.
   *
   * @param reservation present if it was granted, in every account
   * @param refusedBy the account in the way; absent if granted. Of several the first that stays in
   *     the way until its window ends; if there is none, the first.
   * @param mayClear whether that account would have enough if running calls gave back what they
   *     hold
   */
  public record Admission(
      Optional<Reservation> reservation, Optional<Account> refusedBy, boolean mayClear) {}

  /** The account of a key as it is; opened with this budget if there is none. */
  public synchronized Account open(AccountKey key, Budget budget, boolean hard) {
    Account account = accounts.get(key);
    return account != null ? account : account(key, budget, hard);
  }

  /** The accounts that were opened, in that order. */
  public synchronized List<Account> accounts() {
    return List.copyOf(accounts.values());
  }

  /**
   * The account of a key, opened when it is first asked for: the same one for the same key, for
   * ever.
   *
   * @param budget what it may spend from now on. A lower limit lets running calls finish and
   *     refuses new ones; another window or zone begins other windows.
   * @param hard whether it refuses from now on rather than be overdrawn
   */
  public synchronized Account account(AccountKey key, Budget budget, boolean hard) {
    Account account = accounts.get(key);
    if (account != null) {
      account.change(budget, hard);
      return account;
    }
    account = new Account(this, key, budget, hard);
    List<Restored> past = restored.remove(key);
    if (past != null) {
      for (Restored one : past) {
        account.page(one.period).restore(one.posted);
      }
    }
    accounts.put(key, account);
    return account;
  }

  /**
   * Puts back what an account had in a window, before it is used; for a restart. Once for each
   * window.
   */
  public synchronized void restore(AccountKey key, Period period, Money posted) {
    check("posted", posted, Money.ZERO);
    Account account = accounts.get(key);
    if (account != null) {
      account.page(period).restore(posted.nanos());
      return;
    }
    List<Restored> past = restored.computeIfAbsent(key, unused -> new ArrayList<>());
    for (Restored one : past) {
      if (one.period.equals(period)) {
        throw new IllegalStateException(
            "restore: " + key + " in " + period.id() + " (expected: once)");
      }
    }
    past.add(new Restored(period, posted.nanos()));
  }

  /** The least that is available in any hard account; a very large amount without one. */
  public synchronized Money room(List<Account> accounts, Instant now) {
    long least = Long.MAX_VALUE;
    for (Account account : accounts) {
      Page page = pageOf(account, now);
      if (account.refuses()) {
        least = Math.min(least, page.available());
      }
    }
    return least == Long.MAX_VALUE ? UNLIMITED : Money.ofNanos(least);
  }

  /**
   * Sets money aside in all accounts or in none: {@code want}, or what is there, down to {@code
   * least}. Soft accounts are overdrawn rather than refuse. A call that may cost nothing ({@code
   * want} 0) is never refused. An account that is named twice counts once.
   *
   * @param want the most the call can be billed, 0 or more
   * @param least the least that is of use, 0 up to {@code want}
   * @param expected what the call is expected to be billed; at most what is set aside counts
   */
  public synchronized Admission reserve(
      List<Account> accounts, Money want, Money least, Money expected, Instant now) {
    check("least", least, Money.ZERO);
    check("want", want, least);
    check("expected", expected, Money.ZERO);
    Page[] pages = pagesOf(accounts, now);
    long grant = want.nanos();
    if (grant > 0) {
      for (Page page : pages) {
        grant = Math.min(grant, page.available());
      }
      if (grant < least.nanos()) {
        return refuse(pages, least.nanos(), now);
      }
    }
    for (Page page : pages) {
      page.checkHold(grant);
    }
    long id = nextId;
    nextId = Math.addExact(id, 1);
    long expectedNanos = Math.min(expected.nanos(), grant);
    Share[] shares = new Share[pages.length];
    for (int i = 0; i < pages.length; i++) {
      pages[i].hold(grant, expectedNanos);
      shares[i] = pages[i].share();
    }
    Money amount = grant == want.nanos() ? want : Money.ofNanos(grant);
    return new Admission(
        Optional.of(new Reservation(id, amount, expectedNanos, pages, shares)),
        Optional.empty(),
        false);
  }

  /**
   * The call is about to be sent.
   *
   * @throws IllegalStateException if it was sent before, or has ended: each call has a reservation
   *     of its own
   */
  public synchronized void dispatched(Reservation reservation) {
    if (reservation.state() != Reservation.State.OPEN) {
      throw wrongState("dispatched", reservation);
    }
    reservation.dispatched();
  }

  /**
   * Posts what the call was billed, more than was set aside included. A reservation that has ended
   * keeps its end: the first entry is returned. One that was presumed is corrected, once.
   *
   * @param amount 0 or more
   * @throws IllegalStateException if it was not dispatched: what was not sent has no bill
   * @throws ArithmeticException if a balance would not fit a {@code long}; nothing is changed
   */
  public synchronized Entry post(
      Reservation reservation, Money amount, Entry.Source source, Usage usage) {
    check("amount", amount, Money.ZERO);
    Entry last = reservation.entry();
    if (last == null) {
      return end(reservation, Entry.State.POSTED, source, amount, usage);
    }
    if (last.state() != Entry.State.PRESUMED) {
      return last;
    }
    Money difference = amount.minus(last.amount());
    for (Page page : reservation.pages()) {
      page.checkCorrect(difference.nanos());
    }
    for (Page page : reservation.pages()) {
      page.correct(difference.nanos());
    }
    Entry correction =
        new Entry(
            reservation.id(), last.sequence() + 1, Entry.State.POSTED, source, difference, usage);
    reservation.ended(correction);
    return correction;
  }

  /**
   * Posts all that was set aside: the call was sent, and what it was billed is not known. A
   * reservation that has ended keeps its end.
   *
   * @throws IllegalStateException if it was not dispatched
   */
  public synchronized Entry presume(Reservation reservation) {
    Entry last = reservation.entry();
    return last != null
        ? last
        : end(
            reservation,
            Entry.State.PRESUMED,
            Entry.Source.PRESUMED,
            reservation.amount(),
            Usage.NONE);
  }

  /**
   * Releases what was set aside: nothing was sent, or what was sent is not billed. A reservation
   * that has ended keeps its end.
   */
  public synchronized Entry release(Reservation reservation) {
    Entry last = reservation.entry();
    return last != null
        ? last
        : end(reservation, Entry.State.VOIDED, Entry.Source.NONE, Money.ZERO, Usage.NONE);
  }

  /** The balance of an account in the window of now. */
  public synchronized Balance balance(Account account, Instant now) {
    return pageOf(account, now).balance();
  }

  /** The balances of all accounts in their present windows, in the order of their opening. */
  public synchronized List<Balance> balances(Instant now) {
    List<Balance> balances = new ArrayList<>(accounts.size());
    for (Account account : accounts.values()) {
      balances.add(account.page(now).balance());
    }
    return balances;
  }

  /** What was billed beyond what was set aside, in the window of now: caps that did not hold. */
  public synchronized Money overrun(Account account, Instant now) {
    return Money.ofNanos(pageOf(account, now).overrun());
  }

  private Entry end(
      Reservation reservation, Entry.State state, Entry.Source source, Money billed, Usage usage) {
    if (state != Entry.State.VOIDED && reservation.state() != Reservation.State.DISPATCHED) {
      throw wrongState(state.name(), reservation);
    }
    long amount = reservation.amount().nanos();
    long expected = reservation.expectedNanos();
    for (Page page : reservation.pages()) {
      page.checkEnd(amount, expected, billed.nanos());
    }
    for (Page page : reservation.pages()) {
      page.end(amount, expected, billed.nanos());
    }
    Entry entry = new Entry(reservation.id(), 0, state, source, billed, usage);
    reservation.ended(entry);
    return entry;
  }

  /** Names the first account that stays in the way whatever running calls give back, or else. */
  private static Admission refuse(Page[] pages, long least, Instant now) {
    @Nullable Account first = null;
    @Nullable Account stuck = null;
    for (Page page : pages) {
      if (page.available() >= least) {
        continue;
      }
      first = first == null ? page.account() : first;
      if (!page.mayClear(least)) {
        page.exhausted(now);
        stuck = stuck == null ? page.account() : stuck;
      }
    }
    return new Admission(
        Optional.empty(), Optional.ofNullable(stuck == null ? first : stuck), stuck == null);
  }

  private Page[] pagesOf(List<Account> accounts, Instant now) {
    Page[] pages = new Page[accounts.size()];
    int count = 0;
    for (Account account : accounts) {
      Page page = pageOf(account, now);
      boolean twice = false;
      for (int i = 0; i < count; i++) {
        twice |= pages[i] == page;
      }
      if (!twice) {
        pages[count++] = page;
      }
    }
    return count == pages.length ? pages : Arrays.copyOf(pages, count);
  }

  private Page pageOf(Account account, Instant now) {
    if (!account.isOf(this)) {
      throw new IllegalArgumentException(
          "account: " + account.key() + " (expected: one of these books)");
    }
    return account.page(now);
  }

  private static void check(String name, Money value, Money least) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " or more)");
    }
  }

  private static IllegalStateException wrongState(String step, Reservation reservation) {
    return new IllegalStateException(
        step + ": reservation " + reservation.id() + " is " + reservation.state());
  }
}
