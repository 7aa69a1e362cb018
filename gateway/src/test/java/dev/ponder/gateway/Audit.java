package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.price.Money;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What became of the money: by the admin API, and by the rows of the ledger's file. */
final class Audit {

  private static final String ROWS =
      "SELECT c.attempt, c.deployment, c.state, c.source, e.reserved, e.amount, c.cap, c.input,"
          + " c.output, c.reasoning FROM call c JOIN entry e USING (reservation, sequence)"
          + " WHERE c.request_id = ? ORDER BY c.attempt, sequence";

  private Audit() {}

  /**
   * One entry of the ledger.
   *
   * @param reserved what was set aside, in nano-dollars
   * @param nanos what was posted
   */
  record Row(
      int attempt,
      String deployment,
      String state,
      String source,
      long reserved,
      long nanos,
      long cap,
      long input,
      long output,
      long reasoning) {}

  /** The ledger's entries of a request, once there are so many; there must never be more. */
  static List<Row> rows(Path ledger, String requestId, int count) {
    Eventually.holds(
        count + " rows of " + requestId, () -> rows(ledger, requestId).size() >= count);
    List<Row> rows = rows(ledger, requestId);
    assertThat(rows).hasSize(count);
    return rows;
  }

  static Row row(Path ledger, String requestId) {
    return rows(ledger, requestId, 1).get(0);
  }

  /** The entries of a request that are in the file so far. */
  static List<Row> rows(Path ledger, String requestId) {
    List<Row> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
        PreparedStatement query = connection.prepareStatement(ROWS)) {
      query.setString(1, requestId);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          rows.add(
              new Row(
                  row.getInt(1),
                  row.getString(2),
                  row.getString(3),
                  row.getString(4),
                  row.getLong(5),
                  row.getLong(6),
                  row.getLong(7),
                  row.getLong(8),
                  row.getLong(9),
                  row.getLong(10)));
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return rows;
  }

  /** All budgets as the admin API tells them. */
  static JsonArray budgets(RunningGateway gateway) {
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      admin.send("GET /admin/v1/budgets HTTP/1.1\r\nhost: admin\r\n\r\n");
      return admin.read().json().getJsonArray("budgets");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A budget by its policy and the key or team that it is of; empty for one of all. */
  static JsonObject budget(RunningGateway gateway, String policy, String owner) {
    JsonArray budgets = budgets(gateway);
    for (int i = 0; i < budgets.size(); i++) {
      JsonObject budget = budgets.getJsonObject(i);
      JsonObject scope = budget.getJsonObject("scope");
      String of = scope.getString("key", scope.getString("team", ""));
      if (budget.getString("name").equals(policy) && of.equals(owner)) {
        return budget;
      }
    }
    throw new AssertionError("no budget " + policy + " of '" + owner + "': " + budgets);
  }

  /** What was posted to a budget of all. */
  static Money posted(RunningGateway gateway, String policy) {
    return usd(budget(gateway, policy, ""), "posted_usd");
  }

  /** What is set aside in a budget of all. */
  static Money pending(RunningGateway gateway, String policy) {
    return usd(budget(gateway, policy, ""), "pending_usd");
  }

  static Money usd(JsonObject budget, String member) {
    return Money.ofUsd(new BigDecimal(budget.getString(member)));
  }
}
