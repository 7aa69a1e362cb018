package dev.ponder.gateway.translate;

/**
 * The model at a Messages API that a translated request goes to.
 *
 * @param modelId what its provider calls it
 * @param maxOutputTokens the most it writes, in tokens; 0 if unknown
 * @param reasoning whether it is asked to think at all
 */
public record MessagesTarget(String modelId, int maxOutputTokens, boolean reasoning) {

  /** What a request may take that neither it nor the configuration limits. */
  public static final int OUTPUT_TOKENS = 16_384;

  /** How thinking is asked for. */
  enum Thinking {
    /** It cannot be asked for. */
    NONE,
    /** {@code thinking.budget_tokens}: models up to 4.5, and those that are not known. */
    BUDGET,
    /** {@code thinking.type: adaptive} and {@code output_config.effort}: models from 4.6 on. */
    ADAPTIVE
  }

  public MessagesTarget {
    if (maxOutputTokens < 0) {
      throw new IllegalArgumentException(
          "maxOutputTokens: " + maxOutputTokens + " (expected: 0 or more)");
    }
  }

  Thinking thinking() {
    if (!reasoning) {
      return Thinking.NONE;
    }
    ClaudeVersion version = ClaudeVersion.of(modelId);
    if (!version.thinks()) {
      return Thinking.NONE;
    }
    return version.thinksByWord() ? Thinking.ADAPTIVE : Thinking.BUDGET;
  }

  /** Whether it knows the effort {@code xhigh}. */
  boolean knowsExtraHigh() {
    return ClaudeVersion.of(modelId).knowsExtraHigh();
  }
}
