package dev.ponder.gateway.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * The tables of a ledger's database, and how a connection to it is opened.
 *
 * <p>Money is whole nano-dollars, times are milliseconds since 1970. An entry names its accounts
 * through {@code shares}, its caller through {@code label}: millions of entries share a few of
 * each. {@code balance.posted} is the sum of the entries posted to it, and {@code balance.rolled}
 * the part of it whose entries stand in {@code daily} only; {@code ledger.unbudgeted} is the sum of
 * the entries that are posted to none. Entries have no index by account: each call would write to a
 * page of its own. The view {@code call} is for people.
 */
final class LedgerSchema {

  /** "Pond", in the header of the file: what is not ours is never written. */
  static final int APPLICATION_ID = 0x506f6e64;

  static final int VERSION = 1;

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE ledger(
            identity TEXT NOT NULL, created INTEGER NOT NULL, commits INTEGER NOT NULL,
            unbudgeted INTEGER NOT NULL) STRICT
          """,
          """
          CREATE TABLE label(
            id INTEGER PRIMARY KEY, key TEXT NOT NULL, team TEXT NOT NULL, route TEXT NOT NULL,
            model TEXT NOT NULL, deployment TEXT NOT NULL,
            UNIQUE(key, team, route, model, deployment)) STRICT
          """,
          """
          CREATE TABLE balance(
            id INTEGER PRIMARY KEY, policy TEXT NOT NULL, each INTEGER NOT NULL,
            owner TEXT NOT NULL, period TEXT NOT NULL, starts INTEGER NOT NULL,
            ends INTEGER NOT NULL, limit_nanos INTEGER NOT NULL, posted INTEGER NOT NULL,
            rolled INTEGER NOT NULL, UNIQUE(policy, each, owner, period, starts, ends)) STRICT
          """,
          """
          CREATE TABLE shares(
            id INTEGER PRIMARY KEY, balances TEXT NOT NULL UNIQUE, ends INTEGER NOT NULL) STRICT
          """,
          """
          CREATE TABLE entry(
            reservation INTEGER NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL,
            request_id TEXT NOT NULL, attempt INTEGER NOT NULL, label INTEGER NOT NULL,
            state INTEGER NOT NULL, source INTEGER NOT NULL, reserved INTEGER NOT NULL,
            amount INTEGER NOT NULL, cap INTEGER NOT NULL, input INTEGER NOT NULL,
            cached_input INTEGER NOT NULL, cache_write INTEGER NOT NULL, output INTEGER NOT NULL,
            reasoning INTEGER NOT NULL, shares INTEGER NOT NULL,
            PRIMARY KEY(reservation, sequence)) STRICT, WITHOUT ROWID
          """,
          "CREATE INDEX entry_time ON entry(time)",
          """
          CREATE TABLE daily(
            day INTEGER NOT NULL, label INTEGER NOT NULL, state INTEGER NOT NULL,
            source INTEGER NOT NULL, calls INTEGER NOT NULL, input INTEGER NOT NULL,
            cached_input INTEGER NOT NULL, cache_write INTEGER NOT NULL, output INTEGER NOT NULL,
            reasoning INTEGER NOT NULL, amount INTEGER NOT NULL, presumed INTEGER NOT NULL,
            PRIMARY KEY(day, label, state, source)) STRICT, WITHOUT ROWID
          """,
          """
          CREATE TABLE pacer(
            policy TEXT NOT NULL, each INTEGER NOT NULL, owner TEXT NOT NULL,
            snapshot TEXT NOT NULL, PRIMARY KEY(policy, each, owner)) STRICT, WITHOUT ROWID
          """,
          """
          CREATE TABLE cap_breaker(
            model TEXT PRIMARY KEY, tokens INTEGER NOT NULL) STRICT, WITHOUT ROWID
          """,
          """
          CREATE VIEW call AS SELECT
            datetime(time / 1000, 'unixepoch') AS time, request_id, attempt, sequence, key, team,
            route, model, deployment,
            CASE state WHEN 1 THEN 'posted' WHEN 2 THEN 'voided' ELSE 'presumed' END AS state,
            CASE source WHEN 1 THEN 'reported' WHEN 2 THEN 'counted' WHEN 3 THEN 'estimated'
              WHEN 4 THEN 'presumed' ELSE 'none' END AS source,
            printf('%s%d.%09d', iif(amount < 0, '-', ''), abs(amount) / 1000000000,
              abs(amount) % 1000000000) AS usd,
            printf('%d.%09d', reserved / 1000000000, reserved % 1000000000) AS reserved_usd,
            cap, input, cached_input, cache_write, output, reasoning, reservation, shares
            FROM entry JOIN label ON label.id = entry.label
          """);

  private LedgerSchema() {}

  /** The one connection that writes. */
  static Connection writer(Path path) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setBusyTimeout(1_000); // nobody else writes
    config.setCacheSize(-16_384); // KiB
    config.setJournalSizeLimit(64 << 20);
    config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "4000"); // pages: 16 MB
    config.resetOpenMode(SQLiteOpenMode.FULLMUTEX); // one thread at a time has it
    config.setOpenMode(SQLiteOpenMode.NOMUTEX);
    config.setGetGeneratedKeys(false); // else the driver asks for them after each insert
    return config.createConnection("jdbc:sqlite:" + path);
  }

  /** A connection that reads beside the writer, or a file that nobody has open. */
  static Connection reader(Path path) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setBusyTimeout(5_000);
    config.setCacheSize(-16_384);
    return config.createConnection("jdbc:sqlite:" + path);
  }

  /** Makes an empty database a ledger: wholly or not at all. */
  static void create(Connection connection, long nowMillis) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      statement.executeUpdate("PRAGMA application_id = " + APPLICATION_ID);
      statement.executeUpdate("PRAGMA user_version = " + VERSION);
      for (String table : TABLES) {
        statement.executeUpdate(table);
      }
      statement.executeUpdate(
          "INSERT INTO ledger VALUES ('" + UUID.randomUUID() + "', " + nowMillis + ", 0, 0)");
      statement.execute("COMMIT");
    }
  }

  /**
   * Whether a database is a ledger of this version.
   *
   * @return false if it is empty and may become one
   * @throws IOException if it is something else; the message says what
   */
  static boolean check(Connection connection, Path path) throws SQLException, IOException {
    long application = number(connection, "PRAGMA application_id");
    if (application == 0 && number(connection, "SELECT count(*) FROM sqlite_schema") == 0) {
      return false;
    }
    if (application != APPLICATION_ID) {
      throw new IOException(
          path + ": a database of another application (expected: a ledger, or no such file)");
    }
    long version = number(connection, "PRAGMA user_version");
    if (version != VERSION) {
      throw new IOException(
          path + ": a ledger of version " + version + " (expected: " + VERSION + ")");
    }
    return true;
  }

  static String identity(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT identity FROM ledger")) {
      if (!row.next()) {
        throw new SQLException("table ledger: no row (expected: one)");
      }
      return row.getString(1);
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }
}
