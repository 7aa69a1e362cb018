package dev.ponder.gateway.translate;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why an answer ended, in both dialects.
 *
 * <p>{@code end_turn}, {@code stop_sequence} and {@code pause_turn} are {@code stop}; {@code
 * max_tokens} and {@code model_context_window_exceeded} are {@code length}; {@code tool_use} is
 * {@code tool_calls}; {@code refusal} is {@code content_filter}. Back, an answer that calls tools
 * and has an ordinary end has {@code tool_use}, whatever its provider says. What a vendor invented
 * is {@code max_tokens}: an answer that broke off ({@code insufficient_system_resource}, {@code
 * error}) must not look finished.
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
    String reason = finishReason == null ? "stop" : finishReason.toLowerCase(Locale.ROOT);
    return switch (reason) {
      case "content_filter", "refusal", "safety" -> "refusal";
      case "", "stop", "stop_sequence", "eos", "eos_token", "end_turn", "complete", "completed" ->
          callsTools ? "tool_use" : "end_turn";
      case "tool_calls", "tool_call", "tool_use", "function_call" ->
          callsTools ? "tool_use" : "end_turn";
      default -> "max_tokens"; // "length", too
    };
  }
}
