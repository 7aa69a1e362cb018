package dev.ponder.gateway.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Searches that look at eight bytes in one step. A byte that is sought becomes zero by an exclusive
 * or; {@code (x - 0x01..01) & ~x} then has the high bit of every zero byte set, and by a borrow
 * perhaps that of bytes above it, so the lowest hit is always true.
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
    for (; next <= limit - Long.BYTES; next += Long.BYTES) {
      long word = (long) LONGS.get(bytes, next);
      long quote = word ^ ('"' * ONES);
      long backslash = word ^ ('\\' * ONES);
      long control = (word - (' ' * ONES)) & ~word;
      long hits = zeros(quote) | zeros(backslash) | control | word;
      if ((hits & HIGHS) != 0) {
        return next + (Long.numberOfTrailingZeros(hits & HIGHS) >> 3);
      }
    }
    while (next < limit && bytes[next] >= ' ' && bytes[next] != '"' && bytes[next] != '\\') {
      next++;
    }
    return next;
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

  private static long zeros(long word) {
    return (word - ONES) & ~word;
  }
}
