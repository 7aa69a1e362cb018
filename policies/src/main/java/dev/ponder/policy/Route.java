package dev.ponder.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A name that clients ask for, such as {@code auto}, and the tiers behind it, cheapest first.
 *
 * @param name the configured name
 * @param tiers at least one; {@code minScore} rises from tier to tier
 * @param sticky how long a conversation keeps its model; zero: not at all
 * @param escalation which answers send the question on to the next tier; absent: none
 */
public record Route(
    String name, List<Tier> tiers, Duration sticky, Optional<Escalation> escalation) {

  public Route {
    tiers = List.copyOf(tiers);
    if (tiers.isEmpty()) {
      throw new IllegalArgumentException("tiers: empty (expected: at least one)");
    }
    for (int i = 1; i < tiers.size(); i++) {
      if (tiers.get(i).minScore() < tiers.get(i - 1).minScore()) {
        throw new IllegalArgumentException(
            "tiers: min_score falls at tier " + i + " (expected: cheapest first, rising)");
      }
    }
  }

  /** A route whose answers are final. */
  public Route(String name, List<Tier> tiers, Duration sticky) {
    this(name, tiers, sticky, Optional.empty());
  }

  /** The last tier: the one that the baseline cost is reckoned with. */
  public Tier top() {
    return tiers.get(tiers.size() - 1);
  }
}
