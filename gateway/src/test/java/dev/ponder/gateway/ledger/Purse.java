package dev.ponder.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.budget.Account;
import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Books;
import dev.ponder.budget.Budget;
import dev.ponder.budget.Entry;
import dev.ponder.budget.Reservation;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Books with a company's and a key's account, and calls that are charged to them. */
final class Purse {

  static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  static final AccountKey COMPANY = new AccountKey("company", Budget.Each.ALL, "");
  static final AccountKey TEAM = new AccountKey("fair-share", Budget.Each.TEAM, "team-1");
  static final AccountKey KEY = new AccountKey("guard", Budget.Each.KEY, "key-1");

  final Books books;
  final Ledger ledger;
  final Account company;
  final Account team;
  final Account key;

  Purse(Ledger ledger) {
    this.ledger = ledger;
    this.books = ledger.books();
    this.company = account(COMPANY, 1_000_000, Budget.Window.MONTH);
    this.team = account(TEAM, 100_000, Budget.Window.DAY);
    this.key = account(KEY, 10_000, Budget.Window.HOUR);
  }

  private Account account(AccountKey account, long usd, Budget.Window window) {
    Money limit = Money.ofNanos(usd * 1_000_000_000L);
    return books.account(account, new Budget(limit, window, ZoneOffset.UTC, account.each()), true);
  }

  List<Account> all() {
    return List.of(company, team, key);
  }

  Reservation reserve(long nanos, Instant now) {
    return reserve(all(), nanos, now);
  }

  Reservation reserve(List<Account> accounts, long nanos, Instant now) {
    Money amount = Money.ofNanos(nanos);
    return books.reserve(accounts, amount, amount, amount, now).reservation().orElseThrow();
  }

  /**
   * Sets money aside and notes the call as sent. A loop of these is faster than slots are made: it
   * waits for them.
   */
  Reservation send(long nanos, CallRecord call) {
    Reservation reservation = reserve(nanos, Instant.ofEpochMilli(call.openedMillis()));
    if (!ledger.dispatched(reservation, call)) {
      assertThat(ledger.accepts()).as("accepts").isTrue();
      Disk.await(() -> ledger.dispatched(reservation, call));
    }
    books.dispatched(reservation);
    return reservation;
  }

  void post(Reservation reservation, CallRecord call, long nanos) {
    Entry entry =
        books.post(
            reservation,
            Money.ofNanos(nanos),
            Entry.Source.REPORTED,
            new Usage(1_000, 200, 100, 500, 300));
    ledger.ended(reservation, call, entry);
  }

  void presume(Reservation reservation, CallRecord call) {
    ledger.ended(reservation, call, books.presume(reservation));
  }

  void release(Reservation reservation, CallRecord call) {
    ledger.ended(reservation, call, books.release(reservation));
  }

  List<Long> posted(Instant now) {
    List<Long> amounts = new ArrayList<>();
    all().forEach(account -> amounts.add(books.balance(account, now).posted().nanos()));
    return amounts;
  }

  static CallRecord call(int number) {
    return call(number, NOON);
  }

  static CallRecord call(int number, Instant opened) {
    return new CallRecord(
        opened.toEpochMilli(),
        "req_" + number,
        1,
        "key-1",
        "team-1",
        "auto",
        "mini",
        "openai/gpt-mini",
        4_096);
  }
}
