package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.ModelMember;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request's body on its way to an upstream: never held, and never read faster than the upstream
 * takes it.
 */
final class Upload {

  /** Bytes that may wait for a slow upstream before the client is paused. */
  private static final int WRITE_QUEUE_BYTES = 64 * 1024;

  /** The most that is read only to be thrown away, as a multiple of the limit. */
  private static final int DISCARDED_TIMES = 2;

  /** What is kept of JSON, for the model that it names. */
  private static final int HEAD_MAX = 64 * 1024;

  private final @Nullable Buffer head;
  private final HttpServerRequest from;
  private final HttpClientRequest to;
  private final long bytesMax;
  private final Consumer<ApiError> refused;
  private final @Nullable ModelName name;
  private boolean begun;
  private long bytes;
  private long lastNanos = System.nanoTime();
  private boolean paused;
  private boolean stopped;
  private boolean ended;

  /**
   * A body that is not on its way yet.
   *
   * @param name gives its model another name; null: it keeps its own
   * @param refused takes the reason, once, if it has more than {@code bytesMax} bytes or is not
   *     framed as HTTP; then it is stopped
   */
  Upload(
      HttpServerRequest from,
      HttpClientRequest to,
      long bytesMax,
      @Nullable ModelName name,
      Consumer<ApiError> refused) {
    this.from = from;
    this.to = to;
    this.bytesMax = bytesMax;
    this.refused = refused;
    String type = from.getHeader("content-type");
    boolean readable = type != null && type.contains("json");
    boolean plain = from.getHeader("content-encoding") == null;
    this.head = readable && plain ? Buffer.buffer() : null;
    this.name = plain ? name : null;
  }

  /** Sends head and body. */
  void begin() {
    MultiMap headers = from.headers();
    String length = headers.get("content-length");
    boolean chunked = headers.contains("transfer-encoding");
    to.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
    from.endHandler(end -> end());
    if (chunked) {
      to.setChunked(true);
    } else if (length != null) {
      to.headers().set("content-length", length);
    }
    from.handler(this::chunk);
    from.resume();
  }

  private void chunk(Buffer chunk) {
    bytes += chunk.length();
    lastNanos = System.nanoTime();
    if (stopped) {
      if (bytes > DISCARDED_TIMES * bytesMax) {
        from.connection().close();
      }
      return;
    }
    if (bytes > bytesMax) {
      stopped = true;
      refused.accept(ApiError.bodyTooLarge(bytesMax));
      return;
    }
    if (head != null && head.length() < HEAD_MAX) {
      head.appendBuffer(chunk, 0, Math.min(chunk.length(), HEAD_MAX - head.length()));
    }
    write(chunk, false);
    if (to.writeQueueFull()) {
      paused = true;
      from.pause();
      to.drainHandler(
          drained -> {
            paused = false;
            from.resume();
          });
    }
  }

  private void write(Buffer chunk, boolean last) {
    ModelName renamed = name;
    Buffer ready = renamed == null ? chunk : renamed.take(chunk, last);
    if (ready == null) {
      return;
    }
    String length = to.headers().get("content-length");
    if (renamed != null && !begun && length != null) {
      long longer = Long.parseLong(length) + renamed.growth(ready);
      to.headers().set("content-length", Long.toString(longer));
    }
    begun = true;
    if (ready.length() > 0) {
      to.write(ready);
    }
  }

  private void end() {
    ended = true;
    lastNanos = System.nanoTime();
    if (stopped) {
      return;
    }
    if (from.decoderResult().isFailure()) { // what came of it is not all of it
      stopped = true;
      refused.accept(ApiError.brokenBody());
      return;
    }
    if (name != null && !begun) {
      write(Buffer.buffer(), true);
    }
    to.end();
  }

  /** Sends nothing more; what is still to come is thrown away, so that its connection lives on. */
  void stop() {
    stopped = true;
    if (!ended) {
      from.resume();
    }
  }

  /** The model that it asks for; null if it does not say, or not at its beginning. */
  @Nullable String model() {
    if (name != null && name.modelId() != null) {
      return name.modelId();
    }
    return head == null ? null : ModelMember.of(head.getBytes(), 0, head.length());
  }

  /** Whether all of it was read. */
  boolean ended() {
    return ended;
  }

  /** Whether the client is the one that is waited for. */
  boolean waitsForClient() {
    return !ended && !paused;
  }

  long bytes() {
    return bytes;
  }

  /** When something last came, or when all had come. */
  long lastNanos() {
    return lastNanos;
  }
}
