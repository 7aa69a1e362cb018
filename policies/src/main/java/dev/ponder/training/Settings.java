package dev.ponder.training;

import dev.ponder.classify.TokenForecast;

/**
 * How a model is fitted.
 *
 * @param name the model's name
 * @param valuePenalty L2 penalty of the features' weights, above 0; strong ones carry over better
 * @param wordPenalty L2 penalty of the words' weights, above 0
 * @param folds how many parts of the groups are left out in turn to calibrate, 2 or more
 * @param lrmShare the share of ordinary traffic that lies above the threshold, within 0..1
 * @param tokens how many tokens answers take
 */
public record Settings(
    String name,
    double valuePenalty,
    double wordPenalty,
    int folds,
    double lrmShare,
    TokenForecast tokens) {

  public Settings {
    if (!(valuePenalty > 0 && wordPenalty > 0)) {
      throw new IllegalArgumentException(
          "penalties: " + valuePenalty + ", " + wordPenalty + " (expected: above 0)");
    }
    if (folds < 2) {
      throw new IllegalArgumentException("folds: " + folds + " (expected: 2 or more)");
    }
    if (!(lrmShare > 0 && lrmShare < 1)) {
      throw new IllegalArgumentException("lrmShare: " + lrmShare + " (expected: within 0..1)");
    }
  }
}
