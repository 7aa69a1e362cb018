package dev.ponder.training;

/**
 * One prompt of which it is known how much reasoning gains on it.
 *
 * @param values its features, as {@link dev.ponder.classify.PromptFeatures#toFloats} gives them
 * @param buckets its words, as {@link dev.ponder.classify.PromptFeatures#toBuckets} gives them
 * @param target the probability that a cheap model fails and a reasoning model succeeds, 0..1
 * @param weight how much it counts, above 0
 * @param traffic the share of ordinary traffic that it stands for, 0 or more; what probabilities
 *     are calibrated on
 * @param group what it has in common with others, such as a task of a benchmark: calibration never
 *     fits on a group and measures on the same one
 */
@SuppressWarnings("ArrayRecordComponent") // numbers by the thousand
public record Example(
    float[] values, char[] buckets, double target, double weight, double traffic, String group) {

  public Example {
    if (!(target >= 0 && target <= 1)) {
      throw new IllegalArgumentException("target: " + target + " (expected: 0..1)");
    }
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: above 0)");
    }
    if (!(traffic >= 0) || Double.isInfinite(traffic)) {
      throw new IllegalArgumentException("traffic: " + traffic + " (expected: 0 or more)");
    }
  }

  /** The same example, counting differently. */
  public Example weighing(double weight, double traffic) {
    return new Example(values, buckets, target, weight, traffic, group);
  }
}
