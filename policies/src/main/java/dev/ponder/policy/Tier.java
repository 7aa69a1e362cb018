package dev.ponder.policy;

import java.util.List;
import java.util.Optional;

/**
 * One step of a route: a model, and how much reasoning need it takes to reach it.
 *
 * @param model the model
 * @param effort the reasoning effort to ask it for; absent: as the client says
 * @param minScore the lowest score that reaches this tier, 0 to 1
 * @param fallbacks other models to ask when this one does not answer, in order
 */
public record Tier(Model model, Optional<Effort> effort, double minScore, List<Model> fallbacks) {

  public Tier {
    if (!(minScore >= 0 && minScore <= 1)) {
      throw new IllegalArgumentException("minScore: " + minScore + " (expected: 0..1)");
    }
    fallbacks = List.copyOf(fallbacks);
  }
}
