package dev.ponder.training;

import dev.ponder.classify.ReasoningModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Makes a model of examples: fits it, calibrates it on groups that it has not seen, and chooses the
 * threshold there as well. The same examples in the same order always give the same model.
 */
public final class Trainer {

  private static final int STEPS = 127;

  private final Settings settings;

  public Trainer(Settings settings) {
    this.settings = settings;
  }

  /**
   * The model.
   *
   * @param trainedOn one line about the examples, for people
   * @throws IllegalArgumentException if the examples are of fewer than two groups, or none of them
   *     stands for ordinary traffic
   */
  public ReasoningModel train(List<Example> examples, String trainedOn) {
    double[] unseen = unseen(examples);
    double[] targets = examples.stream().mapToDouble(Example::target).toArray();
    double[] traffic = examples.stream().mapToDouble(Example::traffic).toArray();
    Calibration calibration = Calibration.of(unseen, targets, traffic);
    double threshold = calibration.probability(quantile(unseen, traffic));
    Fit fit = Fit.of(examples, settings.valuePenalty(), settings.wordPenalty());
    int values = fit.mean().length;
    double[] weight = Arrays.copyOf(fit.point(), values);
    double[] words = Arrays.copyOfRange(fit.point(), values, fit.point().length - 1);
    double step = Arrays.stream(words).map(Math::abs).max().orElse(0) / STEPS;
    byte[] steps = new byte[words.length];
    for (int i = 0; i < words.length; i++) {
      steps[i] = step == 0 ? 0 : (byte) Math.round(words[i] / step);
    }
    return new ReasoningModel(
        settings.name(),
        trainedOn,
        fit.point()[fit.point().length - 1],
        fit.mean(),
        fit.spread(),
        weight,
        steps,
        step,
        calibration.slope(),
        calibration.shift(),
        threshold,
        settings.tokens());
  }

  /** The log-odds of every example by a fit that has seen no example of its group. */
  private double[] unseen(List<Example> examples) {
    List<String> groups =
        new ArrayList<>(new TreeSet<>(examples.stream().map(Example::group).toList()));
    if (groups.size() < 2) {
      throw new IllegalArgumentException("groups: " + groups + " (expected: at least two)");
    }
    if (examples.stream().allMatch(example -> example.traffic() == 0)) {
      throw new IllegalArgumentException("traffic: 0 everywhere (expected: some above 0)");
    }
    int folds = Math.min(settings.folds(), groups.size());
    int[] foldOf = new int[examples.size()];
    for (int i = 0; i < foldOf.length; i++) {
      foldOf[i] = Collections.binarySearch(groups, examples.get(i).group()) % folds;
    }
    double[] sums = new double[examples.size()];
    for (int fold = 0; fold < folds; fold++) {
      List<Example> seen = new ArrayList<>();
      for (int i = 0; i < foldOf.length; i++) {
        if (foldOf[i] != fold) {
          seen.add(examples.get(i));
        }
      }
      Fit fit = Fit.of(seen, settings.valuePenalty(), settings.wordPenalty());
      for (int i = 0; i < sums.length; i++) {
        if (foldOf[i] == fold) {
          sums[i] = fit.logOdds(examples.get(i));
        }
      }
    }
    return sums;
  }

  /** The sum above which the wanted share of the traffic lies. */
  private double quantile(double[] sums, double[] traffic) {
    Integer[] order = new Integer[sums.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -sums[i]));
    double wanted = settings.lrmShare() * Arrays.stream(traffic).sum();
    double seen = 0;
    for (int i : order) {
      seen += traffic[i];
      if (seen >= wanted) {
        return sums[i];
      }
    }
    return sums[order[order.length - 1]];
  }
}
