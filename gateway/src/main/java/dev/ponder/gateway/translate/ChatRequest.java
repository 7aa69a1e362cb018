package dev.ponder.gateway.translate;

import dev.ponder.gateway.wire.ApiError;
import dev.ponder.policy.EffortParam;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of Anthropic's Messages API as a chat completion request.
 *
 * <p>Tools that run at Anthropic, files that lie there, containers and MCP servers are refused with
 * a 400 that names them. What only tunes, stores or labels is left out: {@code top_k}, {@code
 * cache_control}, {@code context_management}, {@code inference_geo}, examples of a tool's input.
 * What changes on the way:
 *
 * <ul>
 *   <li>blocks of {@code system} are one text, with empty lines between them;
 *   <li>a budget of thinking is a {@code reasoning_effort}, see {@link Efforts};
 *   <li>{@code output_config.format} is {@code response_format} with {@code strict};
 *   <li>a {@code metadata.user_id} that is longer than the 64 characters OpenAI takes is its
 *       SHA-256.
 * </ul>
 */
public final class ChatRequest {

  private static final String API = "chat completions";
  private static final int USER_MAX = 64;

  private final Place body;
  private final ChatTarget target;
  private final Map<String, @Nullable Object> out = new LinkedHashMap<>();

  private ChatRequest(Place body, ChatTarget target) {
    this.body = body;
    this.target = target;
  }

  /**
   * Translates the Messages request in {@code messages[from..to)}. A stream is asked for its usage.
   *
   * @throws ApiError 400 if it cannot be said, 413 if it is too large
   */
  public static byte[] ofMessages(byte[] messages, int from, int to, ChatTarget target) {
    if (to - from > MessagesRequest.BYTES_MAX) {
      throw ApiError.bodyTooLarge(MessagesRequest.BYTES_MAX);
    }
    return JsonTree.bytes(new ChatRequest(Place.ofBody(messages, from, to), target).translate());
  }

  private Map<String, @Nullable Object> translate() {
    for (String name : List.of("container", "mcp_servers")) {
      Place member = body.get(name);
      if (member.isThere() && !(member.isList() && member.elements().isEmpty())) {
        throw member.unknownThere(API, "no such member");
      }
    }
    out.put("model", target.modelId());
    out.put("messages", new ChatTurns(body, target.takesThoughts()).messages());
    Place maxTokens = body.get("max_tokens");
    if (maxTokens.count() == 0) {
      throw maxTokens.wrong("at least 1");
    }
    out.put(target.capParam(), maxTokens.number());
    putIfThere("tools", tools());
    if (out.containsKey("tools")) {
      choice(body.get("tool_choice"));
    }
    if (target.reasoning()) {
      String effort = target.effort().isPresent() ? target.effort().get() : effort();
      if (effort != null) {
        out.putAll(EffortMembers.tree(target.how(), effort, maxTokens.count()));
      }
    }
    putIfThere("response_format", format());
    putIfThere("temperature", numberOrNull(body.get("temperature")));
    putIfThere("top_p", numberOrNull(body.get("top_p")));
    stops(body.get("stop_sequences"));
    putIfThere("user", user());
    if ("standard_only".equals(body.get("service_tier").textOrNull())) {
      out.put("service_tier", "default");
    }
    if (body.get("stream").flag()) {
      out.put("stream", true);
      out.put("stream_options", JsonTree.object("include_usage", true));
    }
    return out;
  }

  private void putIfThere(String name, @Nullable Object value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  private static @Nullable JsonNumber numberOrNull(Place place) {
    return place.isThere() ? place.number() : null;
  }

  private @Nullable List<@Nullable Object> tools() {
    List<@Nullable Object> tools = new ArrayList<>();
    for (Place tool : body.get("tools").elements()) {
      Place type = tool.get("type");
      if (type.isThere() && !type.text().equals("custom")) {
        throw type.unknownThere(API, "custom");
      }
      Map<String, @Nullable Object> function =
          JsonTree.object(
              "name",
              tool.get("name").text(),
              "description",
              tool.get("description").textOrNull(),
              "parameters",
              tool.get("input_schema").object());
      if (tool.get("strict").flag()) {
        function.put("strict", true);
      }
      tools.add(JsonTree.object("type", "function", "function", function));
    }
    return tools.isEmpty() ? null : tools;
  }

  private void choice(Place choice) {
    if (!choice.isThere()) {
      return;
    }
    Place type = choice.get("type");
    Object chosen =
        switch (type.text()) {
          case "auto" -> "auto";
          case "none" -> "none";
          case "any" -> "required";
          case "tool" ->
              JsonTree.object(
                  "type",
                  "function",
                  "function",
                  JsonTree.object("name", choice.get("name").text()));
          default -> throw type.wrong("auto, any, tool or none");
        };
    out.put("tool_choice", chosen);
    if (choice.get("disable_parallel_tool_use").flag()) {
      out.put("parallel_tool_calls", false);
    }
  }

  private @Nullable String effort() {
    String said = body.get("output_config").get("effort").textOrNull();
    Place thinking = body.get("thinking");
    if (!thinking.isThere()) {
      return said;
    }
    Place type = thinking.get("type");
    return switch (type.text()) {
      case "enabled" -> Efforts.ofBudget(thinking.get("budget_tokens").count());
      case "adaptive" -> said;
      case "disabled" -> target.how() == EffortParam.REASONING_EFFORT ? null : "none";
      default -> throw type.wrong("enabled, adaptive or disabled");
    };
  }

  private @Nullable Object format() {
    Place output = body.get("output_config").get("format");
    Place format = output.isThere() ? output : body.get("output_format");
    if (!format.isThere()) {
      return null;
    }
    Place type = format.get("type");
    if (!"json_schema".equals(type.text())) {
      throw type.wrong("json_schema");
    }
    return JsonTree.object(
        "type",
        "json_schema",
        "json_schema",
        JsonTree.object("name", "answer", "strict", true, "schema", format.get("schema").object()));
  }

  private void stops(Place stops) {
    List<@Nullable Object> list = new ArrayList<>();
    for (Place stop : stops.elements()) {
      list.add(stop.text());
    }
    putIfThere("stop", list.isEmpty() ? null : list);
  }

  private @Nullable String user() {
    String user = body.get("metadata").get("user_id").textOrNull();
    if (user == null || user.length() <= USER_MAX) {
      return user;
    }
    try {
      byte[] text = user.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
