package dev.ponder.policy;

/**
 * Where a conversation was answered last, and where its history is in a prompt cache.
 *
 * @param tier the number of the tier in its route, 0 for the cheapest
 * @param deployment where: {@code UPSTREAM/MODEL}
 * @param score the highest score that brought it there, 0 to 1
 * @param inputTokens how many tokens of input the last answer had, 0 or more
 */
public record Home(int tier, String deployment, double score, long inputTokens) {

  public Home {
    if (tier < 0) {
      throw new IllegalArgumentException("tier: " + tier + " (expected: 0 or more)");
    }
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException("score: " + score + " (expected: 0..1)");
    }
    if (inputTokens < 0) {
      throw new IllegalArgumentException("inputTokens: " + inputTokens + " (expected: 0 or more)");
    }
  }
}
