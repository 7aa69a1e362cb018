package dev.ponder.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The policies of a configuration, and which of them apply to a call. */
public final class PolicySet {

  private static final String TAGS = "tags.";

  private final List<Policy> policies;

  /** A set in the order of the file; names are unique. */
  public PolicySet(List<Policy> policies) {
    this.policies = List.copyOf(policies);
  }

  /** All of them, in the order of the file. */
  public List<Policy> all() {
    return policies;
  }

  /**
   * The policies that apply to a call of a model, in the order of the file: all whose {@code
   * applies_to} fits, without those that another one which also fits replaces. Every member of
   * {@code applies_to} must fit; {@code team} and {@code key} by the principal's, {@code route} by
   * the name of the route (never by a pinned name), {@code model} by the configured name of the
   * model called, {@code tier} by {@link Model#tierLabel()}, {@code tags.X} by {@code tags}.
   *
   * <p>What is replaced still replaces: only {@code applies_to} decides who stands in for whom.
   *
   * @param tags the key's tags and, where the key says nothing, the request's
   * @param route the route asked for; empty for a request that names a model
   */
  public List<Policy> applying(Principal who, Map<String, String> tags, String route, Model model) {
    return applying(new Call(who, tags, route, model.name(), model.tierLabel()));
  }

  /**
   * The policies that apply to a call of which no more is known than who makes it: those that say
   * nothing about routes, models and tiers.
   */
  public List<Policy> applying(Principal who, Map<String, String> tags) {
    return applying(new Call(who, tags, "", "", ""));
  }

  /** What a call is held against; empty where nothing is known, which no condition asks for. */
  private record Call(
      Principal who, Map<String, String> tags, String route, String model, String tier) {}

  private List<Policy> applying(Call call) {
    List<Policy> fitting = new ArrayList<>(policies.size());
    Set<String> replaced = Set.of();
    for (Policy policy : policies) {
      if (fits(policy, call)) {
        fitting.add(policy);
        replaced = union(replaced, policy.replaces());
      }
    }
    Set<String> gone = replaced;
    if (!gone.isEmpty()) {
      fitting.removeIf(policy -> gone.contains(policy.name()));
    }
    return Collections.unmodifiableList(fitting);
  }

  /** Nearly always one of them is empty: then nothing is made on the way of a request. */
  private static Set<String> union(Set<String> one, Set<String> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    Set<String> both = new HashSet<>(one);
    both.addAll(other);
    return both;
  }

  private static boolean fits(Policy policy, Call call) {
    for (Map.Entry<String, String> condition : policy.appliesTo().entrySet()) {
      if (!condition.getValue().equals(actual(condition.getKey(), call))) {
        return false;
      }
    }
    return true;
  }

  /** What a call has of a condition; empty if it has none, which no condition asks for. */
  private static String actual(String name, Call call) {
    return switch (name) {
      case "team" -> call.who.team();
      case "key" -> call.who.key();
      case "route" -> call.route;
      case "model" -> call.model;
      case "tier" -> call.tier;
      default ->
          name.startsWith(TAGS) ? call.tags.getOrDefault(name.substring(TAGS.length()), "") : "";
    };
  }
}
