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
          0.0104, 0.0417, 0.0603, 0.0811, 0.1061, 0.1250, 0.1426, 0.1690, 0.1949, 0.2247, 0.2515,
          0.2878, 0.3366, 0.4043, 0.4926, 0.7056, 0.8383, 0.8940, 0.9334, 0.9630, 0.9935);

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
