package dev.ponder.gateway.proxy;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.PromptFeatures;
import dev.ponder.classify.PromptText;
import dev.ponder.classify.Signal;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.JsonScan;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Hint;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Question;
import dev.ponder.policy.Router;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's bytes once and decides where it goes. Pure but for its buffers, which it uses
 * again: one weigher must not be used by two threads at a time.
 */
final class Weigher {

  private static final int SHOWN_MAX = 80;

  private final JsonScan scan;
  private final PromptText text = new PromptText();
  private final PromptFeatures features = new PromptFeatures();
  private final Classifier classifier;

  /**
   * What came of a request.
   *
   * @param view its bytes and where its members are
   * @param weighed all that is kept once the bytes are let go of
   */
  record Reading(RequestView view, Weighed weighed) {}

  /**
   * A weigher.
   *
   * @param depthMax the deepest nesting of a body, in levels
   */
  Weigher(Classifier classifier, int depthMax) {
    this.classifier = classifier;
    this.scan = new JsonScan(depthMax);
  }

  /**
   * The decision about a request.
   *
   * @param pacing what the price of money does to a route's thresholds
   * @param effortHeader the value of {@code x-ponder-effort}; null if there is none
   * @throws ApiError if the body is not a valid request or names what this principal may not use
   */
  Reading weigh(
      byte[] body,
      int length,
      Router router,
      Principal who,
      Pacing pacing,
      @Nullable String effortHeader) {
    long begun = System.nanoTime();
    RequestView view = scan.scanChat(body, length, text);
    OptionalDouble hint = hint(view, effortHeader);
    Router.Target target = find(router, who, view.model());
    long read = System.nanoTime();
    double score = 0;
    long classifyNanos = -1;
    boolean scored = target.needsScore();
    if (scored || reasons(target)) {
      score = score();
    }
    int hidden = reasons(target) ? classifier.expectedReasoningTokens(features, score) : 0;
    Question question = question(view, hint.orElse(score), scored && hint.isPresent());
    Decision decision;
    if (scored) {
      classifyNanos = System.nanoTime() - read;
      double[] thresholds =
          pacing.thresholds(target.route().orElseThrow(), question, hidden, view.n());
      decision = Router.decide(target, question, thresholds);
    } else {
      decision = Router.pin(target, question);
    }
    Weighed weighed =
        new Weighed(
            decision,
            target,
            question,
            Weighed.expected(question, decision.model(), decision.effort(), hidden, view.n()),
            hidden,
            score,
            view.stream(),
            view.includeUsage(),
            view.n(),
            read - begun,
            classifyNanos);
    return new Reading(view, weighed);
  }

  private static boolean reasons(Router.Target target) {
    for (List<Candidate> tier : target.tiers()) {
      if (tier.get(0).model().reasoning()) {
        return true;
      }
    }
    return false;
  }

  /** The strongest signals of the request weighed last. */
  List<Signal> explain() {
    features.read(text);
    return classifier.explain(features);
  }

  private double score() {
    features.read(text);
    return classifier.score(features);
  }

  private Question question(RequestView view, double score, boolean hinted) {
    return new Question(
        score,
        hinted,
        text.estimatedInputTokens(),
        view.maxOutputTokens(),
        view.needsTools(),
        view.needsVision());
  }

  private static Router.Target find(Router router, Principal who, String name) {
    Router.Target target = router.find(name).orElseThrow(() -> ApiError.modelNotFound(name));
    boolean allowed =
        who.mayUse(name) || target.model().map(model -> who.mayUse(model.name())).orElse(false);
    if (!allowed) {
      throw ApiError.modelNotFound(name);
    }
    return target;
  }

  private static OptionalDouble hint(RequestView view, @Nullable String effortHeader) {
    if (effortHeader != null) {
      OptionalDouble hint = Hint.ofHeader(effortHeader.strip());
      if (hint.isEmpty()) {
        String shown = effortHeader.substring(0, Math.min(SHOWN_MAX, effortHeader.length()));
        throw ApiError.badRequest(
            "x-ponder-effort",
            "x-ponder-effort: " + shown + " (expected: low, medium, high or a number from 0 to 1)");
      }
      return hint;
    }
    String effort = view.reasoningEffort();
    return effort == null
        ? OptionalDouble.empty()
        : Effort.ofWireName(effort).map(Hint::ofEffort).orElse(OptionalDouble.empty());
  }
}
