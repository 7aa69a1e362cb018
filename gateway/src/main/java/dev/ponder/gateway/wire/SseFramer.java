package dev.ponder.gateway.wire;

import java.util.Arrays;

/**
 * Splits a stream of server-sent events, cut anywhere, into whole events. It only draws borders:
 * the bytes it hands out, one call after another, are exactly the bytes it was fed.
 *
 * <p>An event ends with an empty line; lines end with LF, CR or CRLF, mixed as they come. A comment
 * followed by an empty line counts as an event too. An event that lies within one chunk is not
 * copied. One whose CR is the last byte of a chunk is handed out at once; should an LF follow, it
 * comes as a {@link Sink#part} of its own. Not safe for use by two threads.
 */
public final class SseFramer {

  /** Takes what was framed. The bytes may be read during the call only. */
  public interface Sink {

    /** Takes a whole event with the empty line that ends it. */
    void event(byte[] bytes, int from, int to);

    /**
     * Takes the event that begins at {@code from}, if it can be told where it ends without looking
     * for an empty line.
     *
     * @param limit where it ends at the latest, to be handed out whole
     * @return where it ends; -1 if it was not taken
     */
    default int known(byte[] bytes, int from, int limit) {
      return -1;
    }

    /** Takes a piece of an event that is too long to be held, or a late line feed. */
    void part(byte[] bytes, int from, int to);
  }

  static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  /** A larger buffer is not kept from one event to the next. */
  private static final int RETAINED_MAX = 16 * 1024;

  private final int heldMax;
  private byte[] held = {};
  private int heldLength;

  /** How many bytes of a byte order mark have come, which may only be the first ones. */
  private int markLength;

  private boolean markPossible = true;
  private boolean lineEmpty = true;

  /** Whether the last byte was a CR, so that an LF now is no line of its own. */
  private boolean afterReturn;

  /** Whether the last chunk ended with the CR that ended an event. */
  private boolean eventAfterReturn;

  private boolean overlong;

  /**
   * @param heldMax the longest event in bytes that is handed out whole, 1 or more
   */
  public SseFramer(int heldMax) {
    if (heldMax < 1) {
      throw new IllegalArgumentException("heldMax: " + heldMax + " (expected: at least 1)");
    }
    this.heldMax = heldMax;
  }

  /** Takes the next bytes of the stream and hands out the events that end in them. */
  public void feed(byte[] chunk, Sink sink) {
    if (chunk.length == 0) {
      return;
    }
    int from = 0;
    if (eventAfterReturn && chunk[0] == '\n') {
      sink.part(chunk, 0, 1);
      from = 1;
    }
    eventAfterReturn = false;
    int at = Math.max(from, skipMark(chunk));
    while (at < chunk.length) {
      int known = at == from && atBoundary() ? sink.known(chunk, at, limit(chunk, at)) : -1;
      if (known >= 0) {
        from = known;
        at = known;
        continue;
      }
      int end = ByteSearch.lineEnd(chunk, at, chunk.length);
      boolean feedOfReturn = afterReturn && end == at && end < chunk.length && chunk[at] == '\n';
      lineEmpty &= end == at;
      afterReturn = end < chunk.length && chunk[end] == '\r';
      at = Math.min(end + 1, chunk.length);
      if (end == chunk.length || feedOfReturn) {
        continue;
      }
      if (lineEmpty) {
        from = emit(chunk, from, at, sink);
        at = from;
      }
      lineEmpty = true;
    }
    keep(chunk, from, sink);
  }

  private int limit(byte[] chunk, int from) {
    return (int) Math.min(chunk.length, (long) from + heldMax);
  }

  /** Ends the stream; what was not ended by an empty line is handed out as an event. */
  public void end(Sink sink) {
    if (heldLength > 0) {
      int length = heldLength;
      heldLength = 0;
      sink.event(held, 0, length);
    }
    overlong = false;
    lineEmpty = true;
    afterReturn = false;
    eventAfterReturn = false;
  }

  /**
   * Whether all that was fed has been handed out and its last event was complete, so that a comment
   * may be written in between.
   */
  public boolean atBoundary() {
    return heldLength == 0 && !overlong && lineEmpty;
  }

  private int skipMark(byte[] chunk) {
    int at = 0;
    while (markPossible && at < chunk.length) {
      if (chunk[at] == BYTE_ORDER_MARK[markLength]) {
        at++;
        markLength++;
        markPossible = markLength < BYTE_ORDER_MARK.length;
      } else {
        markPossible = false;
        lineEmpty = markLength == 0;
      }
    }
    return at;
  }

  /** Hands out an event that ends before {@code to}, and the line feed that belongs to its end. */
  private int emit(byte[] chunk, int from, int to, Sink sink) {
    int end = to;
    if (afterReturn) {
      afterReturn = false;
      if (to == chunk.length) {
        eventAfterReturn = true;
      } else if (chunk[to] == '\n') {
        end++;
      }
    }
    if (overlong || heldLength + to - from > heldMax) {
      overlong = false;
      releaseHeld(sink);
      sink.part(chunk, from, end);
    } else if (heldLength == 0) {
      sink.event(chunk, from, end);
    } else {
      hold(chunk, from, end);
      int length = heldLength;
      heldLength = 0;
      sink.event(held, 0, length);
      shrink();
    }
    return end;
  }

  /** Keeps the beginning of an event, or hands it out when it is too long to be kept. */
  private void keep(byte[] chunk, int from, Sink sink) {
    int rest = chunk.length - from;
    if (rest == 0) {
      return;
    }
    if (overlong || heldLength + rest > heldMax) {
      overlong = true;
      releaseHeld(sink);
      sink.part(chunk, from, chunk.length);
    } else {
      hold(chunk, from, chunk.length);
    }
  }

  private void hold(byte[] chunk, int from, int to) {
    int length = heldLength + to - from;
    if (length > held.length) {
      held = Arrays.copyOf(held, Math.max(length, Math.min(2 * held.length, heldMax)));
    }
    System.arraycopy(chunk, from, held, heldLength, to - from);
    heldLength = length;
  }

  private void releaseHeld(Sink sink) {
    if (heldLength > 0) {
      int length = heldLength;
      heldLength = 0;
      sink.part(held, 0, length);
      shrink();
    }
  }

  private void shrink() {
    if (held.length > RETAINED_MAX) {
      held = new byte[0];
    }
  }
}
