package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.cli.Main;
import dev.ponder.gateway.stub.StubCall;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import dev.ponder.gateway.stub.StubServer;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Kills a gateway that is full of running calls, again and again, on one ledger: whatever the
 * upstream billed is in it, at least as much and never twice.
 *
 * <p>{@code -Dponder.kill=full} runs 20 rounds of 2,000 calls; without it 2 of 200 are run.
 */
class KillTest {

  private static final boolean FULL = "full".equals(System.getProperty("ponder.kill"));
  private static final int ROUNDS = FULL ? 20 : 2;
  private static final int CALLS = FULL ? 2_000 : 200;
  private static final long SEED = Long.getLong("ponder.seed", 20261123);

  private static final Map<String, ModelPrice> PRICES =
      Map.of("stub-mini", price("0.10", "0.40"), "stub-thinker", price("1", "10"));

  @TempDir private Path folder;

  /** What the ledger holds of one call. */
  private record Row(long amount, int entries, boolean presumed, boolean reported) {}

  private static ModelPrice price(String input, String output) {
    return ModelPrice.of(Money.ofUsd(new BigDecimal(input)), Money.ofUsd(new BigDecimal(output)));
  }

  @Test
  @Timeout(600)
  void kill_hidesNoBilledCall() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      StubOptions options =
          StubOptions.standard()
              .withKeep(ROUNDS * CALLS, 0)
              .withModel("stub-mini", StubScript.parse("tokens=1..60; tps=60"))
              .withModel("stub-thinker", StubScript.parse("tokens=1..60; reasoning=~900; tps=60"));
      StubServer stub = RunningGateway.await(StubServer.start(vertx, options));
      Path file = configure(stub);
      Random random = new Random(SEED);
      for (int round = 0; round < ROUNDS; round++) {
        killInFlight(file, stub, round, random);
      }
      stopInOrder(start(file)); // the last start takes up what the last kill left
      compare(stub, rows());
    } finally {
      RunningGateway.await(vertx.close());
    }
  }

  private Path configure(StubServer stub) throws IOException {
    String yaml =
        BudgetTest.MODELS.replace("${STUB}", stub.baseUrl())
            + "listen: { api: 127.0.0.1:0, admin: 127.0.0.1:0 }\n"
            + "policies: [ { name: all, budget: 100000 USD per month, at_exhaustion: reject } ]\n"
            + "ledger: sqlite:"
            + folder.resolve("ponder.db")
            + "\n";
    String many = yaml.replace("base_url:", "max_concurrency: 4000, base_url:");
    return Files.writeString(folder.resolve("ponder.yaml"), many);
  }

  private static Process start(Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "serve",
            "--config",
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String ready(Process gateway) throws IOException {
    BufferedReader out = gateway.inputReader();
    String line = out.readLine();
    assertThat(line).startsWith("ponder ready: api ");
    return line.substring("ponder ready: api ".length(), line.indexOf(" admin "));
  }

  private static void stopInOrder(Process gateway) throws Exception {
    try {
      ready(gateway);
      gateway.destroy(); // SIGTERM
      assertThat(gateway.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(gateway.exitValue()).isZero();
    } finally {
      gateway.destroyForcibly();
    }
  }

  /** Kills when a share of the calls, drawn by chance, has reached its end at the stub. */
  private static void killInFlight(Path file, StubServer stub, int round, Random random)
      throws Exception {
    Process gateway = start(file);
    try (Crowd crowd = new Crowd(ready(gateway), CALLS)) {
      long ended = stub.log().total().calls();
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        String prompt = "round " + round + " call " + i;
        String model = i % 3 == 0 ? "thinker" : "auto";
        String body = i % 2 == 0 ? RawHttp.ask(model, prompt) : RawHttp.askStream(model, prompt);
        answers.add(crowd.askOne("", body, "kill-" + round + "-" + i));
      }
      RunningGateway.await(stub.log().whenCalls(ended + 1 + random.nextInt(CALLS / 2)));
      gateway.destroyForcibly(); // SIGKILL
      assertThat(gateway.waitFor(30, TimeUnit.SECONDS)).isTrue();
      RunningGateway.await(Future.join(answers));
      long open = answers.stream().filter(answer -> answer.result() == 0).count();
      assertThat(open).describedAs("calls in flight when killed").isPositive();
    } finally {
      gateway.destroyForcibly();
    }
    Eventually.holds("the stub has noticed", () -> stub.running() == 0);
  }

  private Map<String, Row> rows() throws SQLException {
    String query =
        "SELECT request_id, sum(amount), count(*), max(state = 3), max(source = 1) FROM entry"
            + " GROUP BY request_id";
    Map<String, Row> rows = new HashMap<>();
    try (Connection ledger =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ponder.db"));
        Statement statement = ledger.createStatement();
        ResultSet all = statement.executeQuery(query)) {
      while (all.next()) {
        boolean presumed = all.getInt(4) != 0;
        boolean reported = all.getInt(5) != 0;
        rows.put(all.getString(1), new Row(all.getLong(2), all.getInt(3), presumed, reported));
      }
    }
    return rows;
  }

  private static void compare(StubServer stub, Map<String, Row> rows) {
    String seed = "seed " + SEED;
    Map<String, Row> left = new HashMap<>(rows);
    int presumed = 0;
    for (StubCall call : stub.log().calls()) {
      long billed = PRICES.get(call.model()).of(call.usage()).nanos();
      Row row = left.remove(call.requestId());
      assertThat(row).describedAs("%s: %s is missing", seed, call).isNotNull();
      assertThat(row.entries()).describedAs("%s: %s", seed, call).isEqualTo(1);
      assertThat(row.amount()).describedAs("%s: %s", seed, call).isGreaterThanOrEqualTo(billed);
      if (row.reported()) {
        assertThat(row.amount()).describedAs("%s: %s", seed, call).isEqualTo(billed);
      }
      presumed += row.presumed() ? 1 : 0;
    }
    // Written to a socket that died with the process: not even the gateway can know of these.
    assertThat(left.values()).describedAs(seed).allMatch(Row::presumed);
    LoggerFactory.getLogger(KillTest.class)
        .info(
            "calls at the upstream {}, presumed {}, sent in vain {}",
            stub.log().calls().size(),
            presumed,
            left.size());
  }
}
