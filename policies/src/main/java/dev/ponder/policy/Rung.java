package dev.ponder.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One step of the ladder that a request goes down when money is short: less effort first, since the
 * same model keeps its prompt cache and its manners, then a cheaper tier.
 *
 * @param tier the tier's number in its route, 0 for the cheapest
 * @param candidates the deployments to ask, in order
 * @param effort the reasoning effort to ask for; absent: as the client says
 */
public record Rung(int tier, List<Candidate> candidates, Optional<Effort> effort) {

  /** The ladder of a route, from its dearest tier down; every tier stands on it. */
  static List<Rung> of(Route route, List<List<Candidate>> tiers) {
    List<Rung> ladder = new ArrayList<>();
    for (int i = tiers.size() - 1; i >= 0; i--) {
      Tier tier = route.tiers().get(i);
      ladder.add(new Rung(i, tiers.get(i), tier.effort()));
      for (Effort less : lesser(tier)) {
        if (!isTier(route, tier.model(), less)) { // two tiers may share a model
          ladder.add(new Rung(i, tiers.get(i), Optional.of(less)));
        }
      }
    }
    return List.copyOf(ladder);
  }

  private static List<Effort> lesser(Tier tier) {
    Model model = tier.model();
    EffortParam how = EffortParam.of(model, model.servedBy().get(0));
    if (!model.reasoning() || how == EffortParam.NONE) {
      return List.of();
    }
    Effort effort = tier.effort().orElse(Effort.MEDIUM);
    if (how.isSwitch()) {
      return effort.compareTo(Effort.MINIMAL) > 0 ? List.of(Effort.NONE) : List.of();
    }
    return effort.lesser();
  }

  private static boolean isTier(Route route, Model model, Effort effort) {
    return route.tiers().stream()
        .anyMatch(t -> t.model().equals(model) && t.effort().equals(Optional.of(effort)));
  }

  /** The model that is asked first. */
  public Model model() {
    return candidates.get(0).model();
  }
}
