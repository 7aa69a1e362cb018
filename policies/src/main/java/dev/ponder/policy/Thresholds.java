package dev.ponder.policy;

import java.util.Arrays;

/**
 * The scores that reach the tiers of a route for one request: those that it takes while money is no
 * object, and those that it takes just now, which may be higher.
 */
public final class Thresholds {

  private final double[] least;

  /** The same array as {@code least} until one of them is raised: that is rare. */
  private double[] now;

  /**
   * Thresholds while money is no object, one for each tier, 0 to 1 and not falling; the array is
   * theirs from now on.
   */
  Thresholds(double[] least) {
    this.least = least;
    this.now = least;
  }

  /** What the file says: each tier's {@code min_score}, or the first guess of its share. */
  public static Thresholds of(Route route) {
    return new Thresholds(route.tiers().stream().mapToDouble(Tier::minScore).toArray());
  }

  /** How many tiers there are. */
  public int tiers() {
    return least.length;
  }

  /** What it takes to reach a tier while money is no object. */
  public double least(int tier) {
    return least[tier];
  }

  /** What it takes to reach a tier just now. */
  public double now(int tier) {
    return now[tier];
  }

  /** Makes a tier, and those above it, harder to reach; never easier. */
  public void raise(int tier, double score) {
    if (now == least) {
      now = least.clone();
    }
    for (int i = tier; i < now.length; i++) {
      now[i] = Math.max(now[i], score);
    }
  }

  /** The tier that a score would reach while money is no object. */
  public int earned(double score) {
    return reached(least, score);
  }

  /** The tier that a score reaches just now. */
  public int reached(double score) {
    return reached(now, score);
  }

  private static int reached(double[] thresholds, double score) {
    int reached = 0;
    for (int i = 1; i < thresholds.length; i++) {
      if (score >= thresholds[i]) {
        reached = i;
      }
    }
    return reached;
  }

  @Override
  public String toString() {
    return Arrays.toString(now);
  }
}
