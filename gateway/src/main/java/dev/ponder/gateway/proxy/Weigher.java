package dev.ponder.gateway.proxy;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.PromptFeatures;
import dev.ponder.classify.PromptText;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.JsonScan;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Hint;
import dev.ponder.policy.Outlook;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Question;
import dev.ponder.policy.Router;
import dev.ponder.policy.ShareTracker;
import dev.ponder.policy.Thresholds;
import dev.ponder.policy.TokenCorrections;
import dev.ponder.policy.Upstream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's bytes once and decides where it goes. Pure but for its buffers, which it uses
 * again: one weigher must not be used by two threads at a time.
 *
 * <p>In two steps, so that between them somebody else may be asked for the score: {@link #read}
 * needs the buffers, {@link #decide} does not.
 */
final class Weigher {

  private static final int SHOWN_MAX = 80;

  private final JsonScan scan;
  private final PromptText text = new PromptText();
  private final PromptFeatures features = new PromptFeatures();
  private final Classifier classifier;
  private final TokenCorrections corrections;
  private final ScorerQuestion.@Nullable Writer questions;

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
   * @param corrections what was learnt of how much models write
   * @param depthMax the deepest nesting of a body, in levels
   * @param questions writes down what a scorer of the user's own is asked; null if there is none
   */
  Weigher(
      Classifier classifier,
      TokenCorrections corrections,
      int depthMax,
      ScorerQuestion.@Nullable Writer questions) {
    this.classifier = classifier;
    this.corrections = corrections;
    this.scan = new JsonScan(depthMax);
    this.questions = questions;
  }

  /**
   * What a request says.
   *
   * @param effortHeader the value of {@code x-ponder-effort}; null if there is none
   * @param signals how many of the strongest signals to find, 0 to 8: it takes time to find any
   * @throws ApiError if the body is not a valid request or names what this principal may not use
   */
  Draft read(
      Dialect dialect,
      byte[] body,
      int length,
      Router router,
      Principal who,
      @Nullable String effortHeader,
      int signals) {
    long begun = System.nanoTime();
    RequestView view = scan.scan(dialect, body, length, text);
    OptionalDouble hint = hint(view, effortHeader);
    Router.Target target = find(router, who, view.model());
    if (!target.servedBy(dialect.providers())) {
      throw ApiError.notInThisDialect(view.model(), dialect.path());
    }
    Set<Upstream.Provider> providers = Speakers.of(view, target);
    long read = System.nanoTime();
    double score = 0;
    boolean scored = target.needsScore() && dialect.scored();
    boolean reasons = dialect.writes() && reasons(target);
    if (scored || reasons) {
      features.read(text);
      score = Math.min(classifier.score(features), ShareTracker.SCORE_MAX);
    }
    long classifyNanos = scored ? System.nanoTime() - read : -1;
    ScorerQuestion question = null;
    if (questions != null && scored && hint.isEmpty()) {
      question = questions.write(target.name(), view, text, features);
    }
    return new Draft(
        view,
        target,
        providers,
        hint,
        score,
        new Outlook(classifier.tokens(), classifier.gainProbability(score), corrections),
        text.estimatedInputTokens(),
        scored && signals > 0 ? classifier.explain(features, signals) : List.of(),
        question,
        read - begun,
        classifyNanos);
  }

  /**
   * A request whose tokens are to be counted.
   *
   * @param view its bytes
   * @param estimate about how many tokens it has
   * @param candidate who knows better; absent if nobody does
   */
  record Counted(RequestView view, long estimate, Optional<Candidate> candidate) {

    /** What that one is asked. */
    byte[] body(Candidate asked) {
      return Adaptation.renamed(view, asked).toBytes();
    }
  }

  /**
   * What a request of Anthropic's dialect says of its tokens.
   *
   * @throws ApiError if the body is not a valid request or names what this principal may not use
   */
  Counted count(byte[] body, int length, Router router, Principal who) {
    RequestView view = scan.scanToCount(body, length, text);
    Router.Target target = find(router, who, view.model());
    Optional<Candidate> candidate =
        target.tiers().stream()
            .flatMap(List::stream)
            .filter(c -> c.deployment().upstream().provider() == Upstream.Provider.ANTHROPIC)
            .findFirst();
    return new Counted(view, text.estimatedInputTokens(), candidate);
  }

  /**
   * The decision about a request.
   *
   * @param score the score that counts, unless the caller gave a hint
   * @param pacing what the price of money does to a route's thresholds
   * @param trackers what the scores of the routes are like
   * @param counts whether it is one of the requests that make up the traffic; else it only looks
   */
  static Reading decide(
      Draft draft, Score score, Pacing pacing, ScoreTrackers trackers, boolean counts) {
    RequestView view = draft.view();
    Router.Target target = draft.target();
    boolean scored = target.needsScore() && view.dialect().scored();
    boolean hinted = scored && draft.hint().isPresent();
    Question question =
        new Question(
            hinted ? draft.hint().getAsDouble() : score.value(),
            hinted,
            draft.inputTokens(),
            view.maxOutputTokens(),
            view.needsTools(),
            view.needsVision(),
            draft.providers());
    Outlook outlook = draft.outlook();
    Thresholds thresholds = null;
    Decision decision;
    if (scored) {
      thresholds = thresholds(target, trackers, question, counts);
      pacing.raise(thresholds, target.route().orElseThrow(), question, outlook, view.n());
      decision = Router.decide(target, question, thresholds);
    } else {
      decision = Router.pin(target, question);
    }
    Weighed weighed =
        new Weighed(
            decision,
            target,
            question,
            thresholds,
            outlook.usage(question, decision.model(), decision.effort(), view.n()),
            outlook,
            score,
            draft.signals(),
            view.stream(),
            view.includeUsage(),
            view.background(),
            view.n(),
            view.conversation(),
            draft.parseNanos(),
            null);
    return new Reading(view, weighed);
  }

  /** Hints say what one caller wants, and nothing about how hard the traffic is. */
  private static Thresholds thresholds(
      Router.Target target, ScoreTrackers trackers, Question question, boolean counts) {
    ShareTracker tracker = trackers.of(target.name()).orElse(null);
    if (tracker == null) {
      return Thresholds.of(target.route().orElseThrow());
    }
    return counts && !question.hinted() ? tracker.admit(question.score()) : tracker.thresholds();
  }

  private static boolean reasons(Router.Target target) {
    for (List<Candidate> tier : target.tiers()) {
      if (tier.get(0).model().reasoning()) {
        return true;
      }
    }
    return false;
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

  /**
   * What the value of {@code x-ponder-effort} stands for.
   *
   * @throws ApiError 400 if it is no hint
   */
  static OptionalDouble hint(String effortHeader) {
    OptionalDouble hint = Hint.ofHeader(effortHeader.strip());
    if (hint.isEmpty()) {
      String shown = effortHeader.substring(0, Math.min(SHOWN_MAX, effortHeader.length()));
      throw ApiError.badRequest(
          "x-ponder-effort",
          "x-ponder-effort: " + shown + " (expected: low, medium, high or a number from 0 to 1)");
    }
    return hint;
  }

  private static OptionalDouble hint(RequestView view, @Nullable String effortHeader) {
    if (effortHeader != null) {
      return hint(effortHeader);
    }
    String effort = view.reasoningEffort();
    return effort == null
        ? OptionalDouble.empty()
        : Effort.ofWireName(effort).map(Hint::ofEffort).orElse(OptionalDouble.empty());
  }
}
