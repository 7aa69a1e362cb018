package dev.ponder.policy;

import java.util.Optional;
import java.util.Set;

/**
 * What requests a model takes. It steers routed requests only; a request that names its model goes
 * out as it came.
 *
 * @param tools whether it can call tools
 * @param vision whether it takes images
 * @param contextTokens input and output together, in tokens; 0 if unknown
 * @param maxOutputTokens the most it writes, in tokens; 0 if unknown
 * @param capParam the request member that limits its output: {@code max_completion_tokens} or
 *     {@code max_tokens}; empty if it takes both
 * @param refusedParams top-level request members that it answers with an error
 * @param capCoversReasoning whether the cap limits hidden reasoning, too
 * @param maxReasoningTokens the most hidden reasoning of one answer that its cap does not limit, in
 *     tokens; 0 where the cap covers it
 * @param maxImageTokens the most that one image counts for as input, in tokens; 0 and up
 * @param overheadTokens the most that the provider adds to the input of a request by itself, in
 *     tokens, 0 to {@value #OVERHEAD_TOKENS_MAX}: chat template, instructions on tools
 * @param extraParams top-level request members of unknown price that a hard budget lets pass
 * @param effortParam how it is told how hard to think; absent: as is usual where it is called
 */
public record Capabilities(
    boolean tools,
    boolean vision,
    int contextTokens,
    int maxOutputTokens,
    String capParam,
    Set<String> refusedParams,
    boolean capCoversReasoning,
    int maxReasoningTokens,
    int maxImageTokens,
    int overheadTokens,
    Set<String> extraParams,
    Optional<EffortParam> effortParam) {

  /** No image of the well-known models counts for more. */
  public static final int IMAGE_TOKENS = 50_000;

  /** More than a chat template adds, of which the JSON around the messages covers most. */
  public static final int OVERHEAD_TOKENS = 64;

  public static final int OVERHEAD_TOKENS_MAX = 100_000;

  /** The most that a model of unknown maximum writes under a hard budget. */
  public static final int OUTPUT_TOKENS = 16_384;

  public Capabilities {
    refusedParams = Set.copyOf(refusedParams);
    extraParams = Set.copyOf(extraParams);
    if (maxReasoningTokens < 0 || (capCoversReasoning && maxReasoningTokens > 0)) {
      throw new IllegalArgumentException(
          "maxReasoningTokens: " + maxReasoningTokens + " (expected: 0 where the cap covers it)");
    }
    if (maxImageTokens < 0) {
      throw new IllegalArgumentException("maxImageTokens: " + maxImageTokens + " (expected: 0..)");
    }
    if (overheadTokens < 0 || overheadTokens > OVERHEAD_TOKENS_MAX) {
      throw new IllegalArgumentException(
          "overheadTokens: " + overheadTokens + " (expected: 0.." + OVERHEAD_TOKENS_MAX + ")");
    }
  }

  /** The same for a model that is told how hard to think as is usual where it is called. */
  public Capabilities(
      boolean tools,
      boolean vision,
      int contextTokens,
      int maxOutputTokens,
      String capParam,
      Set<String> refusedParams,
      boolean capCoversReasoning,
      int maxReasoningTokens,
      int maxImageTokens,
      int overheadTokens,
      Set<String> extraParams) {
    this(
        tools,
        vision,
        contextTokens,
        maxOutputTokens,
        capParam,
        refusedParams,
        capCoversReasoning,
        maxReasoningTokens,
        maxImageTokens,
        overheadTokens,
        extraParams,
        Optional.empty());
  }

  /** The same with the usual overhead, and no member allowed beyond the known ones. */
  public Capabilities(
      boolean tools,
      boolean vision,
      int contextTokens,
      int maxOutputTokens,
      String capParam,
      Set<String> refusedParams,
      boolean capCoversReasoning,
      int maxReasoningTokens,
      int maxImageTokens) {
    this(
        tools,
        vision,
        contextTokens,
        maxOutputTokens,
        capParam,
        refusedParams,
        capCoversReasoning,
        maxReasoningTokens,
        maxImageTokens,
        OVERHEAD_TOKENS,
        Set.of());
  }
}
