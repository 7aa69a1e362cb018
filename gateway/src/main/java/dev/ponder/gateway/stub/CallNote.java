package dev.ponder.gateway.stub;

import dev.ponder.price.Usage;
import io.vertx.core.http.HttpServerRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What the log will say of one call: begun when its body was read, written once when it ended. */
final class CallNote {

  private final StubRoom room;
  private final HttpServerRequest http;
  private final byte[] body;
  private final String idPrefix;
  private final String id;
  private final long startedMillis;
  private boolean written;

  CallNote(StubRoom room, HttpServerRequest http, byte[] body, String idPrefix) {
    this.room = room;
    this.http = http;
    this.body = body;
    this.idPrefix = idPrefix;
    id = room.nextId();
    startedMillis = room.clock().millis();
  }

  /** The id of the call, without the prefix of its dialect. */
  String id() {
    return id;
  }

  long startedMillis() {
    return startedMillis;
  }

  boolean isWritten() {
    return written;
  }

  /** Writes it; a second ending, such as that of a client who leaves then, says nothing. */
  void write(
      String model, boolean stream, int status, String finish, boolean aborted, Usage usage) {
    if (written) {
      return;
    }
    written = true;
    room.log()
        .add(
            new StubCall(
                idPrefix + id,
                http.method() + " " + http.uri(),
                http.getHeader("x-request-id"),
                model,
                stream,
                usage,
                status,
                finish,
                aborted,
                startedMillis,
                room.clock().millis(),
                body.length,
                sha256(body)),
            body);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
