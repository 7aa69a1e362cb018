package dev.ponder.config;

import dev.ponder.policy.Policy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds what policies say against each other, which no single one of them shows. */
final class PolicyConflicts {

  /** Each budget of a call takes its own step at every admission. */
  static final int BUDGETS_MAX = 12;

  /** More is no configuration of anybody: it bounds the search, which then gives up. */
  private static final int STEPS_MAX = 10_000;

  /** A policy, the calls that it may apply to, and where it stands. */
  record Placed(Policy policy, Reach reach, YamlMapping mapping) {

    String name() {
      return policy.name();
    }

    /** How another place refers to it. */
    String shown() {
      return name() + " (line " + mapping.place().line() + ")";
    }

    boolean replaces(Placed other) {
      return policy.replaces().contains(other.name());
    }
  }

  private final List<Placed> all;
  private int steps;

  PolicyConflicts(List<Placed> all) {
    this.all = List.copyOf(all);
  }

  /** Reports all of them; {@code place} is the list. */
  void report(YamlValue place) {
    circles();
    overlaps();
    for (Placed placed : all) {
      if (placed.reach().nowhere()) {
        placed
            .mapping()
            .get("applies_to")
            .ifPresent(
                value ->
                    value.warn(
                        "fits no call: its key is of another team, or its model of another tier"));
      }
    }
    List<Placed> budgeted =
        all.stream().filter(p -> p.policy().budget().isPresent() && !p.reach().nowhere()).toList();
    if (mayMeet(budgeted)) {
      place.errorAtKey(
          "more than "
              + BUDGETS_MAX
              + " budgets may apply to one call (expected: at most "
              + BUDGETS_MAX
              + ", or applies_to that exclude each other)");
    }
  }

  /** Policies in a circle would all be gone: nothing would limit the calls that they fit. */
  private void circles() {
    for (int last = 0; last < all.size(); last++) {
      Placed closing = all.get(last);
      List<Placed> chain = chainBack(closing, all.subList(0, last));
      if (!chain.isEmpty()) {
        List<String> names = chain.stream().map(Placed::shown).toList();
        closing
            .mapping()
            .get("replaces")
            .ifPresent(
                value ->
                    value.error(
                        "a circle: "
                            + String.join(" replaces ", names)
                            + " (expected: none that replace each other)"));
      }
    }
  }

  /**
   * The shortest way from a policy over what it replaces back to itself; empty if there is none.
   * Only {@code earlier} ones are gone through, so that a circle is found once, where it closes.
   */
  private List<Placed> chainBack(Placed start, List<Placed> earlier) {
    Map<Placed, Placed> cameFrom = new HashMap<>();
    Deque<Placed> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      Placed from = open.remove();
      for (Placed to : earlier) {
        if (from.replaces(to) && cameFrom.putIfAbsent(to, from) == null) {
          open.add(to);
          if (to.replaces(start)) {
            return wayTo(to, start, cameFrom);
          }
        }
      }
    }
    return List.of();
  }

  private static List<Placed> wayTo(Placed end, Placed start, Map<Placed, Placed> cameFrom) {
    List<Placed> way = new ArrayList<>(List.of(start));
    for (Placed at = end; at != null && !at.equals(start); at = cameFrom.get(at)) {
      way.add(0, at);
    }
    way.add(0, start);
    return way;
  }

  /** Two that stand in for the same one at the same call: which of them was meant? */
  private void overlaps() {
    for (int second = 1; second < all.size(); second++) {
      Placed later = all.get(second);
      for (String target : new TreeSet<>(later.policy().replaces())) {
        for (Placed earlier : all.subList(0, second)) {
          if (earlier.policy().replaces().contains(target) && mayMeet(earlier, later)) {
            reportOverlap(earlier, later, target);
            break;
          }
        }
      }
    }
  }

  private static void reportOverlap(Placed earlier, Placed later, String target) {
    later
        .mapping()
        .get("replaces")
        .ifPresent(
            value ->
                value.error(
                    "replaces "
                        + target
                        + ", as "
                        + earlier.shown()
                        + " does for the same calls (expected: applies_to that exclude each"
                        + " other)"));
  }

  /** Whether both may apply to one call: where one replaces the other, only that one does. */
  private static boolean mayMeet(Placed one, Placed other) {
    return !one.reach().excludes(other.reach()) && !one.replaces(other) && !other.replaces(one);
  }

  /** Whether more than {@link #BUDGETS_MAX} of these may apply to one call. */
  private boolean mayMeet(List<Placed> some) {
    steps++;
    if (some.size() <= BUDGETS_MAX) {
      return false;
    }
    Map<String, Set<String>> values = new TreeMap<>();
    for (Placed one : some) {
      one.reach()
          .conditions()
          .forEach((name, value) -> values.computeIfAbsent(name, n -> new TreeSet<>()).add(value));
    }
    values.values().removeIf(set -> set.size() < 2);
    if (values.isEmpty() || steps > STEPS_MAX) {
      return true;
    }
    // A call has one value of each condition: look at each of them for itself.
    String name = values.keySet().iterator().next();
    for (String value : values.getOrDefault(name, Set.of())) {
      List<Placed> fitting =
          some.stream()
              .filter(p -> p.reach().conditions().getOrDefault(name, value).equals(value))
              .toList();
      if (mayMeet(fitting)) {
        return true;
      }
    }
    return false;
  }
}
