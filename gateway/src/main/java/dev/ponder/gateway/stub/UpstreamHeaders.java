package dev.ponder.gateway.stub;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/** The headers that a real upstream sends with every answer, and a gateway passes on. */
final class UpstreamHeaders {

  private static final CharSequence[][] OPENAI = {
    optimized("openai-version", "2020-10-01"),
    optimized("openai-organization", "stub"),
    optimized("x-ratelimit-limit-requests", "10000"),
    optimized("x-ratelimit-remaining-requests", "9999"),
    optimized("x-ratelimit-reset-requests", "6ms"),
    optimized("x-ratelimit-limit-tokens", "30000000"),
    optimized("x-ratelimit-remaining-tokens", "29999000"),
    optimized("x-ratelimit-reset-tokens", "2ms"),
  };

  private static final CharSequence[][] ANTHROPIC = {
    optimized("anthropic-organization-id", "stub"),
    optimized("anthropic-ratelimit-requests-limit", "4000"),
    optimized("anthropic-ratelimit-requests-remaining", "3999"),
    optimized("anthropic-ratelimit-requests-reset", "2026-01-01T00:00:01Z"),
    optimized("anthropic-ratelimit-tokens-limit", "400000"),
    optimized("anthropic-ratelimit-tokens-remaining", "399000"),
    optimized("anthropic-ratelimit-tokens-reset", "2026-01-01T00:00:01Z"),
  };

  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
  private static final CharSequence MILLIS = HttpHeaders.createOptimized("openai-processing-ms");

  private UpstreamHeaders() {}

  /** Puts those of a dialect onto an answer that took so long. */
  static void put(
      HttpServerResponse response, boolean anthropic, String id, long processingMillis) {
    for (CharSequence[] header : anthropic ? ANTHROPIC : OPENAI) {
      response.putHeader(header[0], header[1]);
    }
    if (anthropic) {
      response.putHeader("request-id", "req_" + id);
    } else {
      response.putHeader(REQUEST_ID, "req_" + id);
      response.putHeader(MILLIS, Long.toString(processingMillis));
    }
  }

  private static CharSequence[] optimized(String name, String value) {
    return new CharSequence[] {
      HttpHeaders.createOptimized(name), HttpHeaders.createOptimized(value)
    };
  }
}
