package dev.ponder.budget;

import static dev.ponder.budget.Purses.NOON;
import static dev.ponder.budget.Purses.daily;
import static dev.ponder.budget.Purses.key;
import static dev.ponder.budget.Purses.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.budget.Books.Admission;
import dev.ponder.budget.Entry.Source;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Fault 1: hundreds of callers at once on a key of 5 USD, with calls of 0.05 USD in the mean and a
 * heavy tail. The upstream honours its cap: what was set aside.
 */
class BooksFanOutTest {

  private static final long LIMIT = 5_000_000_000L;
  private static final long LEAST = 20_480_000L; // 2,048 tokens at 10 USD per million
  private static final long WANT = 400_000_000L; // about the 99th percentile of the output

  private final Books books = new Books(1);
  private final Account account = books.account(key("a"), daily(LIMIT), true);

  /** Log-normal, sigma 1.2, mean 0.05 USD. */
  private static long appetite(Random random) {
    return (long) (50_000_000 * Math.exp(1.2 * random.nextGaussian() - 0.72));
  }

  @Test
  void callers500_neverOverspend() {
    for (int seed = 0; seed < 20; seed++) {
      fanOut(500, seed);
    }
  }

  @Test
  void callers5000_neverOverspend() {
    for (int seed = 100; seed < 120; seed++) {
      fanOut(5_000, seed);
    }
  }

  /** Everybody asks at once; who is refused by running calls only asks again when one ends. */
  private void fanOut(int callers, int seed) {
    Random random = new Random(seed);
    Account purse = books.account(key("seed " + callers + " " + seed), daily(LIMIT), true);
    List<Account> accounts = List.of(purse);
    Deque<Long> waiting = new ArrayDeque<>();
    for (int i = 0; i < callers; i++) {
      waiting.add(appetite(random));
    }
    List<Reservation> running = new ArrayList<>();
    List<Long> appetites = new ArrayList<>();
    long billed = 0;
    while (true) {
      while (!waiting.isEmpty()) {
        Admission admission =
            books.reserve(accounts, nanos(WANT), nanos(LEAST), nanos(50_000_000), NOON);
        if (admission.reservation().isEmpty()) {
          if (!admission.mayClear()) {
            waiting.clear();
          }
          break;
        }
        books.dispatched(admission.reservation().get());
        running.add(admission.reservation().get());
        appetites.add(waiting.remove());
      }
      if (running.isEmpty()) {
        break;
      }
      int index = random.nextInt(running.size());
      Reservation ending = running.remove(index);
      long bill = Math.min(appetites.remove(index), ending.amount().nanos());
      billed += bill;
      books.post(ending, nanos(bill), Source.REPORTED, Usage.NONE);
      Balance balance = books.balance(purse, NOON);
      assertThat(balance.available().nanos()).as("seed %d", seed).isNotNegative();
    }
    Balance balance = books.balance(purse, NOON);
    assertThat(balance.posted()).as("seed %d", seed).isEqualTo(nanos(billed));
    assertThat(balance.pending()).as("seed %d", seed).isEqualTo(Money.ZERO);
    assertThat(balance.expected()).as("seed %d", seed).isEqualTo(Money.ZERO);
    assertThat(billed).as("seed %d", seed).isBetween(LIMIT / 100 * 95, LIMIT);
  }

  @Test
  void threads_neverOverspend() throws Exception {
    int threads = 8;
    CyclicBarrier together = new CyclicBarrier(threads);
    Account team = books.account(key("team"), daily(LIMIT - 1), true);
    List<Callable<Long>> callers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int seed = i;
      callers.add(
          () -> {
            together.await();
            return seed % 2 == 0
                ? call(List.of(account, team), seed)
                : call(List.of(team, account), seed);
          });
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    long billed = 0;
    try {
      for (Future<Long> one : pool.invokeAll(callers)) {
        billed += one.get();
      }
    } finally {
      pool.shutdownNow();
    }
    for (Balance balance : books.balances(NOON)) {
      assertThat(balance.posted()).isEqualTo(nanos(billed));
      assertThat(balance.pending()).isEqualTo(Money.ZERO);
      assertThat(balance.expected()).isEqualTo(Money.ZERO);
    }
    assertThat(billed).isBetween(LIMIT / 100 * 95, LIMIT - 1);
  }

  /** Calls of one thread, up to sixteen at a time, until the money is gone; what they cost. */
  private long call(List<Account> accounts, int seed) {
    Random random = new Random(seed);
    Deque<Reservation> running = new ArrayDeque<>();
    long billed = 0;
    for (int i = 0; i < 5_000; i++) {
      Admission admission =
          books.reserve(accounts, nanos(WANT / 100), nanos(LEAST / 100), Money.ZERO, NOON);
      if (admission.reservation().isPresent()) {
        books.dispatched(admission.reservation().get());
        running.add(admission.reservation().get());
      }
      if (running.size() == 16 || (admission.reservation().isEmpty() && !running.isEmpty())) {
        billed += settle(running.remove(), random);
      }
    }
    for (Reservation rest : running) {
      billed += settle(rest, random);
    }
    return billed;
  }

  private long settle(Reservation reservation, Random random) {
    long bill = Math.min(appetite(random) / 100, reservation.amount().nanos());
    books.post(reservation, nanos(bill), Source.REPORTED, Usage.NONE);
    return bill;
  }
}
