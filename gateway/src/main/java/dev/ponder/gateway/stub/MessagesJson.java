package dev.ponder.gateway.stub;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;

/** The bytes of an answer of Anthropic's Messages API, or its events. */
final class MessagesJson {

  private final String id;
  private final StubRequest request;
  private final Answer answer;
  private final StubScript script;
  private final String thinking;
  private final String signature;

  MessagesJson(String id, StubRequest request, Answer answer, StubScript script) {
    this.id = id;
    this.request = request;
    this.answer = answer;
    this.script = script;
    boolean omitted = "omitted".equals(request.object("thinking").getValue("display"));
    thinking = omitted ? "" : answer.shownReasoning();
    signature = Base64.getEncoder().encodeToString(("signature of " + id).getBytes(US_ASCII));
  }

  /** The body of a plain answer. */
  String plain() {
    JsonArray content = new JsonArray();
    if (answer.reasoningTokens() > 0) {
      content.add(thinkingBlock(thinking, signature));
    }
    if (answer.tool() != null) {
      boolean whole = !answer.finish().equals("length");
      for (int call = 0; call < answer.calls(); call++) {
        content.add(toolBlock(call, whole ? new JsonObject(answer.text()) : new JsonObject()));
      }
    } else if (!answer.text().isEmpty()) {
      content.add(textBlock(answer.text()));
    }
    JsonObject message = message(content);
    message.put("stop_reason", stopReason()).put("stop_sequence", null);
    if (!script.flag(Knob.NO_USAGE)) {
      message.put("usage", usage(answer.usage().outputTokens(), true));
    }
    return message.encode();
  }

  /** How many tokens the question has. */
  static String count(StubRequest request) {
    return new JsonObject().put("input_tokens", request.prompt().promptTokens()).encode();
  }

  StubEvents events() {
    EventPlan plan = new EventPlan(script, "error", (piece, sequence) -> midStreamError());
    plan.one("message_start", (piece, sequence) -> start());
    int index = 0;
    if (answer.reasoningTokens() > 0) {
      block(plan, index, thinkingBlock("", ""), thinking, "thinking_delta", "thinking", false);
      int at = index++;
      plan.one(
          "content_block_delta",
          (piece, sequence) -> delta(at, "signature_delta", "signature", signature));
      stop(plan, at);
    }
    if (answer.tool() != null) {
      for (int call = 0; call < answer.calls(); call++) {
        JsonObject empty = toolBlock(call, new JsonObject());
        int at = index + call;
        block(plan, at, empty, answer.text(), "input_json_delta", "partial_json", true);
        stop(plan, at);
      }
    } else if (!answer.text().isEmpty()) {
      block(plan, index, textBlock(""), answer.text(), "text_delta", "text", true);
      stop(plan, index);
    }
    if (plan.closes()) {
      plan.one("message_delta", (piece, sequence) -> end());
      plan.one("message_stop", (piece, sequence) -> event("message_stop").encode());
    }
    return plan.done();
  }

  private static void block(
      EventPlan plan,
      int index,
      JsonObject empty,
      String text,
      String delta,
      String member,
      boolean isText) {
    plan.one(
        "content_block_start",
        (piece, sequence) ->
            event("content_block_start").put("index", index).put("content_block", empty).encode());
    if (index == 0) {
      plan.one("ping", (piece, sequence) -> event("ping").encode());
    }
    plan.each(
        Answer.tokens(text),
        isText,
        "content_block_delta",
        (piece, sequence) -> delta(index, delta, member, Answer.piece(text, piece)));
  }

  private static void stop(EventPlan plan, int index) {
    plan.one(
        "content_block_stop",
        (piece, sequence) -> event("content_block_stop").put("index", index).encode());
  }

  private static String delta(int index, String type, String member, String text) {
    return event("content_block_delta")
        .put("index", index)
        .put("delta", new JsonObject().put("type", type).put(member, text))
        .encode();
  }

  private String start() {
    JsonObject message = message(new JsonArray());
    message.put("stop_reason", null).put("stop_sequence", null);
    if (!script.flag(Knob.NO_USAGE)) {
      message.put("usage", usage(1, false)); // input is known now, output is not
    }
    return event("message_start").put("message", message).encode();
  }

  private String end() {
    JsonObject end =
        event("message_delta")
            .put(
                "delta",
                new JsonObject().put("stop_reason", stopReason()).put("stop_sequence", null));
    if (!script.flag(Knob.NO_USAGE)) {
      end.put("usage", usage(answer.usage().outputTokens(), true));
    }
    return end.encode();
  }

  private static String midStreamError() {
    return event("error")
        .put("error", new JsonObject().put("type", "overloaded_error").put("message", "Overloaded"))
        .encode();
  }

  private JsonObject message(JsonArray content) {
    return new JsonObject()
        .put("id", "msg_" + id)
        .put("type", "message")
        .put("role", "assistant")
        .put("model", request.model())
        .put("content", content);
  }

  private String stopReason() {
    return switch (answer.finish()) {
      case "length" -> "max_tokens";
      case "tool_calls" -> "tool_use";
      default -> "end_turn";
    };
  }

  /** Anthropic counts what it reads from and writes to a cache beside the other input. */
  private JsonObject usage(long output, boolean whole) {
    long written = answer.cacheWriteTokens();
    JsonObject usage =
        new JsonObject()
            .put("input_tokens", answer.promptTokens() - answer.cachedTokens() - written)
            .put("cache_creation_input_tokens", written)
            .put("cache_read_input_tokens", answer.cachedTokens())
            .put(
                "cache_creation",
                new JsonObject()
                    .put("ephemeral_5m_input_tokens", written - answer.longCacheWriteTokens())
                    .put("ephemeral_1h_input_tokens", answer.longCacheWriteTokens()))
            .put("output_tokens", output);
    if (whole) {
      usage.put(
          "output_tokens_details",
          new JsonObject().put("thinking_tokens", answer.reasoningTokens()));
    }
    return usage.put("service_tier", "standard");
  }

  private static JsonObject thinkingBlock(String text, String signature) {
    return new JsonObject()
        .put("type", "thinking")
        .put("thinking", text)
        .put("signature", signature);
  }

  private static JsonObject textBlock(String text) {
    return new JsonObject().put("type", "text").put("text", text);
  }

  private JsonObject toolBlock(int call, JsonObject input) {
    return new JsonObject()
        .put("type", "tool_use")
        .put("id", "toolu_" + id + (call == 0 ? "" : "_" + call))
        .put("name", answer.tool())
        .put("input", input);
  }

  private static JsonObject event(String type) {
    return new JsonObject().put("type", type);
  }
}
