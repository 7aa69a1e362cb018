package dev.ponder.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The decision: a pure function from a name and a question to the deployments to ask.
 *
 * <p>The highest tier whose {@code min_score} the score reaches wins. A tier that cannot take the
 * request (context too short, no tools, no images, or a reasoning model whose caller leaves it no
 * room to think) is passed over for the next cheaper one that can, or else for the next dearer one.
 * Where none can, the score decides alone and the upstream has the last word: our token count is an
 * estimate. Only deployments at a provider that has the request's endpoint are ever asked; that at
 * least one is must be seen to before.
 */
public final class Router {

  /**
   * The least output, in tokens, that leaves a reasoning model room for an answer. Below it an LRM
   * spends the caller's whole limit on thinking and returns nothing, at full price.
   */
  public static final int REASONING_ROOM = 256;

  private final Map<String, Target> targets = new LinkedHashMap<>();

  /**
   * What a name stands for.
   *
   * @param name the name asked for
   * @param route the route; absent for a model or a deployment
   * @param model the model; absent for a route
   * @param tiers the candidates of each tier; a single list for a model or deployment
   * @param ladder the steps down from the dearest tier; empty for a model or deployment
   */
  public record Target(
      String name,
      Optional<Route> route,
      Optional<Model> model,
      List<List<Candidate>> tiers,
      List<Rung> ladder) {

    private static Target of(Route route) {
      List<List<Candidate>> tiers = route.tiers().stream().map(Candidate::of).toList();
      List<Rung> ladder = Rung.of(route, tiers);
      return new Target(route.name(), Optional.of(route), Optional.empty(), tiers, ladder);
    }

    private static Target of(String name, Model model, List<Candidate> candidates) {
      return new Target(name, Optional.empty(), Optional.of(model), List.of(candidates), List.of());
    }

    /** Where on the ladder a tier stands. */
    private int rungOf(int tier) {
      for (int i = 0; i < ladder.size(); i++) {
        if (ladder.get(i).tier() == tier) {
          return i;
        }
      }
      return -1;
    }

    /** Whether any of its deployments is at one of these providers. */
    public boolean servedBy(Set<Upstream.Provider> providers) {
      for (List<Candidate> tier : tiers) {
        if (Router.servedBy(tier, providers)) {
          return true;
        }
      }
      return false;
    }

    /** Whether the tiers are to be weighed: a single one needs no score. */
    public boolean needsScore() {
      return tiers.size() > 1;
    }
  }

  /** A router over these routes and models; names must be unique over both. */
  public Router(Map<String, Route> routes, Map<String, Model> models) {
    routes.values().forEach(route -> add(Target.of(route)));
    models.values().forEach(model -> add(Target.of(model.name(), model, Candidate.of(model))));
    for (Model model : models.values()) {
      for (Candidate candidate : Candidate.of(model)) {
        String name = candidate.deployment().name();
        targets.putIfAbsent(name, Target.of(name, model, List.of(candidate)));
      }
    }
  }

  private void add(Target target) {
    if (targets.putIfAbsent(target.name(), target) != null) {
      throw new IllegalArgumentException("name: " + target.name() + " (expected: unique)");
    }
  }

  /** What the name stands for: a route, a model or a deployment, in this order. */
  public Optional<Target> find(String name) {
    return Optional.ofNullable(targets.get(name));
  }

  /** Every name that a request may use, routes first. */
  public Iterable<Target> targets() {
    return targets.values();
  }

  /**
   * The decision for a name that leaves nothing to weigh, or a request that nobody scores: the
   * cheapest tier that can take it. The question's score is not read.
   */
  public static Decision pin(Target target, Question question) {
    int tier = target.route().map(route -> capable(target, 0, question)).orElse(0);
    List<Candidate> candidates = able(target.tiers().get(tier), question);
    boolean routed = target.route().isPresent();
    int rung = target.rungOf(tier);
    return new Decision(
        target.name(),
        routed,
        candidates,
        routed ? target.ladder().get(rung).effort() : Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Reason.EXPLICIT,
        candidates.get(0).model(),
        rung);
  }

  /** The decision for a route while money is no object. */
  public static Decision decide(Target target, Question question) {
    return decide(target, question, Thresholds.of(target.route().orElseThrow()));
  }

  /**
   * The decision for a route.
   *
   * @param thresholds the score that reaches each tier
   */
  public static Decision decide(Target target, Question question, Thresholds thresholds) {
    Route route = target.route().orElseThrow();
    int earned = thresholds.earned(question.score());
    int wanted = thresholds.reached(question.score());
    int chosen = capable(target, wanted, question);
    Reason reason = question.hinted() ? Reason.HINT : Reason.SCORE;
    if (wanted < earned) {
      reason = Reason.PACED;
    }
    int rung = target.rungOf(chosen);
    return new Decision(
        route.name(),
        true,
        able(target.tiers().get(chosen), question),
        target.ladder().get(rung).effort(),
        OptionalDouble.of(question.score()),
        threshold(thresholds, wanted),
        chosen == wanted ? reason : Reason.CAPABILITY,
        route.top().model(),
        rung);
  }

  /**
   * The decision for a request that may not have a reasoning model just now: the dearest tier below
   * whose model does not reason and takes the request. Absent where there is none, and for a
   * request that named its model.
   */
  public static Optional<Decision> withoutReasoning(
      Target target, Question question, Decision present) {
    Optional<Decision> step = Optional.of(present);
    while (step.isPresent() && step.get().model().reasoning()) {
      step = cheaper(target, question, step.get());
    }
    return step.map(decision -> decision.because(Reason.PACED));
  }

