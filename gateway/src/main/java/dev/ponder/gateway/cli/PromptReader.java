package dev.ponder.gateway.cli;

import dev.ponder.classify.PromptText;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Json;
import dev.ponder.gateway.wire.JsonScan;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/**
 * Turns one line of a prompt file into the text that the classifier reads, through the very scanner
 * that a running gateway reads requests with: so both give the same score. A {@code prompt} is read
 * as the only user message of a request. Reuses its buffer.
 */
final class PromptReader {

  private static final int DEPTH_MAX = 1_000;

  private final PromptText text = new PromptText();
  private final JsonScan scan = new JsonScan(DEPTH_MAX);

  /**
   * Reads the line's {@code prompt} or {@code request}.
   *
   * @return the buffer, valid until the next call
   * @throws IllegalArgumentException if there is neither, or one of the wrong type
   */
  PromptText read(JsonObject line) {
    Object prompt = line.getValue("prompt");
    Object request = line.getValue("request");
    if (prompt != null && request != null) {
      throw new IllegalArgumentException("prompt, request: both (expected: one of them)");
    }
    if (prompt instanceof String words) {
      scan(requestOf(words), "prompt");
    } else if (request instanceof JsonObject body) {
      scan(named(body).encode(), "request");
    } else if (prompt != null) {
      throw new IllegalArgumentException("prompt: " + shown(prompt) + " (expected: a string)");
    } else if (request != null) {
      throw new IllegalArgumentException("request: " + shown(request) + " (expected: an object)");
    } else {
      throw new IllegalArgumentException("prompt: missing (expected: a string, or `request`)");
    }
    return text;
  }

  private void scan(String json, String member) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    try {
      scan.scanChat(body, body.length, text);
    } catch (ApiError e) {
      String place = e.param() == null ? member : member + "." + e.param();
      throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
    }
  }

  private static String requestOf(String prompt) {
    StringBuilder json = new StringBuilder(prompt.length() + 80);
    json.append("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":");
    Json.appendString(json, prompt);
    return json.append("}]}").toString();
  }

  /** A request to be scored need not say whom it is for. */
  private static JsonObject named(JsonObject body) {
    return body.containsKey("model") ? body : body.copy().put("model", "auto");
  }

  /** A value short enough to be shown, else its kind. */
  private static String shown(Object value) {
    if (value instanceof JsonObject) {
      return "an object";
    }
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : "a list or text";
  }
}
