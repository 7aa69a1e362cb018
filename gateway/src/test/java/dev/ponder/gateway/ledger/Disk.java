package dev.ponder.gateway.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A ledger's files, and what may happen to them. */
final class Disk {

  static final Clock CLOCK = Clock.fixed(Purse.NOON, ZoneOffset.UTC);
  static final Duration YEAR = Duration.ofDays(400);

  private Disk() {}

  static SqliteLedger open(Path file) throws IOException {
    return SqliteLedger.open(file, YEAR, CLOCK);
  }

  /**
   * The files as a kill would leave them now, in a new folder; the open calls first, because what
   * becomes durable after that is found twice, never lost.
   */
  static Path killed(Path file, Path folder) throws IOException {
    Files.createDirectories(folder);
    copy(file, folder, "-open");
    copy(file, folder, "");
    copy(file, folder, "-wal");
    return folder.resolve(file.getFileName());
  }

  static void copy(Path file, Path folder, String ending) throws IOException {
    Path from = LedgerFile.beside(file, ending);
    if (Files.exists(from)) {
      Path to = folder.resolve(from.getFileName());
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Waits until all that was handed over is durable. */
  static void drain(Ledger ledger) {
    await(() -> ledger.backlog() == 0);
  }

  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("still not so after 20 seconds");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Rows as text, columns joined with a bar. */
  static List<String> rows(Path file, String sql) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          cells.add(String.valueOf(row.getString(i)));
        }
        rows.add(String.join("|", cells));
      }
      return rows;
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  static void execute(Path file, String sql) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  /** What is done while commits wait. */
  interface Action {

    void run() throws Exception;
  }

  /** Does something while somebody else writes to the database and does not come to an end. */
  static void whileBlocked(Path file, Action action) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      statement.execute("BEGIN IMMEDIATE");
      try {
        action.run();
      } finally {
        statement.execute("ROLLBACK");
      }
    }
  }
}
