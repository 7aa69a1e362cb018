package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.budget.Books;
import dev.ponder.budget.Entry;
import dev.ponder.budget.Reservation;
import dev.ponder.gateway.ledger.CallRecord;
import dev.ponder.gateway.ledger.SqliteLedger;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class UsageCommandTest {

  private static final String MODELS =
      """
      upstreams:
        local: { base_url: http://127.0.0.1:9000/v1 }
      models:
        mini: { served_by: local/mini, price: { input: 0.40, output: 1.60 } }
      """;

  @TempDir private Path folder = Path.of(".");
  private Path yaml = Path.of(".");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void fill() throws IOException {
    Path file = folder.resolve("ledger.db");
    yaml = folder.resolve("ponder.yaml");
    Files.writeString(yaml, MODELS + "ledger: sqlite:" + file + "\n");
    try (SqliteLedger ledger = SqliteLedger.open(file, Duration.ofDays(400), Clock.systemUTC())) {
      call(ledger, "2026-11-23T10:00:00Z", "search", "mini", 1_234_567_890L);
      call(ledger, "2026-11-24T10:00:00Z", "search", "mini", 1);
      call(ledger, "2026-11-24T10:00:00Z", "a,\"b\"", "thinker", 2_000_000_000L);
      call(ledger, "2026-11-24T11:00:00Z", "", "mini", 5_000);
    }
  }

  private static void call(
      SqliteLedger ledger, String time, String team, String model, long nanos) {
    Books books = ledger.books();
    Instant now = Instant.parse(time);
    Money amount = Money.ofNanos(nanos);
    Reservation reservation =
        books.reserve(List.of(), amount, amount, amount, now).reservation().orElseThrow();
    CallRecord call =
        new CallRecord(now.toEpochMilli(), "r", 1, "k", team, "auto", model, "u/m", -1);
    assertThat(ledger.dispatched(reservation, call)).isTrue();
    books.dispatched(reservation);
    Usage usage = new Usage(1_000_000, 200, 100, 500, 300);
    ledger.ended(reservation, call, books.post(reservation, amount, Entry.Source.REPORTED, usage));
  }

  @Test
  void usage_byDefault_isATableOfTeamsAndModels() {
    assertThat(run()).isZero();
    assertThat(out)
        .hasToString(
            """
            team    model    calls      input  output  reasoning  cost USD  presumed USD
            -       mini         1  1,000,000     500        300  0.000005      0.000000
            a,"b"   thinker      1  1,000,000     500        300  2.000000      0.000000
            search  mini         2  2,000,000   1,000        600  1.234568      0.000000
            total                4  4,000,000   2,000      1,200  3.234573      0.000000
            """);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void usage_csv_isExactAndQuoted() {
    assertThat(run("--csv", "--by", "team,day", "--from", "2026-11-24")).isZero();
    assertThat(out)
        .hasToString(
            """
            team,day,calls,input_tokens,cached_input_tokens,output_tokens,reasoning_tokens,\
            cost_usd,presumed_usd
            ,2026-11-24,1,1000000,200,500,300,0.000005,0
            "a,""b\""",2026-11-24,1,1000000,200,500,300,2,0
            search,2026-11-24,1,1000000,200,500,300,0.000000001,0
            """);
  }

  @Test
  void usage_json_isOneDocument() {
    assertThat(run("--json", "--by", "route", "--to", "2026-11-23")).isZero();
    String sums =
        "\"calls\":1,\"input_tokens\":1000000,\"cached_input_tokens\":200,\"output_tokens\":500,"
            + "\"reasoning_tokens\":300,\"cost_usd\":\"1.23456789\",\"presumed_usd\":\"0\"}";
    assertThat(out)
        .hasToString(
            "{\"from\":null,\"to\":\"2026-11-23\",\"by\":[\"route\"],\"rows\":[{\"route\":\"auto\","
                + sums
                + "],\"total\":{"
                + sums
                + "}\n");
  }

  @Test
  void usage_wrongUse_isTwoAndSaysWhat() {
    assertWrong("--by: modle (did you mean model?)", "--by", "team,modle");
    assertWrong("--by: x (expected: any of team, key, model, route, day)", "--by", "x");
    assertWrong("--from: 2026-13-01 (expected: a day such as 2026-11-01)", "--from", "2026-13-01");
    assertWrong(
        "--to: 2026-11-01 (expected: 2026-11-02 or later)",
        "--from",
        "2026-11-02",
        "--to",
        "2026-11-01");
    assertWrong("--csv, --json: both (expected: one)", "--csv", "--json");
  }

  @Test
  void usage_backup_isALedgerInANewFile() throws IOException {
    Path copy = folder.resolve("copy.db");
    assertThat(run("--backup", copy.toString())).isZero();
    assertThat(out).hasToString(copy + ": " + Files.size(copy) + " bytes\n");
    assertThat(run("--backup", copy.toString())).isEqualTo(1);
    assertThat(err).hasToString("ponder: " + copy + ": exists (expected: a new file)\n");
    assertWrong("--backup: with --csv", "--backup", "x", "--csv");
    Files.writeString(yaml, MODELS + "ledger: sqlite:" + copy + "\n");
    out.getBuffer().setLength(0);
    assertThat(run("--by", "route", "--csv")).isZero();
    assertThat(out.toString()).contains("auto,4,4000000,800,2000,1200,3.234572891,0");
  }

  @Test
  void usage_ledgerInMemory_isTwo() throws IOException {
    Files.writeString(yaml, MODELS + "ledger: memory\n");
    assertWrong(yaml + ": ledger: memory (expected: sqlite:PATH, to report from)");
  }

  @Test
  void usage_noLedgerThere_isOne() throws IOException {
    Files.delete(folder.resolve("ledger.db"));
    assertThat(run()).isEqualTo(1);
    assertThat(err.toString()).contains("ledger.db: no such file (expected: a ledger)");
  }

  @Test
  void usage_badConfiguration_isTwo() throws IOException {
    Files.writeString(yaml, "lisen: 1\n");
    assertWrong("lisen: unknown key");
    Files.delete(yaml);
    assertWrong("ponder.yaml: no such file");
  }

  private void assertWrong(String message, String... arguments) {
    err.getBuffer().setLength(0);
    assertThat(run(arguments)).as(message).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "--config";
    all[1] = yaml.toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return new CommandLine(new UsageCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }
}
