package dev.ponder.gateway.server;

import dev.ponder.gateway.telemetry.RecentDecisions;
import dev.ponder.gateway.wire.ApiError;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last decisions: {@code GET /admin/v1/decisions?limit=}, and as server-sent events {@code
 * /admin/v1/decisions/stream}.
 *
 * <p>A stream looks for new lines a few times a second, so that deciding never waits for a reader.
 * A reader that is too slow loses lines and is told how many.
 */
final class DecisionsPage {

  static final String PATH = "/admin/v1/decisions";
  static final String STREAM = "/admin/v1/decisions/stream";

  static final int READERS_MAX = 32;

  private static final String EVENTS = "text/event-stream";

  private static final int LIMIT = 100;
  private static final long LOOK_MILLIS = 200;
  private static final int LOOKS_TO_COMMENT = 75; // fifteen seconds
  private static final int LINES_AT_ONCE = 200;

  private final Vertx vertx;
  private final RecentDecisions recent;

  DecisionsPage(Vertx vertx, RecentDecisions recent) {
    this.vertx = vertx;
    this.recent = recent;
  }

  /** The last ones as one document, the newest first. */
  void list(HttpServerRequest request) {
    int limit;
    try {
      limit = limit(request.getParam("limit"));
    } catch (ApiError e) {
      ApiHandler.send(request.response(), e);
      return;
    }
    List<String> lines = recent.from(recent.count() - limit, limit).lines();
    StringBuilder out = new StringBuilder(1_024 * lines.size() + 32).append("{\"decisions\":[");
    for (int i = lines.size() - 1; i >= 0; i--) {
      out.append(lines.get(i)).append(i > 0 ? "," : "");
    }
    request
        .response()
        .putHeader("content-type", "application/json")
        .end(Buffer.buffer(out.append("]}").toString()));
  }

  private static int limit(@Nullable String text) {
    if (text == null) {
      return LIMIT;
    }
    if (text.matches("[0-9]{1,4}")) {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= RecentDecisions.LINES_MAX) {
        return limit;
      }
    }
    throw ApiError.badRequest(
        "limit", "limit: not a number of 1 to " + RecentDecisions.LINES_MAX + " (expected: 100)");
  }

  /** The ones from now on, or from the one after {@code Last-Event-ID}, for as long as it likes. */
  void stream(HttpServerRequest request) {
    if (request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader("content-type", EVENTS).end();
      return;
    }
    if (recent.readers() >= READERS_MAX) {
      ApiHandler.send(
          request.response(),
          ApiError.overloaded("Too many read along (expected: at most " + READERS_MAX + ")"));
      return;
    }
    Reader reader = new Reader(request.response(), start(request.getHeader("last-event-id")));
    reader.begin();
  }

  private long start(@Nullable String lastEventId) {
    long count = recent.count();
    return lastEventId != null && lastEventId.matches("[0-9]{1,18}")
        ? Math.min(count, Long.parseLong(lastEventId) + 1)
        : count;
  }

  /** Somebody who reads along. */
  private final class Reader {

    private final HttpServerResponse response;
    private long next;
    private long timer;
    private int idleLooks;
    private boolean over;

    Reader(HttpServerResponse response, long from) {
      this.response = response;
      this.next = from;
    }

    void begin() {
      recent.join();
      response.setChunked(true);
      response.putHeader("content-type", EVENTS);
      response.putHeader("cache-control", "no-store");
      response.putHeader("x-accel-buffering", "no");
      response.closeHandler(gone -> end());
      response.exceptionHandler(broken -> end());
      response.write(": decisions, one JSON document each\n\n");
      timer = vertx.setPeriodic(LOOK_MILLIS, tick -> look());
      look();
    }

    private void look() {
      if (response.closed() || response.writeQueueFull()) {
        return;
      }
      RecentDecisions.Part part = recent.from(next, LINES_AT_ONCE);
      StringBuilder out = new StringBuilder();
      if (part.first() > next) {
        out.append("event: lost\ndata: {\"lines\":").append(part.first() - next).append("}\n\n");
      }
      long number = part.first();
      for (String line : part.lines()) {
        out.append("id: ").append(number++).append("\ndata: ").append(line).append("\n\n");
      }
      next = part.after();
      idleLooks = out.isEmpty() ? idleLooks + 1 : 0;
      if (idleLooks >= LOOKS_TO_COMMENT) {
        idleLooks = 0;
        out.append(": still here\n\n");
      }
      if (!out.isEmpty()) {
        response.write(out.toString());
      }
    }

    private void end() {
      if (!over) {
        over = true;
        vertx.cancelTimer(timer);
        recent.leave();
      }
    }
  }
}
