package dev.ponder.policy;

import dev.ponder.classify.ScoreDistribution;

/**
 * The scores of recent requests, counted in bins that are equally wide in log-odds: scores near 0
 * and near 1, where a classifier that is sure of itself puts most of them, are told apart as well
 * as those in the middle.
 *
 * <p>A request counts for less with each one that comes after it, by one part in {@value #MEMORY}.
 * At the start {@value #PRIOR} requests are assumed that lie as the classifier's reference says.
 * Not safe for use by two threads.
 */
public final class ScoreHistogram {

  /** About how many requests are remembered. */
  public static final int MEMORY = 1_000;

  /** For how many requests the reference stands. */
  public static final int PRIOR = 40;

  /** Log-odds beyond this share the first or the last bin: a probability of .0003. */
  private static final double SPAN = 8;

  private static final int BINS = 256;
  private static final int BLOCK = 16;
  private static final double PER_BIN = 2 * SPAN / BINS;
  private static final double GROWTH = MEMORY / (MEMORY - 1.0);
  private static final double WEIGHT_MAX = 1e12;

  private final double[] counts = new double[BINS];
  private final double[] blocks = new double[BINS / BLOCK];
  private double total;

  /** What the next request counts: instead of making all others lighter, it is made heavier. */
  private double weight = 1;

  /** A histogram of no request as yet. */
  public ScoreHistogram(ScoreDistribution prior) {
    for (int bin = 0; bin < BINS; bin++) {
      double from = bin == 0 ? 0 : prior.partBelow(scoreAt(bin));
      double to = bin == BINS - 1 ? 1 : prior.partBelow(scoreAt(bin + 1));
      count(bin, PRIOR * (to - from));
    }
  }

  private ScoreHistogram(ScoreHistogram other) {
    System.arraycopy(other.counts, 0, counts, 0, BINS);
    System.arraycopy(other.blocks, 0, blocks, 0, blocks.length);
    total = other.total;
    weight = other.weight;
  }

  /** Another histogram that has seen the same requests so far. */
  ScoreHistogram copy() {
    return new ScoreHistogram(this);
  }

  /** Counts a request's score, 0 to 1. */
  public void add(double score) {
    count(binOf(score), weight);
    weight *= GROWTH;
    if (weight > WEIGHT_MAX) {
      rescale();
    }
  }

  private void count(int bin, double amount) {
    counts[bin] += amount;
    blocks[bin / BLOCK] += amount;
    total += amount;
  }

  private void rescale() {
    total = 0;
    for (int block = 0; block < blocks.length; block++) {
      double sum = 0;
      for (int bin = block * BLOCK; bin < (block + 1) * BLOCK; bin++) {
        counts[bin] /= weight;
        sum += counts[bin];
      }
      blocks[block] = sum;
      total += sum;
    }
    weight = 1;
  }

  /**
   * The score below which this part of the recent requests lies.
   *
   * @param level more than 0 and less than 1
   */
  public double quantile(double level) {
    double left = level * total;
    int block = 0;
    while (block < blocks.length - 1 && left > blocks[block]) {
      left -= blocks[block++];
    }
    int bin = block * BLOCK;
    int last = bin + BLOCK - 1;
    while (bin < last && left > counts[bin]) {
      left -= counts[bin++];
    }
    double part = counts[bin] == 0 ? 0 : Math.min(1, left / counts[bin]);
    return scoreAt(bin + part);
  }

  /**
   * How far the recent scores are from a reference: the largest difference, 0 to 1, between the
   * parts that lie below the same score (Kolmogorov and Smirnov's distance). A tenth means that at
   * some threshold ten of a hundred requests more, or fewer, would pass than the reference says.
   */
  public double distance(ScoreDistribution reference) {
    double farthest = 0;
    double below = 0;
    for (int bin = 0; bin < BINS - 1; bin++) {
      below += counts[bin];
      double difference = below / total - reference.partBelow(scoreAt(bin + 1));
      farthest = Math.max(farthest, Math.abs(difference));
    }
    return farthest;
  }

  private static int binOf(double score) {
    return (int) placeOf(score);
  }

  /** Where a score lies among the bins, from 0 to just below their number. */
  private static double placeOf(double score) {
    double logOdds = Math.log(score / (1 - score)); // infinite at 0 and 1
    double place = (Math.max(-SPAN, Math.min(SPAN, logOdds)) + SPAN) / PER_BIN;
    return Math.min(place, Math.nextDown((double) BINS));
  }

  private static double scoreAt(double place) {
    return 1 / (1 + Math.exp(SPAN - place * PER_BIN));
  }
}
