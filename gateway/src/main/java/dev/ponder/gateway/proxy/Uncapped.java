package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.InnerMembers;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Model;
import java.util.Set;

/**
 * What a request may ask for that no limit on its tokens covers. Under a hard budget it is refused
 * by name, since its price is not known: silently leaving it out would answer another question.
 */
final class Uncapped {

  private static final int SHOWN_MAX = 64;

  /** Those that cost no more than the price list says. */
  private static final Set<String> PLAIN_TIERS = Set.of("auto", "default", "flex", "standard_only");

  /**
   * Members that cost tokens at most, within the bounds of the input and the output, and those that
   * are looked at here or priced elsewhere ({@code n}, {@code best_of}, {@code prediction}). Left
   * out on purpose: {@code chat_template} and {@code mm_processor_kwargs} can make the input longer
   * than its bytes say, {@code options} may hold a cap of another name, {@code plugins}, {@code
   * models}, {@code route} and {@code provider} may choose what is dearer.
   */
  private static final Set<String> KNOWN =
      Set.of(
          // OpenAI's chat completions
          "model",
          "messages",
          "audio",
          "modalities",
          "web_search_options",
          "temperature",
          "top_p",
          "n",
          "stop",
          "seed",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "functions",
          "function_call",
          "response_format",
          "logprobs",
          "top_logprobs",
          "logit_bias",
          "presence_penalty",
          "frequency_penalty",
          "user",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention",
          "prompt_cache_options",
          "moderation",
          "metadata",
          "store",
          "stream",
          "stream_options",
          "max_tokens",
          "max_completion_tokens",
          "reasoning_effort",
          "reasoning",
          "verbosity",
          "prediction",
          "service_tier",
          // other servers
          "top_k",
          "min_p",
          "top_a",
          "typical_p",
          "repetition_penalty",
          "length_penalty",
          "min_tokens",
          "best_of",
          "use_beam_search",
          "ignore_eos",
          "stop_token_ids",
          "skip_special_tokens",
          "include_stop_str_in_output",
          "echo",
          "add_generation_prompt",
          "chat_template_kwargs",
          "guided_json",
          "guided_regex",
          "guided_choice",
          "guided_grammar",
          "structured_outputs",
          "priority",
          "thinking",
          "enable_thinking",
          "thinking_budget",
          "reasoning_format",
          "include_reasoning",
          "keep_alive",
          "format",
          "num_ctx",
          "safe_prompt",
          "random_seed",
          "transforms",
          "stub");

  /** What completions have beside those. */
  private static final Set<String> OF_COMPLETIONS = Set.of("prompt", "suffix");

  /**
   * Left out are those that run at the provider ({@code container}, {@code mcp_servers}) and that
   * cost more ({@code inference_geo}); {@code context_management} is looked into.
   */
  private static final Set<String> OF_MESSAGES =
      Set.of(
          "model",
          "messages",
          "system",
          "max_tokens",
          "metadata",
          "stop_sequences",
          "stream",
          "temperature",
          "top_k",
          "top_p",
          "tools",
          "tool_choice",
          "thinking",
          "output_config",
          "service_tier",
          "cache_control",
          "stub");

  /** Left out is {@code context_management}, which may call a model once more. */
  private static final Set<String> OF_RESPONSES =
      Set.of(
          "model",
          "input",
          "instructions",
          "max_output_tokens",
          "temperature",
          "top_p",
          "top_logprobs",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "max_tool_calls",
          "text",
          "reasoning",
          "include",
          "store",
          "metadata",
          "stream",
          "stream_options",
          "truncation",
          "user",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention",
          "prompt_cache_options",
          "moderation",
          "client_metadata",
          "service_tier",
          "previous_response_id",
          "conversation",
          "prompt",
          "background",
          "stub");

  private static final Set<String> OF_EMBEDDINGS =
      Set.of(
          "model",
          "input",
          "encoding_format",
          "dimensions",
          "user",
          "service_tier",
          "input_type",
          "task",
          "truncate",
          "truncate_prompt_tokens",
          "normalize",
          "priority",
          "stub");

  private Uncapped() {}

  /**
   * Checks a request that a hard budget pays for.
   *
   * @throws ApiError 400, naming the member
   */
  static void check(RequestView view, Model model) {
    String tier = view.serviceTier();
    if (tier != null && !PLAIN_TIERS.contains(tier)) {
      throw refused("service_tier", tier, "default or flex: dearer ones have no known price");
    }
    if (view.hasAudio()) {
      throw refused("modalities", "audio", "text: audio has no known price");
    }
    if (view.webSearch()) {
      throw refused("web_search_options", "given", "none: a search has no known price");
    }
    String hosted = view.hostedTool();
    if (hosted != null) {
      throw refused("tools", hosted, "function or custom: hosted tools have no known price");
    }
    if (view.files() + view.audios() > 0 && model.capabilities().contextTokens() == 0) {
      String elsewhere = view.elsewhere();
      throw refused(
          elsewhere == null ? view.dialect().question() : elsewhere,
          "a file, a recording or what lies elsewhere",
          "text or images: the context_tokens of " + model.name() + " are not known");
    }
    unknown(view, model);
  }

  /** A member that nobody here has heard of may have a price that nobody here has heard of. */
  private static void unknown(RequestView view, Model model) {
    Capabilities can = model.capabilities();
    for (String member : view.members()) {
      boolean known = isKnown(view.dialect(), member) || InnerMembers.free(view, member);
      if (!known && !can.extraParams().contains(member)) {
        throw ApiError.badRequest(
            member,
            member.substring(0, Math.min(SHOWN_MAX, member.length()))
                + ": is not covered by your budget (expected: a member of known price; the operator"
                + " may allow it by models."
                + model.name()
                + ".extra_params)");
      }
    }
  }

  private static boolean isKnown(Dialect dialect, String member) {
    return switch (dialect) {
      case CHAT -> KNOWN.contains(member);
      case COMPLETIONS -> KNOWN.contains(member) || OF_COMPLETIONS.contains(member);
      case EMBEDDINGS -> OF_EMBEDDINGS.contains(member);
      case MESSAGES -> OF_MESSAGES.contains(member);
      case RESPONSES -> OF_RESPONSES.contains(member);
    };
  }

  private static ApiError refused(String param, String value, String expected) {
    String shown = value.substring(0, Math.min(SHOWN_MAX, value.length()));
    return ApiError.badRequest(
        param,
        param + ": " + shown + " is not covered by your budget (expected: " + expected + ")");
  }
}
