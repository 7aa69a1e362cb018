package dev.ponder.gateway.proxy;

import dev.ponder.policy.Candidate;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/**
 * An error that an upstream answered with before another was asked. It is kept, because if nobody
 * else answers at all it is the last thing that the caller can be told.
 */
final class Rejection {

  private static final int BODY_BYTES_MAX = 64 * 1024;

  private final HttpClientResponse head;
  private final Candidate candidate;
  private final Buffer body = Buffer.buffer();
  private boolean complete;

  /** Reads the answer on, at the side, so that its connection can be used again. */
  Rejection(HttpClientResponse head, Candidate candidate) {
    this.head = head;
    this.candidate = candidate;
    head.handler(
        bytes -> {
          if (body.length() <= BODY_BYTES_MAX) {
            body.appendBuffer(bytes);
          }
        });
    head.endHandler(ended -> complete = true);
    head.resume();
  }

  /** Whether all of it is there and small enough to be passed on. */
  boolean usable() {
    return complete && body.length() <= BODY_BYTES_MAX;
  }

  Candidate candidate() {
    return candidate;
  }

  int status() {
    return head.statusCode();
  }

  MultiMap headers() {
    return head.headers();
  }

  Buffer body() {
    return body;
  }
}
