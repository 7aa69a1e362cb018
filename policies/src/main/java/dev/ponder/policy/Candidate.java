package dev.ponder.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A deployment that a request may be sent to.
 *
 * @param model the model
 * @param deployment where
 * @param effort the reasoning effort to ask for; absent: as the client says
 * @param fallback whether it is another model than the one that was decided on
 */
public record Candidate(
    Model model, Deployment deployment, Optional<Effort> effort, boolean fallback) {

  /**
   * The deployments of a tier in the order in which they are asked: its model's, its fallbacks'.
   */
  static List<Candidate> of(Tier tier) {
    List<Candidate> candidates = new ArrayList<>();
    for (Deployment deployment : tier.model().servedBy()) {
      candidates.add(new Candidate(tier.model(), deployment, tier.effort(), false));
    }
    for (Model other : tier.fallbacks()) {
      Optional<Effort> effort = other.reasoning() ? tier.effort() : Optional.empty();
      for (Deployment deployment : other.servedBy()) {
        candidates.add(new Candidate(other, deployment, effort, true));
      }
    }
    return List.copyOf(candidates);
  }

  /** The deployments of a model that the request named. */
  static List<Candidate> of(Model model) {
    return model.servedBy().stream()
        .map(deployment -> new Candidate(model, deployment, Optional.empty(), false))
        .toList();
  }
}
