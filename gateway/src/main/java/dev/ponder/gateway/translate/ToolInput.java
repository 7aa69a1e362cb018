package dev.ponder.gateway.translate;

import java.io.IOException;
import java.util.Map;

/**
 * What a tool is called with: a JSON text in chat completions, an object in Messages. A text that
 * is no JSON object, as a model cut short may have written it, becomes {@code {"INVALID_JSON":
 * text}}, which is how Anthropic asks for such input.
 */
final class ToolInput {

  private static final String INVALID = "INVALID_JSON";

  private ToolInput() {}

  static Object forMessages(String arguments) {
    if (arguments.isBlank()) {
      return Map.of();
    }
    try {
      Object value = JsonTree.read(arguments);
      if (value instanceof Map) {
        return value;
      }
    } catch (IOException malformed) {
      // said below
    }
    return JsonTree.object(INVALID, arguments);
  }

  static String forChat(Place input) {
    if (!input.isThere()) {
      return "{}";
    }
    Map<?, ?> members = input.object();
    return members.size() == 1 && members.get(INVALID) instanceof String text
        ? text
        : JsonTree.text(members);
  }
}
