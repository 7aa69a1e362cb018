package dev.ponder.gateway.proxy;

import dev.ponder.gateway.translate.ClaudeVersion;
import dev.ponder.gateway.translate.Efforts;
import dev.ponder.gateway.wire.JsonSplice;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Effort;

/**
 * How a model of Anthropic's is told to think harder or less. Up to version 4.5 by a number of
 * tokens, which the limit on the output includes; from 4.6 on by a word.
 *
 * <p>Thinking is not begun in the middle of a tool's turn, nor where a tool must be called: both
 * are errors there. Nor is a {@code temperature} allowed beside it.
 */
final class Thinking {

  private Thinking() {}

  /**
   * Asks for an effort.
   *
   * @param modelId what the provider calls the model
   * @param cap the limit on the output, in tokens, whoever set it
   */
  static void ask(RequestView view, JsonSplice splice, String modelId, Effort effort, long cap) {
    if (view.thinkingIsFixed()) {
      return;
    }
    if (effort == Effort.NONE) {
      splice.remove("thinking");
      return;
    }
    if (ClaudeVersion.of(modelId).thinksByWord()) {
      splice.set("thinking", "{\"type\":\"adaptive\"}");
      splice.effortIn("output_config", word(effort));
      sampleFreely(splice);
      return;
    }
    long tokens = Efforts.budget(effort.wireName(), cap);
    if (tokens == 0) {
      splice.remove("thinking");
      return;
    }
    splice.set("thinking", enabled(tokens));
    sampleFreely(splice);
  }

  /** Leaves room for an answer in what the caller wants to be thought, once that is limited. */
  static void fit(RequestView view, JsonSplice splice, long cap) {
    if (view.thinkingBudget() < 0 || view.thinkingBudget() < cap) {
      return;
    }
    long tokens = mostOf(cap);
    if (tokens < Efforts.BUDGET_MIN) {
      splice.remove("thinking");
    } else {
      splice.set("thinking", enabled(tokens));
    }
  }

  private static void sampleFreely(JsonSplice splice) {
    splice.remove("temperature").remove("top_p").remove("top_k");
  }

  private static long mostOf(long cap) {
    return cap / 5 * 4;
  }

  private static String enabled(long tokens) {
    return "{\"type\":\"enabled\",\"budget_tokens\":" + tokens + "}";
  }

  private static String word(Effort effort) {
    return switch (effort) {
      case NONE, MINIMAL, LOW -> "low";
      case MEDIUM -> "medium";
      case HIGH, XHIGH -> "high"; // not every version knows more
      case MAX -> "max";
    };
  }
}
