package dev.ponder.gateway.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A copy of a ledger as it is at one moment, made beside a gateway that goes on writing. */
public final class LedgerBackup {

  private LedgerBackup() {}

  /**
   * Copies a ledger into a new file, which is whole and on the disk, or not there. Takes as long as
   * reading the ledger: not for an event loop.
   *
   * @return the length of the copy in bytes
   * @throws IOException if there is no ledger, if the new file is there already or if it cannot be
   *     written; the message names the file
   */
  public static long write(Path ledger, Path target) throws IOException {
    if (!Files.isRegularFile(ledger)) {
      throw new IOException(ledger + ": no such file (expected: a ledger)");
    }
    Path file = target.toAbsolutePath();
    Path draft = LedgerFile.beside(file, ".part");
    if (Files.exists(file) || Files.exists(draft)) {
      throw new IOException(
          (Files.exists(file) ? target : draft) + ": exists (expected: a new file)");
    }
    LedgerFile.unpackBeside(ledger.toAbsolutePath());
    try (Connection connection = LedgerSchema.reader(ledger)) {
      if (!LedgerSchema.check(connection, ledger)) {
        throw new IOException(ledger + ": an empty database (expected: a ledger)");
      }
      copy(connection, draft);
      Files.move(draft, file);
      return Files.size(file);
    } catch (SQLException e) {
      throw new IOException(
          target + ": " + e.getMessage() + " (expected: a copy of " + ledger + ")", e);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void copy(Connection connection, Path draft) throws SQLException, IOException {
    try (PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, draft.toString());
      vacuum.execute();
    }
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      channel.force(true); // SQLite leaves that to whoever wants it
    }
  }
}
