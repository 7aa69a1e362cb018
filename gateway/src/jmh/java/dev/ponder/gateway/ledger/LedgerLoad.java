package dev.ponder.gateway.ledger;

import dev.ponder.budget.Account;
import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Books;
import dev.ponder.budget.Budget;
import dev.ponder.budget.Entry;
import dev.ponder.budget.Reservation;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * What the ledger can do on this machine: settles a second and how late they are durable, the cost
 * of noting a call, and how long a start takes.
 *
 * <p>A program, not a JMH benchmark, since it measures threads and a disk: {@code LedgerLoad FOLDER
 * [ROWS]}. The folder must be on the disk that is meant.
 */
public final class LedgerLoad {

  private static final int RATE = 12_000;
  private static final Usage USAGE = new Usage(1_000, 200, 100, 500, 300);

  private final Ledger ledger;
  private final List<List<Account>> accounts = new ArrayList<>();
  private int number;

  private LedgerLoad(Ledger ledger) {
    this.ledger = ledger;
    Books books = ledger.books();
    Account company =
        account(books, new AccountKey("company", Budget.Each.ALL, ""), Budget.Window.MONTH);
    for (int key = 0; key < 50; key++) {
      Account team =
          account(
              books,
              new AccountKey("fair-share", Budget.Each.TEAM, "team-" + key % 8),
              Budget.Window.MONTH);
      Account own =
          account(
              books, new AccountKey("guard", Budget.Each.KEY, "key-" + key), Budget.Window.HOUR);
      Account day =
          account(
              books, new AccountKey("daily", Budget.Each.KEY, "key-" + key), Budget.Window.DAY);
      accounts.add(List.of(company, team, own, day));
    }
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory(Path.of(arguments[0]), "ledger-load");
    int rows = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
    Path file = folder.resolve("ledger.db");
    Clock clock = Clock.systemUTC();
    try (SqliteLedger ledger = SqliteLedger.open(file, Duration.ofDays(400), clock)) {
      LedgerLoad load = new LedgerLoad(ledger);
      load.note(20_000);
      load.note(50_000);
      load.settleAtARate(RATE, 10);
      load.settleAtARate(RATE, 10); // by now all of it is compiled
      load.settleAtOnce(20_000);
      load.settleAtOnce(Math.max(1, rows - load.number));
    }
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long cpu = threads.getCurrentThreadCpuTime();
      SqliteLedger ledger = SqliteLedger.open(file, Duration.ofDays(400), clock);
      say(
          "start with %d rows, %d MB: %.0f ms, %.0f ms of it computing",
          rows,
          Files.size(file) >> 20,
          millis(start),
          (threads.getCurrentThreadCpuTime() - cpu) / 1e6);
      ledger.close();
    }
  }

  /** The cost of noting that a call is sent, 2,000 at a time; they are released afterwards. */
  private void note(int calls) {
    long[] nanos = new long[calls];
    for (int done = 0; done < calls; ) {
      List<Reservation> open = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        Reservation reservation = reserve();
        CallRecord call = call();
        long start = System.nanoTime();
        if (!ledger.dispatched(reservation, call)) {
          throw new IllegalStateException("not accepted");
        }
        nanos[done++] = System.nanoTime() - start;
        ledger.books().dispatched(reservation);
        open.add(reservation);
      }
      open.forEach(reservation -> post(reservation));
      drain();
    }
    Arrays.sort(nanos);
    say(
        "dispatched(): p50 %d ns, p99 %d ns, p99.9 %d ns, max %d ns",
        nanos[calls / 2], nanos[calls * 99 / 100], nanos[calls / 1000 * 999], nanos[calls - 1]);
  }

  /** Settles at a steady rate; how late are they durable? */
  private void settleAtARate(int rate, int seconds) {
    int calls = rate * seconds;
    long[] ended = new long[calls];
    long[] durable = new long[calls];
    long[] loop = new long[calls];
    int seen = 0;
    long writerStart = writerCpu();
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      long due = start + i * 1_000_000_000L / rate;
      while (System.nanoTime() < due) {
        seen = look(durable, i, seen);
        LockSupport.parkNanos(100_000);
      }
      long before = System.nanoTime();
      Reservation reservation = send();
      ended[i] = System.nanoTime();
      post(reservation);
      loop[i] = System.nanoTime() - before;
      seen = look(durable, i + 1, seen);
    }
    while (seen < calls) {
      seen = look(durable, calls, seen);
      LockSupport.parkNanos(100_000);
    }
    double took = millis(start);
    double writer = (writerCpu() - writerStart) / 1e3 / calls;
    long[] late = new long[calls];
    Arrays.setAll(late, i -> durable[i] - ended[i]);
    Arrays.sort(late);
    Arrays.sort(loop);
    say(
        "%d settles at %d/s in %.0f ms: durable after p50 %.1f ms, p99 %.1f ms, max %.1f ms;"
            + " caller p50 %.1f us, p99 %.1f us, max %.2f ms; writer %.2f us CPU a row",
        calls,
        rate,
        took,
        late[calls / 2] / 1e6,
        late[calls / 100 * 99] / 1e6,
        late[calls - 1] / 1e6,
        loop[calls / 2] / 1e3,
        loop[calls / 100 * 99] / 1e3,
        loop[calls - 1] / 1e6,
        writer);
  }

  private int look(long[] durable, int handedOver, int seen) {
    int done = handedOver - ledger.backlog();
    long now = System.nanoTime();
    for (int i = seen; i < done; i++) {
      durable[i] = now;
    }
    return Math.max(seen, done);
  }

  private void settleAtOnce(int calls) {
    long writerStart = writerCpu();
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      while (ledger.backlog() > 20_000) {
        LockSupport.parkNanos(1_000_000);
      }
      post(send());
    }
    drain();
    say(
        "%d settles: %.0f a second; writer %.2f us CPU a row",
        calls,
        calls / millis(start) * 1_000,
        (writerCpu() - writerStart) / 1e3 / calls);
  }

  /** What the ledger's thread has computed so far, in nanoseconds. */
  private static long writerCpu() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().equals("ledger")) {
        return threads.getThreadCpuTime(thread.getThreadId());
      }
    }
    throw new IllegalStateException("no thread named ledger");
  }

  private void drain() {
    while (ledger.backlog() > 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private Reservation send() {
    Reservation reservation = reserve();
    while (!ledger.dispatched(reservation, call())) {
      LockSupport.parkNanos(100_000); // slots are made fast, but not that fast
    }
    ledger.books().dispatched(reservation);
    return reservation;
  }

  private Reservation reserve() {
    number++;
    Money amount = Money.ofNanos(50_000_000);
    return ledger
        .books()
        .reserve(accounts.get(number % accounts.size()), amount, amount, amount, Instant.now())
        .reservation()
        .orElseThrow();
  }

  private void post(Reservation reservation) {
    Entry entry =
        ledger
            .books()
            .post(reservation, Money.ofNanos(31_000_017), Entry.Source.REPORTED, USAGE);
    ledger.ended(reservation, call(), entry);
  }

  private CallRecord call() {
    int key = number % accounts.size();
    return new CallRecord(
        System.currentTimeMillis(),
        "req_0123456789abcdef0123456789abc" + number % 1000,
        1,
        "key-" + key,
        "team-" + key % 8,
        "auto",
        number % 3 == 0 ? "thinker" : "mini",
        number % 3 == 0 ? "openai/o3" : "openai/gpt-4.1-mini",
        4_096);
  }

  private static Account account(Books books, AccountKey key, Budget.Window window) {
    Money limit = Money.ofNanos(Long.MAX_VALUE / 4);
    return books.account(key, new Budget(limit, window, ZoneOffset.UTC, key.each()), true);
  }

  private static double millis(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
