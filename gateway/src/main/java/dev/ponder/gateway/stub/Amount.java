package dev.ponder.gateway.stub;

/**
 * A number of tokens that is fixed, or drawn from the prompt's hash: the same prompt, model and
 * seed always draw the same.
 *
 * @param low the least that is drawn, or the mean
 * @param high the most that is drawn, or the mean
 * @param mean whether a heavy-tailed distribution around this mean is meant
 */
record Amount(long low, long high, boolean mean) {

  /** No draw exceeds it, however heavy the tail. */
  static final long TOKENS_MAX = 1_000_000L;

  /** Shape of the log-normal: its 99th percentile is 6.2 times its mean. */
  private static final double SIGMA = 1.0;

  /** Shape of the Pareto distribution: finite mean, infinite variance. */
  private static final double ALPHA = 1.5;

  Amount {
    if (low < 0 || high < low || high > TOKENS_MAX) {
      throw new IllegalArgumentException(
          low + ".." + high + " (expected: 0.." + TOKENS_MAX + ", in order)");
    }
  }

  /** Reads {@code 120}, {@code 40..160} or {@code ~120}. */
  static Amount parse(String text) {
    if (text.startsWith("~")) {
      long mean = Long.parseLong(text.substring(1));
      return new Amount(mean, mean, true);
    }
    int dots = text.indexOf("..");
    if (dots < 0) {
      long exact = Long.parseLong(text);
      return new Amount(exact, exact, false);
    }
    return new Amount(
        Long.parseLong(text.substring(0, dots)), Long.parseLong(text.substring(dots + 2)), false);
  }

  boolean isZero() {
    return high == 0;
  }

  /**
   * The tokens that a prompt draws.
   *
   * @param random 64 random bits that belong to the prompt
   * @param tail {@code lognormal}, {@code pareto} or {@code none}
   */
  long draw(long random, String tail) {
    if (tail.equals("pareto") && low == high) {
      return bounded(low * (ALPHA - 1) / ALPHA * Math.pow(1 - unit(random), -1 / ALPHA));
    }
    if (mean || (tail.equals("lognormal") && low == high)) {
      double normal =
          Math.sqrt(-2 * Math.log(1 - unit(random)))
              * Math.cos(2 * Math.PI * unit(Mix.scramble(random)));
      return bounded(low * Math.exp(SIGMA * normal - SIGMA * SIGMA / 2));
    }
    return low + (low == high ? 0 : Math.floorMod(random, high - low + 1));
  }

  private static long bounded(double drawn) {
    return Math.min(TOKENS_MAX, Math.round(drawn));
  }

  /** A number from 0 (included) to 1 (excluded). */
  private static double unit(long random) {
    return (random >>> 11) * 0x1.0p-53;
  }
}
