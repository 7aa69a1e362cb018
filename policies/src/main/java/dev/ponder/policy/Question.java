package dev.ponder.policy;

import java.util.EnumSet;
import java.util.Set;

/**
 * What the router needs to know of a request.
 *
 * @param score how much reasoning would help, 0 to 1
 * @param hinted whether the caller gave that score instead of the classifier
 * @param inputTokens about how many tokens the request has
 * @param maxOutputTokens the caller's limit on the output; -1 if none
 * @param needsTools whether it offers tools
 * @param needsVision whether it carries images
 * @param providers those whose API can take it: not each of them has every endpoint
 */
public record Question(
    double score,
    boolean hinted,
    long inputTokens,
    long maxOutputTokens,
    boolean needsTools,
    boolean needsVision,
    Set<Upstream.Provider> providers) {

  private static final Set<Upstream.Provider> ANY = EnumSet.allOf(Upstream.Provider.class);

  public Question {
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException("score: " + score + " (expected: 0..1)");
    }
  }

  /** A question that every provider can take. */
  public Question(
      double score,
      boolean hinted,
      long inputTokens,
      long maxOutputTokens,
      boolean needsTools,
      boolean needsVision) {
    this(score, hinted, inputTokens, maxOutputTokens, needsTools, needsVision, ANY);
  }
}
