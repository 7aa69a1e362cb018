package dev.ponder.gateway.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right to write a ledger: one process has it at a time.
 *
 * <p>It is a lock of the operating system on a file beside the database, so it goes with the
 * process, whatever ends it. The file stays and says who had it last.
 */
final class LedgerLock implements AutoCloseable {

  /**
   * What this process has. Asked first: a second look at the file, closed again, would let go of
   * the lock that this process has on it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private LedgerLock(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes the lock.
   *
   * @param ledger the database, in messages
   * @throws IOException if another process has it, with what that process said of itself, or if the
   *     file cannot be written
   */
  static LedgerLock take(Path path, Path ledger, Instant now) throws IOException {
    if (!HELD.add(path)) {
      throw new LedgerInUseException(ledger + ": is open in this process already (expected: once)");
    }
    try {
      return take(path, ledger, Long.toString(ProcessHandle.current().pid()), now);
    } catch (IOException | RuntimeException e) {
      HELD.remove(path);
      throw e;
    }
  }

  private static LedgerLock take(Path path, Path ledger, String pid, Instant now)
      throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
      if (lock == null) {
        throw new LedgerInUseException(
            ledger + ": in use by " + holder(path) + " (expected: one process at a time)");
      }
      channel.truncate(0);
      String text = "process " + pid + " since " + now + "\n";
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
      return new LedgerLock(path, channel, lock);
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
  }

  private static String holder(Path path) {
    try {
      String text = Files.readString(path).strip();
      return text.startsWith("process ") && text.length() < 100 ? text : "another process";
    } catch (IOException e) {
      return "another process";
    }
  }

  @Override
  public void close() throws IOException {
    try {
      lock.release();
      channel.close();
    } finally {
      HELD.remove(path);
    }
  }
}
