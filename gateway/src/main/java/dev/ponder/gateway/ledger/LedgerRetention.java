package dev.ponder.gateway.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;

/**
 * Rolls entries into daily sums once all windows they count in have been closed for long enough.
 *
 * <p>Every hour it goes through the entries, the oldest first, until there are only young ones. In
 * steps of about {@value #STEP_ROWS} rows, each a transaction of its own, so that ended calls never
 * wait long for it. A balance keeps what was rolled, so it is still the sum of its entries; once a
 * day those go that have none left.
 */
final class LedgerRetention {

  static final int STEP_ROWS = 1_000;

  private static final long HOUR_MILLIS = 3_600_000;

  private static final long DAY_MILLIS = 24 * HOUR_MILLIS;

  /** The next entries by their ids, which is nearly by their age: the last one, and the oldest. */
  private static final String LOOK =
      """
      SELECT max(reservation), min(time)
        FROM (SELECT reservation, time FROM entry WHERE reservation > ?
          ORDER BY reservation LIMIT %d)
      """
          .formatted(STEP_ROWS);

  /** An entry of a closed window is older than the window's end; what bears no window, itself. */
  private static final String PICK =
      """
      INSERT INTO temp.rolling SELECT reservation, sequence, shares, amount
        FROM entry WHERE reservation > ?1 AND reservation <= ?2
        AND CASE shares WHEN 0 THEN time < ?3
          ELSE EXISTS (SELECT 1 FROM shares WHERE id = entry.shares AND ends < ?3) END
      """;

  private static final String SUM =
      """
      INSERT INTO daily
        SELECT time / 86400000, label, state, source, sum(sequence = 0), sum(input),
          sum(cached_input), sum(cache_write), sum(output), sum(reasoning), sum(amount),
          sum(%s)
        FROM temp.rolling JOIN entry USING (reservation, sequence) WHERE true
        GROUP BY 1, 2, 3, 4
      ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, input = input + excluded.input,
        cached_input = cached_input + excluded.cached_input,
        cache_write = cache_write + excluded.cache_write, output = output + excluded.output,
        reasoning = reasoning + excluded.reasoning, amount = amount + excluded.amount,
        presumed = presumed + excluded.presumed
      """
          .formatted(UsageSql.PRESUMED);

  private static final String TAKE =
      """
      UPDATE balance SET rolled = rolled + part.nanos
        FROM (SELECT value, sum(nanos) AS nanos
          FROM temp.rolling JOIN shares ON shares.id = rolling.set_id, json_each(balances)
          GROUP BY value) AS part
        WHERE balance.id = part.value
      """;

  private static final String TAKE_UNBUDGETED =
      """
      UPDATE ledger SET unbudgeted = unbudgeted
        - (SELECT coalesce(sum(nanos), 0) FROM temp.rolling WHERE set_id = 0)
      """;

  private static final String DELETE =
      "DELETE FROM entry WHERE (reservation, sequence) IN"
          + " (SELECT reservation, sequence FROM temp.rolling)";

  private static final String DELETE_SHARES =
      "DELETE FROM shares WHERE ends < %d AND id NOT IN (SELECT shares FROM entry)";

  private static final String DELETE_BALANCES =
      "DELETE FROM balance WHERE ends < %d"
          + " AND id NOT IN (SELECT value FROM shares, json_each(balances))";

  private final LedgerDatabase database;
  private final Duration retention;
  private final Clock clock;
  private long dueMillis;
  private long sweepMillis;
  private long seen = Long.MIN_VALUE; // ids up to here were looked at on this way through

  LedgerRetention(LedgerDatabase database, Duration retention, Clock clock) {
    this.database = database;
    this.retention = retention;
    this.clock = clock;
  }

  /** Whether there may be something to roll: at the start, then every hour. */
  boolean isDue() {
    return clock.millis() >= dueMillis;
  }

  /** Does one step. A step that fails changes nothing and is due again in an hour. */
  void step() throws SQLException {
    long due = dueMillis;
    dueMillis = clock.millis() + HOUR_MILLIS;
    try {
      if (!roll(clock.millis() - retention.toMillis())) {
        return;
      }
    } catch (SQLException | RuntimeException e) {
      database.failed();
      throw e;
    }
    dueMillis = due; // there may be more
  }

  /** Rolls a few entries; false: none are left that are old. */
  private boolean roll(long before) throws SQLException {
    database.mend();
    Connection connection = database.connection();
    long last;
    try (PreparedStatement look = connection.prepareStatement(LOOK)) {
      look.setLong(1, seen);
      try (ResultSet row = look.executeQuery()) {
        last = row.next() ? row.getLong(1) : 0;
        if (row.wasNull() || row.getLong(2) >= before) {
          seen = Long.MIN_VALUE;
          sweep(before);
          return false;
        }
      }
    }
    if (pick(connection, last, before) > 0) {
      database.begin();
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate(SUM);
        statement.executeUpdate(TAKE);
        statement.executeUpdate(TAKE_UNBUDGETED);
        statement.executeUpdate(DELETE);
      }
      database.commit();
    }
    seen = last;
    return true;
  }

  /** Notes which entries of the step are to be rolled, outside of the transaction. */
  private int pick(Connection connection, long last, long before) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "CREATE TEMP TABLE IF NOT EXISTS rolling(reservation, sequence, set_id, nanos)");
      statement.executeUpdate("DELETE FROM temp.rolling");
    }
    try (PreparedStatement pick = connection.prepareStatement(PICK)) {
      pick.setLong(1, seen);
      pick.setLong(2, last);
      pick.setLong(3, before);
      return pick.executeUpdate();
    }
  }

  /** Forgets balances of old windows without entries, once a day: it reads all entries for it. */
  private void sweep(long before) throws SQLException {
    Connection connection = database.connection();
    String old = "SELECT count(*) FROM balance WHERE ends < " + before;
    if (clock.millis() < sweepMillis || LedgerSchema.number(connection, old) == 0) {
      return;
    }
    sweepMillis = clock.millis() + DAY_MILLIS;
    database.begin();
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(DELETE_SHARES.formatted(before));
      statement.executeUpdate(DELETE_BALANCES.formatted(before));
    }
    database.forget();
    database.commit();
  }
}
