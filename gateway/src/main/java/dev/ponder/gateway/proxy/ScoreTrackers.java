package dev.ponder.gateway.proxy;

import dev.ponder.classify.ScoreDistribution;
import dev.ponder.policy.Route;
import dev.ponder.policy.ShareTracker;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the scores of each route are like: one tracker for each route of several tiers, shared by
 * all event loops and kept over reloads. Immutable but for the trackers.
 */
public final class ScoreTrackers {

  private final Map<String, ShareTracker> byRoute;
  private final String classifier;

  private ScoreTrackers(Map<String, ShareTracker> byRoute, String classifier) {
    this.byRoute = Collections.unmodifiableMap(byRoute);
    this.classifier = classifier;
  }

  /** No trackers: what a gateway starts from. */
  public static ScoreTrackers none() {
    return new ScoreTrackers(Map.of(), "");
  }

  /**
   * Trackers for these routes. What was learnt is kept as long as the same classifier scores: the
   * scores of another one lie elsewhere.
   *
   * @param scoredBy what tells one classifier from another
   * @param prior how its scores are expected to lie
   */
  public ScoreTrackers next(Map<String, Route> routes, String scoredBy, ScoreDistribution prior) {
    Map<String, ShareTracker> next = new LinkedHashMap<>();
    routes.forEach(
        (name, route) -> {
          ShareTracker known = scoredBy.equals(classifier) ? byRoute.get(name) : null;
          if (route.tiers().size() > 1) {
            next.put(name, known == null ? new ShareTracker(route, prior) : known.next(route));
          }
        });
    return new ScoreTrackers(next, scoredBy);
  }

  /** The tracker of a route; absent for one that nothing is scored for. */
  public Optional<ShareTracker> of(String route) {
    return Optional.ofNullable(byRoute.get(route));
  }

  /** All of them, by route, in the order of the file. */
  public Map<String, ShareTracker> all() {
    return byRoute;
  }
}
