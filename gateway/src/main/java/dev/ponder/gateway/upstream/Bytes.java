package dev.ponder.gateway.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * Turns bytes into buffers and back without a copy. The one place that uses Vert.x's internal
 * buffer: {@link Buffer#buffer(byte[])} copies, and a 64 MiB body must never be held twice.
 */
public final class Bytes {

  private Bytes() {}

  /** A view of the bytes, which must not change as long as it is in use. */
  public static Buffer wrap(byte[] bytes, int from, int to) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, from, to - from));
  }

  /**
   * The bytes of a buffer that nobody writes to any more: its own array if it fills one, as what
   * comes from a socket does, else a copy.
   */
  public static byte[] of(Buffer buffer) {
    ByteBuf bytes = ((BufferInternal) buffer).unwrap();
    boolean whole = bytes.hasArray() && bytes.array().length == buffer.length();
    return whole && bytes.arrayOffset() == 0 ? bytes.array() : buffer.getBytes();
  }

  public static Buffer wrap(byte[] bytes) {
    return wrap(bytes, 0, bytes.length);
  }
}
