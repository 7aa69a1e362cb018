package dev.ponder.gateway.ledger;

import static dev.ponder.gateway.ledger.Purse.NOON;
import static dev.ponder.gateway.ledger.Purse.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.budget.Reservation;
import dev.ponder.gateway.ledger.UsageReport.Dimension;
import dev.ponder.gateway.ledger.UsageReport.Query;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerRetentionTest {

  private static final Duration WEEK = Duration.ofDays(7);
  private static final Query ALL =
      new Query(
          List.of(Dimension.DAY, Dimension.KEY, Dimension.MODEL),
          Optional.empty(),
          Optional.empty());

  @TempDir private Path folder = Path.of(".");
  private Path file = Path.of(".");

  @BeforeEach
  void place() throws IOException {
    file = folder.resolve("ledger.db");
    try (SqliteLedger ledger = Disk.open(file)) {
      Purse purse = new Purse(ledger);
      for (int i = 0; i < 1_500; i++) {
        end(purse, purse.send(1_000, call(i)), i);
      }
      for (int i = 0; i < 1_200; i++) {
        Reservation free = purse.reserve(List.of(), 1_000, NOON);
        ledger.dispatched(free, call(i));
        ledger.books().dispatched(free);
        end(purse, free, i);
      }
    }
  }

  private static void end(Purse purse, Reservation reservation, int i) {
    if (i % 3 == 0) {
      purse.post(reservation, call(i), 900);
    } else if (i % 3 == 1) {
      purse.presume(reservation, call(i));
      if (i % 2 == 0) {
        purse.post(reservation, call(i), 400);
      }
    } else {
      purse.release(reservation, call(i));
    }
  }

  @Test
  void roll_beforeAllWindowsHaveClosedForLongEnough_leavesTheirCalls() throws Exception {
    List<String> before = Disk.rows(file, "SELECT count(*) FROM entry WHERE shares <> 0");
    roll(Instant.parse("2026-12-07T23:00:00Z")); // the month ended six days and 23 hours ago
    assertThat(Disk.rows(file, "SELECT count(*) FROM entry WHERE shares <> 0")).isEqualTo(before);
    assertThat(Disk.rows(file, "SELECT count(*) FROM entry WHERE shares = 0"))
        .as("calls without a window go by their own age")
        .containsExactly("0");
    Disk.open(file).close(); // every balance is still the sum of its entries
  }

  @Test
  void roll_afterwards_leavesTheSumsAndTheReport() throws Exception {
    UsageReport before = UsageReport.read(file, ALL);
    List<String> sum = Disk.rows(file, "SELECT sum(amount), sum(input) FROM entry");
    roll(Instant.parse("2026-12-08T01:00:00Z"));
    assertThat(Disk.rows(file, "SELECT count(*) FROM entry")).containsExactly("0");
    assertThat(Disk.rows(file, "SELECT sum(amount), sum(input) FROM daily")).isEqualTo(sum);
    assertThat(Disk.rows(file, "SELECT count(*) FROM shares")).containsExactly("0");
    assertThat(Disk.rows(file, "SELECT count(*) FROM balance")).containsExactly("0");
    assertThat(UsageReport.read(file, ALL)).isEqualTo(before);
    assertThat(before.total().calls()).isEqualTo(1_800);
  }

  @Test
  void roll_halfWay_balancesAreStillTheSums() throws Exception {
    UsageReport before = UsageReport.read(file, ALL);
    try (LedgerDatabase database = LedgerDatabase.open(file)) {
      retention(database, Instant.parse("2026-12-08T01:00:00Z")).step();
    }
    assertThat(Disk.rows(file, "SELECT rolled > 0, posted > rolled FROM balance"))
        .containsExactly("1|1", "1|1", "1|1");
    assertThat(UsageReport.read(file, ALL)).isEqualTo(before);
    Disk.open(file).close();
  }

  @Test
  void roll_twiceOnOneDay_addsUp() throws Exception {
    List<String> sum = Disk.rows(file, "SELECT sum(amount) FROM entry");
    roll(Instant.parse("2026-12-07T00:00:00Z"));
    roll(Instant.parse("2026-12-09T00:00:00Z"));
    assertThat(Disk.rows(file, "SELECT sum(amount) FROM daily")).isEqualTo(sum);
  }

  @Test
  void open_old_rollsByItself() throws Exception {
    Clock later = Clock.fixed(Instant.parse("2026-12-08T01:00:00Z"), ZoneOffset.UTC);
    try (SqliteLedger ledger = SqliteLedger.open(file, WEEK, later)) {
      Disk.await(() -> Disk.rows(file, "SELECT count(*) FROM balance").equals(List.of("0")));
      Instant now = later.instant();
      Purse purse = new Purse(ledger);
      purse.post(purse.send(1_000, call(1, now)), call(1, now), 500);
    }
    assertThat(Disk.rows(file, "SELECT count(*) FROM balance")).containsExactly("3");
    SqliteLedger.open(file, WEEK, later).close();
  }

  private void roll(Instant now) throws SQLException {
    try (LedgerDatabase database = LedgerDatabase.open(file)) {
      LedgerRetention retention = retention(database, now);
      while (retention.isDue()) {
        retention.step();
      }
    }
  }

  private static LedgerRetention retention(LedgerDatabase database, Instant now) {
    return new LedgerRetention(database, WEEK, Clock.fixed(now, ZoneOffset.UTC));
  }
}
