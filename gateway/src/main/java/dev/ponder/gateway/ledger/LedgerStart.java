package dev.ponder.gateway.ledger;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Books;
import dev.ponder.budget.Entry;
import dev.ponder.budget.Period;
import dev.ponder.gateway.ledger.SlotText.Sent;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a ledger does before it serves: it checks the books and ends what the last process left. */
final class LedgerStart {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerStart.class);

  /** Windows that ended a little ago are put back, too: clocks are set back at times. */
  private static final long SLACK_MILLIS = 2L * 24 * 3600 * 1000;

  /** Ids begin at the time in milliseconds times this: larger than any used before. */
  private static final long IDS_PER_MILLI = 1_024;

  private LedgerStart() {}

  /** The ends of calls that the table still holds, the ids of its slots with them. */
  static List<LedgerRow> interrupted(OpenTable table) {
    List<LedgerRow> rows = new ArrayList<>();
    List<Integer> torn = new ArrayList<>();
    table.read(
        new OpenTable.Reader() {
          @Override
          public void slot(int slot, Sent sent, @Nullable Entry end) {
            Entry entry = end == null ? presumed(sent) : end;
            rows.add(new LedgerRow(sent.call(), sent.reserved(), sent.shares(), entry, slot));
          }

          @Override
          public void torn(int slot) {
            torn.add(slot);
          }
        });
    if (!torn.isEmpty()) {
      LOG.error("event=ledger_slots_torn count={} treated_as=not_sent slots={}", torn.size(), torn);
      torn.forEach(table::free);
    }
    return rows;
  }

  private static Entry presumed(Sent sent) {
    return new Entry(
        sent.reservation(),
        0,
        Entry.State.PRESUMED,
        Entry.Source.PRESUMED,
        Money.ofNanos(sent.reserved()),
        Usage.NONE);
  }

  /** Writes the ends of interrupted calls, and gives their slots back once they are durable. */
  static void write(LedgerDatabase database, OpenTable table, List<LedgerRow> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    database.write(rows, Map.of(), Map.of());
    table.committed(database.commits());
    rows.forEach(row -> table.free(row.slot()));
    long presumed =
        rows.stream().filter(row -> row.entry().state() == Entry.State.PRESUMED).count();
    LOG.warn("event=ledger_recovered calls={} presumed={}", rows.size(), presumed);
  }

  /** Books with what was posted in every window that has not ended, or only a little ago. */
  static Books books(Connection connection, Instant now) throws SQLException {
    Books books = new Books(firstId(connection, now));
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT policy, each, owner, period, starts, ends, posted FROM balance"
                    + " WHERE ends > "
                    + (now.toEpochMilli() - SLACK_MILLIS))) {
      while (row.next()) {
        AccountKey account =
            new AccountKey(row.getString(1), EntryCodes.each(row.getInt(2)), row.getString(3));
        Period period =
            new Period(
                row.getString(4),
                Instant.ofEpochMilli(row.getLong(5)),
                Instant.ofEpochMilli(row.getLong(6)));
        books.restore(account, period, Money.ofNanos(row.getLong(7)));
      }
    }
    return books;
  }

  private static long firstId(Connection connection, Instant now) throws SQLException {
    long used = LedgerSchema.number(connection, "SELECT max(reservation) FROM entry");
    return Math.max(used + 1, now.toEpochMilli() * IDS_PER_MILLI);
  }

  static Map<AccountKey, String> pacers(Connection connection) throws SQLException {
    Map<AccountKey, String> pacers = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT policy, each, owner, snapshot FROM pacer")) {
      while (row.next()) {
        pacers.put(
            new AccountKey(row.getString(1), EntryCodes.each(row.getInt(2)), row.getString(3)),
            row.getString(4));
      }
    }
    return pacers;
  }

  static Map<String, Long> capBreakers(Connection connection) throws SQLException {
    Map<String, Long> models = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT model, tokens FROM cap_breaker WHERE tokens > 0")) {
      while (row.next()) {
        models.put(row.getString(1), row.getLong(2));
      }
    }
    return models;
  }
}
