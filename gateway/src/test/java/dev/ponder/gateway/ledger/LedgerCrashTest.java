package dev.ponder.gateway.ledger;

import static dev.ponder.gateway.ledger.Purse.NOON;
import static dev.ponder.gateway.ledger.Purse.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.budget.Reservation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is there after a kill, at each point where one can come. */
class LedgerCrashTest {

  @TempDir private Path folder = Path.of(".");
  private Path file = Path.of(".");

  @BeforeEach
  void place() {
    file = folder.resolve("ledger.db");
  }

  @Test
  void killed_beforeDispatch_nothingIsCharged() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      new Purse(ledger).reserve(1_000, NOON);
      assertThat(reopened("a")).containsExactly(0L, 0L, 0L);
    }
  }

  @Test
  void killed_afterDispatch_allThatWasSetAsideIsPresumed() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      new Purse(ledger).send(1_000, call(1));
      assertThat(reopened("a")).containsExactly(1_000L, 1_000L, 1_000L);
    }
  }

  @Test
  void killed_endedButNotCommitted_theExactEndIsKept() throws Exception {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      Reservation posted = purse.send(1_000, call(1));
      Reservation released = purse.send(1_000, call(2));
      Reservation beyond = purse.send(1_000, call(3));
      Disk.whileBlocked(
          file,
          () -> {
            purse.post(posted, call(1), 700);
            purse.release(released, call(2));
            purse.post(beyond, call(3), 1_200);
            assertThat(reopened("a")).containsExactly(1_900L, 1_900L, 1_900L);
          });
    }
  }

  @Test
  void killed_committedButSlotNotFreed_isChargedOnce() throws Exception {
    Path after = folder.resolve("a");
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      Reservation posted = purse.send(1_000, call(1));
      purse.send(5_000, call(2));
      Disk.whileBlocked(
          file,
          () -> {
            purse.post(posted, call(1), 700);
            Disk.killed(file, after);
          });
      Disk.drain(ledger);
      Disk.copy(file, after, ""); // the slots from before the commit, the rows from after it
      Disk.copy(file, after, "-wal");
    }
    try (SqliteLedger ledger = Disk.open(after.resolve("ledger.db"))) {
      assertThat(new Purse(ledger).posted(NOON)).containsExactly(5_700L, 5_700L, 5_700L);
    }
  }

  @Test
  void killed_correctionNotCommitted_isKept() throws Exception {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      Reservation reservation = purse.send(1_000, call(1));
      purse.presume(reservation, call(1));
      Disk.drain(ledger);
      Disk.whileBlocked(
          file,
          () -> {
            purse.post(reservation, call(1), 1_700);
            assertThat(reopened("a")).containsExactly(1_700L, 1_700L, 1_700L);
          });
    }
  }

  @Test
  void killed_endAndCorrectionNotCommitted_bothAreKept() throws Exception {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      Reservation reservation = purse.send(1_000, call(1));
      Disk.whileBlocked(
          file,
          () -> {
            purse.presume(reservation, call(1));
            purse.post(reservation, call(1), 300);
            assertThat(reopened("a")).containsExactly(300L, 300L, 300L);
          });
    }
  }

  @Test
  void killed_duringRecovery_recoversAgain() throws IOException {
    Path after = folder.resolve("a");
    try (SqliteLedger ledger = Disk.open(file)) {
      new Purse(ledger).send(1_000, call(1));
      Disk.killed(file, after);
    }
    Path slots = folder.resolve("b");
    Disk.killed(after.resolve("ledger.db"), slots);
    Disk.open(after.resolve("ledger.db")).close(); // presumes, and frees the slot
    Disk.copy(after.resolve("ledger.db"), slots, ""); // the row is there, and the slot as well
    try (SqliteLedger ledger = Disk.open(slots.resolve("ledger.db"))) {
      assertThat(new Purse(ledger).posted(NOON)).containsExactly(1_000L, 1_000L, 1_000L);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void killed_anywhere_everyCallIsChargedExactlyOnce(long seed) throws IOException {
    new Story(seed).run();
  }

  private List<Long> reopened(String name) throws IOException {
    Path copy = Disk.killed(file, folder.resolve(name));
    try (SqliteLedger ledger = Disk.open(copy)) {
      return new Purse(ledger).posted(NOON);
    }
  }

  /** Random calls over many kills, and what the ledger must say of them. */
  private final class Story {

    private final long seed;
    private final Random random;
    private final List<Running> running = new ArrayList<>();
    private final List<Running> presumed = new ArrayList<>();
    private SqliteLedger ledger;
    private Purse purse;
    private Path at;
    private int number;
    private int kills;
    private long budgeted;
    private long unbudgeted;

    private record Running(Reservation reservation, CallRecord call, boolean free) {}

    Story(long seed) throws IOException {
      this.seed = seed;
      this.random = new Random(seed);
      this.at = file;
      this.ledger = Disk.open(at);
      this.purse = new Purse(ledger);
    }

    void run() throws IOException {
      for (int i = 0; i < 600; i++) {
        int what = random.nextInt(100);
        if (what < 40) {
          send();
        } else if (what < 70) {
          end();
        } else if (what < 80) {
          correct();
        } else if (what < 85) {
          purse.release(purse.reserve(1 + random.nextInt(500), NOON), call(++number));
        } else if (what < 90) {
          purse.reserve(1 + random.nextInt(500), NOON); // never sent, never ended
        } else if (what < 93) {
          Disk.drain(ledger);
        } else if (what < 95) {
          kill();
        }
      }
      kill();
      ledger.close();
      assertThat(Disk.rows(at, "SELECT coalesce(sum(amount), 0) FROM entry WHERE shares = 0"))
          .as("seed %d", seed)
          .containsExactly(Long.toString(unbudgeted));
      assertThat(
              Disk.rows(
                  at,
                  "SELECT request_id FROM entry WHERE sequence = 0 GROUP BY request_id"
                      + " HAVING count(*) > 1"))
          .as("calls that stand there twice, seed %d", seed)
          .isEmpty();
    }

    private void send() {
      long amount = 1L + random.nextInt(1_000);
      CallRecord call = call(++number);
      boolean free = random.nextInt(5) == 0;
      if (!free) {
        running.add(new Running(purse.send(amount, call), call, false));
        return;
      }
      Reservation reservation = purse.reserve(List.of(), amount, NOON);
      assertThat(ledger.dispatched(reservation, call)).isTrue();
      ledger.books().dispatched(reservation);
      running.add(new Running(reservation, call, true));
    }

    private void end() {
      if (running.isEmpty()) {
        return;
      }
      Running one = running.remove(random.nextInt(running.size()));
      int how = random.nextInt(10);
      if (how < 6) {
        long bill = random.nextInt(1_200); // now and then more than was set aside
        purse.post(one.reservation, one.call, bill);
        charge(one, bill);
      } else if (how < 8) {
        purse.presume(one.reservation, one.call);
        charge(one, one.reservation.amount().nanos());
        presumed.add(one);
      } else {
        purse.release(one.reservation, one.call);
      }
    }

    private void correct() {
      if (!presumed.isEmpty()) {
        Running one = presumed.remove(random.nextInt(presumed.size()));
        long bill = random.nextInt(1_200);
        purse.post(one.reservation, one.call, bill);
        charge(one, bill - one.reservation.amount().nanos());
      }
    }

    private void charge(Running one, long nanos) {
      if (one.free) {
        unbudgeted += nanos;
      } else {
        budgeted += nanos;
      }
    }

    /** What ran is presumed from now on; nobody is left to correct it. */
    private void kill() throws IOException {
      Path copy = Disk.killed(at, folder.resolve("kill-" + ++kills));
      ledger.close();
      running.forEach(one -> charge(one, one.reservation.amount().nanos()));
      running.clear();
      presumed.clear();
      at = copy;
      ledger = Disk.open(at);
      purse = new Purse(ledger);
      assertThat(purse.posted(NOON))
          .as("seed %d, kill %d", seed, kills)
          .containsExactly(budgeted, budgeted, budgeted);
    }
  }
}
