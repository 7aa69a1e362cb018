package dev.ponder.gateway.stub;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** The bytes of a legacy text completion, or its events. */
final class CompletionsJson {

  private final String id;
  private final long createdSeconds;
  private final StubRequest request;
  private final Answer answer;
  private final StubScript script;

  CompletionsJson(
      String id, long createdSeconds, StubRequest request, Answer answer, StubScript script) {
    this.id = id;
    this.createdSeconds = createdSeconds;
    this.request = request;
    this.answer = answer;
    this.script = script;
  }

  /** The body of a plain answer. */
  String plain() {
    JsonArray choices = new JsonArray();
    for (int i = 0; i < answer.choices(); i++) {
      choices.add(choice(i, answer.text(), answer.finish()));
    }
    JsonObject body = body(choices);
    if (!script.flag(Knob.NO_USAGE)) {
      body.put("usage", usage());
    }
    return body.encode();
  }

  StubEvents events() {
    EventPlan plan =
        new EventPlan(script, "", (piece, sequence) -> StubRefusal.scripted(500).toJson().encode());
    boolean usage = request.includeUsage() && !script.flag(Knob.NO_USAGE);
    for (int i = 0; i < answer.choices(); i++) {
      int index = i;
      plan.each(
          answer.visibleTokens(),
          true,
          "",
          (piece, sequence) -> chunk(index, Answer.piece(answer.text(), piece), null, usage));
      if (plan.closes() || i < answer.choices() - 1) {
        plan.one("", (piece, sequence) -> chunk(index, "", answer.finish(), usage));
      }
    }
    if (plan.closes()) {
      if (usage) {
        plan.one("", (piece, sequence) -> body(new JsonArray()).put("usage", usage()).encode());
      }
      plan.one("", (piece, sequence) -> "[DONE]");
    }
    return plan.done();
  }

  private String chunk(int index, String text, @Nullable String finish, boolean usage) {
    JsonObject chunk = body(new JsonArray().add(choice(index, text, finish)));
    return (usage ? chunk.putNull("usage") : chunk).encode();
  }

  private static JsonObject choice(int index, String text, @Nullable String finish) {
    return new JsonObject()
        .put("text", text)
        .put("index", index)
        .put("logprobs", null)
        .put("finish_reason", finish);
  }

  private JsonObject body(JsonArray choices) {
    return new JsonObject()
        .put("id", "cmpl-" + id)
        .put("object", "text_completion")
        .put("created", createdSeconds)
        .put("model", request.model())
        .put("choices", choices);
  }

  private JsonObject usage() {
    long output = answer.usage().outputTokens();
    return new JsonObject()
        .put("prompt_tokens", answer.promptTokens())
        .put("completion_tokens", output)
        .put("total_tokens", answer.promptTokens() + output)
        .put("prompt_tokens_details", new JsonObject().put("cached_tokens", answer.cachedTokens()))
        .put(
            "completion_tokens_details",
            new JsonObject().put("reasoning_tokens", answer.usage().reasoningTokens()));
  }
}
