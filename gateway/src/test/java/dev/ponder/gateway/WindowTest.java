package dev.ponder.gateway;

import static dev.ponder.gateway.HeldUpstream.whole;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.stub.StubOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows that end while calls run, and clocks that jump. */
class WindowTest {

  /** 1 million nano-dollars for the 100 tokens that each call uses. */
  private static final long CALL = 1_000_000;

  private static final String BERLIN =
      "{ limit: 0.0065 USD, window: day, time_zone: Europe/Berlin }";

  @TempDir private Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>();
  private HeldUpstream upstream;

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          throw new UnsupportedOperationException("zone: " + zone + " (expected: UTC)");
        }

        @Override
        public Instant instant() {
          return now.get();
        }
      };

  @BeforeEach
  void start() throws IOException {
    upstream = new HeldUpstream();
  }

  @AfterEach
  void stop() throws IOException {
    upstream.close();
  }

  private void at(String instant) {
    now.set(Instant.parse(instant));
  }

  private RunningGateway gateway(String budget) {
    return RunningGateway.start(
        """
        upstreams: { held: { base_url: "%s" } }
        models: { mini: { served_by: held/x, max_output_tokens: 600,
                          price: { input: 0, output: 10 } } }
        policies: [ { name: all, budget: %s, at_exhaustion: reject, wait: 0s } ]
        ledger: sqlite:%s
        """
            .formatted(upstream.baseUrl(), budget, folder.resolve("ponder.db")),
        StubOptions.standard(),
        clock);
  }

  private static CompletableFuture<RawHttp.Response> ask(RunningGateway gateway, String id) {
    return HeldUpstream.ask(gateway, RawHttp.ask("mini", "Hi"), "x-request-id: " + id);
  }

  private static void holds(RunningGateway gateway, String window, long posted, boolean pending) {
    JsonObject budget = Audit.budget(gateway, "all", "");
    assertThat(budget.getJsonObject("window").getString("id")).isEqualTo(window);
    assertThat(Audit.usd(budget, "posted_usd").nanos()).isEqualTo(posted);
    assertThat(Audit.usd(budget, "pending_usd").nanos() > 0).isEqualTo(pending);
  }

  /** What the file holds, by window. */
  private Map<String, Long> posted() {
    Map<String, Long> posted = new TreeMap<>();
    String file = "jdbc:sqlite:" + folder.resolve("ponder.db");
    try (Connection connection = DriverManager.getConnection(file);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT period, posted FROM balance")) {
      while (row.next()) {
        posted.put(row.getString(1), row.getLong(2));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return posted;
  }

  /** Midnight in Berlin, on the evening before the clocks go back: the new day has 25 hours. */
  @Test
  void midnight_aRunningCallStaysInItsDay_andTheNewOneBeginsAtZero() throws Exception {
    at("2026-10-24T21:59:59Z");
    try (RunningGateway gateway = gateway(BERLIN)) {
      CompletableFuture<RawHttp.Response> running = ask(gateway, "running");
      upstream.awaitCall();
      RawHttp.Response refused = whole(ask(gateway, "refused"));
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("x-ponder-budget-resets")).hasValue("2026-10-24T22:00:00Z");
      holds(gateway, "d:2026-10-24", 0, true);

      at("2026-10-24T22:00:00Z");
      holds(gateway, "d:2026-10-25", 0, false);
      CompletableFuture<RawHttp.Response> next = ask(gateway, "next");
      upstream.awaitCall();
      holds(gateway, "d:2026-10-25", 0, true);
      upstream.release();
      upstream.release();
      assertThat(whole(running).status()).isEqualTo(200);
      assertThat(whole(next).status()).isEqualTo(200);
      holds(gateway, "d:2026-10-25", CALL, false);
      String end = Audit.budget(gateway, "all", "").getJsonObject("window").getString("end");
      assertThat(end).isEqualTo("2026-10-25T23:00:00Z"); // 25 hours later
    }
    assertThat(posted()).isEqualTo(Map.of("d:2026-10-24", CALL, "d:2026-10-25", CALL));
  }

  @Test
  void exhausted_isOverWithTheWindow() throws Exception {
    at("2026-11-30T23:00:00Z");
    try (RunningGateway gateway = gateway("0.0065 USD per month")) {
      for (int i = 0; i < 2; i++) {
        upstream.release();
        assertThat(whole(ask(gateway, "good")).status()).isEqualTo(200);
      }
      // 0.0045 USD are left, and the 512 tokens that a call is worth are 0.00512
      assertThat(whole(ask(gateway, "refused")).status()).isEqualTo(429);
      at("2026-12-01T00:00:00Z");
      upstream.release();
      assertThat(whole(ask(gateway, "good")).status()).isEqualTo(200);
    }
  }

  /**
   * Two hours back, into the day before, and two days ahead: nothing is reset, nothing negative.
   */
  @Test
  void clock_jumping_neverGivesMoneyBack() throws Exception {
    at("2026-11-23T01:00:00Z");
    try (RunningGateway gateway = gateway("0.0065 USD per day")) {
      CompletableFuture<RawHttp.Response> running = ask(gateway, "running");
      upstream.awaitCall();
      at("2026-11-22T23:00:00Z"); // yesterday, while a call of today runs
      assertThat(whole(ask(gateway, "back")).status()).isEqualTo(429);
      holds(gateway, "d:2026-11-23", 0, true);
      at("2026-11-25T01:00:00Z");
      upstream.release();
      assertThat(whole(running).status()).isEqualTo(200);
      holds(gateway, "d:2026-11-25", 0, false);
      at("2026-11-23T01:00:01Z"); // and the clock is put right
      holds(gateway, "d:2026-11-23", CALL, false);
    }
    assertThat(posted()).isEqualTo(Map.of("d:2026-11-23", CALL));
  }

  @Test
  void restart_inTheNextWindow_beginsAtZero_andInTheSameOneDoesNot() throws Exception {
    at("2026-11-23T12:00:00Z");
    try (RunningGateway gateway = gateway("0.0065 USD per day")) {
      upstream.release();
      assertThat(whole(ask(gateway, "first")).status()).isEqualTo(200);
    }
    try (RunningGateway gateway = gateway("0.0065 USD per day")) {
      holds(gateway, "d:2026-11-23", CALL, false);
    }
    at("2026-11-24T00:00:00Z");
    try (RunningGateway gateway = gateway("0.0065 USD per day")) {
      holds(gateway, "d:2026-11-24", 0, false);
    }
  }
}
