package dev.ponder.gateway.proxy;

import dev.ponder.gateway.translate.ErrorEnvelopes;
import dev.ponder.policy.Candidate;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream answered with before another was asked: nearly always an error. It is kept,
 * because if nobody else answers it is the last thing that the caller can be told.
 */
final class Rejection {

  private static final int BODY_BYTES_MAX = 64 * 1024;

  /** A body that has not come by then holds up the end of an exchange no longer. */
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private final int status;
  private final MultiMap headers;
  private final Candidate candidate;
  private final @Nullable Translation translation;
  private final Buffer body;
  private boolean over;
  private boolean complete;
  private Runnable onOver = () -> {};
  private long wantedNanos;

  private Rejection(int status, MultiMap headers, Attempt call, Buffer body) {
    this.status = status;
    this.headers = headers;
    this.candidate = call.candidate();
    this.translation = call.translation();
    this.body = body;
  }

  /** Reads the answer on, at the side, so that its connection can be used again. */
  static Rejection reading(HttpClientResponse head, Attempt call) {
    Rejection read = new Rejection(head.statusCode(), head.headers(), call, Buffer.buffer());
    head.exceptionHandler(broken -> read.over(false));
    head.handler(
        bytes -> {
          if (read.body.length() <= BODY_BYTES_MAX) {
            read.body.appendBuffer(bytes);
          }
        });
    head.endHandler(ended -> read.over(true));
    head.resume();
    return read;
  }

  /** One that was read already. */
  static Rejection of(int status, MultiMap headers, Attempt call, Buffer body) {
    Rejection read = new Rejection(status, headers, call, body);
    read.over(true);
    return read;
  }

  private void over(boolean whole) {
    if (!over) {
      over = true;
      complete = whole;
      onOver.run();
    }
  }

  /** Sets what runs once, when all of it was read or nothing more comes: at once if it is so. */
  void onOver(Runnable action) {
    if (over) {
      action.run();
    } else {
      onOver = action;
      wantedNanos = System.nanoTime();
    }
  }

  /** Waits no longer for the rest of it, if somebody waits and it does not come. */
  void look(long nowNanos) {
    if (wantedNanos != 0 && nowNanos - wantedNanos > PATIENCE_NANOS) {
      over(false);
    }
  }

  /** Whether all of it is there and small enough to be passed on. */
  boolean usable() {
    return complete && body.length() <= BODY_BYTES_MAX;
  }

  Candidate candidate() {
    return candidate;
  }

  int status() {
    return status;
  }

  MultiMap headers() {
    return headers;
  }

  Buffer body() {
    return body;
  }

  /** The same for a client that speaks another dialect; null if it speaks the upstream's. */
  ErrorEnvelopes.@Nullable Translated translated() {
    return translation == null ? null : translation.error(status(), body.getBytes());
  }
}
