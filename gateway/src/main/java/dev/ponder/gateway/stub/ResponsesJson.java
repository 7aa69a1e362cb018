package dev.ponder.gateway.stub;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The bytes of an answer of the Responses API, at any stage of its making, or its events. */
final class ResponsesJson {

  private final String id;
  private final long createdSeconds;
  private final StubRequest request;
  private final Answer answer;
  private final StubScript script;

  ResponsesJson(
      String id, long createdSeconds, StubRequest request, Answer answer, StubScript script) {
    this.id = id;
    this.createdSeconds = createdSeconds;
    this.request = request;
    this.answer = answer;
    this.script = script;
  }

  String id() {
    return "resp_" + id;
  }

  StubRequest request() {
    return request;
  }

  Answer answer() {
    return answer;
  }

  /** How the finished response ends: {@code completed}, {@code incomplete} or {@code failed}. */
  String outcome() {
    if (script.text(Knob.END, "").equals("failed")) {
      return "failed";
    }
    return answer.finish().equals("length") ? "incomplete" : "completed";
  }

  /** The body of a plain answer. */
  String plain() {
    return finished().encode();
  }

  private JsonObject finished() {
    JsonObject response = at(outcome());
    JsonArray output = new JsonArray();
    if (answer.reasoningTokens() > 0) {
      output.add(reasoning(true));
    }
    if (hasItem()) {
      output.add(item(true));
    }
    response.put("output", output);
    if (!script.flag(Knob.NO_USAGE)) {
      response.put("usage", usage());
    }
    return response;
  }

  /** The response while there is nothing of it, or no more than its status. */
  JsonObject at(String status) {
    boolean failed = status.equals("failed");
    boolean incomplete = status.equals("incomplete");
    JsonObject asked = request.object("reasoning");
    JsonObject response =
        new JsonObject()
            .put("id", id())
            .put("object", "response")
            .put("created_at", createdSeconds)
            .put("status", status)
            .put("background", request.background())
            .put("completed_at", status.equals("completed") ? createdSeconds : null)
            .put("error", failed ? StubRefusal.failedResponse() : null)
            .put(
                "incomplete_details",
                incomplete ? new JsonObject().put("reason", "max_output_tokens") : null)
            .put("instructions", request.value("instructions"))
            .put("max_output_tokens", request.cap() == Long.MAX_VALUE ? null : request.cap())
            .put("model", request.model())
            .put("output", new JsonArray())
            .put("parallel_tool_calls", true)
            .put("previous_response_id", request.previous().isEmpty() ? null : request.previous())
            .put(
                "reasoning",
                new JsonObject()
                    .put("effort", asked.getValue("effort"))
                    .put("summary", asked.getValue("summary")))
            .put("service_tier", "default")
            .put("store", request.store())
            .put("temperature", 1.0);
    JsonObject text = request.object("text");
    if (!text.containsKey("format")) {
      text.put("format", new JsonObject().put("type", "text"));
    }
    Object choice = request.value("tool_choice");
    return response
        .put("text", text)
        .put("tool_choice", choice == null ? "auto" : choice)
        .put("tools", request.array("tools"))
        .put("top_p", 1.0)
        .put("truncation", "disabled")
        .put("usage", null)
        .put("metadata", request.object("metadata"));
  }

  /** The events of a stream; they end without {@code [DONE]}. */
  StubEvents events() {
    EventPlan plan = new EventPlan(script, "error", (piece, sequence) -> midStreamError(sequence));
    String first = request.background() ? "queued" : "in_progress";
    whole(plan, "response.created", at(first));
    if (request.background()) {
      whole(plan, "response.queued", at("queued"));
    }
    whole(plan, "response.in_progress", at("in_progress"));
    int index = 0;
    if (answer.reasoningTokens() > 0) {
      reasoningEvents(plan, index++);
    }
    if (hasItem()) {
      itemEvent(plan, "response.output_item.added", index, item(false));
      if (answer.tool() == null) {
        textEvents(plan, index);
      } else {
        toolEvents(plan, index);
      }
      itemEvent(plan, "response.output_item.done", index, item(true));
    }
    if (plan.closes()) {
      whole(plan, "response." + outcome(), finished());
    }
    return plan.done();
  }

  private void reasoningEvents(EventPlan plan, int index) {
    itemEvent(plan, "response.output_item.added", index, reasoning(false));
    String summary = summary();
    if (!summary.isEmpty()) {
      String begin = "response.reasoning_summary_";
      String name = begin + "text.delta";
      one(plan, begin + "part.added", "rs_", index, "summary", "part", summaryPart(""));
      plan.each(
          Answer.tokens(summary),
          false,
          name,
          (piece, sequence) ->
              place(name, sequence, "rs_", index, "summary")
                  .put("delta", Answer.piece(summary, piece))
                  .encode());
      one(plan, begin + "text.done", "rs_", index, "summary", "text", summary);
      one(plan, begin + "part.done", "rs_", index, "summary", "part", summaryPart(summary));
    }
    itemEvent(plan, "response.output_item.done", index, reasoning(true));
  }

  private void textEvents(EventPlan plan, int index) {
    String text = answer.text();
    String name = "response.output_text.delta";
    one(plan, "response.content_part.added", "msg_", index, "content", "part", textPart(""));
    plan.each(
        answer.visibleTokens(),
        true,
        name,
        (piece, sequence) ->
            place(name, sequence, "msg_", index, "content")
                .put("delta", Answer.piece(text, piece))
                .put("logprobs", new JsonArray())
                .encode());
    one(plan, "response.output_text.done", "msg_", index, "content", "text", text);
    one(plan, "response.content_part.done", "msg_", index, "content", "part", textPart(text));
  }

