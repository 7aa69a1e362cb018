package dev.ponder.gateway.translate;

import org.jspecify.annotations.Nullable;

/**
 * Why an answer ended, in both dialects.
 *
 * <p>{@code end_turn}, {@code stop_sequence} and {@code pause_turn} are {@code stop}; {@code
 * max_tokens} and {@code model_context_window_exceeded} are {@code length}; {@code tool_use} is
 * {@code tool_calls}; {@code refusal} is {@code content_filter}. Back, what a vendor invented is
 * {@code end_turn}, and an answer that calls tools has {@code tool_use}, whatever its provider
 * says.
 */
final class StopReasons {

  private StopReasons() {}

  static @Nullable String forChat(@Nullable String stopReason) {
    if (stopReason == null) {
      return null;
    }
    return switch (stopReason) {
      case "max_tokens", "model_context_window_exceeded" -> "length";
      case "tool_use" -> "tool_calls";
      case "refusal" -> "content_filter";
      default -> "stop";
    };
  }

  static String forMessages(@Nullable String finishReason, boolean callsTools) {
    String reason = finishReason == null ? "stop" : finishReason;
    return switch (reason) {
      case "length" -> "max_tokens";
      case "content_filter" -> "refusal";
      case "tool_calls", "function_call" -> callsTools ? "tool_use" : "end_turn";
      default -> callsTools ? "tool_use" : "end_turn";
    };
  }
}
