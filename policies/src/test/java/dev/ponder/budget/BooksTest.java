package dev.ponder.budget;

import static dev.ponder.budget.Purses.NOON;
import static dev.ponder.budget.Purses.daily;
import static dev.ponder.budget.Purses.key;
import static dev.ponder.budget.Purses.nanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.budget.Books.Admission;
import dev.ponder.budget.Budget.Each;
import dev.ponder.budget.Entry.Source;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Setting aside and settling, rule by rule. The numbers are faults of the catalogue. */
class BooksTest {

  private static final Usage USAGE = Usage.of(10, 20);

  private final Books books = new Books(7);
  private final Account key = books.account(key("a"), daily(100), true);
  private final Account team =
      books.account(new AccountKey("team", Each.TEAM, "t"), daily(150), true);
  private final Account soft =
      books.account(new AccountKey("warn", Each.ALL, ""), daily(10), false);

  private Admission ask(List<Account> accounts, long want, long least) {
    return books.reserve(accounts, nanos(want), nanos(least), nanos(want / 2), NOON);
  }

  private Reservation hold(long amount, Account... accounts) {
    return ask(List.of(accounts), amount, amount).reservation().orElseThrow();
  }

  private Reservation send(long amount, Account... accounts) {
    Reservation reservation = hold(amount, accounts);
    books.dispatched(reservation);
    return reservation;
  }

  private void expect(Account account, long posted, long pending) {
    Balance balance = books.balance(account, NOON);
    assertThat(balance.posted()).as("posted").isEqualTo(nanos(posted));
    assertThat(balance.pending()).as("pending").isEqualTo(nanos(pending));
    assertThat(balance.available())
        .isEqualTo(account.budget().limit().minus(nanos(posted + pending)));
  }

  @Test
  void reserve_holdsInAllAccounts() {
    Reservation reservation = hold(60, key, team, soft);
    assertThat(reservation.id()).isEqualTo(7);
    assertThat(reservation.amount()).isEqualTo(nanos(60));
    assertThat(reservation.state()).isEqualTo(Reservation.State.OPEN);
    assertThat(reservation.shares())
        .extracting(Reservation.Share::account)
        .containsExactly(key.key(), team.key(), soft.key());
    assertThat(reservation.shares())
        .extracting(Reservation.Share::limit)
        .containsExactly(nanos(100), nanos(150), nanos(10));
    assertThat(reservation.shares().get(0).period().id()).isEqualTo("d:2026-11-23");
    expect(key, 0, 60);
    expect(team, 0, 60);
    expect(soft, 0, 60);
    assertThat(books.balance(key, NOON).expected()).isEqualTo(nanos(30));
    assertThat(hold(1, key).id()).isEqualTo(8);
  }

  @Test
  void reserve_grantsWhatIsThereDownToTheLeast() {
    hold(60, key);
    assertThat(books.room(List.of(team, key, soft), NOON)).isEqualTo(nanos(40));
    assertThat(ask(List.of(key, team), 80, 41).refusedBy()).contains(key);
    Reservation part = ask(List.of(key, team), 80, 40).reservation().orElseThrow();
    assertThat(part.amount()).isEqualTo(nanos(40));
    expect(key, 0, 100);
    expect(team, 0, 40);
    assertThat(books.balance(team, NOON).expected()).isEqualTo(nanos(40));
  }

  /** Fault 2. */
  @Test
  void reserve_debitsNoneIfTheSecondIsFull() {
    send(145, team);
    Admission refused = ask(List.of(soft, key, team), 10, 10);
    assertThat(refused.reservation()).isEmpty();
    assertThat(refused.refusedBy()).contains(team);
    assertThat(refused.mayClear()).isTrue();
    expect(key, 0, 0);
    expect(soft, 0, 0);
    expect(team, 0, 145);
    assertThat(hold(1, key).id()).isEqualTo(8);
  }

  @Test
  void reserve_namesTheAccountThatStaysInTheWay() {
    send(95, key);
    books.post(send(148, team), nanos(148), Source.REPORTED, USAGE);
    Admission refused = ask(List.of(key, team), 10, 10);
    assertThat(refused.refusedBy()).contains(team);
    assertThat(refused.mayClear()).isFalse();
    assertThat(books.balance(team, NOON).exhaustedAt()).contains(NOON);
    assertThat(books.balance(key, NOON).exhaustedAt()).isEmpty();
    books.reserve(List.of(team), nanos(10), nanos(10), Money.ZERO, NOON.plusSeconds(9));
    assertThat(books.balance(team, NOON).exhaustedAt()).contains(NOON);
  }