  private void toolEvents(EventPlan plan, int index) {
    String name = "response.function_call_arguments.delta";
    plan.each(
        answer.visibleTokens(),
        true,
        name,
        (piece, sequence) ->
            place(name, sequence, "fc_", index, "")
                .put("delta", Answer.piece(answer.text(), piece))
                .encode());
    one(
        plan,
        "response.function_call_arguments.done",
        "fc_",
        index,
        "",
        "arguments",
        answer.text());
  }

  private static void whole(EventPlan plan, String name, JsonObject response) {
    plan.one(name, (piece, sequence) -> event(name, sequence).put("response", response).encode());
  }

  private static void itemEvent(EventPlan plan, String name, int index, JsonObject item) {
    plan.one(
        name,
        (piece, sequence) ->
            event(name, sequence).put("output_index", index).put("item", item).encode());
  }

  private void one(
      EventPlan plan,
      String name,
      String prefix,
      int index,
      String within,
      String member,
      Object value) {
    plan.one(
        name,
        (piece, sequence) ->
            place(name, sequence, prefix, index, within).put(member, value).encode());
  }

  private JsonObject place(String name, int sequence, String prefix, int index, String within) {
    JsonObject event = event(name, sequence).put("item_id", prefix + id).put("output_index", index);
    return within.isEmpty() ? event : event.put(within + "_index", 0);
  }

  private static JsonObject event(String name, int sequence) {
    return new JsonObject().put("type", name).put("sequence_number", sequence);
  }

  private static String midStreamError(int sequence) {
    return event("error", sequence)
        .put("code", "server_error")
        .put("message", "Scripted failure.")
        .put("param", null)
        .encode();
  }

  /** Whether anything is said; a small cap can end within the reasoning. */
  private boolean hasItem() {
    return !answer.text().isEmpty();
  }

  private JsonObject item(boolean done) {
    String status =
        !done ? "in_progress" : outcome().equals("incomplete") ? "incomplete" : "completed";
    if (answer.tool() != null) {
      return new JsonObject()
          .put("id", "fc_" + id)
          .put("type", "function_call")
          .put("status", status)
          .put("arguments", done ? answer.text() : "")
          .put("call_id", "call_" + id)
          .put("name", answer.tool());
    }
    JsonArray content = new JsonArray();
    return new JsonObject()
        .put("id", "msg_" + id)
        .put("type", "message")
        .put("status", status)
        .put("content", done ? content.add(textPart(answer.text())) : content)
        .put("role", "assistant");
  }

  private static JsonObject textPart(String text) {
    return new JsonObject()
        .put("type", "output_text")
        .put("annotations", new JsonArray())
        .put("logprobs", new JsonArray())
        .put("text", text);
  }

  private JsonObject reasoning(boolean done) {
    JsonArray summary = new JsonArray();
    if (done && !summary().isEmpty()) {
      summary.add(summaryPart(summary()));
    }
    return new JsonObject()
        .put("id", "rs_" + id)
        .put("type", "reasoning")
        .put("summary", summary)
        .put("encrypted_content", done ? sealed("reasoning of " + id) : "");
  }

  private String summary() {
    boolean asked = request.object("reasoning").getValue("summary") != null;
    return asked ? answer.shownReasoning() : "";
  }

  private static JsonObject summaryPart(String text) {
    return new JsonObject().put("type", "summary_text").put("text", text);
  }

  private static String sealed(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(US_ASCII));
  }

  private JsonObject usage() {
    long output = answer.usage().outputTokens();
    return new JsonObject()
        .put("input_tokens", answer.promptTokens())
        .put(
            "input_tokens_details",
            new JsonObject()
                .put("cached_tokens", answer.cachedTokens())
                .put("cache_write_tokens", answer.cacheWriteTokens()))
        .put("output_tokens", output)
        .put(
            "output_tokens_details",
            new JsonObject().put("reasoning_tokens", answer.reasoningTokens()))
        .put("total_tokens", answer.promptTokens() + output);
  }

  /** What was asked, each item with an id. */
  JsonObject inputItems() {
    JsonArray data = new JsonArray();
    Object input = request.value("input");
    JsonArray items =
        input instanceof JsonArray array
            ? array
            : new JsonArray().add(new JsonObject().put("role", "user").put("content", input));
    for (int i = 0; i < items.size(); i++) {
      JsonObject item = items.getJsonObject(i).copy();
      if (item.containsKey("role") && !item.containsKey("type")) {
        item.put("type", "message");
      }
      if (item.getValue("content") instanceof String text) {
        item.put(
            "content",
            new JsonArray().add(new JsonObject().put("type", "input_text").put("text", text)));
      }
      data.add(item.containsKey("id") ? item : item.put("id", "msg_" + i + "_" + id));
    }
    return new JsonObject()
        .put("object", "list")
        .put("data", data)
        .put("first_id", edge(data, 0))
        .put("last_id", edge(data, data.size() - 1))
        .put("has_more", false);
  }

  private static @Nullable String edge(JsonArray data, int at) {
    return data.isEmpty() ? null : data.getJsonObject(at).getString("id");
  }

  /** A conversation made short: one sealed item, billed like an answer. */
  String compaction() {
    JsonObject item =
        new JsonObject()
            .put("id", "cmp_" + id)
            .put("type", "compaction")
            .put("encrypted_content", sealed("compaction of " + id));
    return new JsonObject()
        .put("id", id())
        .put("object", "response.compaction")
        .put("created_at", createdSeconds)
        .put("output", new JsonArray().add(item))
        .put("usage", usage())
        .encode();
  }

  /** How many tokens the question has. */
  static String count(StubRequest request) {
    return new JsonObject()
        .put("object", "response.input_tokens")
        .put("input_tokens", request.prompt().promptTokens())
        .encode();
  }
}
