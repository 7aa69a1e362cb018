package dev.ponder.gateway.server;

import dev.ponder.gateway.wire.ApiError;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects a request's body into one array, up to a limit, or reads it only to throw it away.
 *
 * <p>A body that is refused is read to its end all the same, and nothing of it is kept: a client
 * that is still sending would see a broken connection instead of its error. One that is absurdly
 * large is answered at once, and its connection closed.
 */
final class BodyReader {

  /** Claimed lengths are believed up to here; beyond it, the array grows as bytes really come. */
  static final int BELIEVED_BYTES = 1024 * 1024;

  /** The most that is read only to be thrown away, as a multiple of the limit. */
  private static final int DISCARDED_TIMES = 2;

  private static final byte[] NOTHING = new byte[0];

  /** Who waits for the body. */
  interface Reader {

    void read(byte[] body, int length);

    void refused(ApiError error);
  }

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final long bytesMax;
  private final BodyMemory.@Nullable Lease lease;
  private final Reader reader;
  private final long claimed;
  private byte[] body = NOTHING;
  private long length;
  private @Nullable ApiError refusal;

  private BodyReader(
      Vertx vertx,
      HttpServerRequest request,
      long bytesMax,
      BodyMemory.@Nullable Lease lease,
      Reader reader) {
    this.vertx = vertx;
    this.request = request;
    this.bytesMax = bytesMax;
    this.lease = lease;
    this.reader = reader;
    this.claimed = claims(request);
  }

  /**
   * Starts reading.
   *
   * @param bytesMax the largest body that is not refused
   * @param lease what the body's array is taken from; a body for which there is no room is refused
   */
  static void read(
      Vertx vertx,
      HttpServerRequest request,
      long bytesMax,
      BodyMemory.Lease lease,
      Reader reader) {
    new BodyReader(vertx, request, bytesMax, lease, reader).start();
  }

  /** Reads the body of a request that is refused whatever it says, and keeps nothing of it. */
  static void discard(
      Vertx vertx,
      HttpServerRequest request,
      long bytesMax,
      ApiError refusal,
      Consumer<ApiError> then) {
    Reader reader =
        new Reader() {
          @Override
          public void read(byte[] body, int length) {
            throw new IllegalStateException("body: kept (expected: thrown away)");
          }

          @Override
          public void refused(ApiError error) {
            then.accept(error);
          }
        };
    BodyReader discarding = new BodyReader(vertx, request, bytesMax, null, reader);
    discarding.refusal = refusal;
    discarding.start();
  }

  private void start() {
    if (claimed > bytesMax) {
      refuse(ApiError.bodyTooLarge(bytesMax));
    }
    if (claimed > bytesMax * DISCARDED_TIMES) {
      giveUp();
      return;
    }
    request.handler(this::chunk);
    request.endHandler(ended -> end());
  }

  private void chunk(Buffer bytes) {
    long before = length;
    length += bytes.length();
    if (length > bytesMax) {
      refuse(ApiError.bodyTooLarge(bytesMax));
    }
    if (refusal == null && length > body.length) {
      grow((int) length, (int) before);
    }
    if (refusal == null) {
      bytes.getBytes(body, (int) before);
    } else if (length > bytesMax * DISCARDED_TIMES) {
      request.handler(null);
      request.endHandler(null);
      giveUp();
    }
  }

  private void grow(int needed, int filled) {
    int capacity = capacity(needed);
    if (lease == null || !lease.take(capacity)) {
      refuse(
          ApiError.overloaded(
              "There is no memory for one more request body just now (expected: a try later)"));
      return;
    }
    byte[] larger = new byte[capacity];
    System.arraycopy(body, 0, larger, 0, filled);
    lease.give(body.length);
    body = larger;
  }

  /** What was claimed if that is believed, else never more than twice what has come. */
  private int capacity(int needed) {
    boolean honest = claimed >= needed;
    long room = honest ? claimed : bytesMax;
    long grown = honest && claimed <= BELIEVED_BYTES ? claimed : 2L * needed;
    return (int) Math.min(Math.min(room, grown), Integer.MAX_VALUE - 8);
  }

  /** The first reason holds. */
  private void refuse(ApiError error) {
    if (refusal == null) {
      refusal = error;
    }
    if (lease != null) {
      lease.give(body.length);
    }
    body = NOTHING;
  }

  /**
   * Refuses, and closes the connection a moment later: the header alone would close it at the end
   * of a body that may never end, and a close at once would be a reset, which eats the error.
   */
  private void giveUp() {
    request
        .response()
        .endHandler(
            out ->
                vertx.setTimer(BrokenFraming.LINGER_MILLIS, late -> request.connection().close()));
    request.response().headers().set("connection", "close");
    end();
  }

  private void end() {
    ApiError broken = BrokenFraming.brokenBody(request);
    if (broken != null) {
      refuse(broken);
      request.response().headers().set("connection", "close");
    }
    if (refusal != null) {
      reader.refused(refusal);
    } else {
      reader.read(body, (int) length);
    }
  }

  /** How long a request says that its body is; -1 if it does not. */
  static long claims(HttpServerRequest request) {
    String value = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (value == null) {
      return -1;
    }
    try {
      return Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
