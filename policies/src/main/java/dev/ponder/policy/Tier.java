package dev.ponder.policy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One step of a route: a model, and how much reasoning need it takes to reach it.
 *
 * @param model the model
 * @param effort the reasoning effort to ask it for; absent: as the client says
 * @param minScore the lowest score that reaches this tier, 0 to 1; for a tier with a share the
 *     first guess, before any traffic is seen
 * @param share the part of the route's requests, 0 to 1, that is to reach this tier or a dearer
 *     one; absent: as many as reach the {@code minScore}
 * @param fallbacks other models to ask when this one does not answer, in order
 */
public record Tier(
    Model model,
    Optional<Effort> effort,
    double minScore,
    OptionalDouble share,
    List<Model> fallbacks) {

  public Tier {
    if (share.isPresent() && !(share.getAsDouble() >= 0 && share.getAsDouble() <= 1)) {
      throw new IllegalArgumentException("share: " + share.getAsDouble() + " (expected: 0..1)");
    }
    if (!(minScore >= 0 && minScore <= 1)) {
      throw new IllegalArgumentException("minScore: " + minScore + " (expected: 0..1)");
    }
    fallbacks = List.copyOf(fallbacks);
  }

  /** A tier that is reached by a score. */
  public Tier(Model model, Optional<Effort> effort, double minScore, List<Model> fallbacks) {
    this(model, effort, minScore, OptionalDouble.empty(), fallbacks);
  }
}
