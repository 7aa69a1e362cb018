package dev.ponder.gateway.translate;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Conversations by chance, in the form of each dialect that survives the way there and back. */
final class Talk {

  private static final List<String> WORDS =
      List.of("ask", "größer", "数学", "🦊🦊", "\"quote\"", "a\\b", "a\tb", "line\nbreak", "ü");
  private static final List<String> EFFORTS = List.of("low", "medium", "high");

  private final Random random;
  private int calls;

  Talk(long seed) {
    random = new Random(seed);
  }

  boolean coin() {
    return random.nextBoolean();
  }

  int upTo(int max) {
    return random.nextInt(max + 1);
  }

  String words() {
    StringBuilder text = new StringBuilder(WORDS.get(random.nextInt(WORDS.size())));
    for (int i = upTo(6); i > 0; i--) {
      text.append(' ').append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return text.toString();
  }

  String base64() {
    byte[] bytes = new byte[1 + upTo(40)];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private String callId() {
    return "call_" + calls++;
  }

  /** An object with members in no alphabetical order, and numbers that no double can hold. */
  Map<String, @Nullable Object> input() {
    Map<String, @Nullable Object> input = new LinkedHashMap<>();
    input.put("z", new JsonNumber("9007199254740993" + upTo(9)));
    input.put("a" + upTo(3), words());
    input.put("m", List.of(new JsonNumber("1.0"), true, new JsonNumber("1e2")));
    input.put("nothing", null);
    return input;
  }

  Map<String, @Nullable Object> schema() {
    Map<String, @Nullable Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("zebra", input());
    schema.put("properties", JsonTree.object("q", JsonTree.object("type", "string")));
    schema.put("additionalProperties", false);
    return schema;
  }

  // --- chat ---------------------------------------------------------------------------------

  Map<String, @Nullable Object> chatRequest() {
    Map<String, @Nullable Object> body = JsonTree.object("model", "m");
    List<@Nullable Object> messages = new ArrayList<>();
    if (coin()) {
      messages.add(JsonTree.object("role", "system", "content", words()));
    }
    for (int i = 1 + upTo(4); i > 0; i--) {
      messages.add(chatUser());
      chatAssistant(messages);
    }
    messages.add(chatUser());
    body.put("messages", messages);
    body.put("max_completion_tokens", JsonNumber.of(30_000 + upTo(1000)));
    if (coin()) {
      chatTools(body);
    }
    boolean forced = MessagesTools.forced(choiceOf(body));
    if (coin() && !forced) {
      body.put("reasoning_effort", EFFORTS.get(upTo(2)));
    } else {
      body.put("temperature", new JsonNumber("0." + upTo(99)));
      body.put("reasoning_effort", forced ? null : "none");
      body.values().removeIf("none"::equals); // said by silence in the other dialect
    }
    if (coin()) {
      body.put("stop", List.of(words(), "END"));
    }
    if (coin()) {
      body.put("user", "user-" + upTo(9));
    }
    if (coin()) {
      body.put("response_format", chatFormat());
    }
    if (coin()) {
      body.put("stream", true);
      body.put("stream_options", JsonTree.object("include_usage", true));
    }
    body.values().removeIf(value -> value == null);
    return body;
  }

  private static @Nullable Map<String, @Nullable Object> choiceOf(
      Map<String, @Nullable Object> body) {
    return MessagesTools.choice(Place.of(body).get("tool_choice"), Place.of(null));
  }

  private Object chatFormat() {
    return JsonTree.object(
        "type",
        "json_schema",
        "json_schema",
        JsonTree.object("name", "answer", "strict", true, "schema", schema()));
  }

  private void chatTools(Map<String, @Nullable Object> body) {
    List<@Nullable Object> tools = new ArrayList<>();
    for (int i = 0; i <= upTo(2); i++) {
      Map<String, @Nullable Object> function =
          JsonTree.object("name", "tool_" + i, "description", words(), "parameters", schema());
      if (coin()) {
        function.put("strict", true);
      }
      tools.add(JsonTree.object("type", "function", "function", function));
    }
    body.put("tools", tools);
    Object named =
        JsonTree.object("type", "function", "function", JsonTree.object("name", "tool_0"));
    Object choice = List.of("auto", "none", "required", named).get(upTo(3));
    body.put("tool_choice", choice);
    if (coin() && !"none".equals(choice)) {
      body.put("parallel_tool_calls", false);
    }
  }

  private Map<String, @Nullable Object> chatUser() {
    if (coin()) {
      return JsonTree.object("role", "user", "content", words());
    }
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add(JsonTree.object("type", "text", "text", words()));
    for (int i = upTo(2); i >= 0; i--) {
      parts.add(chatPart());
    }
    return JsonTree.object("role", "user", "content", parts);
  }

  private Object chatPart() {
    return switch (upTo(3)) {
      case 0 -> JsonTree.object("type", "text", "text", words());
      case 1 -> image("data:image/png;base64," + base64());
      case 2 -> image("https://example.org/" + upTo(9) + ".png");
      default ->
          JsonTree.object(
              "type",
              "file",
              "file",
              JsonTree.object(
                  "filename", words(), "file_data", "data:application/pdf;base64," + base64()));
    };
  }

  private static Object image(String url) {
    return JsonTree.object("type", "image_url", "image_url", JsonTree.object("url", url));
  }

  private void chatAssistant(List<@Nullable Object> messages) {
    Map<String, @Nullable Object> message = JsonTree.object("role", "assistant");
    boolean calling = coin();
    message.put("content", calling && coin() ? null : words());
    if (calling || coin()) {
      String thought = words();
      String signature = base64();
      message.put("reasoning_content", thought);
      List<@Nullable Object> details = new ArrayList<>();
      details.add(Thoughts.signed(0, thought, signature));
      if (coin()) {
        details.add(Thoughts.encrypted(1, base64()));
      }
      message.put("reasoning_details", details);
    }
    messages.add(message);
    if (!calling) {
      return;
    }
    List<@Nullable Object> toolCalls = new ArrayList<>();
    for (int i = upTo(2); i >= 0; i--) {
      String id = callId();
      Map<String, @Nullable Object> function = JsonTree.object("name", "tool_0");
      function.put("arguments", coin() ? JsonTree.text(input()) : "{broken");
      toolCalls.add(JsonTree.object("id", id, "type", "function", "function", function));
      messages.add(JsonTree.object("role", "tool", "tool_call_id", id, "content", words()));
    }
    message.put("tool_calls", toolCalls);
  }

  // --- messages -----------------------------------------------------------------------------

  Map<String, @Nullable Object> messagesRequest() {
    Map<String, @Nullable Object> body = JsonTree.object("model", "m");
    body.put("max_tokens", JsonNumber.of(30_000));
    if (coin()) {
      body.put("system", words());
    }
    List<@Nullable Object> turns = new ArrayList<>();
    List<@Nullable Object> results = new ArrayList<>();
    for (int i = 1 + upTo(4); i > 0; i--) {
      turns.add(messagesUser(results));
      results = new ArrayList<>();
      List<@Nullable Object> said = blocks(results);
      Object onlyText =
          said.size() == 1 && said.get(0) instanceof Map<?, ?> b ? b.get("text") : null;
      turns.add(
          JsonTree.object("role", "assistant", "content", onlyText == null ? said : onlyText));
    }
    turns.add(messagesUser(results));
    body.put("messages", turns);
    if (coin()) {
      messagesTools(body);
    }
    if (coin()) {
      body.put("stop_sequences", List.of("END"));
    }
    if (coin()) {
      body.put("metadata", JsonTree.object("user_id", "u"));
    }
    body.put("temperature", new JsonNumber("0.50"));
    if (coin()) {
      body.put("stream", true);
    }
    return body;
  }

  private void messagesTools(Map<String, @Nullable Object> body) {
    Map<String, @Nullable Object> tool =
        JsonTree.object("name", "tool_0", "description", words(), "input_schema", schema());
    body.put("tools", List.of(tool));
    Map<String, @Nullable Object> choice =
        JsonTree.object("type", List.of("auto", "any", "none", "tool").get(upTo(3)));
    if ("tool".equals(choice.get("type"))) {
      choice.put("name", "tool_0");
    }
    if (coin() && !"none".equals(choice.get("type"))) {
      choice.put("disable_parallel_tool_use", true);
    }
    body.put("tool_choice", choice);
  }

  private Map<String, @Nullable Object> messagesUser(List<@Nullable Object> results) {
    if (results.isEmpty() && coin()) {
      return JsonTree.object("role", "user", "content", words());
    }
    List<@Nullable Object> content = new ArrayList<>(results);
    content.add(JsonTree.object("type", "text", "text", words()));
    content.add(
        JsonTree.object(
            "type",
            "image",
            "source",
            JsonTree.object("type", "base64", "media_type", "image/png", "data", base64())));
    return JsonTree.object("role", "user", "content", content);
  }

  /** An answer's blocks, with thoughts before text before calls; fills in results for the calls. */
  List<@Nullable Object> blocks(List<@Nullable Object> results) {
    List<@Nullable Object> blocks = new ArrayList<>();
    for (int i = upTo(2); i > 0; i--) {
      blocks.add(
          coin()
              ? JsonTree.object("type", "thinking", "thinking", words(), "signature", base64())
              : JsonTree.object("type", "redacted_thinking", "data", base64()));
    }
    blocks.add(JsonTree.object("type", "text", "text", words()));
    for (int i = upTo(3); i > 0; i--) {
      String id = callId();
      Object input = coin() ? input() : Map.of();
      blocks.add(JsonTree.object("type", "tool_use", "id", id, "name", "tool_0", "input", input));
      results.add(JsonTree.object("type", "tool_result", "tool_use_id", id, "content", words()));
    }
    return blocks;
  }
}
