package dev.ponder.gateway.proxy;

import dev.ponder.gateway.upstream.Bytes;
import dev.ponder.gateway.wire.JsonSplice;
import io.vertx.core.http.HttpClientRequest;
import org.jspecify.annotations.Nullable;

/** The body of a call: the client's bytes with edits, or bytes that were written anew. */
final class Outgoing {

  /** A body of more bytes is written in slices of the original, never copied. */
  private static final int COPIED_MAX = 32 * 1024;

  private final @Nullable JsonSplice edited;
  private final byte[] anew;

  private Outgoing(@Nullable JsonSplice edited, byte[] anew) {
    this.edited = edited;
    this.anew = anew;
  }

  static Outgoing of(JsonSplice edited) {
    return new Outgoing(edited, new byte[0]);
  }

  static Outgoing of(byte[] anew) {
    return new Outgoing(null, anew);
  }

  /** Writes it and ends the request. */
  void writeTo(HttpClientRequest request) {
    JsonSplice splice = edited;
    if (splice == null || splice.length() <= COPIED_MAX) {
      request.end(Bytes.wrap(splice == null ? anew : splice.toBytes()));
      return;
    }
    request.headers().set("content-length", Integer.toString(splice.length()));
    splice.forEachSegment((bytes, from, to) -> request.write(Bytes.wrap(bytes, from, to)));
    request.end();
  }
}
