package dev.ponder.training;

/**
 * What makes a probability of a sum (Platt, Probabilistic outputs for support vector machines,
 * 1999): calibrated log-odds are {@code slope * x + shift}.
 *
 * @param slope above 0
 * @param shift in log-odds
 */
record Calibration(double slope, double shift) {

  private static final int MOST_STEPS = 100;
  private static final double TOLERANCE = 1e-7;
  private static final double LEAST_SLOPE = 0.05;

  /** The two numbers that fit best, each sum weighted. */
  static Calibration of(double[] sums, double[] targets, double[] weights) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    double all = total;
    Objective loss =
        (point, gradient) -> {
          double value = 0;
          gradient[0] = 0;
          gradient[1] = 0;
          for (int i = 0; i < sums.length; i++) {
            double x = point[0] * sums[i] + point[1];
            double share = weights[i] / all;
            value += share * (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) - targets[i] * x);
            double error = share * (1 / (1 + Math.exp(-x)) - targets[i]);
            gradient[0] += error * sums[i];
            gradient[1] += error;
          }
          return value;
        };
    double[] best = new Lbfgs(MOST_STEPS, TOLERANCE).minimum(loss, new double[] {1, 0});
    return new Calibration(Math.max(LEAST_SLOPE, best[0]), best[1]);
  }

  /** The probability that belongs to a sum. */
  double probability(double sum) {
    return 1 / (1 + Math.exp(-(slope * sum + shift)));
  }
}
