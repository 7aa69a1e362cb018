package dev.ponder.gateway.proxy;

import dev.ponder.classify.Signal;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Model;
import dev.ponder.policy.Outlook;
import dev.ponder.policy.Question;
import dev.ponder.policy.Router;
import dev.ponder.policy.Thresholds;
import dev.ponder.price.CostEstimator;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that was read and decided on, without its bytes: those are let go of as soon as nobody
 * can be asked any more, and this is kept until the last token.
 *
 * @param decision where it goes
 * @param target what its name stands for
 * @param question what the decision was made by
 * @param thresholds what it took to reach each tier; null where nothing was weighed
 * @param estimate the usage expected of the model decided on
 * @param outlook how many tokens answers are expected to take
 * @param classified what the classifier said, whether or not a hint overruled it
 * @param signals what moved the score most; empty unless somebody wants to know
 * @param stream whether the answer is to be streamed
 * @param includeUsage whether the client asked for the stream's usage
 * @param background whether the answer is made whether or not its caller stays
 * @param answers how many answers it asks for
 * @param conversation what it goes on with, by a name that its upstream knows; null for nothing
 * @param parseNanos how long reading took
 * @param raise more room than usual; null for as much as usual
 */
record Weighed(
    Decision decision,
    Router.Target target,
    Question question,
    @Nullable Thresholds thresholds,
    Usage estimate,
    Outlook outlook,
    Score classified,
    List<Signal> signals,
    boolean stream,
    boolean includeUsage,
    boolean background,
    int answers,
    @Nullable String conversation,
    long parseNanos,
    @Nullable Raise raise) {

  /**
   * More room for an answer that had too little of it.
   *
   * @param from the limit that was too low, in tokens
   * @param to a higher one
   */
  record Raise(long from, long to) {}

  /** The next step down the ladder; absent at its bottom. */
  Optional<Weighed> cheaper() {
    return Router.cheaper(target, question, decision).map(this::with);
  }

  /** The same request with another decision. */
  Weighed with(Decision other) {
    return new Weighed(
        other,
        target,
        question,
        thresholds,
        expectedOf(other.model(), other.effort()),
        outlook,
        classified,
        signals,
        stream,
        includeUsage,
        background,
        answers,
        conversation,
        parseNanos,
        null);
  }

  /** The same request and decision with more room for the answer. */
  Weighed with(Raise more) {
    return new Weighed(
        decision,
        target,
        question,
        thresholds,
        estimate,
        outlook,
        classified,
        signals,
        stream,
        includeUsage,
        background,
        answers,
        conversation,
        parseNanos,
        more);
  }

  /** What the classifier said, 0 to 1, whether or not a hint overruled it. */
  double classifierScore() {
    return classified.value();
  }

  /** The route that was asked for; empty if a model was named. */
  String routeName() {
    return decision.routed() ? decision.route() : "";
  }

  /** The usage expected of a model. */
  Usage expectedOf(Model model, Optional<Effort> effort) {
    return outlook.usage(question, model, effort, answers);
  }

  /** What a call of a model is expected to cost. */
  Money expectedCost(Model model, Optional<Effort> effort) {
    return model.price().of(expectedOf(model, effort));
  }

  /** What the call decided on is expected to cost. */
  Money estimatedCost() {
    return decision.model().price().of(estimate);
  }

  /** What always asking the dearest tier would have cost for what was used of {@code model}. */
  Money baselineCost(Model model, Usage usage) {
    return baselineCost(model, usage, model.price().of(usage));
  }

  /**
   * What always asking the dearest tier would have cost for what was used of {@code model}, and
   * cost that much.
   */
  Money baselineCost(Model model, Usage usage, Money cost) {
    Model dearest = decision.baseline();
    if (dearest.name().equals(model.name())) {
      return cost;
    }
    long hidden = outlook.hidden(dearest, Optional.empty());
    return dearest.price().of(CostEstimator.elsewhere(usage, hidden));
  }
}
