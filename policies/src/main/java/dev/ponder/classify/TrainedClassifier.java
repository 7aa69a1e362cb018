package dev.ponder.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores a prompt by a logistic model that was trained on outcomes: on which prompts a cheap model
 * failed and a reasoning model succeeded.
 *
 * <pre>
 * x = intercept + Σ weight · clip((value − mean) / spread, ±3) + Σ words' weights / √words
 * gain = 1 / (1 + exp(−(slope · x + shift)))
 * </pre>
 *
 * <p>The first sum is over the {@link Feature}s of the whole text, its end and its beginning; the
 * second over its different words and pairs of words. {@code gain} is a probability on ordinary
 * traffic, most of which needs no reasoning; the score is that probability with the odds of the
 * threshold taken out, so that 0.5 is the threshold. No weight speaks of the answer's form or of an
 * appeal to think hard: anybody can append those to small talk, so sentences of them are not read.
 *
 * <p>Safe for use by many threads; allocates nothing but in {@link #explain}.
 */
public final class TrainedClassifier implements Classifier {

  /** A value further from the mean than this many spreads counts as if it were this far. */
  public static final double CLIP = 3;

  /**
   * What a chat program's own chore loses, in log-odds. Set by hand: no benchmark has such
   * requests, and their text quotes whatever the chat was about.
   */
  private static final double HOUSEKEEPING = 4;

  /** The score from which on reasoning pays: what a tier without a {@code min_score} gets. */
  public static final double THRESHOLD = 0.5;

  /** How far below the threshold the odds of small talk are, as a logarithm. */
  private static final double SURE = 0.8;

  /** What a signal must move to be told, in log-odds: less is noise. */
  private static final double LEAST_SIGNAL = 0.02;

  private static final int[] OFFSETS =
      Arrays.stream(PromptFeatures.Part.values()).mapToInt(PromptFeatures.Part::offset).toArray();

  private final ReasoningModel model;

  /** The odds of a gain at the threshold. */
  private final double oddsAtThreshold;

  // Between which values each feature counts, and how much each unit: dividing takes longer.
  private final double[] mean;
  private final double[] lowest = new double[PromptFeatures.VALUES];
  private final double[] highest = new double[PromptFeatures.VALUES];
  private final double[] factor = new double[PromptFeatures.VALUES];

  public TrainedClassifier(ReasoningModel model) {
    this.model = model;
    this.mean = model.mean();
    this.oddsAtThreshold = model.threshold() / (1 - model.threshold());
    for (int i = 0; i < PromptFeatures.VALUES; i++) {
      lowest[i] = model.mean()[i] - CLIP * model.spread()[i];
      highest[i] = model.mean()[i] + CLIP * model.spread()[i];
      factor[i] = model.weight()[i] / model.spread()[i];
    }
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public double score(PromptFeatures features) {
    double odds = Math.exp(model.slope() * logOdds(features) + model.shift());
    return odds / (odds + oddsAtThreshold);
  }

  @Override
  public double gainProbability(double score) {
    double gain = score * oddsAtThreshold;
    return gain / (gain + (1 - score));
  }

  @Override
  public double scoreOfGain(double probability) {
    double score = probability / oddsAtThreshold;
    return score / (score + (1 - probability));
  }

  /** The sum before calibration. */
  double logOdds(PromptFeatures features) {
    double all = ofAll(features);
    return asksOnly(features, all) ? ofAsk(features) : all;
  }

  private double ofAll(PromptFeatures features) {
    return logOdds(features, features.values(), features.words().size());
  }

  private double ofAsk(PromptFeatures features) {
    return logOdds(features, features.valuesOfAsk(), features.wordsOfAsk());
  }

  private double logOdds(PromptFeatures features, double[] values, int words) {
    double sum = model.intercept();
    for (int i = 0; i < values.length; i++) {
      sum += contribution(i, values[i]);
    }
    sum -= housekeeping(features);
    return sum + wordsVote(features.words(), words);
  }

  private static double housekeeping(PromptFeatures features) {
    return HOUSEKEEPING * features.value(PromptFeatures.Part.WHOLE, Feature.HOUSEKEEPING);
  }

  /**
   * Whether the parts that may ask something count alone: if they are everyday talk, nobody asks
   * about the formulas and lists beside them, or for more than to handle the long text around them.
   * With words of tasks in them they have to be so for sure; and around a long text, which may be
   * that task, never. A hard question is no easier for standing in a long text.
   */
  private boolean asksOnly(PromptFeatures features, double all) {
    if (!features.hasAsk()) {
      return false;
    }
    double ask = ofAsk(features);
    if (ask >= all) {
      return features.isLong();
    }
    if (features.isLong() && features.asksToSolve()) {
      return false; // the task is what follows or stands above
    }
    double above = model.slope() * ask + model.shift() - Math.log(oddsAtThreshold);
    return above < (features.asksToSolve() ? -SURE : 0);
  }

  @Override
  public List<Signal> explain(PromptFeatures features, int most) {
    boolean asksOnly = features.hasAsk() && asksOnly(features, ofAll(features));
    double[] values = asksOnly ? features.valuesOfAsk() : features.values();
    int words = asksOnly ? features.wordsOfAsk() : features.words().size();
    List<Signal> strongest = new ArrayList<>(most);
    double least = LEAST_SIGNAL;
    for (int i = 0; i < Feature.COUNT; i++) {
      double weight = model.slope() * moved(i, features, values);
      // Something absent explains nothing, even where its absence moves the sum a little.
      if (Math.abs(weight) >= least && isPresent(i, values)) {
        least = add(strongest, most, new Signal(Feature.at(i).words(), weight));
      }
    }
    double vote = model.slope() * wordsVote(features.words(), words);
    if (Math.abs(vote) >= least) {
      String name = vote > 0 ? "words of hard tasks" : "words of everyday requests";
      add(strongest, most, new Signal(name, vote));
    }
    return List.copyOf(strongest);
  }

  /** How far a feature moved the log-odds, in all parts together. */
  private double moved(int feature, PromptFeatures features, double[] values) {
    double moved = 0;
    for (int offset : OFFSETS) {
      moved += contribution(offset + feature, values[offset + feature]);
    }
    return feature == Feature.HOUSEKEEPING.index() ? moved - housekeeping(features) : moved;
  }

  private static boolean isPresent(int feature, double[] values) {
    boolean present = false;
    for (int offset : OFFSETS) {
      present |= values[offset + feature] != 0;
    }
    return present;
  }

  /** Puts a signal behind those that are as strong; returns how strong the next one must be. */
  private static double add(List<Signal> strongest, int most, Signal signal) {
    int at = strongest.size();
    while (at > 0 && strongest.get(at - 1).strength() < signal.strength()) {
      at--;
    }
    if (strongest.size() < most) {
      strongest.add(at, signal);
    } else if (at < most) {
      strongest.remove(most - 1);
      strongest.add(at, signal);
    }
    return strongest.size() < most || most == 0 ? LEAST_SIGNAL : strongest.get(most - 1).strength();
  }

  @Override
  public int expectedReasoningTokens(PromptFeatures features, double score) {
    return model.tokens().median(TokenForecast.Kind.REASONING, gainProbability(score));
  }

  @Override
  public TokenForecast tokens() {
    return model.tokens();
  }

  @Override
  public double shippedThreshold() {
    return THRESHOLD;
  }

  private double contribution(int value, double measured) {
    double within = measured;
    if (measured > highest[value]) {
      within = highest[value];
    } else if (measured < lowest[value]) {
      within = lowest[value];
    }
    return factor[value] * (within - mean[value]);
  }

  private double wordsVote(WordBuckets words, int size) {
    if (size == 0) {
      return 0;
    }
    byte[] weights = model.words();
    long sum = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[words.bucket(i)];
    }
    return sum * model.wordStep() / Math.sqrt(size);
  }
}
