package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.ApiError;
import io.vertx.core.buffer.Buffer;

/** Takes an upstream's answer to the client. */
interface Relay {

  /** Bytes of the answer's body. */
  void chunk(Buffer bytes);

  /** The upstream said that the body is complete. */
  void end();

  /** Whether the client has got a part of the answer, so that no other can be begun. */
  boolean begun();

  /** Whether a comment may be written to the client now. */
  boolean atBoundary();

  /** The upstream broke off; returns whether the client's answer was ended here. */
  boolean broke(ApiError error);
}
