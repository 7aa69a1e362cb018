package dev.ponder.gateway.ledger;

import dev.ponder.budget.Entry;
import dev.ponder.gateway.ledger.SlotText.Sent;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The calls that were sent and whose end is not durable yet: a file of fixed slots, mapped into
 * memory.
 *
 * <p>A write is a copy into the page cache: no system call, about a microsecond, and the kernel
 * keeps it when the process is killed. It is not synced, so a power cut may lose it, as it may lose
 * the last transactions of a WAL database with {@code synchronous=NORMAL}.
 *
 * <p>A slot is {@value #SLOT_BYTES} bytes: state (4), checksum of what was sent (4), checksum of
 * the end (4), length of what was sent (4), the end, what was sent. The state is written last, with
 * release semantics: a process killed at any point leaves either the state before, with nothing
 * claimed, or all that the new state claims. The blocks of the file are allocated before they are
 * mapped, so that a full disk is an {@link IOException} here and never a fault in a write to
 * memory.
 *
 * <p>Slots are taken last in, first out: a quiet gateway touches a handful of pages. Nobody who
 * takes one waits for a disk: somebody else makes room before there is none left. Safe for many
 * threads; a taken slot belongs to its taker.
 */
final class OpenTable implements AutoCloseable {

  /** No slot: a table that is full, or a row that needs none. */
  static final int NO_SLOT = -1;

  static final int SLOTS_MAX = 65_536;
  static final int SLOT_BYTES = 2_048;
  static final int SEGMENT_SLOTS = 1_024;

  /**
   * With fewer free slots than this there is to be another segment. It takes a few milliseconds,
   * this many calls take a hundred: no burst is faster.
   */
  static final int RESERVE_SLOTS = 2 * SEGMENT_SLOTS;

  /** Where the header keeps how many transactions the database has committed. */
  private static final int COMMITS_AT = 1_032;

  static final int FREE = 0;
  static final int SENT = 1;
  static final int ENDED = 2;

  private static final int SENT_SUM_AT = 4;
  private static final int END_SUM_AT = 8;
  private static final int LENGTH_AT = 12;
  private static final int END_AT = 16;
  private static final int SENT_AT = END_AT + SlotText.END_BYTES;

  private static final VarHandle STATE =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** What a thread composes a slot in, before it is copied there. */
  private static final class Scratch {

    private final byte[] bytes = new byte[SLOT_BYTES];
    private final ByteBuffer text = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private final FileChannel channel;
  private final MappedByteBuffer header;
  private final Object growth = new Object(); // who has it may wait for a disk
  private final Object lock = new Object(); // taken on event loops: held for a moment only
  private volatile MappedByteBuffer[] segments = {}; // written with both
  private volatile boolean scarce; // under the lock, as are the next lines
  private int[] free = {};
  private int freeCount;

  private OpenTable(FileChannel channel) throws IOException {
    this.channel = channel;
    this.header = channel.map(MapMode.READ_WRITE, 0, OpenTableFile.HEADER_BYTES);
    header.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What a slot said when the table was opened. */
  interface Reader {

    /** A call without an end, or with it. */
    void slot(int slot, Sent sent, @Nullable Entry end);

    /** A slot whose content does not fit its checksum. */
    void torn(int slot);
  }

  /**
   * Opens the table of a ledger, or makes it.
   *
   * @param identity the ledger's, so that no other ledger's calls are taken for its own
   * @throws IOException if the file is of another ledger, is no such table or cannot be mapped; the
   *     message names it
   */
  static OpenTable open(Path path, String identity) throws IOException {
    if (!Files.exists(path)) {
      OpenTableFile.create(path, identity);
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      int count = OpenTableFile.checkHeader(path, channel, identity);
      OpenTable table = new OpenTable(channel);
      table.segments = table.mapped(count);
      return table;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Tells of every slot that is in use; all others become free. Before anything is taken. */
  void read(Reader reader) {
    synchronized (lock) {
      int slots = segments.length * SEGMENT_SLOTS;
      free = new int[slots];
      freeCount = 0;
      for (int slot = slots - 1; slot >= 0; slot--) {
        if (state(slot) == FREE) {
          free[freeCount++] = slot;
        } else {
          tell(slot, reader);
        }
      }
      count();
    }
  }

  /**
   * Notes a call that is about to be sent.
   *
   * @return its slot, or {@link #NO_SLOT} if there is no room or it does not fit
   */
  int sent(Sent sent) {
    return write(sent, null);
  }

  /** Notes a correction of an end that is durable: both what was sent and what came of it. */
  int corrected(Sent sent, Entry end) {
    return write(sent, end);
  }

  /** Notes the end of a call; the slot stays taken. */
  void ended(int slot, Entry end) {
    putEnd(slot, end);
    setState(slot, ENDED);
  }

  /** Gives a slot back: what it said is durable elsewhere. */
  void free(int slot) {
    setState(slot, FREE);
    synchronized (lock) {
      free[freeCount++] = slot;
      count();
    }
  }

  /** Whether it is time to {@link #makeRoom}: few slots are left, and there may be more. */
  boolean isScarce() {
    return scarce;
  }

  /**
   * Makes room before it is needed. Writes to the disk, so not on an event loop; who takes and
   * frees slots meanwhile does not wait for it.
   *
   * @throws IOException if the disk has no room for two more mebibytes
   */
  void makeRoom() throws IOException {
    synchronized (growth) {
      while (scarce) {
        grow();
      }
    }
  }

  /** How many transactions the database had committed when this was last said. */
  long commits() {
    return header.getLong(COMMITS_AT);
  }

  /** Says how many transactions the database has committed: a log that loses one is noticed. */
  void committed(long commits) {
    header.putLong(COMMITS_AT, commits);
  }

  /** How many slots are taken. */
  int taken() {
    synchronized (lock) {
      return segments.length * SEGMENT_SLOTS - freeCount;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private int write(Sent sent, @Nullable Entry end) {
    Scratch scratch = SCRATCH.get();
    ByteBuffer text = scratch.text.clear().limit(SLOT_BYTES - SENT_AT);
    if (!SlotText.putSent(text, sent)) {
      return NO_SLOT;
    }
    int slot = take();
    if (slot == NO_SLOT) {
      return NO_SLOT;
    }
    int length = text.position();
    ByteBuffer segment = segments[slot / SEGMENT_SLOTS];
    int at = slot % SEGMENT_SLOTS * SLOT_BYTES;
    segment.putInt(at + SENT_SUM_AT, checksum(scratch.bytes, length));
    segment.putInt(at + LENGTH_AT, length);
    segment.put(at + SENT_AT, scratch.bytes, 0, length);
    if (end != null) {
      putEnd(slot, end);
    }
    setState(slot, end == null ? SENT : ENDED);
    return slot;
  }

  private void putEnd(int slot, Entry end) {
    Scratch scratch = SCRATCH.get();
    SlotText.putEnd(scratch.text.clear(), end);
    ByteBuffer segment = segments[slot / SEGMENT_SLOTS];
    int at = slot % SEGMENT_SLOTS * SLOT_BYTES;
    segment.putInt(at + END_SUM_AT, checksum(scratch.bytes, SlotText.END_BYTES));
    segment.put(at + END_AT, scratch.bytes, 0, SlotText.END_BYTES);
  }

  /** A free slot, or {@link #NO_SLOT}: who takes one never waits for more. */
  private int take() {
    synchronized (lock) {
      int slot = freeCount > 0 ? free[--freeCount] : NO_SLOT;
      count();
      return slot;
    }
  }

  /** Notes whether there are few slots left. */
  private void count() {
    boolean few = freeCount < RESERVE_SLOTS && segments.length * SEGMENT_SLOTS < SLOTS_MAX;
    if (few != scarce) {
      scarce = few;
    }
  }

  /** Adds a segment; its slots are the last to be taken. */
  private void grow() throws IOException {
    int count = segments.length;
    OpenTableFile.allocate(channel, count);
    OpenTableFile.writeCount(channel, count + 1);
    MappedByteBuffer[] more = mapped(count + 1);
    int[] slots = new int[(count + 1) * SEGMENT_SLOTS];
    for (int i = 0; i < SEGMENT_SLOTS; i++) {
      slots[i] = slots.length - 1 - i;
    }
    synchronized (lock) {
      segments = more;
      System.arraycopy(free, 0, slots, SEGMENT_SLOTS, freeCount);
      free = slots;
      freeCount += SEGMENT_SLOTS;
      count();
    }
  }

  private MappedByteBuffer[] mapped(int count) throws IOException {
    MappedByteBuffer[] mapped = Arrays.copyOf(segments, count);
    for (int i = segments.length; i < count; i++) {
      long position = OpenTableFile.HEADER_BYTES + (long) i * OpenTableFile.SEGMENT_BYTES;
      mapped[i] = channel.map(MapMode.READ_WRITE, position, OpenTableFile.SEGMENT_BYTES);
      mapped[i].order(ByteOrder.LITTLE_ENDIAN);
    }
    return mapped;
  }

  private void tell(int slot, Reader reader) {
    ByteBuffer segment = segments[slot / SEGMENT_SLOTS];
    int at = slot % SEGMENT_SLOTS * SLOT_BYTES;
    int length = segment.getInt(at + LENGTH_AT);
    if (length < 0 || length > SLOT_BYTES - SENT_AT) {
      reader.torn(slot);
      return;
    }
    byte[] text = new byte[length];
    segment.get(at + SENT_AT, text);
    byte[] end = new byte[SlotText.END_BYTES];
    segment.get(at + END_AT, end);
    try {
      if (segment.getInt(at + SENT_SUM_AT) != checksum(text, length)) {
        reader.torn(slot);
        return;
      }
      Sent sent = SlotText.sent(ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN));
      // An end that does not fit its checksum is as good as none: the call was sent.
      boolean ended =
          state(slot) == ENDED && segment.getInt(at + END_SUM_AT) == checksum(end, end.length);
      ByteBuffer rest = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN);
      reader.slot(slot, sent, ended ? SlotText.end(rest, sent.reservation()) : null);
    } catch (IllegalArgumentException e) {
      reader.torn(slot);
    }
  }

  private int state(int slot) {
    return (int)
        STATE.getAcquire(
            (ByteBuffer) segments[slot / SEGMENT_SLOTS], slot % SEGMENT_SLOTS * SLOT_BYTES);
  }

  private void setState(int slot, int state) {
    STATE.setRelease(
        (ByteBuffer) segments[slot / SEGMENT_SLOTS], slot % SEGMENT_SLOTS * SLOT_BYTES, state);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    return (int) sum.getValue();
  }
}
