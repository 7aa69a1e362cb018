package dev.ponder.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * A deployment that a request may be sent to.
 *
 * @param model the model
 * @param deployment where
 * @param fallback whether it is another model than the one that was decided on
 */
public record Candidate(Model model, Deployment deployment, boolean fallback) {

  /**
   * The deployments of a tier in the order in which they are asked: its model's, its fallbacks'.
   */
  static List<Candidate> of(Tier tier) {
    List<Candidate> candidates = new ArrayList<>();
    for (Deployment deployment : tier.model().servedBy()) {
      candidates.add(new Candidate(tier.model(), deployment, false));
    }
    for (Model other : tier.fallbacks()) {
      for (Deployment deployment : other.servedBy()) {
        candidates.add(new Candidate(other, deployment, true));
      }
    }
    return List.copyOf(candidates);
  }

  /** The deployments of a model that the request named. */
  static List<Candidate> of(Model model) {
    return model.servedBy().stream()
        .map(deployment -> new Candidate(model, deployment, false))
        .toList();
  }
}
