package dev.ponder.training;

import java.util.List;

/**
 * The weighted cross-entropy of examples under a logistic model, plus half the weighted square of
 * its weights (L2). The variables are the weights of the values, those of the word buckets, and the
 * intercept, which is not penalised.
 */
final class LogisticLoss implements Objective {

  private final float[][] values;
  private final char[][] buckets;
  private final double[] scale;
  private final double[] target;
  private final double[] weight;
  private final int valueCount;
  private final int bucketCount;
  private final double valuePenalty;
  private final double wordPenalty;

  /**
   * A loss.
   *
   * @param standardised the examples' values, standardised and clipped
   * @param buckets their words, without those that are not to be used
   * @param wordPenalty of a bucket's weight, where a text's words count 1/√words each
   */
  LogisticLoss(
      List<Example> examples,
      float[][] standardised,
      char[][] buckets,
      int bucketCount,
      double valuePenalty,
      double wordPenalty) {
    this.values = standardised;
    this.buckets = buckets;
    this.valueCount = standardised.length == 0 ? 0 : standardised[0].length;
    this.bucketCount = bucketCount;
    this.valuePenalty = valuePenalty;
    this.wordPenalty = wordPenalty;
    this.scale = new double[examples.size()];
    this.target = new double[examples.size()];
    this.weight = new double[examples.size()];
    for (int i = 0; i < examples.size(); i++) {
      scale[i] = 1 / Math.sqrt(Math.max(1, buckets[i].length));
      target[i] = examples.get(i).target();
      weight[i] = examples.get(i).weight();
    }
  }

  /** How many variables there are. */
  int size() {
    return valueCount + bucketCount + 1;
  }

  @Override
  public double at(double[] point, double[] gradient) {
    double loss = 0;
    for (int i = 0; i < gradient.length; i++) {
      double penalty = i < valueCount ? valuePenalty : i < gradient.length - 1 ? wordPenalty : 0;
      gradient[i] = penalty * point[i];
      loss += penalty * point[i] * point[i] / 2;
    }
    int intercept = gradient.length - 1;
    for (int example = 0; example < values.length; example++) {
      double x = logOdds(point, example);
      // log(1 + e^x) without overflow
      double softplus = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      loss += weight[example] * (softplus - target[example] * x);
      double error = weight[example] * (1 / (1 + Math.exp(-x)) - target[example]);
      float[] row = values[example];
      for (int i = 0; i < valueCount; i++) {
        gradient[i] += error * row[i];
      }
      double each = error * scale[example];
      for (char bucket : buckets[example]) {
        gradient[valueCount + bucket] += each;
      }
      gradient[intercept] += error;
    }
    return loss;
  }

  private double logOdds(double[] point, int example) {
    double sum = point[point.length - 1];
    float[] row = values[example];
    for (int i = 0; i < valueCount; i++) {
      sum += point[i] * row[i];
    }
    double words = 0;
    for (char bucket : buckets[example]) {
      words += point[valueCount + bucket];
    }
    return sum + words * scale[example];
  }
}
