package dev.ponder.budget;

import static dev.ponder.budget.Purses.BERLIN;
import static dev.ponder.budget.Purses.NOON;
import static dev.ponder.budget.Purses.budget;
import static dev.ponder.budget.Purses.daily;
import static dev.ponder.budget.Purses.key;
import static dev.ponder.budget.Purses.nanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.budget.Budget.Window;
import dev.ponder.budget.Entry.Source;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Accounts over time: windows that roll, clocks that jump, restarts. */
class BooksWindowTest {

  private static final Duration DAY = Duration.ofDays(1);

  private final Books books = new Books(0);
  private final Account daily = books.account(key("a"), daily(100), true);

  private Reservation send(Account account, long amount, Instant now) {
    Reservation reservation =
        books
            .reserve(List.of(account), nanos(amount), nanos(amount), nanos(amount), now)
            .reservation()
            .orElseThrow();
    books.dispatched(reservation);
    return reservation;
  }

  private void spend(Account account, long amount, Instant now) {
    books.post(send(account, amount, now), nanos(amount), Source.REPORTED, Usage.NONE);
  }

  private void expect(Account account, Instant now, String period, long posted, long pending) {
    Balance balance = books.balance(account, now);
    assertThat(balance.period().id()).isEqualTo(period);
    assertThat(balance.posted()).as("posted").isEqualTo(nanos(posted));
    assertThat(balance.pending()).as("pending").isEqualTo(nanos(pending));
  }

  /** Fault 5. */
  @Test
  void settle_afterTheWindowDebitsTheOldOne() {
    Reservation late = send(daily, 90, NOON);
    Instant next = NOON.plus(DAY);
    expect(daily, next, "d:2026-11-24", 0, 0);
    Reservation fresh = send(daily, 100, next);
    books.post(late, nanos(80), Source.REPORTED, Usage.NONE);
    expect(daily, next, "d:2026-11-24", 0, 100);
    books.release(fresh);
    expect(daily, NOON, "d:2026-11-23", 80, 0);
  }

  /** Fault 6, on days of 23, 24 and 25 hours. */
  @Test
  void midnight_with10000InFlightLosesNothing() {
    midnight(BERLIN, "2026-03-29T22:00:00Z", 23);
    midnight(BERLIN, "2026-10-25T23:00:00Z", 25);
    midnight(ZoneId.of("Asia/Kolkata"), "2026-11-23T18:30:00Z", 24);
    midnight(ZoneId.of("America/New_York"), "2026-11-02T05:00:00Z", 25);
  }

