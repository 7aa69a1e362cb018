package dev.ponder.config;

import dev.ponder.policy.Model;
import dev.ponder.policy.Policy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The calls that a policy may apply to: what {@code applies_to} asks for, and what follows from it.
 * A key has its team and its tags, and a model its tier.
 *
 * @param conditions as {@link Policy#appliesTo}; several at once must all hold
 * @param nowhere whether they contradict each other: no call fits
 */
record Reach(Map<String, String> conditions, boolean nowhere) {

  Reach {
    conditions = Map.copyOf(conditions);
  }

  static Reach of(Policy policy, List<Configuration.Key> keys, Map<String, Model> models) {
    Map<String, String> conditions = new HashMap<>();
    String key = policy.appliesTo().get("key");
    for (Configuration.Key one : keys) {
      if (one.name().equals(key)) {
        conditions.put("team", one.team());
        one.tags().forEach((tag, value) -> conditions.put("tags." + tag, value));
      }
    }
    Model model = models.get(policy.appliesTo().getOrDefault("model", ""));
    if (model != null) {
      conditions.put("tier", model.tierLabel());
    }
    Map<String, String> asked = policy.appliesTo();
    boolean nowhere =
        conditions.entrySet().stream()
            .anyMatch(c -> !asked.getOrDefault(c.getKey(), c.getValue()).equals(c.getValue()));
    conditions.putAll(asked);
    return new Reach(conditions, nowhere);
  }

  /** Whether no call fits both. */
  boolean excludes(Reach other) {
    if (nowhere || other.nowhere) {
      return true;
    }
    for (Map.Entry<String, String> condition : conditions.entrySet()) {
      String theirs = other.conditions.get(condition.getKey());
      if (theirs != null && !theirs.equals(condition.getValue())) {
        return true;
      }
    }
    return false;
  }
}
