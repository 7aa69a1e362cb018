package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.telemetry.TraceHeaders;
import dev.ponder.gateway.telemetry.TraceParent;
import dev.ponder.gateway.telemetry.TraceSpan;
import dev.ponder.gateway.telemetry.Tracing;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Upstream;
import dev.ponder.price.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a request that is no call of a model, but is answered by an upstream all the same:
 * its own span and that of its one call, while spans are exported, and the headers of the call.
 */
final class ErrandSpan {

  private final HttpServerRequest request;
  private final String name;
  private final boolean baggage;
  private final @Nullable TraceSpan served;
  private @Nullable TraceSpan call;

  private ErrandSpan(
      HttpServerRequest request, String name, boolean baggage, @Nullable TraceSpan served) {
    this.request = request;
    this.name = name;
    this.baggage = baggage;
    this.served = served;
  }

  /**
   * Begins.
   *
   * @param path a path that is known, never one that a caller made up
   */
  static ErrandSpan begin(House house, HttpServerRequest request, String path) {
    Tracing tracing = house.tracing().orElse(null);
    String name = request.method().name() + " " + path;
    boolean baggage = house.configuration().telemetry().traces().baggage();
    TraceSpan served = tracing == null ? null : tracing.serve(request.headers(), name);
    return new ErrandSpan(request, name, baggage, served);
  }

  /** The upstream is about to be asked, with these headers. */
  void call(Upstream upstream, MultiMap headers) {
    if (served != null) {
      call = served.call(name);
      if (call.recorded()) {
        call.put("http.request.method", request.method().name())
            .put("server.address", upstream.baseUrl().getHost())
            .put("server.port", CallTrace.port(upstream))
            .put("ponder.upstream", upstream.name());
      }
    }
    TraceHeaders.put(request.headers(), headers, call, baggage);
  }

  /** The upstream has answered with this status, or has not: 0. Nothing if it was not asked. */
  void called(AttemptOutcome outcome, int status) {
    TraceSpan asked = call;
    if (asked == null) {
      return;
    }
    call = null;
    if (asked.recorded()) {
      if (status != 0) {
        asked.put("http.response.status_code", status);
      }
      if (outcome != AttemptOutcome.OK) {
        asked.put("error.type", outcome.label());
        asked.failed();
      }
    }
    asked.end();
  }

  /** The trace that the request belongs to, ours or its caller's; empty if there is none. */
  String traceId() {
    String id = served == null ? TraceParent.traceId(request.headers()) : served.traceId();
    return id == null ? "" : id;
  }

  /** The request is over. */
  void end(String requestId, Principal who, Outcome outcome, int status, @Nullable Usage usage) {
    if (served == null) {
      return;
    }
    called(AttemptOutcome.CANCELLED, 0); // unless that was told before
    if (served.recorded()) {
      served
          .put("http.request.method", request.method().name())
          .put("http.response.status_code", status)
          .put("ponder.request_id", requestId)
          .put("ponder.key", who.key())
          .put("ponder.team", who.team())
          .put("ponder.outcome", outcome.label());
      if (usage != null) {
        ExchangeSpan.usage(served, usage);
      }
      if (outcome != Outcome.SUCCESS) {
        served.put("error.type", outcome.label());
        if (status >= 500) {
          served.failed();
        }
      }
    }
    served.end();
  }
}
