package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.GenAiMeters;
import dev.ponder.gateway.telemetry.ProviderNames;
import dev.ponder.gateway.telemetry.TraceHeaders;
import dev.ponder.gateway.telemetry.TraceSpan;
import dev.ponder.gateway.wire.ModelMember;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Upstream;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * The trace of one call of an upstream: its headers, its span while spans are exported, and what is
 * counted under OpenTelemetry's names, if anything is. Names of attributes are those of its
 * conventions for generative AI.
 */
final class CallTrace {

  private final ExchangeRecord record;
  private final Candidate candidate;
  private final MultiMap clientHeaders;
  private final boolean baggage;
  private final @Nullable GenAiMeters meters;
  private final @Nullable TraceSpan span;
  private @Nullable String model;

  private CallTrace(
      ExchangeRecord record,
      Candidate candidate,
      MultiMap clientHeaders,
      boolean baggage,
      @Nullable GenAiMeters meters,
      @Nullable TraceSpan span) {
    this.record = record;
    this.candidate = candidate;
    this.clientHeaders = clientHeaders;
    this.baggage = baggage;
    this.meters = meters;
    this.span = span;
  }

  /** The trace of a call that is about to be made. */
  static CallTrace begin(
      Lane lane, ExchangeRecord record, Candidate candidate, MultiMap clientHeaders) {
    boolean baggage = lane.house().configuration().telemetry().traces().baggage();
    TraceSpan serving = record.span;
    TraceSpan span =
        serving == null
            ? null
            : serving.call(
                ExchangeSpan.operation(record.dialect) + " " + candidate.deployment().modelId());
    GenAiMeters meters = lane.place(candidate).genAi();
    return new CallTrace(record, candidate, clientHeaders, baggage, meters, span);
  }

  /** Puts in what makes the upstream's work a part of the trace. */
  void putHeaders(MultiMap headers) {
    TraceHeaders.put(clientHeaders, headers, span, baggage);
  }

  /** These bytes are an answer, or the first of its events that says which model it is from. */
  void answered(byte[] bytes, int from, int to) {
    if (model == null && (meters != null || (span != null && span.recorded()))) {
      model = ModelMember.of(bytes, from, to);
      record.responseModel = model;
    }
  }

  /** The first delta of a stream came, so many nanoseconds after the call began. */
  void firstDelta(long nanos) {
    if (meters != null) {
      meters.firstChunk(ExchangeSpan.operation(record.dialect), nanos);
    }
  }

  /** The call is over, after so many nanoseconds. */
  void ended(AttemptOutcome outcome, int status, @Nullable Billed billed, long nanos) {
    if (meters != null) {
      String operation = ExchangeSpan.operation(record.dialect);
      meters.ended(operation, outcome, nanos, model, billed == null ? null : billed.usage());
    }
    if (span == null) {
      return;
    }
    if (span.recorded()) {
      describe(span, outcome, status, billed);
    }
    span.end();
  }

  private void describe(
      TraceSpan out, AttemptOutcome outcome, int status, @Nullable Billed billed) {
    Upstream upstream = candidate.deployment().upstream();
    Weighed known = record.weighed;
    out.put("gen_ai.operation.name", ExchangeSpan.operation(record.dialect))
        .put("gen_ai.provider.name", ProviderNames.of(upstream))
        .put("gen_ai.request.model", candidate.deployment().modelId())
        .put("gen_ai.request.stream", known != null && known.stream())
        .put("server.address", upstream.baseUrl().getHost())
        .put("server.port", port(upstream))
        .put("ponder.upstream", upstream.name())
        .put("ponder.model", candidate.model().name())
        .put("ponder.tier", candidate.model().tierLabel())
        .put("ponder.attempt", record.attempts)
        .put("ponder.fallback", candidate.fallback());
    if (status != 0) {
      out.put("http.response.status_code", status);
    }
    if (model != null) {
      out.put("gen_ai.response.model", model);
    }
    if (billed != null) {
      ExchangeSpan.usage(out, billed.usage());
      out.put("ponder.cost_usd", billed.cost().nanos() / 1e9);
    }
    if (outcome == AttemptOutcome.OK) {
      ExchangeSpan.finish(out, record.finishReason);
    } else {
      out.put("error.type", outcome.label());
      out.failed();
    }
  }

  static long port(Upstream upstream) {
    int port = upstream.baseUrl().getPort();
    return port >= 0 ? port : upstream.baseUrl().getScheme().equals("https") ? 443 : 80;
  }
}
