package dev.ponder.gateway.proxy;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What logs say of the place of a mistake: the member of the request, if it is one that the API
 * has. Any other name is the caller's own, and may be anything.
 */
final class RefusedPlace {

  private static final Set<String> KNOWN =
      Set.of(
          "audio",
          "background",
          "best_of",
          "conversation",
          "dimensions",
          "echo",
          "encoding_format",
          "frequency_penalty",
          "function_call",
          "functions",
          "include",
          "input",
          "instructions",
          "logit_bias",
          "logprobs",
          "max_completion_tokens",
          "max_output_tokens",
          "max_tokens",
          "max_tool_calls",
          "messages",
          "metadata",
          "modalities",
          "model",
          "n",
          "parallel_tool_calls",
          "prediction",
          "presence_penalty",
          "previous_response_id",
          "prompt",
          "reasoning",
          "reasoning_effort",
          "response_format",
          "seed",
          "service_tier",
          "stop",
          "stop_sequences",
          "store",
          "stream",
          "stream_options",
          "suffix",
          "system",
          "temperature",
          "text",
          "thinking",
          "tool_choice",
          "tools",
          "top_k",
          "top_logprobs",
          "top_p",
          "user",
          "web_search_options",
          "x-ponder-conversation",
          "x-ponder-dry-run",
          "x-ponder-effort",
          "x-ponder-tags");

  private RefusedPlace() {}

  /** The outermost member that is known; empty if it is not. */
  static String of(@Nullable String param) {
    if (param == null) {
      return "";
    }
    int end = 0;
    while (end < param.length() && param.charAt(end) != '.' && param.charAt(end) != '[') {
      end++;
    }
    String member = param.substring(0, end);
    return KNOWN.contains(member) ? member : "";
  }
}
