package dev.ponder.gateway.ledger;

import static dev.ponder.gateway.ledger.Purse.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.budget.Reservation;
import dev.ponder.gateway.ledger.UsageReport.Dimension;
import dev.ponder.gateway.ledger.UsageReport.Query;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageReportTest {

  @TempDir private Path folder = Path.of(".");

  /** Two keys over two days: posted, presumed, corrected and released calls. */
  static void fill(Ledger ledger) {
    Purse purse = new Purse(ledger);
    Instant nextDay = Instant.parse("2026-11-24T00:00:00Z");
    one(purse, record("a", "x", NOON)).posted(2_000_000_000L);
    one(purse, record("a", "x", nextDay.minusMillis(1))).presumed();
    one(purse, record("a", "y", nextDay)).corrected(250_000_001L);
    one(purse, record("b", "x", nextDay)).released();
    one(purse, record("b", "x", nextDay)).posted(1);
  }

  private record One(Purse purse, Reservation reservation, CallRecord call) {

    void posted(long nanos) {
      purse.post(reservation, call, nanos);
    }

    void presumed() {
      purse.presume(reservation, call);
    }

    void corrected(long nanos) {
      presumed();
      posted(nanos);
    }

    void released() {
      purse.release(reservation, call);
    }
  }

  private static One one(Purse purse, CallRecord call) {
    return new One(purse, purse.send(1_000_000_000L, call), call);
  }

  private static CallRecord record(String key, String model, Instant time) {
    return new CallRecord(
        time.toEpochMilli(), "r", 1, key, "team-" + key, "auto", model, "up/" + model, -1);
  }

  @Test
  void read_byKeyAndDay_sumsWhatWasBilledAndPresumed() throws IOException {
    Path file = folder.resolve("ledger.db");
    try (SqliteLedger ledger = Disk.open(file)) {
      fill(ledger);
      Disk.drain(ledger);
      UsageReport report = ledger.usage(query(Dimension.KEY, Dimension.DAY));
      assertThat(report.toJson())
          .isEqualTo(
              "{\"from\":null,\"to\":null,\"by\":[\"key\",\"day\"],\"rows\":["
                  + row("\"key\":\"a\",\"day\":\"2026-11-23\",", 2, 1, "3", "1")
                  + ","
                  + row("\"key\":\"a\",\"day\":\"2026-11-24\",", 1, 1, "0.250000001", "0")
                  + ","
                  + row("\"key\":\"b\",\"day\":\"2026-11-24\",", 1, 1, "0.000000001", "0")
                  + "],\"total\":"
                  + row("", 4, 3, "3.250000002", "1")
                  + "}");
    }
  }

  @Test
  void usage_inMemory_isTheSameAsInAFile() throws IOException {
    try (SqliteLedger ledger = Disk.open(folder.resolve("ledger.db"))) {
      MemoryLedger memory = new MemoryLedger();
      fill(ledger);
      fill(memory);
      Disk.drain(ledger);
      for (Query query :
          List.of(
              query(),
              query(Dimension.values()),
              query(Dimension.MODEL),
              query(Dimension.TEAM, Dimension.ROUTE),
              new Query(List.of(Dimension.KEY), day("2026-11-24"), Optional.empty()),
              new Query(List.of(Dimension.KEY), Optional.empty(), day("2026-11-23")))) {
        assertThat(memory.usage(query)).isEqualTo(ledger.usage(query));
      }
    }
  }

  @Test
  void read_fromTo_bothDaysAreIncluded() throws IOException {
    MemoryLedger ledger = new MemoryLedger();
    fill(ledger);
    assertThat(calls(ledger, day("2026-11-23"), day("2026-11-23"))).isEqualTo(2);
    assertThat(calls(ledger, day("2026-11-23"), day("2026-11-24"))).isEqualTo(4);
    assertThat(calls(ledger, day("2026-11-24"), Optional.empty())).isEqualTo(2);
    assertThat(calls(ledger, day("2026-11-25"), Optional.empty())).isZero();
  }

  @Test
  void read_whatIsNoLedger_saysSo() throws IOException {
    Path none = folder.resolve("none.db");
    assertThatThrownBy(() -> UsageReport.read(none, query()))
        .isInstanceOf(IOException.class)
        .hasMessage(none + ": no such file (expected: a ledger)");
    Path foreign = folder.resolve("foreign.db");
    Disk.execute(foreign, "CREATE TABLE mine(x)");
    assertThatThrownBy(() -> UsageReport.read(foreign, query()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a database of another application");
  }

  private static long calls(MemoryLedger ledger, Optional<LocalDate> from, Optional<LocalDate> to) {
    return ledger.usage(new Query(List.of(), from, to)).total().calls();
  }

  private static Optional<LocalDate> day(String day) {
    return Optional.of(LocalDate.parse(day));
  }

  private static Query query(Dimension... by) {
    return new Query(List.of(by), Optional.empty(), Optional.empty());
  }

  private static String row(String names, int calls, int billed, String cost, String presumed) {
    return "{%s\"calls\":%d,\"input_tokens\":%d,\"cached_input_tokens\":%d,\"output_tokens\":%d,"
            .formatted(names, calls, billed * 1_000, billed * 200, billed * 500)
        + "\"reasoning_tokens\":%d,\"cost_usd\":\"%s\",\"presumed_usd\":\"%s\"}"
            .formatted(billed * 300, cost, presumed);
  }
}
