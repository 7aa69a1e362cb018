package dev.ponder.gateway.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tools that a chat request offers, and which of them the model may choose, for Anthropic. */
final class MessagesTools {

  private static final String API = "Anthropic's Messages API";

  private MessagesTools() {}

  /** Anthropic's tools; null if there are none. */
  static @Nullable List<@Nullable Object> offered(Place tools) {
    List<@Nullable Object> offered = new ArrayList<>();
    for (Place tool : tools.elements()) {
      Place type = tool.get("type");
      if (!"function".equals(type.text())) {
        throw type.unknownThere(API, "function");
      }
      offered.add(tool(tool, tool.get("function")));
    }
    return offered.isEmpty() ? null : offered;
  }

  private static Map<String, @Nullable Object> tool(Place tool, Place function) {
    Place parameters = function.get("parameters");
    Map<String, @Nullable Object> out =
        JsonTree.object(
            "name",
            function.get("name").text(),
            "description",
            function.get("description").textOrNull(),
            "input_schema",
            parameters.isThere()
                ? parameters.object()
                : JsonTree.object("type", "object", "properties", Map.of()));
    if (function.get("strict").flag()) {
      out.put("strict", true);
    }
    if (tool.get("cache_control").isThere()) {
      out.put("cache_control", tool.get("cache_control").object());
    }
    return out;
  }

  /** The choice and whether calls may be parallel; null if nothing has to be said. */
  static @Nullable Map<String, @Nullable Object> choice(Place choice, Place parallel) {
    Map<String, @Nullable Object> out = choice.isThere() ? chosen(choice) : null;
    if (parallel.isThere() && !parallel.flag()) {
      out = out == null ? JsonTree.object("type", "auto") : out;
      if (!"none".equals(out.get("type"))) {
        out.put("disable_parallel_tool_use", true);
      }
    }
    return out;
  }

  private static Map<String, @Nullable Object> chosen(Place choice) {
    if (choice.isText()) {
      return switch (choice.text()) {
        case "auto" -> JsonTree.object("type", "auto");
        case "none" -> JsonTree.object("type", "none");
        case "required" -> JsonTree.object("type", "any");
        default -> throw choice.wrong("auto, none, required or a function");
      };
    }
    Place type = choice.get("type");
    if (!"function".equals(type.text())) {
      throw type.unknownThere(API, "function");
    }
    return JsonTree.object("type", "tool", "name", choice.get("function").get("name").text());
  }

  /** Whether the model has to call a tool. */
  static boolean forced(@Nullable Map<String, @Nullable Object> choice) {
    return choice != null
        && ("any".equals(choice.get("type")) || "tool".equals(choice.get("type")));
  }
}
