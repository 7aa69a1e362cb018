package dev.ponder.gateway.stub;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** An error that the stub answers with, in its dialect's envelope. Carries no stack trace. */
final class StubRefusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final @Nullable String code;
  private final @Nullable String param;

  private StubRefusal(
      int status, String type, @Nullable String code, @Nullable String param, String message) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }

  static StubRefusal badRequest(@Nullable String param, String message) {
    return new StubRefusal(400, "invalid_request_error", null, param, message);
  }

  static StubRefusal wrongKey() {
    return new StubRefusal(
        401, "invalid_request_error", "invalid_api_key", null, "Incorrect API key provided.");
  }

  static StubRefusal notFound(String what) {
    return new StubRefusal(404, "invalid_request_error", "unknown_url", null, "Unknown " + what);
  }

  static StubRefusal noSuchResponse(String id) {
    return new StubRefusal(
        404, "invalid_request_error", null, null, "Response with id '" + id + "' not found.");
  }

  static StubRefusal previousNotFound(String id) {
    return new StubRefusal(
        400,
        "invalid_request_error",
        "previous_response_not_found",
        "previous_response_id",
        "Previous response with id '" + id + "' not found.");
  }

  /** Azure's word for a path or a version that it does not have. */
  static StubRefusal noSuchResource() {
    return new StubRefusal(404, "invalid_request_error", "404", null, "Resource not found");
  }

  static StubRefusal bodyTooLarge(int max) {
    return new StubRefusal(
        413, "invalid_request_error", null, null, "The body has more than " + max + " bytes");
  }

  /** What OpenAI says with this status. */
  static StubRefusal scripted(int status) {
    return switch (status) {
      case 401 -> wrongKey();
      case 402 ->
          new StubRefusal(402, "insufficient_quota", "insufficient_quota", null, "Scripted.");
      case 404 ->
          new StubRefusal(
              404, "invalid_request_error", "model_not_found", "model", "Scripted: no such model.");
      case 429 ->
          new StubRefusal(
              429, "requests", "rate_limit_exceeded", null, "Scripted: rate limit reached.");
      case 503 ->
          new StubRefusal(
              503, "server_error", "server_is_overloaded", null, "Scripted: overloaded.");
      default ->
          status < 500
              ? new StubRefusal(status, "invalid_request_error", null, null, "Scripted refusal.")
              : new StubRefusal(status, "server_error", null, null, "Scripted failure.");
    };
  }

  /** What a response says that has failed. */
  static JsonObject failedResponse() {
    return new JsonObject().put("code", "server_error").put("message", "Scripted failure.");
  }

  int status() {
    return status;
  }

  /** {@code {"error": {"message", "type", "param", "code"}}}. */
  JsonObject toJson() {
    return new JsonObject()
        .put(
            "error",
            new JsonObject()
                .put("message", getMessage())
                .put("type", type)
                .put("param", param)
                .put("code", code));
  }

  /** {@code {"type": "error", "error": {"type", "message"}, "request_id"}}. */
  JsonObject toAnthropic(String requestId) {
    return new JsonObject()
        .put("type", "error")
        .put("error", new JsonObject().put("type", anthropicType()).put("message", getMessage()))
        .put("request_id", requestId);
  }

  private String anthropicType() {
    return switch (status) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 504 -> "timeout_error";
      case 529 -> "overloaded_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }
}