  @Test
  void reserve_mayClearUpToTheLastNano() {
    books.post(send(90, key), nanos(90), Source.REPORTED, USAGE);
    hold(10, key);
    assertThat(ask(List.of(key), 10, 10).mayClear()).isTrue();
    assertThat(ask(List.of(key), 11, 11).mayClear()).isFalse();
  }

  @Test
  void reserve_ofSoftAccountsNeverRefuses() {
    Reservation reservation = send(1_000, soft);
    assertThat(ask(List.of(soft), 5_000, 5_000).reservation()).isPresent();
    books.post(reservation, nanos(900), Source.REPORTED, USAGE);
    expect(soft, 900, 5_000);
    assertThat(books.room(List.of(soft), NOON)).isEqualTo(nanos(Long.MAX_VALUE));
    assertThat(books.room(List.of(), NOON)).isEqualTo(nanos(Long.MAX_VALUE));
  }

  @Test
  void reserve_ofNothingIsGrantedEvenWhenOverdrawn() {
    books.post(send(100, key), nanos(130), Source.REPORTED, USAGE);
    assertThat(books.room(List.of(key), NOON)).isEqualTo(nanos(-30));
    Reservation free = ask(List.of(key), 0, 0).reservation().orElseThrow();
    assertThat(free.amount()).isEqualTo(Money.ZERO);
    assertThat(ask(List.of(key), 1, 0).refusedBy()).contains(key);
    books.dispatched(free);
    books.post(free, Money.ZERO, Source.REPORTED, USAGE);
    expect(key, 130, 0);
  }

  @Test
  void reserve_countsAnAccountOnce() {
    Reservation reservation = hold(60, key, team, key, team, key);
    assertThat(reservation.shares()).hasSize(2);
    expect(key, 0, 60);
    expect(team, 0, 60);
  }

  @Test
  void reserve_withoutAccountsHasALifeToo() {
    Reservation reservation = send(60);
    assertThat(reservation.shares()).isEmpty();
    assertThat(reservation.amount()).isEqualTo(nanos(60));
    Entry entry = books.post(reservation, nanos(5), Source.COUNTED, USAGE);
    assertThat(entry)
        .isEqualTo(new Entry(7, 0, Entry.State.POSTED, Source.COUNTED, nanos(5), USAGE));
    assertThat(books.release(reservation)).isSameAs(entry);
  }

