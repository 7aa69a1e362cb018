package dev.ponder.gateway.translate;

import dev.ponder.gateway.wire.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer of the Messages API as a chat completion. Citations and blocks of tools that run
 * at Anthropic, for which a chat request cannot have asked, are left out.
 */
public final class ChatAnswer {

  private ChatAnswer() {}

  /**
   * Translates the message in {@code message[from..to)}.
   *
   * @param createdSeconds when it was made, in seconds since 1970; Anthropic does not say
   * @throws ApiError 502 if it is no message
   */
  public static byte[] ofMessages(byte[] message, int from, int to, long createdSeconds) {
    try {
      return JsonTree.bytes(completion(Place.ofBody(message, from, to), createdSeconds));
    } catch (ApiError odd) {
      throw ApiError.upstreamFailed("The upstream's answer is no message: " + odd.getMessage());
    }
  }

  private static Map<String, @Nullable Object> completion(Place message, long createdSeconds) {
    StringBuilder text = new StringBuilder();
    List<@Nullable Object> calls = new ArrayList<>();
    List<Place> thoughts = new ArrayList<>();
    Place content = message.get("content");
    if (!content.isList()) {
      throw content.wrong("an array of blocks");
    }
    for (Place block : content.elements()) {
      switch (block.get("type").text()) {
        case "text" -> text.append(block.get("text").text());
        case "tool_use" -> calls.add(ChatTurns.call(block));
        case "thinking", "redacted_thinking" -> thoughts.add(block);
        default -> {}
      }
    }
    Map<String, @Nullable Object> said = JsonTree.object("role", "assistant");
    said.put("content", text.isEmpty() && !calls.isEmpty() ? null : text.toString());
    said.put("refusal", null);
    Thoughts.addTo(said, thoughts);
    if (!calls.isEmpty()) {
      said.put("tool_calls", calls);
    }
    Map<String, @Nullable Object> choice = JsonTree.object("index", 0, "message", said);
    choice.put("logprobs", null);
    choice.put("finish_reason", StopReasons.forChat(message.get("stop_reason").textOrNull()));
    return JsonTree.object(
        "id",
        message.get("id").text(),
        "object",
        "chat.completion",
        "created",
        createdSeconds,
        "model",
        message.get("model").textOrNull(),
        "choices",
        List.of(choice),
        "usage",
        UsageShapes.forChat(message.get("usage")));
  }
}
