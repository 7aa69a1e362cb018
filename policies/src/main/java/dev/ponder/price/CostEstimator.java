package dev.ponder.price;

/** What a call is expected to use before it is made, and what another model would have used. */
public final class CostEstimator {

  private CostEstimator() {}

  /**
   * The usage to expect.
   *
   * @param inputTokens about how many tokens the request has, 0 or more
   * @param maxOutputTokens the caller's limit on the output; negative if none
   * @param visibleTokens tokens that one answer is expected to show, 0 or more
   * @param reasoningTokens hidden tokens expected of this model for one answer; 0 for one that does
   *     not reason
   * @param answers how many answers are asked for, 1 or more; each has the limit for itself
   */
  public static Usage expected(
      long inputTokens,
      long maxOutputTokens,
      long visibleTokens,
      long reasoningTokens,
      int answers) {
    long limit = maxOutputTokens < 0 ? Usage.TOKENS_MAX : maxOutputTokens;
    long input = Math.min(inputTokens, Usage.TOKENS_MAX);
    long output = Math.min(limit, visibleTokens + reasoningTokens);
    long hidden = Math.min(output, reasoningTokens);
    return new Usage(
        input,
        0,
        0,
        Math.min(Usage.TOKENS_MAX, output * answers),
        Math.min(Usage.TOKENS_MAX, hidden * answers));
  }

  /**
   * The usage that another model would have had: the same input without a warm cache, the same
   * visible output, and the hidden tokens expected of it.
   *
   * @param usage what was used
   * @param reasoningTokens hidden tokens expected of the other model
   */
  public static Usage elsewhere(Usage usage, long reasoningTokens) {
    long visible = usage.visibleOutputTokens();
    long output = Math.min(Usage.TOKENS_MAX, visible + reasoningTokens);
    return new Usage(usage.inputTokens(), 0, 0, output, output - visible);
  }
}
