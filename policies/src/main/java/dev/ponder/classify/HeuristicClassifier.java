package dev.ponder.classify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Scores a prompt by its surface: a weighted sum of {@link Feature}s through a logistic curve.
 *
 * <p>It estimates the probability that a cheap model fails and a reasoning model succeeds, and puts
 * it on a scale where 0.5 is the point from which on reasoning pays. Its constants stand in this
 * file and are fixed. They were fitted once, by logistic regression with a strong L2 penalty, on
 * outcomes of public benchmarks under permissive licences and on prompts written for the purpose;
 * {@code policies/training/README.md} is the model card. No weight speaks of the answer's form or
 * of an appeal to think hard: anybody can append those to small talk. No weight speaks of a
 * language or a script either.
 */
public final class HeuristicClassifier implements Classifier {

  /** The name by which configuration, logs and commands call this classifier. */
  public static final String NAME = "heuristic-v1";

  /** The score from which on reasoning pays: what a tier without a {@code min_score} gets. */
  public static final double THRESHOLD = 0.5;

  /**
   * The odds of a gain at the threshold: on the development mix (62 % everyday prompts) 28 % of the
   * calls lie above a probability of 0.13 and bring 86 % of all that reasoning can bring; so do 5 %
   * of the everyday prompts. Lower, the everyday share grows faster than the benefit.
   */
  private static final double ODDS_AT_THRESHOLD = 0.13 / 0.87;

  /** A value further from the mean than this many spreads counts as if it were this far. */
  private static final double CLIP = 3;

  private static final int MOST_SIGNALS = 8;

  /** What a signal must move to be told, in log-odds: less is noise. */
  private static final double LEAST_SIGNAL = 0.02;

  /** Hidden tokens assumed for small talk. */
  private static final double LEAST_TOKENS = 150;

  /** The probability that goes with {@link #MOST_TOKENS}: hardly any prompt lies above it. */
  private static final double MOST_PROBABILITY = 0.6;

  /** The median of hidden tokens that o1-mini spent on PlanBench's disguised Blocksworld. */
  private static final double MOST_TOKENS = 4864;

  /** The median that o1-mini spent on PlanBench's smallest Blocksworld puzzles. */
  private static final int PLANNING_TOKENS = 704;

  private static final double PLANNING_SHARE = 0.03;

  /** Fitted, then moved so that the threshold lies at 0.5. */
  private static final double INTERCEPT = -2.1251 - Math.log(ODDS_AT_THRESHOLD);

  // Mean and spread of each feature on the training text, and its weight for each spread.
  private static final double[][] TABLE = {
    {0.0626, 0.1165, 0.1955}, // NUMBER_SHARE
    {0.197, 0.5478, -0.1133}, // LONG_NUMBERS
    {0.0043, 0.0199, 0.1408}, // LONG_NUMBER_SHARE
    {0.0045, 0.0212, 0.1255}, // MIXED_SHARE
    {0.0415, 0.0624, -0.086}, // CAPITALISED_SHARE
    {0.0044, 0.0243, 0.1422}, // SHOUTED_SHARE
    {0.0101, 0.0681, 0.083}, // BARE_OPERATOR_SHARE
    {0.0068, 0.0364, 0.1119}, // MATHS_SHARE
    {0.2352, 0.6895, 0.1348}, // SQUARE_BRACKETS
    {0.5025, 0.9204, -0.0947}, // ROUND_BRACKETS
    {0.0133, 0.0199, -0.1727}, // QUESTION_SHARE
    {0.1361, 0.4994, 0.0464}, // COMPARISONS
    {0.0726, 0.3078, -0.1151}, // SEMICOLONS
    {0.017, 0.153, 0.1257}, // MINUS_SHARE
    {0.0056, 0.0122, 0.1845}, // CONSTRAINT_SHARE
    {0.4821, 0.6888, 0.2444}, // CONDITIONS
    {0.0013, 0.0058, 0.174}, // EXTREME_SHARE
    {0.3839, 0.7851, 0.2147}, // STATES
    {0.0059, 0.0153, 0.2174}, // STATE_SHARE
    {0.0042, 0.0141, 0.2697}, // NUMBER_THEORY_SHARE
    {0.005, 0.0184, 0.3127}, // ALGEBRA_SHARE
    {0.0002, 0.0022, 0.0803}, // PROOF_SHARE
    {0.0067, 0.0206, 0.0855}, // CODE_SHARE
    {0.0026, 0.0099, 0.1864}, // PUZZLE_SHARE
    {0.3571, 0.5555, -0.1199}, // WRITING
    {0.2704, 0.4976, -0.1812}, // READING
    {0.2743, 0.6261, -0.0274}, // OPTION_LINES
    {0.1955, 0.4604, 0.0996}, // GRID_LINES
    {0.2087, 0.6101, 0.1086}, // SAME_LENGTH_LINES
    {-0.392, 0.2512, 0.2101}, // REPETITION
    {3.653, 0.8516, 0.3658}, // SIZE
    {0.0, 1.0, -4.0}, // HOUSEKEEPING, set by hand
  };

  private static final Feature[] FEATURES = Feature.values();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public double score(PromptFeatures features) {
    double[] values = features.values();
    double sum = INTERCEPT;
    for (int i = 0; i < TABLE.length; i++) {
      sum += contribution(i, values[i]);
    }
    return 1 / (1 + Math.exp(-sum));
  }

  @Override
  public double gainProbability(double score) {
    double gain = score * ODDS_AT_THRESHOLD;
    return gain / (gain + (1 - score));
  }

  @Override
  public double scoreOfGain(double probability) {
    double score = probability / ODDS_AT_THRESHOLD;
    return score / (score + (1 - probability));
  }

  @Override
  public List<Signal> explain(PromptFeatures features) {
    List<Signal> signals = new ArrayList<>();
    for (Feature feature : FEATURES) {
      double value = features.value(feature);
      double weight = contribution(feature.index(), value);
      // Something absent explains nothing, even where its absence moves the sum a little.
      if (value != 0 && Math.abs(weight) >= LEAST_SIGNAL) {
        signals.add(new Signal(feature.words(), weight));
      }
    }
    signals.sort(Comparator.comparingDouble((Signal signal) -> -Math.abs(signal.weight())));
    return List.copyOf(signals.subList(0, Math.min(MOST_SIGNALS, signals.size())));
  }

  /**
   * {@inheritDoc}
   *
   * <p>A rule of thumb: a curve by score, from small talk to the disguised planning puzzles of
   * PlanBench, and for what looks like planning never less than its smallest puzzles took. Between
   * domains such numbers carry over badly, so whoever has bills should correct them.
   */
  @Override
  public int expectedReasoningTokens(PromptFeatures features, double score) {
    double hard = Math.min(1, gainProbability(score) / MOST_PROBABILITY);
    int tokens = (int) (LEAST_TOKENS * Math.pow(MOST_TOKENS / LEAST_TOKENS, hard));
    boolean planning = features.value(Feature.STATE_SHARE) >= PLANNING_SHARE;
    return planning && score >= THRESHOLD ? Math.max(PLANNING_TOKENS, tokens) : tokens;
  }

  @Override
  public double shippedThreshold() {
    return THRESHOLD;
  }

  private static double contribution(int feature, double value) {
    double[] row = TABLE[feature];
    double away = (value - row[0]) / row[1];
    return row[2] * Math.max(-CLIP, Math.min(CLIP, away));
  }
}
