package dev.ponder.gateway.proxy;

import dev.ponder.gateway.upstream.Bytes;
import dev.ponder.gateway.upstream.TravellingHeaders;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of an exchange: a response that begins once and ends once, cleanly only if it
 * is whole.
 */
final class Answer {

  /** Bytes that may wait for a slow reader before the upstream is paused. */
  private static final int WRITE_QUEUE_BYTES = 64 * 1024;

  /** A client that has not read a byte for that long will not read another. */
  private static final long STUCK_NANOS = 120_000_000_000L;

  private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.UTF_8);

  private final HttpServerResponse response;
  private final Dialect dialect;
  private final Consumer<MultiMap> beforeHead;
  private boolean begun;
  private boolean left;
  private long sequence;
  private long lastWriteNanos = System.nanoTime();
  private int keptMax;
  private @Nullable Buffer kept;
  private Runnable whenWhole = () -> {};

  /**
   * The answer to a request.
   *
   * @param dialect how it says that something is wrong
   * @param beforeHead has the last word on the headers
   */
  Answer(HttpServerResponse response, Dialect dialect, Consumer<MultiMap> beforeHead) {
    this.response = response;
    this.dialect = dialect;
    this.beforeHead = beforeHead;
    response.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
  }

  /** The client has left: whatever is written from now on is thrown away. */
  void leave() {
    left = true;
  }

  /**
   * Keeps a copy of what is written from now on, unless it gets longer than so many bytes.
   *
   * @param whole is told when the copy is whole and good, before the last byte of the answer is out
   */
  void keep(int bytesMax, Runnable whole) {
    keptMax = bytesMax;
    kept = Buffer.buffer();
    whenWhole = whole;
  }

  /** All that was written but comments; null if it was too long or nobody asked for it. */
  @Nullable Buffer kept() {
    return kept;
  }

  private void copy(Buffer bytes) {
    Buffer copy = kept;
    if (copy != null) {
      kept = copy.length() + bytes.length() > keptMax ? null : copy.appendBuffer(bytes);
    }
  }

  /** The number that the next event would have, where events have one. */
  void next(long number) {
    sequence = number;
  }

  /** The headers, which may change until the answer begins. */
  MultiMap headers() {
    return response.headers();
  }

  /** Takes over what the head of an upstream's answer says. */
  void take(MultiMap upstream) {
    TravellingHeaders.toClient(upstream, response.headers());
  }

  /** Whether its head is out, so that its status cannot change any more. */
  boolean begun() {
    return begun;
  }

  boolean over() {
    return left || response.ended() || response.closed();
  }

  long lastWriteNanos() {
    return lastWriteNanos;
  }

  /** Begins an event stream. */
  void beginStream() {
    MultiMap headers = response.headers();
    headers.set(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    headers.set(HttpHeaders.CACHE_CONTROL, "no-cache");
    headers.set("x-accel-buffering", "no");
    begin(200);
  }

  /** Begins an answer of unknown length. */
  void begin(int status) {
    begun = true;
    if (left) {
      return;
    }
    response.setStatusCode(status);
    finishHead();
    if (!response.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
      response.setChunked(true);
    }
  }

  private void finishHead() {
    TravellingHeaders.nameAnswer(dialect, response.headers());
    beforeHead.accept(response.headers());
  }

  void write(Buffer bytes) {
    if (left) {
      return;
    }
    lastWriteNanos = System.nanoTime();
    copy(bytes);
    response.write(bytes);
  }

  /** Tells a client and everything between that the stream is alive. */
  void keepAlive() {
    if (!left) {
      lastWriteNanos = System.nanoTime();
      response.write(Bytes.wrap(KEEP_ALIVE));
    }
  }

  /** Whether the client reads more slowly than we write. */
  boolean full() {
    return !left && response.writeQueueFull();
  }

  /** Whether a client that reads slowly has stopped to, by now. */
  boolean stuck(long nowNanos) {
    return nowNanos - lastWriteNanos > STUCK_NANOS;
  }

  void onDrain(Runnable action) {
    response.drainHandler(
        drained -> {
          lastWriteNanos = System.nanoTime();
          action.run();
        });
  }

  /** Sends what is no good answer, or not the model's. */
  void end(int status, Buffer bytes) {
    end(status, bytes, false);
  }

  /**
   * Sends a whole answer, or the last bytes of one that has begun.
   *
   * @param good whether it is a whole answer of a model's
   */
  void end(int status, Buffer bytes, boolean good) {
    if (left) {
      return;
    }
    if (!begun) {
      begun = true;
      response.setStatusCode(status);
      finishHead();
    }
    copy(bytes);
    if (good) {
      whenWhole.run();
    }
    response.end(bytes);
  }

  /** Ends what has begun. */
  void end() {
    if (left) {
      return;
    }
    response.end();
  }

  /**
   * Ends a stream with its last bytes, if there are any.
   *
   * @param good whether it is a whole answer of a model's
   */
  void endStream(@Nullable Buffer last, boolean good) {
    if (left) {
      return;
    }
    if (last != null) {
      copy(last);
    }
    if (good) {
      whenWhole.run();
    }
    if (last == null) {
      response.end();
    } else {
      response.end(last);
    }
  }

  /**
   * Ends with an error: as a status and an envelope if nothing is out yet, as an event that every
   * SDK takes for a failure if a stream has begun.
   *
   * @param midEvent whether a part of an event is out and must be closed off first
   */
  void fail(ApiError error, boolean midEvent) {
    if (begun) {
      failStream(dialect.event(error, sequence, headers().get("x-request-id")), midEvent);
      return;
    }
    MultiMap headers = response.headers();
    error.headers().forEach(headers::set);
    headers.set("content-type", "application/json");
    end(error.status(), Bytes.wrap(dialect.body(error, headers.get("x-request-id"))));
  }

  /**
   * Ends a stream that has begun with an upstream's own error.
   *
   * @param json its body, which must be one line
   */
  void failStream(byte[] json) {
    failStream(dialect.event(json), false);
  }

  private void failStream(byte[] event, boolean midEvent) {
    if (left) {
      return;
    }
    Buffer last = Buffer.buffer(event.length + 2);
    if (midEvent) {
      last.appendString("\n\n");
    }
    response.end(last.appendBytes(event));
  }

  /** Breaks the connection: the only honest end of a plain answer that is not whole. */
  void reset() {
    response.reset();
  }
}