  private void midnight(ZoneId zone, String end, int hours) {
    long seed = 6;
    Random random = new Random(seed);
    Account account = books.account(key(zone + end), budget(10_000_000, Window.DAY, zone), true);
    Instant midnight = Instant.parse(end);
    Instant before = midnight.minusMillis(1);
    Period day = books.balance(account, before).period();
    assertThat(day.end()).isEqualTo(midnight);
    assertThat(Duration.between(day.start(), day.end())).hasHours(hours);
    List<Reservation> running = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      running.add(send(account, 1 + random.nextInt(1_000), before));
    }
    Collections.shuffle(running, random);
    String next = books.balance(account, midnight).period().id();
    long billed = 0;
    for (Reservation reservation : running) {
      long bill = random.nextLong(reservation.amount().nanos() + 1);
      billed += bill;
      books.post(reservation, nanos(bill), Source.REPORTED, Usage.NONE);
      assertThat(books.balance(account, midnight).available()).isEqualTo(nanos(10_000_000));
    }
    expect(account, midnight, next, 0, 0);
    expect(account, before, day.id(), billed, 0);
  }

  /** Fault 7: NTP puts the clock back. */
  @Test
  void clock_goingBackStaysWhileCallsRun() {
    Instant justAfter = Instant.parse("2026-11-24T01:00:00Z");
    Instant back = justAfter.minus(Duration.ofHours(2));
    spend(daily, 70, back);
    Reservation running = send(daily, 40, justAfter);
    expect(daily, back, "d:2026-11-24", 0, 40);
    assertThat(books.reserve(List.of(daily), nanos(61), nanos(61), Money.ZERO, back).refusedBy())
        .contains(daily);
    books.post(running, nanos(30), Source.REPORTED, Usage.NONE);
    expect(daily, back, "d:2026-11-23", 70, 0);
    assertThat(books.room(List.of(daily), back)).isEqualTo(nanos(30));
    expect(daily, justAfter, "d:2026-11-24", 30, 0);
  }

  /** Fault 7: and it jumps ahead, and back again. */
  @Test
  void clock_jumpingAheadAndBackFindsEveryBalance() {
    spend(daily, 70, NOON);
    Reservation old = send(daily, 10, NOON);
    Instant ahead = NOON.plus(Duration.ofDays(2));
    spend(daily, 50, ahead);
    expect(daily, NOON, "d:2026-11-23", 70, 10);
    books.presume(old);
    expect(daily, NOON, "d:2026-11-23", 80, 0);
    expect(daily, ahead, "d:2026-11-25", 50, 0);
  }

  @Test
  void call_thatHoldsNothingKeepsTheWindowToo() {
    send(daily, 0, NOON.plus(DAY));
    expect(daily, NOON, "d:2026-11-24", 0, 0);
  }

  @Test
  void pages_areBoundedAndNeverForgottenIntoNewMoney() {
    Account hourly = books.account(key("h"), budget(100, Window.HOUR, BERLIN), true);
    Reservation first = send(hourly, 10, NOON);
    for (int hour = 0; hour < 1_000; hour++) {
      spend(hourly, 100, NOON.plus(Duration.ofHours(hour + 1)));
    }
    assertThat(hourly.pageCount()).isEqualTo(Account.PAST_PAGES_MAX + 2);
    books.post(first, nanos(10), Source.REPORTED, Usage.NONE);
    Instant forgotten = NOON.plus(Duration.ofHours(500));
    assertThat(books.room(List.of(hourly), forgotten)).isEqualTo(Money.ZERO);
    Instant now = NOON.plus(Duration.ofHours(1_000));
    spend(hourly, 100, now.plus(Duration.ofHours(1)));
    assertThat(hourly.pageCount()).isEqualTo(Account.PAST_PAGES_MAX + 1);
    assertThat(books.room(List.of(hourly), now)).isEqualTo(Money.ZERO);
  }

  /** Fault 21: another window. */
  @Test
  void window_changedBeginsOtherPages() {
    Reservation running = send(daily, 60, NOON);
    books.account(daily.key(), budget(100, Window.MONTH, BERLIN), true);
    expect(daily, NOON, "m:2026-11", 0, 0);
    spend(daily, 20, NOON);
    books.post(running, nanos(50), Source.REPORTED, Usage.NONE);
    expect(daily, NOON, "m:2026-11", 20, 0);
    books.account(daily.key(), daily(100), true);
    expect(daily, NOON, "d:2026-11-23", 50, 0);
    assertThat(books.account(daily.key(), daily(90), true)).isSameAs(daily);
    expect(daily, NOON, "d:2026-11-23", 50, 0);
  }

  @Test
  void exhaustion_endsWithTheWindow() {
    spend(daily, 100, NOON);
    books.reserve(List.of(daily), nanos(1), nanos(1), Money.ZERO, NOON);
    assertThat(books.balance(daily, NOON).exhaustedAt()).contains(NOON);
    assertThat(books.balance(daily, NOON.plus(DAY)).exhaustedAt()).isEmpty();
    assertThat(books.room(List.of(daily), NOON.plus(DAY))).isEqualTo(nanos(100));
  }

  @Test
  void restore_putsBackBeforeTheAccountIsOpened() {
    Budget budget = daily(100);
    books.restore(key("b"), budget.periodAt(NOON), nanos(95));
    books.restore(key("b"), budget.periodAt(NOON.minus(DAY)), nanos(130));
    Account account = books.account(key("b"), budget, true);
    expect(account, NOON, "d:2026-11-23", 95, 0);
    assertThat(books.reserve(List.of(account), nanos(6), nanos(6), Money.ZERO, NOON).mayClear())
        .isFalse();
    spend(account, 5, NOON);
    expect(account, NOON.minus(DAY), "d:2026-11-22", 130, 0);
  }

  @Test
  void restore_isOnceAndBeforeUse() {
    Period today = daily(1).periodAt(NOON);
    books.restore(daily.key(), today, nanos(40));
    expect(daily, NOON, "d:2026-11-23", 40, 0);
    assertThatThrownBy(() -> books.restore(daily.key(), today, nanos(40)))
        .isInstanceOf(IllegalStateException.class);
    books.restore(key("b"), today, nanos(1));
    assertThatThrownBy(() -> books.restore(key("b"), today, nanos(1)))
        .hasMessage("restore: fair/key:b in d:2026-11-23 (expected: once)");
    assertThatThrownBy(() -> books.restore(key("c"), today, nanos(-1)))
        .hasMessageStartingWith("posted: ");
    send(daily, 5, NOON.plus(DAY));
    assertThatThrownBy(
            () -> books.restore(daily.key(), daily(1).periodAt(NOON.plus(DAY)), nanos(3)))
        .hasMessageStartingWith("posted: ");
  }
}
