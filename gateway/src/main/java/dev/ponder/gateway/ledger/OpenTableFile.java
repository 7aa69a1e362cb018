package dev.ponder.gateway.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The file of an {@link OpenTable}: a header of {@value #HEADER_BYTES} bytes that says whose it is
 * and how long, and segments whose blocks are allocated.
 */
final class OpenTableFile {

  static final int HEADER_BYTES = 4_096;
  static final int SEGMENT_BYTES = OpenTable.SLOT_BYTES * OpenTable.SEGMENT_SLOTS;

  /** Where the header counts the segments, so that a file that was cut off is noticed. */
  private static final int SEGMENTS_AT = 1_024;

  private static final byte[] MAGIC = "ponder open 1\n".getBytes(StandardCharsets.US_ASCII);

  private OpenTableFile() {}

  /** Writes zeros where a segment will be: what is mapped has its blocks on the disk. */
  static void allocate(FileChannel channel, int segment) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
    long position = HEADER_BYTES + (long) segment * SEGMENT_BYTES;
    long end = position + SEGMENT_BYTES;
    while (position < end) {
      position += channel.write(zeros.clear(), position);
    }
  }

  /**
   * How many segments a file has.
   *
   * @throws IOException if it is of another ledger, no such table or cut off; the message names it
   */
  static int checkHeader(Path path, FileChannel channel, String identity) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (header.hasRemaining() && channel.read(header, header.position()) > 0) {
      // a short read is followed by the rest
    }
    byte[] expected = headerText(identity);
    if (header.hasRemaining() || !startsWith(header.array(), MAGIC)) {
      throw new IOException(path + ": not a table of open calls (expected: one, or no such file)");
    }
    if (!startsWith(header.array(), expected)) {
      throw new IOException(
          path + ": holds the open calls of another ledger (expected: of ledger " + identity + ")");
    }
    int count = header.getInt(SEGMENTS_AT);
    long bytes = HEADER_BYTES + (long) count * SEGMENT_BYTES;
    if (count < 1
        || count > OpenTable.SLOTS_MAX / OpenTable.SEGMENT_SLOTS
        || channel.size() < bytes) {
      throw new IOException(
          path
              + ": "
              + channel.size()
              + " bytes (expected: "
              + bytes
              + " or more; it was cut off)");
    }
    return count;
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }

  private static byte[] headerText(String identity) {
    byte[] name = (identity + '\n').getBytes(StandardCharsets.UTF_8);
    byte[] text = Arrays.copyOf(MAGIC, MAGIC.length + name.length);
    System.arraycopy(name, 0, text, MAGIC.length, name.length);
    return text;
  }

  static void writeCount(FileChannel channel, int count) throws IOException {
    ByteBuffer number = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    channel.write(number.putInt(0, count), SEGMENTS_AT);
  }

  /** Made under another name: a table is whole or not there. */
  static void create(Path path, String identity) throws IOException {
    Path draft = path.resolveSibling(path.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(HEADER_BYTES));
      channel.write(ByteBuffer.wrap(headerText(identity)), 0);
      allocate(channel, 0);
      writeCount(channel, 1);
      channel.force(true);
    }
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
  }
}
