package dev.ponder.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Budget;
import dev.ponder.budget.Entry;
import dev.ponder.budget.Period;
import dev.ponder.budget.Reservation.Share;
import dev.ponder.gateway.ledger.SlotText.Sent;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenTableTest {

  private static final Period HOUR =
      new Period("h:2026-11-23T12Z", Purse.NOON, Purse.NOON.plusSeconds(3_600));

  private static final Entry END =
      new Entry(
          7,
          0,
          Entry.State.POSTED,
          Entry.Source.COUNTED,
          Money.ofNanos(-5),
          new Usage(5, 2, 1, 4, 3));

  @TempDir private Path folder = Path.of(".");
  private Path path = Path.of(".");

  /** What a table told when it was opened. */
  private static final class Told implements OpenTable.Reader {

    final Map<Sent, Optional<Entry>> slots = new LinkedHashMap<>();
    final List<Integer> torn = new ArrayList<>();

    @Override
    public void slot(int slot, Sent sent, @Nullable Entry end) {
      slots.put(sent, Optional.ofNullable(end));
    }

    @Override
    public void torn(int slot) {
      torn.add(slot);
    }
  }

  @BeforeEach
  void place() {
    path = folder.resolve("x-open");
  }

  @Test
  void read_afterReopening_tellsWhatWasNotFreed() throws IOException {
    Sent running = sent(6, shares(3, "owner-é"));
    Sent ended = sent(7, List.of());
    try (OpenTable table = open()) {
      table.sent(running);
      table.ended(table.sent(ended), END);
      table.free(table.sent(sent(8, List.of())));
      table.committed(41);
      assertThat(table.taken()).isEqualTo(2);
    }
    try (OpenTable table = OpenTable.open(path, "me")) {
      Told told = new Told();
      table.read(told);
      assertThat(told.slots).isEqualTo(Map.of(running, Optional.empty(), ended, Optional.of(END)));
      assertThat(told.torn).isEmpty();
      assertThat(table.commits()).isEqualTo(41);
      assertThat(table.taken()).isEqualTo(2);
    }
  }

  @Test
  void sent_moreThanASegment_growsUpToTheLimit() throws IOException {
    try (OpenTable table = open()) {
      for (int i = 0; i < OpenTable.SLOTS_MAX; i++) {
        assertThat(table.sent(sent(i, List.of()))).isNotEqualTo(OpenTable.NO_SLOT);
        table.makeRoom();
      }
      assertThat(table.isScarce()).as("there is no more room to be made").isFalse();
      assertThat(table.sent(sent(1, List.of()))).isEqualTo(OpenTable.NO_SLOT);
      table.free(77);
      assertThat(table.sent(sent(1, List.of()))).isEqualTo(77);
    }
    try (OpenTable table = OpenTable.open(path, "me")) {
      Told told = new Told();
      table.read(told);
      assertThat(table.taken()).isEqualTo(OpenTable.SLOTS_MAX);
    }
  }

  @Test
  void makeRoom_withLessThanTheReserve_grows() throws IOException {
    try (OpenTable table = open()) {
      assertThat(table.isScarce()).isTrue();
      table.makeRoom();
      long bytes = Files.size(path);
      assertThat(bytes).isEqualTo(4_096 + 2L * OpenTableFile.SEGMENT_BYTES);
      assertThat(table.isScarce()).isFalse();
      table.makeRoom();
      assertThat(Files.size(path)).isEqualTo(bytes);
      int first = table.sent(sent(1, List.of()));
      assertThat(table.isScarce()).isTrue();
      table.makeRoom();
      assertThat(table.isScarce()).isFalse();
      assertThat(Files.size(path)).isEqualTo(bytes + OpenTableFile.SEGMENT_BYTES);
      assertThat(table.taken()).isEqualTo(1);
      assertThat(first).as("old slots come first").isZero();
      assertThat(table.sent(sent(2, List.of()))).isEqualTo(1);
    }
  }

  @Test
  void sent_whenNoSlotIsLeft_neitherWaitsNorGrows() throws IOException {
    try (OpenTable table = open()) {
      for (int i = 0; i < OpenTable.SEGMENT_SLOTS; i++) {
        assertThat(table.sent(sent(i, List.of()))).isNotEqualTo(OpenTable.NO_SLOT);
      }
      long bytes = Files.size(path);
      assertThat(table.sent(sent(1, List.of()))).isEqualTo(OpenTable.NO_SLOT);
      assertThat(Files.size(path)).isEqualTo(bytes);
      table.makeRoom();
      assertThat(table.sent(sent(1, List.of()))).isNotEqualTo(OpenTable.NO_SLOT);
    }
  }

  @Test
  void sent_whatDoesNotFit_takesNoSlot() throws IOException {
    try (OpenTable table = open()) {
      assertThat(table.sent(sent(1, shares(13, "o")))).isEqualTo(OpenTable.NO_SLOT);
      assertThat(table.sent(sent(1, shares(12, "o".repeat(200))))).isEqualTo(OpenTable.NO_SLOT);
      assertThat(table.taken()).isZero();
      assertThat(table.sent(sent(1, shares(12, "key-1")))).isNotEqualTo(OpenTable.NO_SLOT);
    }
  }

  @Test
  void sent_longestNames_fit() throws IOException {
    String name = "n".repeat(64);
    List<Share> shares = new ArrayList<>();
    for (int i = 0; i < SlotText.SHARES_MAX; i++) {
      String policy = name.substring(2) + (10 + i);
      shares.add(new Share(new AccountKey(policy, Budget.Each.KEY, name), HOUR, Money.ofNanos(1)));
    }
    CallRecord call =
        new CallRecord(
            1, "r".repeat(128), 1, name, name, name, name, name + "/" + "m".repeat(96), -1);
    try (OpenTable table = open()) {
      assertThat(table.sent(new Sent(1, 1, call, shares))).isNotEqualTo(OpenTable.NO_SLOT);
    }
  }

  @Test
  void read_tornSlots_areToldApart() throws IOException {
    Sent running = sent(6, shares(3, "a"));
    Sent ended = sent(7, List.of());
    int slot;
    int slotOfEnd;
    try (OpenTable table = open()) {
      slot = table.sent(running);
      slotOfEnd = table.sent(ended);
      table.ended(slotOfEnd, END);
    }
    flip(slot, 100); // in what was sent
    flip(slotOfEnd, 24); // in the end: its amount
    try (OpenTable table = OpenTable.open(path, "me")) {
      Told told = new Told();
      table.read(told);
      assertThat(told.torn).containsExactly(slot);
      assertThat(told.slots).isEqualTo(Map.of(ended, Optional.empty()));
    }
  }

  @Test
  void open_cutOff_isRefused() throws IOException {
    open().close();
    try (RandomAccessFile raw = new RandomAccessFile(path.toFile(), "rw")) {
      raw.setLength(raw.length() - 1);
    }
    assertThatThrownBy(() -> OpenTable.open(path, "me"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("x-open: 2101247 bytes (expected: 2101248 or more");
  }

  private OpenTable open() throws IOException {
    OpenTable table = OpenTable.open(path, "me");
    table.read(new Told());
    return table;
  }

  private void flip(int slot, int at) throws IOException {
    try (RandomAccessFile raw = new RandomAccessFile(path.toFile(), "rw")) {
      long position = 4_096L + (long) slot * OpenTable.SLOT_BYTES + at;
      raw.seek(position);
      int old = raw.read();
      raw.seek(position);
      raw.write(old ^ 1);
    }
  }

  private static Sent sent(long id, List<Share> shares) {
    return new Sent(id, 1_000 + id, Purse.call((int) id, Instant.EPOCH), shares);
  }

  private static List<Share> shares(int count, String owner) {
    List<Share> shares = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      AccountKey account = new AccountKey("policy-" + i, Budget.Each.TEAM, i == 0 ? "" : owner);
      shares.add(new Share(account, HOUR, Money.ofNanos(i)));
    }
    return shares;
  }
}
