package dev.ponder.gateway.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of a ledger: what is refused before SQLite sees it, and how it is opened. */
final class LedgerFile {

  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** Where locks and shared memory do not do what SQLite needs. */
  private static final Set<String> NETWORK =
      Set.of("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "ceph");

  /** Somebody may be about to load a copy of the native library that is younger than this. */
  private static final Duration LEFT_BEHIND = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(LedgerFile.class);

  private LedgerFile() {}

  /** The file that stands beside a ledger's database. */
  static Path beside(Path file, String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  /**
   * Checks that a path may be a ledger's.
   *
   * @return the path without links, the same for everybody who means this file
   * @throws IOException if it may not; the message names it and says why
   */
  static Path check(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    if (folder == null || Files.isDirectory(absolute)) {
      throw new IOException(path + ": is a directory (expected: a file)");
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(path + ": no such directory: " + folder + " (expected: it exists)");
    }
    Path file =
        Files.exists(absolute)
            ? absolute.toRealPath()
            : folder.toRealPath().resolve(absolute.getFileName());
    if (!Files.isWritable(folder) || (Files.exists(file) && !Files.isWritable(file))) {
      throw new IOException(path + ": not writable (expected: file and directory may be written)");
    }
    String type = Files.getFileStore(folder).type().toLowerCase(Locale.ROOT);
    if (NETWORK.contains(type)) {
      throw new IOException(
          path + ": on a network file system, " + type + " (expected: a local disk)");
    }
    return file;
  }

  /**
   * Opens the database that is there, or begins one.
   *
   * @throws IOException if what is there is no ledger
   */
  static LedgerDatabase open(Path file, long nowMillis) throws IOException, SQLException {
    unpackBeside(file);
    boolean begun = false;
    if (Files.exists(file) && Files.size(file) > 0) {
      checkMagic(file);
      try (Connection reader = LedgerSchema.reader(file)) { // what is not ours is not written to
        begun = LedgerSchema.check(reader, file);
      }
    }
    if (!begun) {
      try (Connection connection = LedgerSchema.writer(file)) {
        LedgerSchema.create(connection, nowMillis);
      }
    }
    return LedgerDatabase.open(file);
  }

  /**
   * SQLite's native library is unpacked to disk, and /tmp may forbid to execute what is there: so
   * it goes beside the ledger. A process that was killed leaves its copy behind.
   */
  static void unpackBeside(Path file) {
    Path folder = file.getParent();
    if (folder == null || !Files.isWritable(folder)) {
      return;
    }
    if (System.getProperty("org.sqlite.tmpdir") == null) {
      System.setProperty("org.sqlite.tmpdir", folder.toString());
    }
    Instant old = Instant.now().minus(LEFT_BEHIND);
    try (DirectoryStream<Path> copies =
        Files.newDirectoryStream(folder, "sqlite-*-libsqlitejdbc.*")) {
      for (Path copy : copies) {
        if (Files.getLastModifiedTime(copy).toInstant().isBefore(old)) {
          Files.deleteIfExists(copy); // one that is in use stays loaded
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.debug("event=ledger_leftovers_kept error=\"{}\"", e.toString());
    }
  }

  private static void checkMagic(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw new IOException(file + ": not an SQLite database (expected: a ledger)");
      }
    }
  }
}
