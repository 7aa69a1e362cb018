package dev.ponder.policy;

/**
 * The 99th percentile of output tokens of calls of one kind (model, score band, effort), learnt
 * while they run.
 *
 * <p>Source of the rule: Robbins and Monro 1951; adaptive conformal inference, Gibbs and Candès
 * 2021. {@code q ← q · exp(η · (1{tokens > q} − α))} with {@code α = 0.01}.
 *
 * <p>{@code η = 34 / n}, held between 0.5 and 0.05, with {@code n} the calls so far: 34 is one over
 * the density of a log-normal's logarithm (σ 0.9) at its 99th percentile, the step that converges
 * fastest; it stops falling so that a change is followed for ever. {@code α = 2 / n}, held between
 * 0.03 and 0.01: so a first guess that is too high is left nearly as fast as one that is too low,
 * within about 200 calls. Safe for many threads.
 */
public final class OutputTracker {

  private static final double STEP_FIRST = 0.5;
  private static final double STEP_LAST = 0.05;
  private static final double STEP_GAIN = 34;

  private static final double BEYOND_FIRST = 0.03;
  private static final double BEYOND_LAST = 0.01;
  private static final double BEYOND_GAIN = 2;

  private static final double LEAST = 64;

  private final double least;
  private final double most;

  private double quantile;
  private long calls;

  /**
   * A tracker that has seen nothing.
   *
   * @param firstTokens what it begins at: the output that one call in a hundred of this kind is
   *     expected to exceed, 0 or more
   * @param maxTokens the most that the model writes, 1 or more
   */
  public OutputTracker(long firstTokens, long maxTokens) {
    if (firstTokens < 0) {
      throw new IllegalArgumentException("firstTokens: " + firstTokens + " (expected: 0 or more)");
    }
    if (maxTokens < 1) {
      throw new IllegalArgumentException("maxTokens: " + maxTokens + " (expected: 1 or more)");
    }
    this.most = (double) maxTokens;
    this.least = Math.min(LEAST, most);
    this.quantile = within((double) firstTokens);
  }

  /** The tokens that 99 of 100 calls stay within: at least 64, at most what the model writes. */
  public synchronized long quantile() {
    return (long) quantile;
  }

  /**
   * Learns from a call that came to its end.
   *
   * <p>A call that was cut at a limit below the quantile tells nothing: how much more it would have
   * written is not known. One that was cut at a limit above it counts as above.
   *
   * @param tokens what it wrote, per answer, 0 or more
   * @param cap the limit that it had, whoever set it; {@link Long#MAX_VALUE} if none
   */
  public synchronized void learn(long tokens, long cap) {
    boolean cut = tokens >= cap;
    if (cut && cap < (long) quantile) {
      return;
    }
    calls++;
    double step = Math.max(STEP_LAST, Math.min(STEP_FIRST, STEP_GAIN / calls));
    double beyond = Math.max(BEYOND_LAST, Math.min(BEYOND_FIRST, BEYOND_GAIN / calls));
    double push = cut || tokens > quantile ? 1 - beyond : -beyond;
    quantile = within(quantile * Math.exp(step * push));
  }

  private double within(double tokens) {
    return Math.max(least, Math.min(tokens, most));
  }
}
