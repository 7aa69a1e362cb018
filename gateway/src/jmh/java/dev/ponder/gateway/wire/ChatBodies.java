package dev.ponder.gateway.wire;

import java.nio.charset.StandardCharsets;

/** The requests that the benchmarks read. */
final class ChatBodies {

  private ChatBodies() {}

  /**
   * @param name {@code chat} (1 KB), {@code history} (400 KB), {@code chinese} (1 MB), {@code
   *     escaped} (1 MB of code) or {@code image} (one string of 20 million characters)
   */
  static byte[] of(String name) {
    String turn = "{\"role\":\"%s\",\"content\":\"%s\"}";
    String text = "How do I find the shortest path in a graph with 5 nodes?\\nExplain. ";
    StringBuilder messages = new StringBuilder();
    messages.append(turn.formatted("system", "You are helpful. ".repeat(10)));
    switch (name) {
      case "chat" -> messages.append(',').append(turn.formatted("user", text.repeat(9)));
      case "history" -> {
        for (int i = 0; i < 400; i++) {
          String role = i % 2 == 0 ? "user" : "assistant";
          messages.append(',').append(turn.formatted(role, text.repeat(14)));
        }
      }
      case "chinese" ->
          messages.append(',').append(turn.formatted("user", "请解释一下图的最短路径。".repeat(29_000)));
      case "escaped" -> {
        String code = "if (a == \\\"b\\\") {\\n\\treturn c;\\n}";
        messages.append(',').append(turn.formatted("user", code.repeat(29_000)));
      }
      case "image" -> messages.append(',').append(turn.formatted("user", "x".repeat(20_000_000)));
      default -> throw new IllegalArgumentException("name: " + name);
    }
    return ("{\"model\":\"auto\",\"stream\":true,\"temperature\":0.7,\"messages\":["
            + messages
            + "],\"max_completion_tokens\":1000,\"stream_options\":{\"include_usage\":false}}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
