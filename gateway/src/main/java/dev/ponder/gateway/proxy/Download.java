package dev.ponder.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body on its way to the client: never held, and never read faster than the client
 * takes it. Of JSON and of events a sample is kept, for its usage.
 */
final class Download {

  /** Bytes that may wait for a slow client before the upstream is paused. */
  private static final int WRITE_QUEUE_BYTES = 64 * 1024;

  private final HttpClientResponse from;
  private final HttpServerResponse to;
  private final boolean noBody;
  private final @Nullable AnswerSample sample;
  private long bytes;
  private long lastNanos = System.nanoTime();
  private boolean paused;

  /**
   * An answer whose head is there.
   *
   * @param read whether its usage is of interest
   * @param noBody whether none may follow, whatever its head says
   */
  Download(HttpClientResponse from, HttpServerResponse to, boolean read, boolean noBody) {
    this.from = from;
    this.to = to;
    int status = from.statusCode();
    this.noBody = noBody || status == 204 || status == 304;
    this.sample = read ? sample(from.headers()) : null;
  }

  private static @Nullable AnswerSample sample(MultiMap headers) {
    String type = headers.get("content-type");
    if (type == null || headers.contains("content-encoding")) {
      return null;
    }
    boolean events = type.contains("event-stream");
    return events || type.contains("json") ? new AnswerSample(events) : null;
  }

  /** Sends the head, and the body as it comes; {@code whole} runs after its last byte. */
  void begin(Runnable whole) {
    to.setStatusCode(from.statusCode());
    String length = from.getHeader("content-length");
    if (length != null) {
      to.headers().set("content-length", length);
    } else if (!noBody) {
      to.setChunked(true);
    }
    to.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
    from.handler(this::chunk);
    from.endHandler(end -> whole.run());
    if (!noBody) {
      to.writeHead(); // the first byte may be minutes away
    }
  }

  private void chunk(Buffer chunk) {
    lastNanos = System.nanoTime();
    bytes += chunk.length();
    if (sample != null) {
      sample.add(chunk);
    }
    to.write(chunk);
    if (to.writeQueueFull() && !paused) {
      paused = true;
      from.pause();
      to.drainHandler(
          drained -> {
            paused = false;
            lastNanos = System.nanoTime();
            from.resume();
          });
    }
  }

  /** What may tell what the answer used; null if nothing does. */
  @Nullable AnswerSample sample() {
    return sample;
  }

  /** Ends the client's answer as the upstream's ended. */
  void end() {
    if (to.isChunked()) {
      for (Map.Entry<String, String> trailer : from.trailers()) {
        to.putTrailer(trailer.getKey(), trailer.getValue());
      }
    }
    to.end();
  }

  /** Whether the client is waited for. */
  boolean paused() {
    return paused;
  }

  long bytes() {
    return bytes;
  }

  /** When bytes last came, or could be written again. */
  long lastNanos() {
    return lastNanos;
  }
}