  @Test
  void reserve_refusesNonsense() {
    List<Account> accounts = List.of(key);
    assertThatThrownBy(() -> ask(accounts, 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("want: ");
    assertThatThrownBy(() -> ask(accounts, 1, -1)).hasMessageStartingWith("least: ");
    assertThatThrownBy(() -> books.reserve(accounts, nanos(1), nanos(1), nanos(-1), NOON))
        .hasMessageStartingWith("expected: ");
    assertThatThrownBy(() -> new Books(0).balance(key, NOON)).hasMessageStartingWith("account: ");
    assertThatThrownBy(() -> new Books(-1)).hasMessageStartingWith("firstId: -1");
    expect(key, 0, 0);
  }

  /** Fault 3. */
  @Test
  void post_aThousandTimesIsOneEntry() {
    Reservation reservation = send(60, key, team);
    Entry first = books.post(reservation, nanos(20), Source.REPORTED, USAGE);
    assertThat(first)
        .isEqualTo(new Entry(7, 0, Entry.State.POSTED, Source.REPORTED, nanos(20), USAGE));
    for (int i = 0; i < 1_000; i++) {
      assertThat(books.post(reservation, nanos(i), Source.COUNTED, USAGE)).isSameAs(first);
      assertThat(books.presume(reservation)).isSameAs(first);
      assertThat(books.release(reservation)).isSameAs(first);
    }
    assertThat(reservation.state()).isEqualTo(Reservation.State.POSTED);
    expect(key, 20, 0);
    expect(team, 20, 0);
    assertThat(books.balance(key, NOON).expected()).isEqualTo(Money.ZERO);
  }

  /** Fault 4: the upstream ignored its cap. */
  @Test
  void post_moreThanWasSetAsideIsPostedInFullAndBlocks() {
    books.post(send(60, key), nanos(160), Source.REPORTED, USAGE);
    expect(key, 160, 0);
    assertThat(books.overrun(key, NOON)).isEqualTo(nanos(100));
    Admission refused = ask(List.of(key), 1, 1);
    assertThat(refused.refusedBy()).contains(key);
    assertThat(refused.mayClear()).isFalse();
  }

  @Test
  void release_givesBackBeforeAndAfterSending() {
    Reservation unsent = hold(60, key);
    Entry entry = books.release(unsent);
    assertThat(entry)
        .isEqualTo(new Entry(7, 0, Entry.State.VOIDED, Source.NONE, Money.ZERO, Usage.NONE));
    assertThat(unsent.state()).isEqualTo(Reservation.State.VOIDED);
    expect(key, 0, 0);
    Reservation sent = send(70, key);
    assertThat(books.release(sent).state()).isEqualTo(Entry.State.VOIDED);
    assertThat(books.post(sent, nanos(9), Source.REPORTED, USAGE).amount()).isEqualTo(Money.ZERO);
    expect(key, 0, 0);
  }

  @Test
  void presume_postsAllAndIsCorrectedOnce() {
    Reservation reservation = send(60, key, team);
    Entry presumed = books.presume(reservation);
    assertThat(presumed)
        .isEqualTo(new Entry(7, 0, Entry.State.PRESUMED, Source.PRESUMED, nanos(60), Usage.NONE));
    assertThat(books.release(reservation)).isSameAs(presumed);
    assertThat(books.presume(reservation)).isSameAs(presumed);
    assertThat(reservation.state()).isEqualTo(Reservation.State.PRESUMED);
    expect(key, 60, 0);
    Entry correction = books.post(reservation, nanos(25), Source.REPORTED, USAGE);
    assertThat(correction)
        .isEqualTo(new Entry(7, 1, Entry.State.POSTED, Source.REPORTED, nanos(-35), USAGE));
    assertThat(reservation.state()).isEqualTo(Reservation.State.POSTED);
    expect(key, 25, 0);
    expect(team, 25, 0);
    assertThat(books.post(reservation, nanos(1), Source.REPORTED, USAGE)).isSameAs(correction);
    assertThat(books.presume(reservation)).isSameAs(correction);
    expect(key, 25, 0);
  }

  @Test
  void presume_correctedUpwardsCountsAsOverrun() {
    Reservation reservation = send(60, key);
    books.presume(reservation);
    Entry correction = books.post(reservation, nanos(75), Source.REPORTED, USAGE);
    assertThat(correction.amount()).isEqualTo(nanos(15));
    expect(key, 75, 0);
    assertThat(books.overrun(key, NOON)).isEqualTo(nanos(15));
  }

  @Test
  void steps_outOfOrderAreBugs() {
    Reservation reservation = hold(60, key);
    assertThatThrownBy(() -> books.presume(reservation))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("PRESUMED: reservation 7 is OPEN");
    assertThatThrownBy(() -> books.post(reservation, nanos(1), Source.REPORTED, USAGE))
        .hasMessage("POSTED: reservation 7 is OPEN");
    books.dispatched(reservation);
    assertThatThrownBy(() -> books.dispatched(reservation))
        .hasMessage("dispatched: reservation 7 is DISPATCHED");
    assertThatThrownBy(() -> books.post(reservation, nanos(-1), Source.REPORTED, USAGE))
        .hasMessageStartingWith("amount: ");
    expect(key, 0, 60);
    books.release(reservation);
    assertThatThrownBy(() -> books.dispatched(reservation)).hasMessageEndingWith("is VOIDED");
  }

  /** Fault 20: from a dear model to a cheap one after a 5xx. */
  @Test
  void fallback_swapsTheReservation() {
    Reservation dear = send(90, key, team);
    books.release(dear);
    Reservation cheap = send(5, key, team);
    expect(key, 0, 5);
    books.post(cheap, nanos(3), Source.REPORTED, USAGE);
    expect(key, 3, 0);
    expect(team, 3, 0);
  }

  /** Fault 21. */
  @Test
  void limit_loweredLetsRunningCallsFinish() {
    Reservation running = send(60, key);
    assertThat(books.account(key.key(), daily(50), true)).isSameAs(key);
    assertThat(key.budget()).isEqualTo(daily(50));
    assertThat(ask(List.of(key), 1, 1).refusedBy()).contains(key);
    books.post(running, nanos(55), Source.REPORTED, USAGE);
    expect(key, 55, 0);
    assertThat(ask(List.of(key), 1, 1).mayClear()).isFalse();
    books.account(key.key(), daily(70), true);
    assertThat(hold(15, key).shares().get(0).limit()).isEqualTo(nanos(70));
    books.account(key.key(), daily(70), false);
    assertThat(key.hard()).isFalse();
    assertThat(ask(List.of(key), 500, 500).reservation()).isPresent();
    books.account(key.key(), daily(70), true);
    assertThat(ask(List.of(key), 1, 1).refusedBy()).contains(key);
  }

  /** Fault 22: nobody asks for the account any more, but a call runs. */
  @Test
  void account_thatIsGoneIsStillSettled() {
    Reservation running = send(60, key, team);
    Books.Admission next = ask(List.of(team), 10, 10);
    books.post(running, nanos(40), Source.REPORTED, USAGE);
    books.release(next.reservation().orElseThrow());
    expect(team, 40, 0);
    assertThat(books.account(key.key(), daily(100), true)).isSameAs(key);
    expect(key, 40, 0);
  }

  /** Fault 23: exact or refused, and nothing changed. */
  @Test
  void amounts_nearTheEndOfALongAreExactOrRefused() {
    Account huge = books.account(key("huge"), daily(Long.MAX_VALUE), true);
    Reservation most = send(Long.MAX_VALUE - 1, huge, soft);
    expect(huge, 0, Long.MAX_VALUE - 1);
    assertThat(ask(List.of(huge), 2, 2).refusedBy()).contains(huge);
    assertThat(ask(List.of(soft), 2, 2).refusedBy()).contains(soft);
    Reservation last = send(1, huge, soft);
    assertThatThrownBy(() -> books.post(last, nanos(2), Source.REPORTED, USAGE))
        .isInstanceOf(ArithmeticException.class);
    assertThat(last.state()).isEqualTo(Reservation.State.DISPATCHED);
    assertThat(books.balance(huge, NOON).available()).isEqualTo(Money.ZERO);
    books.post(most, nanos(Long.MAX_VALUE - 1), Source.REPORTED, USAGE);
    assertThatThrownBy(() -> books.post(last, nanos(2), Source.REPORTED, USAGE))
        .isInstanceOf(ArithmeticException.class);
    assertThat(books.balance(huge, NOON).posted()).isEqualTo(nanos(Long.MAX_VALUE - 1));
    books.presume(last);
    assertThatThrownBy(() -> books.post(last, nanos(2), Source.REPORTED, USAGE))
        .isInstanceOf(ArithmeticException.class);
    assertThat(last.state()).isEqualTo(Reservation.State.PRESUMED);
    assertThat(books.balance(huge, NOON).posted()).isEqualTo(nanos(Long.MAX_VALUE));
    assertThat(books.balance(soft, NOON).available().nanos()).isEqualTo(10 - Long.MAX_VALUE);
  }

  @Test
  void ids_endRatherThanRepeat() {
    Books last = new Books(Long.MAX_VALUE);
    Account account = last.account(key("a"), daily(10), true);
    assertThatThrownBy(() -> last.reserve(List.of(account), nanos(1), nanos(1), nanos(1), NOON))
        .isInstanceOf(ArithmeticException.class);
    assertThat(last.balance(account, NOON).pending()).isEqualTo(Money.ZERO);
  }

  @Test
  void balances_comeInTheOrderOfOpening() {
    List<AccountKey> keys = new ArrayList<>();
    for (Balance balance : books.balances(NOON)) {
      keys.add(balance.key());
      assertThat(balance.hard()).isEqualTo(!balance.key().equals(soft.key()));
    }
    assertThat(keys).containsExactly(key.key(), team.key(), soft.key());
  }

  @Test
  void accountKey_checksItself() {
    assertThatThrownBy(() -> new AccountKey("", Each.KEY, "a")).hasMessageStartingWith("policy: ");
    assertThatThrownBy(() -> new AccountKey("p", Each.ALL, "a")).hasMessageStartingWith("owner: ");
    assertThat(key("a")).hasToString("fair/key:a");
    assertThat(new AccountKey("p", Each.ALL, "")).hasToString("p");
    assertThat(new AccountKey("p", Each.TEAM, "t")).hasToString("p/team:t");
  }
}
