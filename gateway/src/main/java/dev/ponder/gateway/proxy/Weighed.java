package dev.ponder.gateway.proxy;

import dev.ponder.policy.Decision;
import dev.ponder.policy.Model;
import dev.ponder.price.CostEstimator;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;

/**
 * A request that was read and decided on, without its bytes: those are let go of as soon as nobody
 * can be asked any more, and this is kept until the last token.
 *
 * @param decision where it goes
 * @param estimate the usage expected of the model decided on
 * @param reasoningTokens hidden tokens expected of a reasoning model
 * @param classifierScore what the classifier said, whether or not a hint overruled it
 * @param stream whether the answer is to be streamed
 * @param includeUsage whether the client asked for the stream's usage
 * @param answers how many answers it asks for
 * @param parseNanos how long reading took
 * @param classifyNanos how long scoring took; -1 if nothing was scored
 */
record Weighed(
    Decision decision,
    Usage estimate,
    int reasoningTokens,
    double classifierScore,
    boolean stream,
    boolean includeUsage,
    int answers,
    long parseNanos,
    long classifyNanos) {

  /** What the call is expected to cost. */
  Money estimatedCost() {
    return decision.model().price().of(estimate);
  }

  /** What always asking the dearest tier would have cost for what was used of {@code model}. */
  Money baselineCost(Model model, Usage usage) {
    Model dearest = decision.baseline();
    if (dearest.name().equals(model.name())) {
      return model.price().of(usage);
    }
    int hidden = dearest.reasoning() ? reasoningTokens : 0;
    return dearest.price().of(CostEstimator.elsewhere(usage, hidden));
  }
}
