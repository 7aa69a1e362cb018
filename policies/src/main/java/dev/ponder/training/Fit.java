package dev.ponder.training;

import dev.ponder.classify.ReasoningModel;
import dev.ponder.classify.TrainedClassifier;
import java.util.List;

/**
 * What came of fitting examples, not calibrated yet.
 *
 * @param mean of each value, weighted
 * @param spread of each value, weighted
 * @param point weights of the values, of the word buckets, and the intercept
 */
@SuppressWarnings("ArrayRecordComponent") // numbers by the thousand
record Fit(double[] mean, double[] spread, double[] point) {

  private static final int MOST_STEPS = 300;

  /** Of the largest component of the gradient, where the weights of the examples are about 1. */
  private static final double TOLERANCE = 0.05;

  /** A value that is always the same says nothing; its spread must still divide. */
  private static final double LEAST_SPREAD = 1e-3;

  /** Fits a logistic model by L-BFGS, beginning at zero. */
  static Fit of(List<Example> examples, double valuePenalty, double wordPenalty) {
    int size = examples.get(0).values().length;
    double[] mean = new double[size];
    double[] spread = new double[size];
    double total = 0;
    for (Example example : examples) {
      total += example.weight();
      for (int i = 0; i < size; i++) {
        mean[i] += example.weight() * example.values()[i];
      }
    }
    for (int i = 0; i < size; i++) {
      mean[i] /= total;
    }
    for (Example example : examples) {
      for (int i = 0; i < size; i++) {
        double away = example.values()[i] - mean[i];
        spread[i] += example.weight() * away * away;
      }
    }
    for (int i = 0; i < size; i++) {
      spread[i] = Math.max(LEAST_SPREAD, Math.sqrt(spread[i] / total));
    }
    float[][] standardised = new float[examples.size()][];
    char[][] buckets = new char[examples.size()][];
    for (int i = 0; i < standardised.length; i++) {
      standardised[i] = standardise(examples.get(i).values(), mean, spread);
      buckets[i] = examples.get(i).buckets();
    }
    LogisticLoss loss =
        new LogisticLoss(
            examples,
            standardised,
            buckets,
            ReasoningModel.WORD_BUCKETS,
            valuePenalty,
            wordPenalty);
    double[] point = new Lbfgs(MOST_STEPS, TOLERANCE).minimum(loss, new double[loss.size()]);
    return new Fit(mean, spread, point);
  }

  /** The log-odds of an example. */
  double logOdds(Example example) {
    float[] row = standardise(example.values(), mean, spread);
    double sum = point[point.length - 1];
    for (int i = 0; i < row.length; i++) {
      sum += point[i] * row[i];
    }
    double words = 0;
    for (char bucket : example.buckets()) {
      words += point[row.length + bucket];
    }
    return sum + words / Math.sqrt(Math.max(1, example.buckets().length));
  }

  private static float[] standardise(float[] values, double[] mean, double[] spread) {
    float[] row = new float[values.length];
    for (int i = 0; i < row.length; i++) {
      double away = (values[i] - mean[i]) / spread[i];
      row[i] = (float) Math.max(-TrainedClassifier.CLIP, Math.min(TrainedClassifier.CLIP, away));
    }
    return row;
  }
}
