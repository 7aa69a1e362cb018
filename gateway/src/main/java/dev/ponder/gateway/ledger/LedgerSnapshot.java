package dev.ponder.gateway.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** A copy of a ledger's books in memory, to look at: nothing of it goes back into the file. */
public final class LedgerSnapshot {

  private LedgerSnapshot() {}

  /**
   * Reads what was posted, whether or not a gateway runs on the file. What running calls hold is
   * known to that gateway only. A file that is not there yet is an empty ledger.
   *
   * @throws IOException if it is no ledger or cannot be read; the message names it
   */
  public static Ledger read(Path ledger, Instant now) throws IOException {
    if (!Files.exists(ledger)) {
      return new MemoryLedger();
    }
    LedgerFile.unpackBeside(ledger.toAbsolutePath());
    try (Connection connection = LedgerSchema.reader(ledger)) {
      if (!LedgerSchema.check(connection, ledger)) {
        return new MemoryLedger();
      }
      return new MemoryLedger(
          LedgerStart.books(connection, now),
          LedgerStart.pacers(connection),
          LedgerStart.capBreakers(connection));
    } catch (SQLException e) {
      throw new IOException(ledger + ": " + e.getMessage() + " (expected: a ledger)", e);
    }
  }
}
