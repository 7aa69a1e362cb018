package dev.ponder.gateway.proxy;

import dev.ponder.gateway.upstream.Bytes;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written to a client, gathered from the upstream's bytes and from bytes of the
 * gateway's own. A run of the upstream's bytes without a gap is not copied.
 */
final class Pieces {

  /** The upstream's bytes at hand, and the run of them that is to be written as it is. */
  private byte @Nullable [] chunk;

  private byte @Nullable [] run;
  private int runFrom;
  private int runTo;

  /** What is to be written before the run, once there are gaps or several chunks. */
  private @Nullable Buffer out;

  private boolean wrapped;

  /** These bytes are at hand now, and will not change. */
  void at(byte[] bytes) {
    chunk = bytes;
  }

  void append(byte[] bytes, int from, int to) {
    if (run == bytes && runTo == from) {
      runTo = to;
      return;
    }
    settleRun();
    if (bytes == chunk) {
      run = bytes;
      runFrom = from;
      runTo = to;
    } else { // the framer fills its buffer again, maybe before this is written
      out(to - from).appendBytes(bytes, from, to - from);
    }
  }

  /** The buffer to append to; a wrapped run is the upstream's own bytes and is copied first. */
  private Buffer out(int length) {
    Buffer buffer = out;
    if (buffer == null || wrapped) {
      int before = buffer == null ? 0 : buffer.length();
      Buffer mine = Buffer.buffer(before + length + 256);
      buffer = buffer == null ? mine : mine.appendBuffer(buffer);
      out = buffer;
      wrapped = false;
    }
    return buffer;
  }

  /** How many bytes there are. */
  int length() {
    return (run == null ? 0 : runTo - runFrom) + (out == null ? 0 : out.length());
  }

  /** Lets go of all but the first bytes. */
  void cut(int length) {
    settleRun();
    if (out != null) {
      out = out.slice(0, length);
    }
  }

  /** All of it, which is then gone from here; null if there is nothing. */
  @Nullable Buffer take() {
    settleRun();
    Buffer pieces = out;
    out = null;
    return pieces == null || pieces.length() == 0 ? null : pieces;
  }

  /** Moves the run behind what is to be written before it; alone, it is written without a copy. */
  private void settleRun() {
    if (run == null || runFrom == runTo) {
      return;
    }
    if (out == null) {
      out = Bytes.wrap(run, runFrom, runTo);
      wrapped = true;
    } else {
      out(runTo - runFrom).appendBytes(run, runFrom, runTo - runFrom);
    }
    run = null;
  }
}
