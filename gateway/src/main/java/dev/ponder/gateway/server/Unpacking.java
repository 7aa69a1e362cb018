package dev.ponder.gateway.server;

import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.BodyDecoder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * Undoes a body's encodings on a worker thread, within the memory that there is for bodies.
 *
 * <p>How large a body becomes is known only at its end, and to take the limit for each would leave
 * room for a handful at a time. So memory is taken for what text rarely exceeds, and the few bodies
 * that do exceed it are decoded once more, with room for the limit.
 */
final class Unpacking {

  /** JSON shrinks to between a third and a tenth. */
  private static final long TIMES_RARELY_EXCEEDED = 16;

  private static final long FIRST_BYTES_MIN = 64 * 1024;

  /** The decoder's chunks and the whole that it makes of them are there at the same time. */
  private static final long HELD_TIMES = 2;

  private final Vertx vertx;
  private final BodyMemory.Lease lease;
  private final long bytesMax;

  Unpacking(Vertx vertx, BodyMemory.Lease lease, long bytesMax) {
    this.vertx = vertx;
    this.lease = lease;
    this.bytesMax = bytesMax;
  }

  /**
   * The body without its encodings; fails with an {@link ApiError} that tells why there is none.
   */
  Future<byte[]> unpack(String encoding, byte[] body, int length) {
    long first = Math.max(FIRST_BYTES_MIN, TIMES_RARELY_EXCEEDED * length);
    if (first >= bytesMax) {
      return attempt(encoding, body, length, bytesMax);
    }
    return attempt(encoding, body, length, first)
        .recover(
            failure ->
                failure instanceof ApiError error && error.status() == 413
                    ? attempt(encoding, body, length, bytesMax)
                    : Future.failedFuture(failure));
  }

  private Future<byte[]> attempt(String encoding, byte[] body, int length, long max) {
    long taken = HELD_TIMES * max;
    if (!lease.take(taken)) {
      return Future.failedFuture(
          ApiError.overloaded(
              "There is no memory to decompress one more request body just now"
                  + " (expected: a try later)"));
    }
    lease.hold();
    return vertx
        .executeBlocking(() -> BodyDecoder.decode(encoding, body, length, max), false)
        .onComplete(
            done -> {
              lease.give(done.succeeded() ? taken - done.result().length : taken);
              lease.release();
            });
  }
}
