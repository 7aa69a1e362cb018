package dev.ponder.gateway.ledger;

import dev.ponder.budget.AccountKey;
import dev.ponder.price.Money;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a ledger is whole: what is damaged must not be served from as if money had never been
 * spent.
 *
 * <p>Three looks, for a file with a million entries (122 MB) together 0.8 s: SQLite's own quick
 * check of all pages, and its full one of the small tables, whose indexes repeat all that names an
 * account; the number of committed transactions against the one noted beside the database, because
 * SQLite takes a damaged write-ahead log for one that ends early; and every balance against the sum
 * of its entries, as well as the sum of those that have none.
 */
final class LedgerCheck {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerCheck.class);

  /** Beyond it the pages are not read one and all: a start would take seconds. */
  private static final long DEEP_BYTES_MAX = 1L << 30;

  /** The end of a message about damage: what is left to do. */
  static final String RESTORE = "; restore a backup, as ponder usage --backup makes them";

  private static final List<String> SMALL_TABLES =
      List.of("ledger", "label", "balance", "shares", "pacer", "cap_breaker");

  /** So many calls are summed up at once: what they are sorted in is memory. */
  private static final int SUMMED_CALLS = 250_000;

  private static final String NEXT =
      "SELECT reservation FROM entry WHERE reservation > %d ORDER BY reservation LIMIT 1 OFFSET "
          + SUMMED_CALLS;

  private static final String SUM =
      "SELECT shares, sum(amount) FROM entry WHERE reservation > %d AND reservation <= %d"
          + " GROUP BY shares";

  private LedgerCheck() {}

  /**
   * Checks a ledger.
   *
   * @param commits how many transactions it has committed at least
   * @throws IOException if it is damaged; the message names the file and what is wrong with it
   */
  static void check(Connection connection, Path path, long commits)
      throws SQLException, IOException {
    long found = LedgerSchema.number(connection, "SELECT commits FROM ledger");
    if (found < commits) {
      throw new IOException(
          path
              + ": transaction "
              + found
              + " is the last (expected: "
              + commits
              + ", as its -open file says): its -wal file is damaged or missing, or this is a"
              + " backup; to go on with what is there, remove the -open file");
    }
    for (String table : SMALL_TABLES) {
      pragma(connection, path, "PRAGMA integrity_check(" + table + ")");
    }
    if (Files.size(path) <= DEEP_BYTES_MAX) {
      pragma(connection, path, "PRAGMA quick_check");
    } else {
      LOG.info("event=ledger_check_shallow bytes={} max={}", Files.size(path), DEEP_BYTES_MAX);
    }
    balances(connection, path);
  }

  private static void pragma(Connection connection, Path path, String pragma)
      throws SQLException, IOException {
    String answer = line(connection, pragma);
    if (!answer.equals("ok")) {
      throw damaged(path, answer, "ok, from " + pragma);
    }
  }

  private static String line(Connection connection, String sql) throws SQLException {
    StringBuilder line = new StringBuilder();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      int columns = row.getMetaData().getColumnCount();
      for (int i = 1; row.next() && i <= columns; i++) {
        line.append(i == 1 ? "" : ", ").append(row.getString(i));
      }
    }
    return line.toString();
  }

  private static void balances(Connection connection, Path path) throws SQLException, IOException {
    Map<Long, Long> sums = sums(connection, path);
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT id, policy, each, owner, period, posted, rolled FROM balance")) {
      while (row.next()) {
        Long entries = sums.remove(row.getLong(1));
        long sum = Math.addExact(row.getLong(7), entries == null ? 0 : entries);
        if (row.getLong(6) != sum) {
          AccountKey account =
              new AccountKey(row.getString(2), EntryCodes.each(row.getInt(3)), row.getString(4));
          throw damaged(
              path,
              account
                  + " in "
                  + row.getString(5)
                  + ": "
                  + Money.ofNanos(row.getLong(6))
                  + " posted",
              Money.ofNanos(sum) + ", the sum of its entries");
        }
      }
    }
    if (!sums.isEmpty()) {
      throw damaged(path, "entries of balances " + sums.keySet(), "there are such balances");
    }
  }

  /** What the entries of every balance come to. */
  private static Map<Long, Long> sums(Connection connection, Path path)
      throws SQLException, IOException {
    Map<Long, Long> amounts = amounts(connection);
    Map<Long, Long> sums = new HashMap<>();
    long unbudgeted = LedgerSchema.number(connection, "SELECT unbudgeted FROM ledger");
    Long entries = amounts.remove(LedgerDatabase.UNBUDGETED);
    if (unbudgeted != (entries == null ? 0 : entries)) {
      throw damaged(
          path,
          "no budget charged for " + Money.ofNanos(unbudgeted),
          "the sum of such entries, " + Money.ofNanos(entries == null ? 0 : entries));
    }
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("SELECT id, balances FROM shares")) {
        while (row.next()) {
          Long amount = amounts.remove(row.getLong(1));
          for (String balance : row.getString(2).replaceAll("[\\[\\]]", "").split(",", -1)) {
            sums.merge(Long.valueOf(balance), amount == null ? 0 : amount, Math::addExact);
          }
        }
      }
    }
    if (!amounts.isEmpty()) {
      throw damaged(path, "entries with shares " + amounts.keySet(), "there are such shares");
    }
    return sums;
  }

  /** What the entries come to, by their shares. */
  private static Map<Long, Long> amounts(Connection connection) throws SQLException {
    Map<Long, Long> amounts = new HashMap<>();
    try (Statement statement = connection.createStatement()) {
      for (long from = Long.MIN_VALUE; from != Long.MAX_VALUE; ) {
        long next = LedgerSchema.number(connection, NEXT.formatted(from));
        long to = next == 0 ? Long.MAX_VALUE : next;
        try (ResultSet row = statement.executeQuery(SUM.formatted(from, to))) {
          while (row.next()) {
            amounts.merge(row.getLong(1), row.getLong(2), Math::addExact);
          }
        }
        from = to;
      }
    }
    return amounts;
  }

  private static IOException damaged(Path path, String found, String expected) {
    return new IOException(
        path + ": damaged: " + found + " (expected: " + expected + ")" + RESTORE);
  }
}
