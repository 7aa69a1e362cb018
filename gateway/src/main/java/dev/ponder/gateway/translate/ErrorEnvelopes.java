package dev.ponder.gateway.translate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An upstream's error in the envelope of the other dialect, with the status that goes with it.
 *
 * <table>
 *   <caption>What becomes of what</caption>
 *   <tr><th>Anthropic</th><th>OpenAI's status, type, code</th></tr>
 *   <tr><td>invalid_request_error 400</td><td>400 invalid_request_error, {@code
 *       context_length_exceeded} if the prompt is too long</td></tr>
 *   <tr><td>authentication_error 401</td><td>401 invalid_request_error invalid_api_key</td></tr>
 *   <tr><td>billing_error 402</td><td>402 insufficient_quota</td></tr>
 *   <tr><td>permission_error 403</td><td>403 invalid_request_error permission_denied</td></tr>
 *   <tr><td>not_found_error 404</td><td>404 invalid_request_error model_not_found</td></tr>
 *   <tr><td>request_too_large 413</td><td>413 invalid_request_error request_too_large</td></tr>
 *   <tr><td>rate_limit_error 429</td><td>429 rate_limit_error rate_limit_exceeded</td></tr>
 *   <tr><td>timeout_error 504</td><td>504 server_error upstream_timeout</td></tr>
 *   <tr><td>overloaded_error 529</td><td>503 server_error overloaded</td></tr>
 *   <tr><td>api_error 500</td><td>its status, server_error upstream_error</td></tr>
 * </table>
 */
public final class ErrorEnvelopes {

  /** An error longer than this is cut: nobody reads on. */
  private static final int MESSAGE_MAX = 4096;

  private ErrorEnvelopes() {}

  /**
   * A status and an envelope.
   *
   * @param status the HTTP status that the client gets
   * @param json the envelope
   */
  public record Translated(int status, String json) {}

  /** An error of the Messages API for a client of chat completions. */
  public static Translated forChat(int status, byte[] body) {
    Place error = error(body);
    Place named = error.get("type");
    String type = named.isText() ? named.text() : messagesType(status);
    int newStatus = status == 529 || "overloaded_error".equals(type) ? 503 : status;
    return new Translated(newStatus, JsonTree.text(chat(type, message(error, body, status))));
  }

  /**
   * An error of an OpenAI-compatible API for a client of the Messages API.
   *
   * @param requestId which its envelope repeats
   */
  public static Translated forMessages(int status, byte[] body, String requestId) {
    Place error = error(body);
    String type = messagesType(status);
    int newStatus = type.equals("overloaded_error") ? 529 : status;
    return new Translated(
        newStatus, JsonTree.text(messages(type, message(error, body, status), requestId)));
  }

  /** The chat envelope for an error of this type of Anthropic's. */
  static Map<String, @Nullable Object> chat(String type, String message) {
    String tooLong = message.startsWith("prompt is too long") ? "context_length_exceeded" : null;
    return switch (type) {
      case "invalid_request_error" -> envelope("invalid_request_error", tooLong, message);
      case "authentication_error" -> envelope("invalid_request_error", "invalid_api_key", message);
      case "billing_error" -> envelope("insufficient_quota", "insufficient_quota", message);
      case "permission_error" -> envelope("invalid_request_error", "permission_denied", message);
      case "not_found_error" -> envelope("invalid_request_error", "model_not_found", message);
      case "request_too_large" -> envelope("invalid_request_error", "request_too_large", message);
      case "rate_limit_error" -> envelope("rate_limit_error", "rate_limit_exceeded", message);
      case "timeout_error" -> envelope("server_error", "upstream_timeout", message);
      case "overloaded_error" -> envelope("server_error", "overloaded", message);
      default -> envelope("server_error", "upstream_error", message);
    };
  }

  private static Map<String, @Nullable Object> envelope(
      String type, @Nullable String code, String message) {
    Map<String, @Nullable Object> error = JsonTree.object("message", message, "type", type);
    error.put("param", null);
    error.put("code", code);
    return JsonTree.object("error", error);
  }

  /** Anthropic's envelope. */
  static Map<String, @Nullable Object> messages(String type, String message, String requestId) {
    Map<String, @Nullable Object> error = JsonTree.object("type", type, "message", message);
    return JsonTree.object("type", "error", "error", error, "request_id", requestId);
  }

  /** Anthropic's type for an error in a stream of chunks, which has no status. */
  static String messagesType(Place error) {
    Place code = error.get("code");
    if (code.isNumber()) {
      return messagesType((int) Math.max(0, code.number().count(999)));
    }
    String said = code.isText() ? code.text() : "";
    String type = error.get("type").isText() ? error.get("type").text() : "";
    return switch (said) {
      case "rate_limit_exceeded", "insufficient_quota" -> "rate_limit_error";
      case "server_is_overloaded", "slow_down", "overloaded" -> "overloaded_error";
      case "upstream_timeout" -> "timeout_error";
      default -> {
        boolean theirs = type.equals("invalid_request_error") || type.equals("rate_limit_error");
        yield theirs ? type : "api_error";
      }
    };
  }

  private static String messagesType(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 408, 504 -> "timeout_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 503, 529 -> "overloaded_error";
      default -> status >= 500 || status < 400 ? "api_error" : "invalid_request_error";
    };
  }

  /** What the body says of the error; nothing if it is no envelope. */
  private static Place error(byte[] body) {
    try {
      Place whole = Place.of(JsonTree.read(body, 0, body.length));
      Place error = whole.get("error");
      return error.isObject() ? error : whole;
    } catch (IOException | RuntimeException noJson) {
      return Place.of(null);
    }
  }

  /** Its message, or the body as it is, which is what SDKs show as well. */
  private static String message(Place error, byte[] body, int status) {
    String message = said(error);
    if (message.isEmpty() && !error.isThere()) {
      int length = Math.min(body.length, MESSAGE_MAX);
      message = new String(body, 0, length, StandardCharsets.UTF_8).strip();
    }
    return message.isEmpty() ? "The upstream answered with the status " + status + "." : message;
  }

  /** The message of an error; empty if it has none. */
  static String said(Place error) {
    Place message = error.get("message").isText() ? error.get("message") : error.get("error");
    if (!message.isText()) {
      return error.isText() ? error.text() : "";
    }
    String text = message.text();
    return text.length() > MESSAGE_MAX ? text.substring(0, MESSAGE_MAX) : text;
  }
}
