package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.telemetry.TraceParent;
import dev.ponder.gateway.telemetry.TraceSpan;
import dev.ponder.gateway.telemetry.Tracing;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.price.Usage;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** The span of a whole exchange, as its caller saw it; the calls of upstreams are its children. */
final class ExchangeSpan {

  private ExchangeSpan() {}

  /** What OpenTelemetry calls it: three dialects are one operation. */
  static String operation(Dialect dialect) {
    return switch (dialect) {
      case CHAT, RESPONSES, MESSAGES -> "chat";
      case COMPLETIONS -> "text_completion";
      case EMBEDDINGS -> "embeddings";
    };
  }

  /** Begins a span for this request; null while spans are not exported. */
  static @Nullable TraceSpan begin(House house, HttpServerRequest request, Dialect dialect) {
    Tracing tracing = house.tracing().orElse(null);
    return tracing == null ? null : tracing.serve(request.headers(), operation(dialect));
  }

  /** The trace that this exchange belongs to, ours or its caller's; empty if there is none. */
  static String traceId(ExchangeRecord record, HttpServerRequest request) {
    TraceSpan span = record.span;
    String callers = span == null ? TraceParent.traceId(request.headers()) : span.traceId();
    return callers == null ? "" : callers;
  }

  /** Tells what became known of the exchange, and ends its span. */
  static void end(ExchangeRecord record, HttpServerRequest request, long endedNanos) {
    TraceSpan span = record.span;
    if (span == null) {
      return;
    }
    if (span.recorded()) {
      describe(span, record, request, endedNanos);
    }
    span.end();
  }

  private static void describe(
      TraceSpan out, ExchangeRecord record, HttpServerRequest request, long endedNanos) {
    out.put("gen_ai.operation.name", operation(record.dialect))
        .put("http.request.method", request.method().name())
        .put("http.response.status_code", record.status)
        .put("ponder.request_id", record.requestId)
        .put("ponder.key", record.principal.key())
        .put("ponder.team", record.principal.team())
        .put("ponder.outcome", record.outcome.label())
        .put("ponder.attempts", record.attempts)
        .put("ponder.overhead_ms", record.overheadNanos(endedNanos) / 1e6);
    String path = request.path();
    if (path != null) {
      out.put("url.path", path); // one of those that are served
    }
    Weighed known = record.weighed;
    if (known != null) {
      decision(out, record, known);
    }
    Usage usage = record.usage();
    if (usage != null) {
      usage(out, usage);
      out.put("ponder.cost_usd", record.cost().nanos() / 1e9)
          .put("ponder.baseline_cost_usd", record.baseline().nanos() / 1e9);
    }
    if (record.outcome == Outcome.SUCCESS) {
      finish(out, record.finishReason);
      return;
    }
    out.put("error.type", record.outcome.label());
    if (record.status >= 500 || record.outcome == Outcome.UPSTREAM_ERROR) {
      out.failed(); // what a caller did wrong is no failure of the server
    }
  }

  private static void decision(TraceSpan out, ExchangeRecord record, Weighed known) {
    Decision decision = known.decision();
    Candidate by = record.answeredBy != null ? record.answeredBy : decision.candidates().get(0);
    out.rename(operation(record.dialect) + " " + decision.route());
    out.put("gen_ai.request.model", decision.route())
        .put("gen_ai.request.stream", known.stream())
        .put("ponder.route", decision.route())
        .put("ponder.model", by.model().name())
        .put("ponder.tier", by.model().tierLabel())
        .put("ponder.reason", record.reason(known).label())
        .put("ponder.estimated_cost_usd", known.estimatedCost().nanos() / 1e9);
    if (decision.score().isPresent()) {
      out.put("ponder.score", decision.score().getAsDouble());
    }
    if (decision.threshold().isPresent()) {
      out.put("ponder.threshold", decision.threshold().getAsDouble());
    }
    if (record.responseModel != null) {
      out.put("gen_ai.response.model", record.responseModel);
    }
  }

  /** The tokens; cached ones and hidden ones are parts of the sums. */
  static void usage(TraceSpan out, Usage usage) {
    out.put("gen_ai.usage.input_tokens", usage.inputTokens())
        .put("gen_ai.usage.output_tokens", usage.outputTokens())
        .put("gen_ai.usage.cache_read.input_tokens", usage.cachedInputTokens())
        .put("gen_ai.usage.reasoning.output_tokens", usage.reasoningTokens());
  }

  static void finish(TraceSpan out, @Nullable String reason) {
    if (reason != null) {
      out.putList("gen_ai.response.finish_reasons", reason);
    }
  }
}
