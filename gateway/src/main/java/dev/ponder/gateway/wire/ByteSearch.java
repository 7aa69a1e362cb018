package dev.ponder.gateway.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Searches that look at eight bytes in one step, or at sixteen. A byte that is sought becomes zero
 * by an exclusive or, and by {@code x - 0x01..01} every zero byte gets its high bit, and by a
 * borrow perhaps bytes above it, so the lowest hit is always true. Bytes that have their high bit
 * to begin with, which are no ASCII, are hits as well.
 */
final class ByteSearch {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  /** Of the bytes below it, nearly all that occur in text are line ends. */
  private static final long BEYOND_CR = ('\r' + 1) * ONES;

  private ByteSearch() {}

  /** The first byte that is a quote, a backslash, a control or not ASCII; else {@code limit}. */
  static int plainEnd(byte[] bytes, int from, int limit) {
    int next = from;
    while (next <= limit - 2 * Long.BYTES
        && ((special(bytes, next) | special(bytes, next + Long.BYTES)) & HIGHS) == 0) {
      next += 2 * Long.BYTES;
    }
    for (; next <= limit - Long.BYTES; next += Long.BYTES) {
      long hits = special(bytes, next) & HIGHS;
      if (hits != 0) {
        return next + (Long.numberOfTrailingZeros(hits) >> 3);
      }
    }
    while (next < limit && bytes[next] >= ' ' && bytes[next] != '"' && bytes[next] != '\\') {
      next++;
    }
    return next;
  }

  private static long special(byte[] bytes, int at) {
    long word = (long) LONGS.get(bytes, at);
    long quote = (word ^ ('"' * ONES)) - ONES;
    long backslash = (word ^ ('\\' * ONES)) - ONES;
    return quote | backslash | (word - (' ' * ONES)) | word;
  }

  /** The first CR or LF; else {@code limit}. */
  static int lineEnd(byte[] bytes, int from, int limit) {
    int next = from;
    for (; next <= limit - Long.BYTES; next += Long.BYTES) {
      long word = (long) LONGS.get(bytes, next);
      long hits = (word - BEYOND_CR) & ~word & HIGHS;
      if (hits != 0) {
        next += Long.numberOfTrailingZeros(hits) >> 3;
        if (bytes[next] == '\n' || bytes[next] == '\r') {
          return next;
        }
        next -= Long.BYTES - 1; // some other control: go on behind it
      }
    }
    while (next < limit && bytes[next] != '\n' && bytes[next] != '\r') {
      next++;
    }
    return next;
  }
}
