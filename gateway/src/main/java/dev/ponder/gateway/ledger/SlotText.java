package dev.ponder.gateway.ledger;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Entry;
import dev.ponder.budget.Period;
import dev.ponder.budget.Reservation.Share;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in a slot of the {@link OpenTable}: a call that was sent, and how it ended. Numbers
 * are little endian; a text is two bytes of length and UTF-8.
 */
final class SlotText {

  /** More accounts than this never share a call. */
  static final int SHARES_MAX = 12;

  /**
   * The length of an end: sequence, state and source, amount, five counts of tokens. What of the
   * cache writes is for an hour is left out: only their price differs, and that is in the amount.
   */
  static final int END_BYTES = 56;

  /** Owners are nearly always the key or the team of the call: then a byte says so. */
  private static final byte OWNER_NONE = 0;

  private static final byte OWNER_KEY = 1;
  private static final byte OWNER_TEAM = 2;
  private static final byte OWNER_OTHER = 3;

  private SlotText() {}

  /** What was sent, and with how much money. */
  record Sent(long reservation, long reserved, CallRecord call, List<Share> shares) {}

  /** Writes what is sent; false if it does not fit. */
  static boolean putSent(ByteBuffer out, Sent sent) {
    if (sent.shares.size() > SHARES_MAX) {
      return false;
    }
    CallRecord call = sent.call;
    if (out.remaining() < 37) {
      return false;
    }
    out.putLong(sent.reservation).putLong(sent.reserved);
    out.putLong(call.openedMillis()).putLong(call.cap()).putInt(call.attempt());
    out.put((byte) sent.shares.size());
    boolean fits =
        putText(out, call.requestId())
            && putText(out, call.key())
            && putText(out, call.team())
            && putText(out, call.route())
            && putText(out, call.model())
            && putText(out, call.deployment());
    for (int i = 0; fits && i < sent.shares.size(); i++) {
      fits = putShare(out, sent.shares.get(i), call);
    }
    return fits;
  }

  /**
   * Reads what {@link #putSent} wrote.
   *
   * @throws IllegalArgumentException if that is not what stands there
   */
  static Sent sent(ByteBuffer in) {
    try {
      long reservation = in.getLong();
      long reserved = in.getLong();
      long opened = in.getLong();
      long cap = in.getLong();
      int attempt = in.getInt();
      int count = in.get();
      CallRecord call =
          new CallRecord(
              opened, text(in), attempt, text(in), text(in), text(in), text(in), text(in), cap);
      List<Share> shares = new ArrayList<>(Math.max(0, count));
      for (int i = 0; i < count; i++) {
        shares.add(share(in, call));
      }
      return new Sent(reservation, reserved, call, List.copyOf(shares));
    } catch (BufferUnderflowException | java.time.DateTimeException e) {
      throw new IllegalArgumentException("slot: cut off", e);
    }
  }

  /** Writes an end: {@value #END_BYTES} bytes. */
  static void putEnd(ByteBuffer out, Entry entry) {
    out.putInt(entry.sequence());
    out.putShort((short) EntryCodes.code(entry.state()));
    out.putShort((short) EntryCodes.code(entry.source()));
    out.putLong(entry.amount().nanos());
    Usage usage = entry.usage();
    out.putLong(usage.inputTokens()).putLong(usage.cachedInputTokens());
    out.putLong(usage.cacheWriteTokens());
    out.putLong(usage.outputTokens()).putLong(usage.reasoningTokens());
  }

  /**
   * Reads what {@link #putEnd} wrote.
   *
   * @throws IllegalArgumentException if that is not what stands there
   */
  static Entry end(ByteBuffer in, long reservation) {
    int sequence = in.getInt();
    Entry.State state = EntryCodes.state(in.getShort());
    Entry.Source source = EntryCodes.source(in.getShort());
    Money amount = Money.ofNanos(in.getLong());
    Usage usage = new Usage(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
    return new Entry(reservation, sequence, state, source, amount, usage);
  }

  private static boolean putShare(ByteBuffer out, Share share, CallRecord call) {
    AccountKey account = share.account();
    String owner = account.owner();
    byte kind =
        owner.isEmpty()
            ? OWNER_NONE
            : owner.equals(call.key())
                ? OWNER_KEY
                : owner.equals(call.team()) ? OWNER_TEAM : OWNER_OTHER;
    if (out.remaining() < 26) {
      return false;
    }
    out.putLong(share.period().start().toEpochMilli());
    out.putLong(share.period().end().toEpochMilli());
    out.putLong(share.limit().nanos());
    out.put((byte) EntryCodes.code(account.each())).put(kind);
    return (kind != OWNER_OTHER || putText(out, owner))
        && putText(out, account.policy())
        && putText(out, share.period().id());
  }

  private static Share share(ByteBuffer in, CallRecord call) {
    Instant start = Instant.ofEpochMilli(in.getLong());
    Instant end = Instant.ofEpochMilli(in.getLong());
    Money limit = Money.ofNanos(in.getLong());
    int each = in.get();
    String owner =
        switch (in.get()) {
          case OWNER_NONE -> "";
          case OWNER_KEY -> call.key();
          case OWNER_TEAM -> call.team();
          default -> text(in);
        };
    AccountKey account = new AccountKey(text(in), EntryCodes.each(each), owner);
    return new Share(account, new Period(text(in), start, end), limit);
  }

  private static boolean putText(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (out.remaining() < 2 + bytes.length) {
      return false;
    }
    out.putShort((short) bytes.length).put(bytes);
    return true;
  }

  private static String text(ByteBuffer in) {
    int length = in.getShort() & 0xffff;
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
