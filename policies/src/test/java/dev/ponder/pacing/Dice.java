package dev.ponder.pacing;

import java.util.SplittableRandom;

/** Random numbers of the distributions that a day is made of; the same on every JDK. */
final class Dice {

  private final SplittableRandom random;

  Dice(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Evenly between 0 and 1. */
  double uniform() {
    return random.nextDouble();
  }

  /** Normal, by Box and Muller. */
  double normal(double mean, double sigma) {
    double radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return mean + sigma * radius * Math.cos(2 * Math.PI * uniform());
  }

  /** Poisson: by the product of uniform numbers (Knuth), in parts of at most 16. */
  int poisson(double mean) {
    if (mean > 16) {
      return poisson(16) + poisson(mean - 16);
    }
    double limit = Math.exp(-mean);
    int count = -1;
    for (double product = 1; product > limit; count++) {
      product *= uniform();
    }
    return count;
  }

  /** Beta, of two gammas. */
  double beta(double a, double b) {
    double x = gamma(a);
    return x / (x + gamma(b));
  }

  /** Gamma of a shape of at least 1, by Marsaglia and Tsang. */
  private double gamma(double shape) {
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = normal(0, 1);
      double v = Math.pow(1 + c * x, 3);
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }
}
