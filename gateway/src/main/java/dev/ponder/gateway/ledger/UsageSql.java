package dev.ponder.gateway.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The sums of a ledger's calls: of the single ones and of those that were rolled into days. */
final class UsageSql {

  /**
   * What an entry adds to what is presumed: all of it, taken back by its correction, whose call had
   * all of what was set aside presumed.
   */
  static final String PRESUMED =
      "CASE WHEN state = 3 THEN amount WHEN sequence = 1 THEN -reserved ELSE 0 END";

  private static final String SUMS =
      """
      SELECT day, key, team, route, model, sum(calls), sum(input), sum(cached_input),
        sum(output), sum(reasoning), sum(amount), sum(presumed)
      FROM (
        SELECT %1$s AS day, label, sum(sequence = 0 AND state <> 2) AS calls,
          sum(input) AS input, sum(cached_input) AS cached_input, sum(output) AS output,
          sum(reasoning) AS reasoning, sum(amount) AS amount, sum(%2$s) AS presumed
        FROM entry WHERE time >= ?1 * 86400000 AND time < ?2 * 86400000 GROUP BY 1, 2
        UNION ALL
        SELECT %3$s, label, CASE WHEN state <> 2 THEN calls ELSE 0 END, input, cached_input, output,
          reasoning, amount, presumed
        FROM daily WHERE day >= ?1 AND day < ?2
      ) AS part JOIN label ON label.id = part.label GROUP BY day, label.id
      """;

  private UsageSql() {}

  /**
   * The sums of the calls that were opened on some days.
   *
   * @param from the first day, in days since 1970
   * @param before the day after the last one
   * @param daily a line for each day; else one for all of them, with day 0
   */
  static List<UsageLine> read(Connection connection, long from, long before, boolean daily)
      throws SQLException {
    String sql = SUMS.formatted(daily ? "time / 86400000" : "0", PRESUMED, daily ? "day" : "0");
    List<UsageLine> lines = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, from);
      select.setLong(2, before);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          lines.add(
              new UsageLine(
                  row.getLong(1),
                  row.getString(2),
                  row.getString(3),
                  row.getString(4),
                  row.getString(5),
                  row.getLong(6),
                  row.getLong(7),
                  row.getLong(8),
                  row.getLong(9),
                  row.getLong(10),
                  row.getLong(11),
                  row.getLong(12)));
        }
      }
    }
    return lines;
  }
}
