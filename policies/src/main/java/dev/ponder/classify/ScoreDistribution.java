package dev.ponder.classify;

/**
 * How the scores of some traffic are spread: its quantiles, at equal steps from the lowest score to
 * the highest. Between two of them, scores are taken to lie evenly.
 */
public final class ScoreDistribution {

  /**
   * The scores of {@code reasoning-v1} on the development mix, by the weights of its traffic: every
   * twentieth part of it. What live scores are measured against, and the first guess of a tier that
   * is given as a share.
   */
  public static final ScoreDistribution SHIPPED =
      new ScoreDistribution(
          0.0093, 0.0470, 0.0607, 0.0771, 0.0983, 0.1174, 0.1384, 0.1635, 0.1913, 0.2175, 0.2451,
          0.2815, 0.3283, 0.3923, 0.4804, 0.7203, 0.8665, 0.9109, 0.9343, 0.9658, 0.9950);

  private final double[] quantiles;

  /**
   * A distribution.
   *
   * @param quantiles at least two, 0 to 1, rising
   * @throws IllegalArgumentException if they are not
   */
  public ScoreDistribution(double... quantiles) {
    this.quantiles = quantiles.clone();
    if (quantiles.length < 2) {
      throw new IllegalArgumentException(
          "quantiles: " + quantiles.length + " (expected: at least 2)");
    }
    double last = 0;
    for (double quantile : quantiles) {
      if (!(quantile >= last && quantile <= 1)) {
        throw new IllegalArgumentException("quantile: " + quantile + " (expected: 0..1, rising)");
      }
      last = quantile;
    }
  }

  /**
   * The score below which this part of the traffic lies.
   *
   * @param level 0 to 1
   */
  public double quantile(double level) {
    double at = Math.max(0, Math.min(1, level)) * (quantiles.length - 1);
    int below = Math.min((int) at, quantiles.length - 2);
    double part = at - below;
    return quantiles[below] * (1 - part) + quantiles[below + 1] * part;
  }

  /** The part of the traffic, 0 to 1, whose score is below this one. */
  public double partBelow(double score) {
    int last = quantiles.length - 1;
    if (score <= quantiles[0]) {
      return 0;
    }
    for (int i = 1; i <= last; i++) {
      if (score <= quantiles[i]) {
        double width = quantiles[i] - quantiles[i - 1];
        return (i - 1 + (width == 0 ? 1 : (score - quantiles[i - 1]) / width)) / last;
      }
    }
    return 1;
  }
}
