package dev.ponder.policy;

/**
 * How much more or less a model writes than was forecast, learnt while it runs: one factor for what
 * it shows, one for what it hides. Each factor goes to where half of the answers are longer.
 *
 * <p>Source of the rule: Robbins and Monro 1951, for the median: {@code log f ← log f ± step}, up
 * if the answer was longer than {@code f} times its forecast, down if not. The step is {@code 0.5 /
 * (1 + n / 8)} after {@code n} answers, never below 0.02, so that a change of the model is followed
 * for ever. Safe for many threads.
 */
public final class TokenCorrection {

  /** A model that differs more than that from its forecast is another kind of model. */
  private static final double MOST = 50;

  private static final double FIRST_STEP = 0.5;
  private static final double LAST_STEP = 0.02;
  private static final double HALVED_AFTER = 8;

  private double visible = 1;
  private double hidden = 1;
  private long visibleAnswers;
  private long hiddenAnswers;

  /** Nothing learnt yet: forecasts hold. */
  public TokenCorrection() {}

  /** The visible output to expect where {@code forecast} tokens were forecast; 0 or more. */
  public synchronized long visible(long forecast) {
    return Math.round(visible * forecast);
  }

  /** The hidden output to expect where {@code forecast} tokens were forecast; 0 or more. */
  public synchronized long hidden(long forecast) {
    return Math.round(hidden * forecast);
  }

  /**
   * Learns from an answer that came to its end.
   *
   * @param visibleForecast the visible tokens that were forecast, before any correction; 0: nothing
   *     is learnt of them
   * @param visibleTokens those that there were
   * @param hiddenForecast the hidden tokens that were forecast; 0 for a model that does not reason
   * @param hiddenTokens those that there were
   */
  public synchronized void learn(
      long visibleForecast, long visibleTokens, long hiddenForecast, long hiddenTokens) {
    if (visibleForecast > 0) {
      visible = moved(visible, visibleForecast, visibleTokens, visibleAnswers++);
    }
    if (hiddenForecast > 0) {
      hidden = moved(hidden, hiddenForecast, hiddenTokens, hiddenAnswers++);
    }
  }

  private static double moved(double factor, long forecast, long tokens, long answers) {
    double step = Math.max(LAST_STEP, FIRST_STEP / (1 + answers / HALVED_AFTER));
    double next = factor * Math.exp(tokens > factor * forecast ? step : -step);
    return Math.max(1 / MOST, Math.min(MOST, next));
  }
}
