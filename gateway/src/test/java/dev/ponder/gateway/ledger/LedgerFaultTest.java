package dev.ponder.gateway.ledger;

import static dev.ponder.gateway.ledger.Purse.NOON;
import static dev.ponder.gateway.ledger.Purse.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.budget.Reservation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not what they should be, and disks that do not take any more. */
class LedgerFaultTest {

  @TempDir private Path folder = Path.of(".");
  private Path file = Path.of(".");

  @BeforeEach
  void place() {
    file = folder.resolve("ledger.db");
  }

  @Test
  void open_whatIsNoLedger_isRefusedAndLeftAlone() throws IOException {
    Path text = Files.writeString(folder.resolve("text.db"), "budgets: 12\n".repeat(1_000));
    refused(text, "not an SQLite database (expected: a ledger)");
    Path foreign = folder.resolve("foreign.db");
    Disk.execute(foreign, "CREATE TABLE mine(x)");
    byte[] before = Files.readAllBytes(foreign);
    refused(foreign, "a database of another application (expected: a ledger, or no such file)");
    assertThat(Files.readAllBytes(foreign)).isEqualTo(before);
    refused(folder, "is a directory (expected: a file)");
    refused(folder.resolve("none").resolve("x.db"), "no such directory");
  }

  @Test
  void open_newerVersion_isRefused() throws IOException {
    Disk.open(file).close();
    Disk.execute(file, "PRAGMA user_version = 2");
    refused(file, "a ledger of version 2 (expected: 1)");
  }

  @Test
  void open_emptyFile_becomesALedger() throws IOException {
    Files.createFile(file);
    Disk.open(file).close();
    assertThat(Disk.rows(file, "PRAGMA user_version")).containsExactly("1");
  }

