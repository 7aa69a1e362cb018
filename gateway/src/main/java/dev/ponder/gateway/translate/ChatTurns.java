package dev.ponder.gateway.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The turns of a Messages request as chat messages: results of tools are messages of their own,
 * right behind the calls. Images in them, which a tool's message cannot hold, follow in the user's
 * next message; a failed call is said to be one in its text.
 */
final class ChatTurns {

  private static final String API = "chat completions";
  private static final String FAILED = "Error: ";
  private static final String SHOWN_BELOW = "The result is in the next message.";

  private final boolean keepThoughts;
  private final List<@Nullable Object> messages = new ArrayList<>();

  ChatTurns(Place body, boolean keepThoughts) {
    this.keepThoughts = keepThoughts;
    Place system = body.get("system");
    if (system.isThere()) {
      instruct(system);
    }
    Place turns = body.get("messages");
    if (!turns.isThere()) {
      throw turns.wrong("an array of messages");
    }
    for (Place turn : turns.elements()) {
      Place role = turn.get("role");
      switch (role.text()) {
        case "user" -> user(turn.get("content"));
        case "assistant" -> assistant(turn.get("content"));
        case "system" -> instruct(turn.get("content"));
        default -> throw role.wrong("user or assistant");
      }
    }
  }

  List<@Nullable Object> messages() {
    return messages;
  }

  /** Many servers take instructions as one text only. */
  private void instruct(Place content) {
    String text = String.join("\n\n", ChatParts.texts(content));
    if (!text.isEmpty()) {
      messages.add(JsonTree.object("role", "system", "content", text));
    }
  }

  private void user(Place content) {
    if (content.isText()) {
      messages.add(JsonTree.object("role", "user", "content", content.text()));
      return;
    }
    List<@Nullable Object> parts = new ArrayList<>();
    List<@Nullable Object> shown = new ArrayList<>();
    for (Place block : content.elements()) {
      switch (block.get("type").text()) {
        case "tool_result" -> messages.add(result(block, shown));
        case "mid_conv_system" -> instruct(block.get("content"));
        default -> parts.addAll(ChatParts.of(block));
      }
    }
    parts.addAll(0, shown);
    if (!parts.isEmpty()) {
      messages.add(JsonTree.object("role", "user", "content", simplest(parts)));
    }
  }

  /** One text is a text: every server takes that. */
  private static Object simplest(List<@Nullable Object> parts) {
    return parts.size() == 1
            && parts.get(0) instanceof Map<?, ?> part
            && part.get("text") instanceof String text
        ? text
        : parts;
  }

  private static Map<String, @Nullable Object> result(Place block, List<@Nullable Object> shown) {
    StringBuilder text = new StringBuilder();
    List<@Nullable Object> others = new ArrayList<>();
    Place content = block.get("content");
    if (content.isText()) {
      text.append(content.text());
    } else {
      for (Place inner : content.elements()) {
        gather(inner, text, others);
      }
    }
    String id = ToolIds.forChat(block.get("tool_use_id").text());
    if (!others.isEmpty()) {
      text.append(text.isEmpty() ? "" : "\n").append(SHOWN_BELOW);
      shown.add(ChatParts.text("The result of the tool call " + id + ":"));
      shown.addAll(others);
    }
    if (block.get("is_error").flag() && !text.toString().startsWith(FAILED)) {
      text.insert(0, FAILED);
    }
    return JsonTree.object("role", "tool", "tool_call_id", id, "content", text.toString());
  }

  private static void gather(Place inner, StringBuilder text, List<@Nullable Object> others) {
    if ("tool_reference".equals(inner.get("type").text())) {
      throw inner.get("type").unknownThere(API, "text, image, document or search_result");
    }
    for (Object part : ChatParts.of(inner)) {
      if (part instanceof Map<?, ?> members && members.get("text") instanceof String said) {
        text.append(text.isEmpty() ? "" : "\n").append(said);
      } else {
        others.add(part);
      }
    }
  }

  private void assistant(Place content) {
    if (content.isText()) {
      messages.add(JsonTree.object("role", "assistant", "content", content.text()));
      return;
    }
    StringBuilder text = new StringBuilder();
    List<@Nullable Object> calls = new ArrayList<>();
    List<Place> thoughts = new ArrayList<>();
    for (Place block : content.elements()) {
      Place type = block.get("type");
      switch (type.text()) {
        case "text" -> text.append(block.get("text").text());
        case "tool_use" -> calls.add(call(block));
        case "thinking", "redacted_thinking" -> thoughts.add(block);
        default -> throw type.unknownThere(API, "text, tool_use, thinking or redacted_thinking");
      }
    }
    Map<String, @Nullable Object> message = JsonTree.object("role", "assistant");
    message.put("content", text.isEmpty() && !calls.isEmpty() ? null : text.toString());
    if (keepThoughts) {
      Thoughts.addTo(message, thoughts);
    }
    if (!calls.isEmpty()) {
      message.put("tool_calls", calls);
    }
    messages.add(message);
  }

  /** A {@code tool_use} as a call. */
  static Map<String, @Nullable Object> call(Place block) {
    String id = block.get("id").text();
    return JsonTree.object(
        "id",
        ToolIds.forChat(id),
        "type",
        "function",
        "function",
        JsonTree.object(
            "name", block.get("name").text(), "arguments", ToolInput.forChat(block.get("input"))),
        "extra_content",
        ToolIds.extra(id));
  }
}
