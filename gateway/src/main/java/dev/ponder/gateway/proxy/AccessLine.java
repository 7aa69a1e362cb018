package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.Json;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** One request as a line of the access log: who asked for what, and what came of it. */
final class AccessLine {

  /** Longer ones are cut off. */
  private static final int AGENT_MAX = 128;

  private static final int PATH_MAX = 128;

  private final StringBuilder out = new StringBuilder(640);

  private AccessLine() {}

  /** The line of a call of a model. */
  static String of(String now, HttpServerRequest request, ExchangeRecord record, long endedNanos) {
    AccessLine line = new AccessLine();
    line.begin(now, record.requestId);
    line.text("trace_id", record.traceId);
    line.text("key", record.principal.key());
    line.text("team", record.principal.team());
    line.request(request);
    line.number("status", record.status);
    if (record.weighed != null) {
      line.decision(record, record.weighed);
    }
    if (record.usage() != null) {
      record.usage(line.out, record.usage());
    }
    if (record.firstByteNanos != 0) {
      line.millis("ttft_ms", record.firstByteNanos - record.begunNanos);
    }
    line.millis("duration_ms", endedNanos - record.begunNanos);
    line.millis("upstream_ms", record.upstreamNanos);
    line.millis("overhead_ms", record.overheadNanos(endedNanos));
    line.number("attempts", record.attempts);
    return line.end(request);
  }

  /** The line of any other request. */
  static String of(String now, HttpServerRequest request, String requestId, long tookNanos) {
    AccessLine line = new AccessLine();
    line.begin(now, requestId);
    line.request(request);
    line.number("status", request.response().getStatusCode());
    line.millis("duration_ms", tookNanos);
    return line.end(request);
  }

  private void begin(String now, String requestId) {
    out.append("{\"time\":\"").append(now).append('"');
    text("request_id", requestId);
  }

  /** Without its query, in which clients may have put anything. */
  private void request(HttpServerRequest request) {
    text("method", request.method().name());
    text("path", bounded(request.path(), PATH_MAX));
  }

  private void decision(ExchangeRecord record, Weighed known) {
    Decision decision = known.decision();
    Candidate by = record.answeredBy != null ? record.answeredBy : decision.candidates().get(0);
    out.append(",\"stream\":").append(known.stream());
    text("requested_model", decision.route());
    text("routed_model", by.model().name());
    text("tier", by.model().tierLabel());
    text("reason", record.reason(known).label());
    if (decision.score().isPresent()) {
      out.append(",\"score\":");
      Decimals.append(out, decision.score().getAsDouble());
    }
  }

  private String end(HttpServerRequest request) {
    number("bytes_in", request.bytesRead());
    number("bytes_out", request.response().bytesWritten());
    if (request.remoteAddress() != null) {
      text("client", bounded(request.remoteAddress().hostAddress(), AGENT_MAX));
    }
    text("user_agent", bounded(request.getHeader("user-agent"), AGENT_MAX));
    return out.append('}').toString();
  }

  private static String bounded(@Nullable String text, int max) {
    return text == null ? "" : text.length() <= max ? text : text.substring(0, max);
  }

  private void text(String name, String value) {
    if (!value.isEmpty()) {
      out.append(",\"").append(name).append("\":");
      Json.appendString(out, value);
    }
  }

  private void number(String name, long value) {
    out.append(",\"").append(name).append("\":").append(value);
  }

  private void millis(String name, long nanos) {
    out.append(",\"").append(name).append("\":");
    Decimals.append(out, nanos / 1e6);
  }
}
