package dev.ponder.gateway.cli;

import dev.ponder.classify.Evaluation;
import dev.ponder.classify.TrainedClassifier;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The honest figure: each source is measured by a model that has seen no word of it. A hard one
 * should be sent to the strong model, an everyday one should not.
 */
final class LeaveOut {

  /** Beyond this mean gain a source is a hard one. */
  private static final double HARD = 0.1;

  private static final double HARD_BUDGET = 0.35;

  private final TrainingData data;
  private final LabelledPrompts prompts;

  LeaveOut(TrainingData data, LabelledPrompts prompts) {
    this.data = data;
    this.prompts = prompts;
  }

  /** Retrains once for each source of the prompts; returns the mean APGR over the hard ones. */
  double each(PrintWriter out, double budget) {
    out.printf(
        Locale.ROOT,
        "%n%-24s APGR   CPT80  saved  of it sent (hard: at %.0f %%, else at %.0f %%)%n",
        "left out",
        100 * HARD_BUDGET,
        100 * budget);
    double sum = 0;
    int hard = 0;
    for (Map.Entry<String, List<Integer>> source : bySource().entrySet()) {
      TrainedClassifier classifier =
          new TrainedClassifier(data.trainWithout(List.of(source.getKey())));
      double[] gains = Contestants.gains(classifier, prompts);
      Evaluation result = Evaluation.of(prompts.rows(), gains);
      boolean isHard = meanGain(source.getValue()) > HARD;
      double threshold =
          Evaluation.thresholdFor(prompts.rows(), gains, isHard ? HARD_BUDGET : budget);
      double sent =
          new EvaluationReport(out, classifier, prompts).share(source.getValue(), gains, threshold);
      out.printf(
          Locale.ROOT,
          "%-24s %.3f  %.3f  %.3f  %5.1f %%%s%n",
          source.getKey(),
          result.apgr(),
          result.cpt80(),
          result.saved(),
          100 * sent,
          isHard ? " hard" : "");
      out.flush();
      sum += isHard ? result.apgr() : 0;
      hard += isHard ? 1 : 0;
    }
    double mean = hard == 0 ? Double.NaN : sum / hard;
    out.printf(Locale.ROOT, "%-24s %.3f%n", "mean of the hard ones", mean);
    return mean;
  }

  private double meanGain(List<Integer> rows) {
    return rows.stream()
        .map(prompts.rows()::get)
        .mapToDouble(row -> Double.isNaN(row.cheap()) ? 0 : row.strong() - row.cheap())
        .average()
        .orElse(0);
  }

  private Map<String, List<Integer>> bySource() {
    Map<String, List<Integer>> sources = new TreeMap<>();
    for (int i = 0; i < prompts.lines().size(); i++) {
      String source = prompts.lines().get(i).getString("source");
      if (source != null) {
        sources.computeIfAbsent(source, name -> new ArrayList<>()).add(i);
      }
    }
    return sources;
  }
}
