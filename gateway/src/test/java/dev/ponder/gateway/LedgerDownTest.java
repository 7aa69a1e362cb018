package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.price.Money;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A ledger that cannot be written: calls with a budget are not made rather than forgotten, the
 * others go on, and nothing that was answered is lost.
 */
class LedgerDownTest {

  @TempDir private Path folder;

  private Path ledger;
  private RunningGateway gateway;
  private int asked;

  @BeforeEach
  void start() {
    ledger = folder.resolve("ponder.db");
    gateway =
        RunningGateway.start(
            """
            upstreams: { stub: { base_url: "${STUB}" } }
            models:
              paid: { served_by: stub/stub-mini, max_output_tokens: 1000,
                      price: { input: 1, output: 4 } }
              watched: { served_by: stub/stub-mini, max_output_tokens: 1000,
                         price: { input: 1, output: 4 } }
              free: { served_by: stub/stub-mini, max_output_tokens: 1000,
                      price: { input: 1, output: 4 } }
            policies:
              - { name: paid, applies_to: { model: paid }, budget: 50 USD per month,
                  at_exhaustion: reject }
              - { name: watched, applies_to: { model: watched }, budget: 50 USD per month,
                  at_exhaustion: warn }
            ledger: sqlite:%s
            """
                .formatted(ledger));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private RawHttp.Response ask(String model) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(RawHttp.ask(model, "Hi"), "x-request-id: " + model + "-" + ++asked);
      return client.read();
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + ledger);
  }

  /** As a full disk does: every write fails from now on. */
  private void breakDown(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN"
              + " SELECT RAISE(ABORT, 'database or disk is full'); END");
    }
  }

  private static void repair(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("DROP TRIGGER full");
    }
  }

  private double backlog() {
    try {
      return Scrape.of(gateway).sum("ponder_ledger_backlog");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private boolean accepted(List<String> ids) {
    try {
      boolean good = ask("paid").status() == 200;
      if (good) {
        ids.add("paid-" + asked);
      }
      return good;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void diskFull_budgetedCallsAreNotMade_andComeBackWithoutARestart() throws Exception {
    List<String> answered = new ArrayList<>();
    assertThat(accepted(answered)).isTrue();
    try (Connection connection = connect()) {
      breakDown(connection);
      Eventually.holds("no budgeted call is made", () -> !accepted(answered));
      int calls = gateway.stub().log().calls().size();
      RawHttp.Response refused = ask("paid");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.json().getJsonObject("error").getString("code"))
          .isEqualTo("ledger_unavailable");
      assertThat(refused.header("retry-after")).hasValue("1");
      assertThat(gateway.stub().log().calls()).hasSize(calls);
      assertThat(Audit.pending(gateway, "paid")).isEqualTo(Money.ZERO);
      assertThat(ask("free").status()).isEqualTo(200);
      assertThat(ask("watched").status()).isEqualTo(503); // it is charged, too
      assertThat(backlog()).isGreaterThanOrEqualTo(1);

      repair(connection);
      Eventually.holds("budgeted calls are made again", () -> accepted(answered));
    }
    Eventually.holds("all is written", () -> backlog() == 0);
    Money sum = Money.ZERO;
    for (String id : answered) {
      sum = sum.plus(Money.ofNanos(Audit.row(ledger, id).nanos()));
    }
    assertThat(answered.size()).isGreaterThanOrEqualTo(2);
    assertThat(Audit.posted(gateway, "paid")).isEqualTo(sum);
  }

  /** A disk that does not answer for a while holds up nobody: what is to be written waits. */
  @Test
  void diskStalls_callsGoOn_andAreWrittenLater() throws Exception {
    assertThat(ask("paid").status()).isEqualTo(200);
    Eventually.holds("nothing is to be written", () -> backlog() == 0);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE"); // from now on the gateway's writer waits
      for (int i = 0; i < 20; i++) {
        assertThat(ask("paid").status()).isEqualTo(200);
      }
      assertThat(backlog()).isEqualTo(20);
      assertThat(Audit.rows(ledger, "paid-" + asked)).isEmpty();
      statement.execute("COMMIT");
    }
    for (int i = 1; i <= asked; i++) {
      assertThat(Audit.row(ledger, "paid-" + i).source()).isEqualTo("reported");
    }
    Eventually.holds("all is written", () -> backlog() == 0);
  }
}