  @Test
  void open_twiceInOneProcess_isRefusedAndTheFirstGoesOn() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      refused(file, "is open in this process already (expected: once)");
      refused(folder.resolve("../" + folder.getFileName() + "/ledger.db"), "already");
      Purse purse = new Purse(ledger);
      purse.post(purse.send(1_000, call(1)), call(1), 700);
    }
    Disk.open(file).close();
  }

  @Test
  void open_whileAnotherProcessHasIt_namesIt_andAfterItsKillPresumes() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LedgerHolder.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      int read;
      do {
        read = other.getInputStream().read();
      } while (read >= 0 && read != '!');
      assertThat(read).as("the other process is ready").isEqualTo('!');
      refused(file, "in use by process " + other.pid() + " since 2026-11-23T12:00:00Z");
    } finally {
      other.destroyForcibly();
    }
    assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
    try (SqliteLedger ledger = Disk.open(file)) {
      assertThat(new Purse(ledger).posted(NOON)).containsExactly(2_700L, 2_700L, 2_700L);
    }
  }

  @Test
  void open_truncatedDatabase_isRefused() throws IOException {
    filled();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }
    refused(file, "");
  }

  @Test
  void open_balanceThatIsNotTheSum_isRefused() throws IOException {
    filled();
    Disk.execute(file, "UPDATE balance SET posted = posted - 1 WHERE policy = 'guard'");
    refused(file, "(expected: 0.000149 USD, the sum of its entries); restore a backup");
  }

  @Test
  void open_unbudgetedThatIsNotTheSum_isRefused() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      unnoted(purse, 1);
      unnoted(purse, 2);
    }
    Disk.execute(file, "UPDATE entry SET amount = amount + 2048 WHERE request_id = 'req_2'");
    refused(file, "no budget charged for 0.000000014 USD (expected: the sum of such entries,");
  }

  @Test
  void open_logThatLostACommit_isRefused() throws IOException {
    Path after = folder.resolve("a");
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      purse.post(purse.send(1_000, call(1)), call(1), 700);
      Disk.drain(ledger);
      Disk.killed(file, after);
    }
    try (FileChannel log =
        FileChannel.open(after.resolve("ledger.db-wal"), StandardOpenOption.WRITE)) {
      log.write(ByteBuffer.wrap(new byte[] {1}), log.size() - 2_000); // in the last page of it
    }
    refused(after.resolve("ledger.db"), "transaction 0 is the last (expected: 1,");
  }

  @Test
  void open_calls_ofAnotherLedger_areRefused() throws IOException {
    Disk.open(file).close();
    Path other = folder.resolve("other.db");
    Disk.open(other).close();
    Files.delete(LedgerFile.beside(file, "-open"));
    Files.move(LedgerFile.beside(other, "-open"), LedgerFile.beside(file, "-open"));
    refused(file, "ledger.db-open: holds the open calls of another ledger");
    Files.writeString(LedgerFile.beside(file, "-open"), "nothing");
    refused(file, "ledger.db-open: not a table of open calls");
  }

  /** A flipped bit is noticed, or it is where no money is: in free space or in names of calls. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void open_flippedBits_neverChangeABalance(long seed) throws IOException {
    filled();
    Random random = new Random(seed);
    byte[] good = Files.readAllBytes(file);
    byte[] open = Files.readAllBytes(LedgerFile.beside(file, "-open"));
    int refused = 0;
    for (int i = 0; i < 60; i++) {
      byte[] bad = good.clone();
      int at = random.nextInt(bad.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bad);
      Files.write(LedgerFile.beside(file, "-open"), open);
      Files.deleteIfExists(LedgerFile.beside(file, "-wal"));
      Files.deleteIfExists(LedgerFile.beside(file, "-shm"));
      try (SqliteLedger ledger = Disk.open(file)) {
        assertThat(new Purse(ledger).posted(NOON))
            .as("seed %d, round %d, byte %d", seed, i, at)
            .containsExactly(149_000L, 149_000L, 149_000L);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("ledger.db");
        refused++;
      }
    }
    assertThat(refused).as("seed %d", seed).isPositive();
  }

  @Test
  void ended_diskFull_nothingIsLostAndItRecovers() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      Reservation running = purse.send(1_000, call(0));
      ledger.limitPages(1); // what it has, and no more
      int sent = 0;
      while (ledger.accepts()) {
        Reservation next = purse.reserve(1_000, NOON);
        if (ledger.dispatched(next, call(sent))) {
          ledger.books().dispatched(next);
          purse.post(next, call(sent++), 700);
        }
      }
      Reservation next = purse.reserve(1_000, NOON);
      assertThat(ledger.dispatched(next, call(-1))).isFalse();
      purse.release(next, call(-1));
      purse.post(running, call(0), 900); // ends while nothing can be written
      assertThat(ledger.backlog()).isPositive();
      ledger.limitPages(1_000_000);
      Disk.await(ledger::accepts);
      Disk.drain(ledger);
      assertThat(Disk.rows(file, "SELECT posted FROM balance WHERE policy = 'guard'"))
          .containsExactly(Long.toString(sent * 700L + 900));
      assertThat(ledger.dispatched(purse.reserve(1, NOON), call(-2))).isTrue();
    }
  }

  @Test
  void ended_moreThanTheQueueHolds_stopsAcceptingUntilItDrains() throws Exception {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      Reservation[] running = new Reservation[LedgerWriter.QUEUE_MAX + 1];
      for (int i = 0; i < running.length; i++) {
        running[i] = purse.send(10, call(i));
      }
      Disk.whileBlocked(
          file,
          () -> {
            for (int i = 0; i < running.length - 1; i++) {
              purse.post(running[i], call(i), 7);
            }
            assertThat(ledger.accepts()).isTrue();
            purse.post(running[running.length - 1], call(0), 7);
            assertThat(ledger.accepts()).isFalse();
            assertThat(ledger.dispatched(purse.reserve(1, NOON), call(1))).isFalse();
            assertThat(ledger.backlog()).isEqualTo(LedgerWriter.QUEUE_MAX + 1);
          });
      Disk.await(ledger::accepts);
    }
    assertThat(Disk.rows(file, "SELECT count(*), sum(amount) FROM entry"))
        .containsExactly("50001|350007");
  }

  @Test
  void ended_unbudgetedBeyondTheQueue_isDroppedAndCounted_budgetedIsKept() throws Exception {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      Reservation free = purse.reserve(List.of(), 10, NOON);
      assertThat(ledger.dispatched(free, call(0))).isTrue();
      ledger.books().dispatched(free);
      Reservation budgeted = purse.send(10, call(1));
      Disk.whileBlocked(
          file,
          () -> {
            for (int i = 0; i < LedgerWriter.QUEUE_MAX; i++) {
              unnoted(purse, i);
            }
            assertThat(ledger.dropped()).isZero();
            purse.post(free, call(0), 9);
            unnoted(purse, 2);
            assertThat(ledger.dropped()).isEqualTo(2);
            purse.post(budgeted, call(1), 5);
            assertThat(ledger.dropped()).isEqualTo(2);
            assertThat(ledger.backlog()).isEqualTo(LedgerWriter.QUEUE_MAX + 1);
          });
      Disk.await(ledger::accepts);
      Disk.drain(ledger);
      unnoted(purse, 3);
      assertThat(ledger.dropped()).isEqualTo(2);
    }
    try (SqliteLedger again = Disk.open(file)) {
      assertThat(new Purse(again).posted(NOON)).containsExactly(5L, 5L, 5L);
    }
    assertThat(Disk.rows(file, "SELECT count(*), sum(amount) FROM entry"))
        .containsExactly("50002|350012");
  }

  @Test
  void close_diskFull_keepsWhatWasNotWritten() throws Exception {
    SqliteLedger ledger = Disk.open(file);
    Purse purse = new Purse(ledger);
    Reservation running = purse.send(1_000, call(1));
    ledger.closePatience(1);
    Disk.whileBlocked(
        file,
        () -> {
          purse.post(running, call(1), 700);
          ledger.close();
        });
    try (SqliteLedger again = Disk.open(file)) {
      assertThat(new Purse(again).posted(NOON)).containsExactly(700L, 700L, 700L);
    }
  }

  /** A call that no budget is charged for ends, though it could not be noted as sent. */
  private static void unnoted(Purse purse, int number) {
    Reservation free = purse.reserve(List.of(), 10, NOON);
    purse.books.dispatched(free);
    purse.post(free, call(number), 7);
  }

  /** A ledger of some hundred calls: 149,000 nano-dollars. */
  private void filled() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      for (int i = 0; i < 298; i++) {
        purse.post(purse.send(1_000, call(i)), call(i), 500);
      }
    }
  }

  private static void refused(Path path, String why) {
    assertThatThrownBy(() -> Disk.open(path).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(String.valueOf(path.getFileName()))
        .hasMessageContaining(why);
  }
}
