package dev.ponder.classify;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The numbers that a {@link TrainedClassifier} reckons with. Immutable as long as nobody writes to
 * the arrays.
 *
 * @param name what logs and metrics call it, such as {@code reasoning-v1}
 * @param trainedOn one line about the examples it was fitted on
 * @param intercept the log-odds of a text without any signal
 * @param mean the mean of each value of {@link PromptFeatures}, in their order
 * @param spread its standard deviation, above 0
 * @param weight its weight in log-odds for each standard deviation
 * @param words the weight of each of the {@link #WORD_BUCKETS} word buckets, in steps of {@code
 *     wordStep}
 * @param wordStep log-odds for each step, 0 or more
 * @param slope the scale of the probability: calibrated log-odds are {@code slope * x + shift}
 * @param shift see {@code slope}
 * @param threshold the probability of a gain from which on reasoning pays, within 0..1
 * @param tokens how many tokens answers take, by probability
 */
@SuppressWarnings("ArrayRecordComponent") // numbers by the thousand
public record ReasoningModel(
    String name,
    String trainedOn,
    double intercept,
    double[] mean,
    double[] spread,
    double[] weight,
    byte[] words,
    double wordStep,
    double slope,
    double shift,
    double threshold,
    TokenForecast tokens) {

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,64}");

  /** How many word buckets there are. */
  public static final int WORD_BUCKETS = WordBuckets.COUNT;

  public ReasoningModel {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name: " + name + " (expected: 1 to 64 of a-z A-Z 0-9 . _ -)");
    }
    checkLength("mean", mean.length, PromptFeatures.VALUES);
    checkLength("spread", spread.length, PromptFeatures.VALUES);
    checkLength("weight", weight.length, PromptFeatures.VALUES);
    checkLength("words", words.length, WORD_BUCKETS);
    for (double one : spread) {
      if (!(one > 0)) {
        throw new IllegalArgumentException("spread: " + one + " (expected: above 0)");
      }
    }
    if (!(threshold > 0 && threshold < 1)) {
      throw new IllegalArgumentException("threshold: " + threshold + " (expected: within 0..1)");
    }
    if (!(slope > 0)) {
      throw new IllegalArgumentException("slope: " + slope + " (expected: above 0)");
    }
  }

  private static void checkLength(String what, int length, int wanted) {
    if (length != wanted) {
      throw new IllegalArgumentException(what + ": " + length + " (expected: " + wanted + ")");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ReasoningModel that
        && name.equals(that.name)
        && trainedOn.equals(that.trainedOn)
        && Arrays.equals(numbers(), that.numbers())
        && Arrays.equals(mean, that.mean)
        && Arrays.equals(spread, that.spread)
        && Arrays.equals(weight, that.weight)
        && Arrays.equals(words, that.words)
        && tokens.equals(that.tokens);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(weight) + Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return name + " (" + trainedOn + ")";
  }

  private double[] numbers() {
    return new double[] {intercept, wordStep, slope, shift, threshold};
  }
}
