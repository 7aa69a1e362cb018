package dev.ponder.gateway.wire;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refusal that the caller is told about in the error envelope of its dialect: expected, counted,
 * and not a bug of the gateway. Carries no stack trace.
 */
public final class ApiError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final @Nullable String code;
  private final @Nullable String param;
  private final transient Map<String, String> headers = new LinkedHashMap<>();

  public ApiError(
      int status, String type, @Nullable String code, @Nullable String param, String message) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }

  /** 400: the request is wrong at {@code param}. */
  public static ApiError badRequest(@Nullable String param, String message) {
    return new ApiError(400, "invalid_request_error", "invalid_request_error", param, message);
  }

  /** 400: no head of an HTTP request; {@code why} are the parser's words, if it has any. */
  public static ApiError brokenHead(@Nullable String why) {
    return badRequest(
        null,
        "Not a valid HTTP request"
            + (why == null ? "" : ": " + JsonFault.brief(why))
            + " (expected: METHOD /PATH HTTP/1.1, then lines of NAME: VALUE)");
  }

  /** 400: the head was HTTP, the body is not. */
  public static ApiError brokenBody() {
    return badRequest(
        null,
        "The body's chunks cannot be told apart"
            + " (expected: the size in hexadecimal digits before each, and 0 at the end)");
  }

  /** 414: the first line of the head has more than {@code limit} bytes. */
  public static ApiError uriTooLong(int limit) {
    return new ApiError(
        414,
        "invalid_request_error",
        "uri_too_long",
        null,
        "URI too long (expected: a first line of at most " + limit + " bytes)");
  }

  /** 431: the head has more than {@code limits.header} bytes. */
  public static ApiError headersTooLarge() {
    return new ApiError(
        431,
        "invalid_request_error",
        "headers_too_large",
        null,
        "Headers too large (expected: at most `limits.header` bytes)");
  }

  /** 401: no key, an unknown key or an expired one. */
  public static ApiError invalidKey(String message) {
    return new ApiError(401, "invalid_request_error", "invalid_api_key", null, message);
  }

  /** 404: neither a route nor a model, or not one that this key may use. */
  public static ApiError modelNotFound(String model) {
    return new ApiError(
        404,
        "invalid_request_error",
        "model_not_found",
        "model",
        "The model `"
            + JsonFault.brief(model)
            + "` does not exist or you do not have access to it.");
  }

  /** 400: the model's providers do not have this API; {@code path} is the API's. */
  public static ApiError notInThisDialect(String model, String path) {
    return badRequest(
        "model",
        "model: `"
            + JsonFault.brief(model)
            + "` cannot be asked at /v1"
            + path
            + " (expected: a model whose provider has this API)");
  }

  /** 400: there is nothing of that name that this caller could go on with. */
  public static ApiError previousResponseNotFound(String param) {
    return new ApiError(
        400,
        "invalid_request_error",
        "previous_response_not_found",
        param,
        param + ": not found (expected: one of your own)");
  }

  /** 404: no such answer is kept for this caller. */
  public static ApiError responseNotFound(String id) {
    return new ApiError(
        404,
        "invalid_request_error",
        "response_not_found",
        null,
        "Response with id '" + JsonFault.brief(id) + "' not found.");
  }

  /** 404: no such path. */
  public static ApiError unknownPath(String method, String path) {
    return new ApiError(
        404,
        "invalid_request_error",
        "unknown_url",
        null,
        "Unknown URL: " + JsonFault.brief(method) + " " + JsonFault.brief(path));
  }

  /** 405: the path exists for another method. */
  public static ApiError methodNotAllowed(String method, String path, String allowed) {
    return new ApiError(
            405,
            "invalid_request_error",
            "method_not_allowed",
            null,
            "Method "
                + JsonFault.brief(method)
                + " is not allowed for "
                + JsonFault.brief(path)
                + " (expected: "
                + allowed
                + ")")
        .with("allow", allowed);
  }

  /** 408: the client stopped sending in the middle of its body. */
  public static ApiError requestTimeout() {
    return new ApiError(
        408, "invalid_request_error", "request_timeout", null, "The request's body did not come.");
  }

  /** 426: a web socket is asked for, and there is none: clients go on with plain requests. */
  public static ApiError noWebSocket() {
    return new ApiError(
        426,
        "invalid_request_error",
        "websocket_not_supported",
        null,
        "Web sockets are not supported (expected: HTTP requests, with stream: true to stream)");
  }

  /** 413: the body, decompressed, is larger than {@code limit} bytes. */
  public static ApiError bodyTooLarge(long limit) {
    return new ApiError(
        413,
        "invalid_request_error",
        "request_too_large",
        null,
        "The request body is too large (expected: at most " + limit + " bytes)");
  }

  /** 415: a content encoding that is not known. */
  public static ApiError unknownEncoding(String encoding) {
    return new ApiError(
        415,
        "invalid_request_error",
        "unsupported_encoding",
        null,
        "Content-Encoding: "
            + JsonFault.brief(encoding)
            + " (expected: gzip, deflate, br, zstd or identity)");
  }

  /**
   * A budget does not cover the request, until {@code resets}.
   *
   * @param status 429, or 402 or 403 for clients that do not read {@code x-should-retry}
   * @param resets when the next window begins, as an ISO time
   */
  public static ApiError budgetExhausted(int status, String budget, String resets) {
    return new ApiError(
            status,
            "insufficient_quota",
            "insufficient_quota",
            null,
            "The budget " + budget + " does not cover this request. It resets at " + resets + ".")
        .with("x-should-retry", "false")
        .with("x-ponder-budget-resets", resets);
  }

  /** 403: a policy does not let one request cost that much. */
  public static ApiError tooExpensive(String policy, String limitUsd, String leastUsd) {
    return new ApiError(
        403,
        "invalid_request_error",
        "request_too_expensive",
        null,
        "This request may cost "
            + leastUsd
            + " USD (expected: at most "
            + limitUsd
            + " USD, by the policy "
            + policy
            + ")");
  }

  /** 429: too many requests or tokens in this minute. Codex reads the delay out of the words. */
  public static ApiError rateLimited(long retryAfterSeconds) {
    return new ApiError(
            429,
            "rate_limit_error",
            "rate_limit_exceeded",
            null,
            "Rate limit reached. Please try again in " + retryAfterSeconds + "s.")
        .with("retry-after", Long.toString(retryAfterSeconds));
  }

  /** 503: what becomes of the call could not be kept, so it is not made. */
  public static ApiError ledgerUnavailable() {
    return new ApiError(
            503,
            "server_error",
            "ledger_unavailable",
            null,
            "The ledger cannot be written at the moment; calls with a budget are not made.")
        .with("retry-after", "1");
  }

  /** 503: there is no room for one more call. */
  public static ApiError overloaded(String message) {
    return new ApiError(503, "server_error", "overloaded", null, message).with("retry-after", "1");
  }

  /** 503: the gateway is about to end, and the answer with it. */
  public static ApiError stopping() {
    return overloaded("The gateway is being stopped; please ask again.");
  }

  /** 502: the upstream did not answer, or not in a way that can be passed on. */
  public static ApiError upstreamFailed(String message) {
    return new ApiError(502, "server_error", "upstream_error", null, message);
  }

  /** 504: the upstream took too long. */
  public static ApiError upstreamTimeout(String message) {
    return new ApiError(504, "server_error", "upstream_timeout", null, message);
  }

  /** 500: a bug; what it was stands in the log under the request's id. */
  public static ApiError internal() {
    return new ApiError(
        500, "server_error", "internal_error", null, "Internal error of the gateway.");
  }

  /** Adds a response header. */
  public ApiError with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  public int status() {
    return status;
  }

  public @Nullable String code() {
    return code;
  }

  public @Nullable String param() {
    return param;
  }

  /** The headers that go with it. */
  public Map<String, String> headers() {
    return headers;
  }

  /** {@code {"error": {"message", "type", "param", "code"}}} in UTF-8, without a line break. */
  public byte[] toJson() {
    StringBuilder out = new StringBuilder(160);
    out.append("{\"error\":{\"message\":");
    Json.appendString(out, String.valueOf(getMessage()));
    out.append(",\"type\":");
    Json.appendString(out, type);
    out.append(",\"param\":");
    appendOrNull(out, param);
    out.append(",\"code\":");
    appendOrNull(out, code);
    return out.append("}}").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** {@code {"type": "error", "error": {"type", "message"}, "request_id"}}, as Anthropic has it. */
  public byte[] toAnthropicJson(@Nullable String requestId) {
    StringBuilder out = new StringBuilder(160);
    out.append("{\"type\":\"error\",\"error\":{\"type\":\"").append(anthropicType());
    out.append("\",\"message\":");
    Json.appendString(out, String.valueOf(getMessage()));
    out.append('}');
    if (requestId != null) {
      out.append(",\"request_id\":");
      Json.appendString(out, requestId);
    }
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  /** {@code {"type": "error", "code", "message", "param", "sequence_number"}}: of Responses. */
  public byte[] toEventJson(long sequence) {
    StringBuilder out = new StringBuilder(160);
    out.append("{\"type\":\"error\",\"code\":");
    appendOrNull(out, code);
    out.append(",\"message\":");
    Json.appendString(out, String.valueOf(getMessage()));
    out.append(",\"param\":");
    appendOrNull(out, param);
    out.append(",\"sequence_number\":").append(sequence);
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private String anthropicType() {
    return switch (status) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404, 405 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 503 -> "overloaded_error";
      case 504 -> "timeout_error";
      default -> status >= 500 ? "api_error" : "invalid_request_error";
    };
  }

  private static void appendOrNull(StringBuilder out, @Nullable String value) {
    if (value == null) {
      out.append("null");
    } else {
      Json.appendString(out, value);
    }
  }
}