  /**
   * The next step down the ladder, when no budget covers the present one: less effort, else a
   * cheaper tier that can take the request. Absent at the bottom and for a request that named its
   * model.
   */
  public static Optional<Decision> cheaper(Target target, Question question, Decision present) {
    if (present.rung() < 0) {
      return Optional.empty();
    }
    for (int i = present.rung() + 1; i < target.ladder().size(); i++) {
      Rung rung = target.ladder().get(i);
      if (takes(rung.model(), question)) {
        return Optional.of(
            new Decision(
                present.route(),
                true,
                able(rung.candidates(), question),
                rung.effort(),
                present.score(),
                present.threshold(),
                Reason.EXHAUSTED,
                present.baseline(),
                i));
      }
    }
    return Optional.empty();
  }

  /**
   * The decision for a request that goes on with what one deployment keeps: that deployment, if the
   * target has it, or else those of the same upstream among the ones decided on. Nothing cheaper is
   * below it. Absent where the target has none of them.
   */
  public static Optional<Decision> keep(Target target, Decision present, String deployment) {
    for (int i = 0; i < target.tiers().size(); i++) {
      for (Candidate candidate : target.tiers().get(i)) {
        if (candidate.deployment().name().equals(deployment)) {
          int tier = i;
          Optional<Effort> effort = target.route().flatMap(r -> r.tiers().get(tier).effort());
          return Optional.of(kept(target, present, List.of(candidate), effort));
        }
      }
    }
    String upstream = deployment.substring(0, deployment.indexOf('/'));
    List<Candidate> near =
        present.candidates().stream()
            .filter(c -> c.deployment().upstream().name().equals(upstream))
            .toList();
    return near.isEmpty()
        ? Optional.empty()
        : Optional.of(kept(target, present, near, present.effort()));
  }

  private static Decision kept(
      Target target, Decision present, List<Candidate> candidates, Optional<Effort> effort) {
    return new Decision(
        present.route(),
        present.routed(),
        candidates,
        effort,
        present.score(),
        present.threshold(),
        target.needsScore() ? Reason.STICKY : present.reason(),
        present.baseline(),
        -1);
  }

  /**
   * The next dearer tier that can take the request, for one whose answer would not do. Absent from
   * the dearest, and for a request that named its model.
   */
  public static Optional<Decision> dearer(Target target, Question question, Decision present) {
    if (present.rung() < 0) {
      return Optional.empty();
    }
    int tier = target.ladder().get(present.rung()).tier();
    for (int i = tier + 1; i < target.tiers().size(); i++) {
      Rung rung = target.ladder().get(target.rungOf(i));
      if (takes(rung.model(), question)) {
        return Optional.of(present.at(rung, able(rung.candidates(), question), target.rungOf(i)));
      }
    }
    return Optional.empty();
  }

  /** Whether the model can take the request as far as we can tell beforehand. */
  public static boolean takes(Model model, Question question) {
    Capabilities can = model.capabilities();
    long output = Math.max(0, question.maxOutputTokens());
    boolean fits =
        can.contextTokens() == 0 || question.inputTokens() + output <= can.contextTokens();
    boolean writesAsMuch = can.maxOutputTokens() == 0 || output <= can.maxOutputTokens();
    boolean hasRoom =
        !model.reasoning()
            || question.maxOutputTokens() < 0
            || question.maxOutputTokens() >= REASONING_ROOM;
    return fits
        && writesAsMuch
        && hasRoom
        && (can.tools() || !question.needsTools())
        && (can.vision() || !question.needsVision())
        && servedBy(model, question.providers());
  }

  private static boolean servedBy(Model model, Set<Upstream.Provider> providers) {
    for (Deployment deployment : model.servedBy()) {
      if (providers.contains(deployment.upstream().provider())) {
        return true;
      }
    }
    return false;
  }

  private static boolean servedBy(List<Candidate> candidates, Set<Upstream.Provider> providers) {
    for (Candidate candidate : candidates) {
      if (providers.contains(candidate.deployment().upstream().provider())) {
        return true;
      }
    }
    return false;
  }

  private static int capable(Target target, int wanted, Question question) {
    int served = -1;
    for (int i = wanted; i >= 0; i--) {
      if (takes(target.tiers().get(i).get(0).model(), question)) {
        return i;
      }
      served = served < 0 && servedBy(target.tiers().get(i), question.providers()) ? i : served;
    }
    for (int i = wanted + 1; i < target.tiers().size(); i++) {
      if (takes(target.tiers().get(i).get(0).model(), question)) {
        return i;
      }
      served = served < 0 && servedBy(target.tiers().get(i), question.providers()) ? i : served;
    }
    return served < 0 ? wanted : served;
  }

  /**
   * Without the fallbacks that cannot take the request, and without what is not at its providers.
   */
  static List<Candidate> able(List<Candidate> candidates, Question question) {
    for (Candidate candidate : candidates) {
      if (!isAble(candidate, question)) {
        return candidates.stream().filter(one -> isAble(one, question)).toList();
      }
    }
    return candidates;
  }

  private static boolean isAble(Candidate candidate, Question question) {
    return question.providers().contains(candidate.deployment().upstream().provider())
        && (!candidate.fallback() || takes(candidate.model(), question));
  }

  private static OptionalDouble threshold(Thresholds thresholds, int reached) {
    int last = thresholds.tiers() - 1;
    return last == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(thresholds.now(Math.min(reached + 1, last)));
  }
}
