package dev.ponder.gateway.translate;

import dev.ponder.gateway.wire.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole chat completion as an answer of the Messages API: the first choice, since a Messages
 * request cannot ask for more. A thought that nobody signed has an empty signature.
 */
public final class MessagesAnswer {

  private MessagesAnswer() {}

  /**
   * Translates the completion in {@code completion[from..to)}.
   *
   * @throws ApiError 502 if it is no completion
   */
  public static byte[] ofChat(byte[] completion, int from, int to) {
    try {
      return JsonTree.bytes(message(Place.ofBody(completion, from, to)));
    } catch (ApiError odd) {
      throw ApiError.upstreamFailed("The upstream's answer is no completion: " + odd.getMessage());
    }
  }

  private static Map<String, @Nullable Object> message(Place completion) {
    List<Place> choices = completion.get("choices").elements();
    if (choices.isEmpty()) {
      throw completion.get("choices").wrong("at least one choice");
    }
    Place choice = choices.get(0);
    Place said = choice.get("message");
    List<@Nullable Object> blocks = new ArrayList<>(thoughts(said));
    boolean refused = said.get("refusal").isText() && !said.get("refusal").text().isEmpty();
    addText(blocks, text(said.get("content")));
    addText(blocks, text(said.get("refusal")));
    List<Place> calls = said.get("tool_calls").elements();
    for (Place call : calls) {
      blocks.add(toolUse(call, blocks.size(), completion.get("id")));
    }
    Map<String, @Nullable Object> out =
        JsonTree.object(
            "id",
            id(completion.get("id")),
            "type",
            "message",
            "role",
            "assistant",
            "model",
            model(completion.get("model")),
            "content",
            blocks);
    String reason = choice.get("finish_reason").textOrNull();
    out.put("stop_reason", refused ? "refusal" : StopReasons.forMessages(reason, !calls.isEmpty()));
    out.put("stop_sequence", null);
    out.put("usage", UsageShapes.forMessages(completion.get("usage")));
    return out;
  }

  private static void addText(List<@Nullable Object> blocks, String text) {
    if (!text.isEmpty()) {
      blocks.add(JsonTree.object("type", "text", "text", text));
    }
  }

  /** What a content says, be it text or parts; parts that are no text say nothing. */
  static String text(Place content) {
    if (!content.isList()) {
      return content.isText() ? content.text() : "";
    }
    StringBuilder text = new StringBuilder();
    for (Place part : content.elements()) {
      if (part.isText() || part.get("text").isText()) {
        text.append(part.isText() ? part.text() : part.get("text").text());
      }
    }
    return text.toString();
  }

  /** SDKs insist on an id and a model. */
  static String id(Place id) {
    return id.isText() && !id.text().isEmpty() ? id.text() : "msg_unnamed";
  }

  static String model(Place model) {
    return model.isText() ? model.text() : "";
  }

  private static Map<String, @Nullable Object> toolUse(Place call, int number, Place answerId) {
    Place function = call.get("function");
    Place arguments = function.get("arguments");
    Object input =
        arguments.isObject()
            ? arguments.object()
            : ToolInput.forMessages(arguments.isText() ? arguments.text() : "");
    return JsonTree.object(
        "type",
        "tool_use",
        "id",
        toolId(call, number, answerId),
        "name",
        function.get("name").text(),
        "input",
        input);
  }

  /** The call's id, or one made up of the answer's where a server gives none. */
  static String toolId(Place call, int number, Place answerId) {
    Place id = call.get("id");
    String known =
        id.isText() && !id.text().isEmpty() ? id.text() : "toolu_" + id(answerId) + "_" + number;
    return ToolIds.forMessages(known, call.get("extra_content").value());
  }

  private static List<@Nullable Object> thoughts(Place said) {
    List<@Nullable Object> signed = Thoughts.blocks(said);
    if (!signed.isEmpty()) {
      return signed;
    }
    String text = unsigned(said);
    return text.isEmpty()
        ? List.of()
        : List.of(JsonTree.object("type", "thinking", "thinking", text, "signature", ""));
  }

  /** The readable thoughts of a message or a delta, whatever its server calls them. */
  static String unsigned(Place said) {
    for (String name : List.of("reasoning_content", "reasoning")) {
      if (said.get(name).isText() && !said.get(name).text().isEmpty()) {
        return said.get(name).text();
      }
    }
    if (!said.get("content").isList()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    for (Place part : said.get("content").elements()) {
      if (part.get("thinking").isText()) {
        text.append(part.get("thinking").text());
      } else if (part.get("thinking").isList()) {
        ChatParts.texts(part.get("thinking")).forEach(text::append);
      }
    }
    return text.toString();
  }
}
