package dev.ponder.gateway.translate;

import dev.ponder.gateway.wire.ApiError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chat completion request as a request of Anthropic's Messages API.
 *
 * <p>What that API cannot say and the caller would miss is refused with a 400 that names the
 * member. What only tunes, stores or labels is left out: {@code seed}, penalties, {@code
 * prediction}, {@code store}, {@code metadata}, {@code verbosity}, {@code prompt_cache_*}, names of
 * participants, {@code detail} of images, and members that are not OpenAI's. What changes on the
 * way:
 *
 * <ul>
 *   <li>instructions go to {@code system}, wherever they stood;
 *   <li>{@code max_tokens} is mandatory there: without one it is the model's maximum;
 *   <li>{@code temperature} above 1 is 1;
 *   <li>with thinking on, {@code temperature}, {@code top_k} and a {@code top_p} below 0.95 go,
 *       since Anthropic refuses them; thinking itself goes where a tool must be called, or the last
 *       message is the assistant's;
 *   <li>{@code response_format: json_schema} is {@code output_config.format}; {@code json_object},
 *       of which there is no equivalent, is an instruction in {@code system}.
 * </ul>
 */
public final class MessagesRequest {

  /** Anthropic takes no larger request. */
  public static final int BYTES_MAX = 32 * 1024 * 1024;

  private static final String API = "Anthropic's Messages API";
  private static final String JSON_ONLY =
      "Answer with one JSON object and nothing else: no text around it, no code fence.";

  /** Members whose loss would be noticed, if they say anything. */
  private static final Set<String> REFUSED =
      Set.of(
          "logit_bias",
          "top_logprobs",
          "audio",
          "web_search_options",
          "functions",
          "function_call",
          "moderation");

  private final Place body;
  private final MessagesTarget target;
  private final Map<String, @Nullable Object> out = new LinkedHashMap<>();

  private MessagesRequest(Place body, MessagesTarget target) {
    this.body = body;
    this.target = target;
  }

  /**
   * Translates the chat request in {@code chat[from..to)}.
   *
   * @throws ApiError 400 if it cannot be said, 413 if it is too large
   */
  public static byte[] ofChat(byte[] chat, int from, int to, MessagesTarget target) {
    if (to - from > BYTES_MAX) {
      throw ApiError.bodyTooLarge(BYTES_MAX);
    }
    return JsonTree.bytes(new MessagesRequest(Place.ofBody(chat, from, to), target).translate());
  }

  private Map<String, @Nullable Object> translate() {
    refuse();
    MessagesTurns turns = new MessagesTurns(body.get("messages"));
    long maxTokens = maxTokens();
    out.put("model", target.modelId());
    out.put("max_tokens", JsonNumber.of(maxTokens));
    Object format = format(turns);
    putIfThere("system", turns.system());
    out.put("messages", turns.turns());
    putIfThere("tools", MessagesTools.offered(body.get("tools")));
    Map<String, @Nullable Object> choice =
        out.containsKey("tools")
            ? MessagesTools.choice(body.get("tool_choice"), body.get("parallel_tool_calls"))
            : null;
    putIfThere("tool_choice", choice);
    boolean mayThink =
        !MessagesTools.forced(choice) && !turns.endInAnswer() && !blockedByHistory(turns);
    String effort = mayThink ? thinking(maxTokens) : null;
    Map<String, @Nullable Object> output = JsonTree.object("effort", effort, "format", format);
    putIfThere("output_config", output.isEmpty() ? null : output);
    sampling(out.containsKey("thinking"));
    putIfThere("stop_sequences", stops(body.get("stop")));
    labels();
    if (body.get("stream").flag()) {
      out.put("stream", true);
    }
    return out;
  }

