package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.telemetry.PassageMeters;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Json;
import dev.ponder.policy.Principal;
import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/** What became known of one request that went through unread, for the decision log. */
final class PassageRecord {

  final String requestId;
  final Principal principal;
  final PassPath path;
  final String upstream;
  final String traceId;
  final long begunNanos;

  int status;
  int upstreamStatus;
  boolean called;
  long waitedNanos;
  long firstByteNanos;
  long requestBytes;
  long responseBytes;
  Outcome outcome = Outcome.INTERNAL_ERROR;
  @Nullable Usage usage;
  @Nullable PassageBill bill;
  private @Nullable String error;

  PassageRecord(
      String requestId,
      Principal principal,
      PassPath path,
      String upstream,
      String traceId,
      long begunNanos) {
    this.requestId = requestId;
    this.principal = principal;
    this.path = path;
    this.upstream = upstream;
    this.traceId = traceId;
    this.begunNanos = begunNanos;
  }

  /** Notes a refusal by its code. */
  void refused(ApiError refusal) {
    error = String.valueOf(refusal.code());
  }

  /** Notes what went wrong here or at the upstream. */
  void failed(String what) {
    error = what;
  }

  /** One line of JSON; of the path only what is known, and never the query. */
  String toJson(String now, long endedNanos) {
    StringBuilder out = new StringBuilder(384);
    out.append("{\"time\":\"").append(now).append('"');
    text(out, "request_id", requestId);
    if (!traceId.isEmpty()) {
      text(out, "trace_id", traceId);
    }
    text(out, "key", principal.key());
    text(out, "team", principal.team());
    text(out, "operation", PassageMeters.NAME);
    text(out, "method", path.method().name());
    text(out, "endpoint", path.endpoint());
    text(out, "upstream", upstream);
    out.append(",\"outcome\":\"").append(outcome.label()).append("\",\"status\":").append(status);
    if (upstreamStatus != 0) {
      out.append(",\"upstream_status\":").append(upstreamStatus);
    }
    out.append(",\"attempts\":").append(called ? 1 : 0);
    out.append(",\"request_bytes\":").append(requestBytes);
    out.append(",\"response_bytes\":").append(responseBytes);
    Usage used = usage;
    if (used != null) {
      out.append(",\"input_tokens\":").append(used.inputTokens());
      out.append(",\"output_tokens\":").append(used.outputTokens());
    }
    PassageBill billed = bill;
    if (billed != null) {
      text(out, "model", billed.candidate().model().name());
      text(out, "deployment", billed.candidate().deployment().name());
      text(out, "cost_usd", billed.amount().toUsd());
    }
    if (firstByteNanos != 0) {
      millis(out, "first_byte_ms", firstByteNanos - begunNanos);
    }
    if (waitedNanos != 0) {
      millis(out, "waited_ms", waitedNanos);
    }
    millis(out, "duration_ms", endedNanos - begunNanos);
    if (error != null) {
      text(out, "error", error);
    }
    return out.append('}').toString();
  }

  private static void text(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":");
    Json.appendString(out, value);
  }

  private static void millis(StringBuilder out, String name, long nanos) {
    out.append(",\"").append(name).append("\":");
    Decimals.append(out, nanos / 1e6);
  }
}
