package dev.ponder.gateway.ledger;

import static dev.ponder.gateway.ledger.Purse.NOON;
import static dev.ponder.gateway.ledger.Purse.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.budget.Account;
import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Budget;
import dev.ponder.budget.Reservation;
import dev.ponder.price.Money;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLedgerTest {

  @TempDir private Path folder = Path.of(".");
  private Path file = Path.of(".");

  @BeforeEach
  void place() {
    file = folder.resolve("ledger.db");
  }

  @Test
  void open_afterClose_hasTheBalances() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      for (int i = 0; i < 10; i++) {
        Reservation reservation = purse.send(1_000, call(i));
        purse.post(reservation, call(i), 700 + i);
      }
      purse.release(purse.reserve(5_000, NOON), call(10));
    }
    try (SqliteLedger ledger = Disk.open(file)) {
      assertThat(new Purse(ledger).posted(NOON)).isEqualTo(List.of(7_045L, 7_045L, 7_045L));
    }
  }

  @Test
  void open_callsThatWereSent_arePresumed() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      purse.send(1_000, call(1));
      purse.reserve(3_000, NOON);
    }
    try (SqliteLedger ledger = Disk.open(file)) {
      assertThat(new Purse(ledger).posted(NOON)).isEqualTo(List.of(1_000L, 1_000L, 1_000L));
    }
    assertThat(Disk.rows(file, "SELECT state, source, usd, reserved_usd FROM call"))
        .containsExactly("presumed|presumed|0.000001000|0.000001000");
  }

  @Test
  void ended_everyEnding_isARow() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      purse.post(purse.send(1_000, call(1)), call(1), 900);
      Reservation corrected = purse.send(2_000, call(2));
      purse.presume(corrected, call(2));
      purse.post(corrected, call(2), 1_500);
      purse.release(purse.send(3_000, call(3)), call(3));
      Reservation free = purse.reserve(List.of(), 4_000, NOON);
      assertThat(ledger.dispatched(free, call(4))).isTrue();
      ledger.books().dispatched(free);
      purse.post(free, call(4), 4_001);
    }
    assertThat(
            Disk.rows(
                file,
                "SELECT request_id, attempt, sequence, key, team, route, model, deployment,"
                    + " state, source, usd, reserved_usd, cap, input, cached_input, cache_write,"
                    + " output, reasoning, shares FROM call ORDER BY reservation, sequence"))
        .containsExactly(
            "req_1|1|0|key-1|team-1|auto|mini|openai/gpt-mini|posted|reported|0.000000900"
                + "|0.000001000|4096|1000|200|100|500|300|1",
            "req_2|1|0|key-1|team-1|auto|mini|openai/gpt-mini|presumed|presumed|0.000002000"
                + "|0.000002000|4096|0|0|0|0|0|1",
            "req_2|1|1|key-1|team-1|auto|mini|openai/gpt-mini|posted|reported|-0.000000500"
                + "|0.000002000|4096|1000|200|100|500|300|1",
            "req_3|1|0|key-1|team-1|auto|mini|openai/gpt-mini|voided|none|0.000000000"
                + "|0.000003000|4096|0|0|0|0|0|1",
            "req_4|1|0|key-1|team-1|auto|mini|openai/gpt-mini|posted|reported|0.000004001"
                + "|0.000004000|4096|1000|200|100|500|300|0");
    assertThat(Disk.rows(file, "SELECT policy, period, posted, limit_nanos FROM balance"))
        .containsExactly(
            "company|m:2026-11|2400|1000000000000000",
            "fair-share|d:2026-11-23|2400|100000000000000",
            "guard|h:2026-11-23T12Z|2400|10000000000000");
  }

  @Test
  void open_windowsThatEnded_beginAtZero() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      purse.post(purse.send(1_000, call(1)), call(1), 900);
    }
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      assertThat(purse.posted(NOON.plusSeconds(3_600))).isEqualTo(List.of(900L, 900L, 0L));
      assertThat(purse.posted(NOON.plusSeconds(86_400))).isEqualTo(List.of(900L, 0L, 0L));
    }
  }

  @Test
  void reservations_afterARestart_haveIdsThatWereNeverUsed() throws IOException {
    long last;
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      for (int i = 0; i < 5_000; i++) {
        purse.reserve(1, NOON);
      }
      Reservation reservation = purse.send(1, call(1));
      last = reservation.id();
    }
    try (SqliteLedger ledger = Disk.open(file)) {
      assertThat(new Purse(ledger).reserve(1, NOON).id()).isGreaterThan(last);
    }
  }

  @Test
  void keepAndBrokeCap_afterARestart_areKnown() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      ledger.keep(Purse.TEAM, "{\"a\":1}");
      ledger.keep(Purse.TEAM, "{\"a\":2}");
      ledger.keep(Purse.COMPANY, "{}");
      ledger.brokeCap("mini", 5_000);
      ledger.brokeCap("mini", 4_000);
      assertThat(ledger.pacers()).containsEntry(Purse.TEAM, "{\"a\":2}");
    }
    try (SqliteLedger ledger = Disk.open(file)) {
      assertThat(ledger.pacers()).isEqualTo(Map.of(Purse.TEAM, "{\"a\":2}", Purse.COMPANY, "{}"));
      assertThat(ledger.capBreakers()).isEqualTo(Map.of("mini", 5_000L));
    }
  }

  @Test
  void dispatched_moreSharesThanFit_isRefused() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      List<Account> accounts = new ArrayList<>();
      IntStream.range(0, 13)
          .forEach(
              i ->
                  accounts.add(
                      ledger
                          .books()
                          .account(
                              new AccountKey("p" + i, Budget.Each.ALL, ""),
                              new Budget(
                                  Money.ofNanos(1_000),
                                  Budget.Window.DAY,
                                  ZoneOffset.UTC,
                                  Budget.Each.ALL),
                              true)));
      Reservation thirteen = purse.reserve(accounts, 1, NOON);
      Reservation twelve = purse.reserve(accounts.subList(0, 12), 1, NOON);
      assertThat(ledger.dispatched(thirteen, call(1))).isFalse();
      assertThat(ledger.dispatched(twelve, call(2))).isTrue();
    }
    try (SqliteLedger ledger = Disk.open(file)) {
      assertThat(ledger.accepts()).isTrue();
    }
    assertThat(Disk.rows(file, "SELECT count(*), sum(posted) FROM balance"))
        .containsExactly("12|12");
  }

  @Test
  void ended_manyCalls_areAllThere() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      for (int i = 0; i < 20_000; i++) {
        purse.post(purse.send(100, call(i)), call(i), i % 100);
      }
    }
    assertThat(Disk.rows(file, "SELECT count(*), sum(amount) FROM entry"))
        .containsExactly("20000|990000");
    assertThat(Disk.rows(file, "SELECT posted FROM balance"))
        .containsExactly("990000", "990000", "990000");
  }

  @Test
  void backup_whileCallsEnd_isALedger() throws IOException {
    Path copy = folder.resolve("copy.db");
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      purse.post(purse.send(1_000, call(1)), call(1), 900);
      Disk.drain(ledger);
      Reservation running = purse.send(1_000, call(2));
      assertThat(LedgerBackup.write(file, copy)).isEqualTo(Files.size(copy)).isPositive();
      purse.post(running, call(2), 800);
      assertThatThrownBy(() -> LedgerBackup.write(file, copy))
          .isInstanceOf(IOException.class)
          .hasMessage(copy + ": exists (expected: a new file)");
      Path nowhere = folder.resolve("none").resolve("copy.db");
      assertThatThrownBy(() -> LedgerBackup.write(file, nowhere))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(nowhere + ": ");
    }
    try (SqliteLedger ledger = Disk.open(copy)) {
      assertThat(new Purse(ledger).posted(NOON)).isEqualTo(List.of(900L, 900L, 900L));
    }
    try (SqliteLedger ledger = Disk.open(file)) {
      assertThat(new Purse(ledger).posted(NOON)).isEqualTo(List.of(1_700L, 1_700L, 1_700L));
    }
  }

  @Test
  void close_leavesNoLogBehind() throws IOException {
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      purse.post(purse.send(1_000, call(1)), call(1), 900);
    }
    assertThat(Files.exists(LedgerFile.beside(file, "-wal"))).isFalse();
  }
}