  private void putIfThere(String name, @Nullable Object value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  private void refuse() {
    for (String name : REFUSED) {
      Place member = body.get(name);
      boolean empty = member.isObject() && member.object().isEmpty();
      boolean none = member.isNumber() && member.number().count(0) == 0;
      if (member.isThere() && !(empty && !name.equals("web_search_options")) && !none) {
        throw member.unknownThere(API, "no such member");
      }
    }
    if (body.get("logprobs").flag()) {
      throw body.get("logprobs").unknownThere(API, "false");
    }
    Place n = body.get("n");
    if (n.isThere() && n.count() != 1) {
      throw n.unknownThere(API, "1");
    }
    for (Place modality : body.get("modalities").elements()) {
      if (!modality.text().equals("text")) {
        throw modality.unknownThere(API, "text");
      }
    }
  }

  private long maxTokens() {
    Place newer = body.get("max_completion_tokens");
    Place asked = newer.isThere() ? newer : body.get("max_tokens");
    long max = target.maxOutputTokens() > 0 ? target.maxOutputTokens() : Long.MAX_VALUE;
    if (!asked.isThere()) {
      return Math.min(max, target.maxOutputTokens() > 0 ? max : MessagesTarget.OUTPUT_TOKENS);
    }
    long count = asked.count();
    if (count == 0) {
      throw asked.wrong("at least 1");
    }
    return Math.min(count, max);
  }

  /** The schema of the answer; an instruction where there can be none. */
  private @Nullable Object format(MessagesTurns turns) {
    Place format = body.get("response_format");
    if (!format.isThere()) {
      return null;
    }
    Place type = format.get("type");
    switch (type.text()) {
      case "text" -> {
        return null;
      }
      case "json_object" -> {
        turns.instruct(JSON_ONLY);
        return null;
      }
      case "json_schema" -> {
        Place schema = format.get("json_schema").get("schema");
        return JsonTree.object("type", "json_schema", "schema", schema.object());
      }
      default -> throw type.wrong("text, json_object or json_schema");
    }
  }

  private boolean blockedByHistory(MessagesTurns turns) {
    return target.thinking() == MessagesTarget.Thinking.BUDGET && turns.inThoughtlessCall();
  }

  /** Asks for thinking, and says with which effort; null where the model may choose. */
  private @Nullable String thinking(long maxTokens) {
    Place own = body.get("thinking"); // as clients of compatible servers write it
    Place reasoning = body.get("reasoning"); // OpenRouter's
    Place place = reasoning.isObject() ? reasoning.get("effort") : body.get("reasoning_effort");
    String effort = place.textOrNull();
    switch (target.thinking()) {
      case NONE -> {
        return null;
      }
      case BUDGET -> {
        if (own.isObject()) {
          putIfThere("thinking", ownThinking(own, maxTokens));
          return null;
        }
        long budget = Efforts.budget(effort == null ? "medium" : effort, maxTokens);
        if (budget > 0) {
          out.put("thinking", enabled(budget));
        }
        return null;
      }
      default -> {
        boolean off = "none".equals(effort) || "disabled".equals(own.get("type").value());
        if (!off) {
          out.put("thinking", JsonTree.object("type", "adaptive"));
        }
        return off || effort == null ? null : Efforts.forOutput(effort, target.knowsExtraHigh());
      }
    }
  }

  private static @Nullable Object ownThinking(Place own, long maxTokens) {
    Place budget = own.get("budget_tokens");
    if (!"enabled".equals(own.get("type").value())) {
      return null;
    }
    long wanted = budget.isThere() ? budget.count() : Efforts.budget("medium", maxTokens);
    long fits = Math.min(wanted, maxTokens - 1);
    return fits < Efforts.BUDGET_MIN ? null : enabled(fits);
  }

  private static Object enabled(long budget) {
    return JsonTree.object("type", "enabled", "budget_tokens", JsonNumber.of(budget));
  }

  private void sampling(boolean thinking) {
    Place temperature = body.get("temperature");
    if (temperature.isThere() && !thinking) {
      JsonNumber number = temperature.number();
      out.put("temperature", number.real() > 1 ? JsonNumber.of(1) : number);
    }
    Place topP = body.get("top_p");
    if (topP.isThere() && !(thinking && topP.number().real() < 0.95)) {
      out.put("top_p", topP.number());
    }
    Place topK = body.get("top_k");
    if (topK.isThere() && !thinking && topK.number().count(1_000_000) > 0) {
      out.put("top_k", topK.number());
    }
  }

  private static @Nullable List<@Nullable Object> stops(Place stop) {
    if (!stop.isThere()) {
      return null;
    }
    List<@Nullable Object> stops = new ArrayList<>();
    for (Place one : stop.isText() ? List.of(stop) : stop.elements()) {
      if (one.text().isBlank()) {
        throw one.unknownThere(API, "a text that is not blank");
      }
      stops.add(one.text());
    }
    return stops.isEmpty() ? null : stops;
  }

  private void labels() {
    Place user = body.get("safety_identifier");
    user = user.isThere() ? user : body.get("user");
    if (user.isThere()) {
      out.put("metadata", JsonTree.object("user_id", user.text()));
    }
    String tier = body.get("service_tier").textOrNull();
    if ("default".equals(tier)) {
      out.put("service_tier", "standard_only");
    } else if ("auto".equals(tier)) {
      out.put("service_tier", "auto");
    }
    if (body.get("cache_control").isObject()) {
      out.put("cache_control", body.get("cache_control").object());
    }
  }
}
