package dev.ponder.gateway.cli;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.Evaluation;
import dev.ponder.classify.Evaluation.Row;
import dev.ponder.classify.PromptFeatures;
import dev.ponder.classify.PromptText;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What {@code evaluate} prints of one classifier. */
final class EvaluationReport {

  private static final long SEED = 20260102;
  private static final int WARM_UPS = 3;
  private static final int TIMED_ROUNDS = 5;
  private static final double[] QUANTILES = {0.5, 0.99};

  private final PrintWriter out;
  private final Classifier classifier;
  private final LabelledPrompts prompts;
  private final Map<String, double[]> scores;

  EvaluationReport(PrintWriter out, Classifier classifier, LabelledPrompts prompts) {
    this.out = out;
    this.classifier = classifier;
    this.prompts = prompts;
    this.scores = Contestants.scores(classifier, prompts);
  }

  /** The figures of the classifier itself. */
  Evaluation figures() {
    return Evaluation.of(prompts.rows(), ponder());
  }

  /**
   * The table of all contestants.
   *
   * @param resamples how many resamples the intervals are of; 0: no intervals
   */
  void contest(int resamples) {
    out.printf("%-9s  APGR   CPT50  CPT80  CPT95  saved  AUC    calib.%n", "");
    scores.forEach(
        (name, of) -> {
          boolean own = name.equals(Contestants.PONDER);
          printFigures(name, Evaluation.of(prompts.rows(), of), own);
          if (own && resamples > 0) {
            Evaluation.Band band = Evaluation.band(prompts.rows(), of, resamples, SEED);
            printFigures("  2.5 %", band.low(), true);
            printFigures(" 97.5 %", band.high(), true);
          }
        });
  }

  private void printFigures(String name, Evaluation result, boolean probability) {
    out.printf(
        "%-9s  %s  %s  %s  %s  %s  %s  %s%n",
        name,
        cell(result.apgr()),
        cell(result.cpt50()),
        cell(result.cpt80()),
        cell(result.cpt95()),
        cell(result.saved()),
        cell(result.auc()),
        cell(probability ? result.calibrationError() : Double.NaN));
  }

  /** How much of each kind and source is sent, at a budget and at the shipped threshold. */
  void shares(double budget) {
    double[] gains = ponder();
    double atBudget = Evaluation.thresholdFor(prompts.rows(), gains, budget);
    double shipped = classifier.gainProbability(classifier.shippedThreshold());
    out.printf(
        Locale.ROOT,
        "%n%-32s rows   sent at %.0f %%  sent at the shipped threshold%n",
        "to the strong model",
        100 * budget);
    printShare("everything", all(), gains, atBudget, shipped);
    for (String member : List.of("source", "kind")) {
      Map<String, List<Integer>> groups = new TreeMap<>();
      for (int i = 0; i < gains.length; i++) {
        String value = prompts.lines().get(i).getString(member);
        if (value != null) {
          groups.computeIfAbsent(member + " " + value, key -> new ArrayList<>()).add(i);
        }
      }
      groups.forEach((name, rows) -> printShare(name, rows, gains, atBudget, shipped));
    }
  }

  private void printShare(
      String name, List<Integer> rows, double[] gains, double atBudget, double shipped) {
    out.printf(
        Locale.ROOT,
        "%-32s %5d  %5.1f %%       %5.1f %%%n",
        name,
        rows.size(),
        100 * share(rows, gains, atBudget),
        100 * share(rows, gains, shipped));
  }

  /** The share, by weight, of some rows that lies at or above a threshold. */
  double share(List<Integer> some, double[] gains, double threshold) {
    List<Row> rows = some.stream().map(prompts.rows()::get).toList();
    double[] of = some.stream().mapToDouble(i -> gains[i]).toArray();
    return Evaluation.shareAbove(rows, of, threshold);
  }

  /** How many decisions at the shipped threshold change under edits that change nothing. */
  void edits() {
    out.printf(
        "%n%-14s changed  up     down   (of %d prompts, at the shipped threshold)%n",
        "harmless edit", prompts.lines().size());
    double threshold = classifier.shippedThreshold();
    PromptReader reader = new PromptReader();
    PromptFeatures features = new PromptFeatures();
    for (HarmlessEdit edit : HarmlessEdit.ALL) {
      Random dice = new Random(SEED);
      int seen = 0;
      int up = 0;
      int down = 0;
      for (JsonObject line : prompts.lines()) {
        if (line.getValue("prompt") instanceof String prompt) {
          features.read(reader.read(line));
          boolean before = classifier.score(features) >= threshold;
          String edited = edit.change().apply(prompt, dice);
          features.read(reader.read(new JsonObject().put("prompt", edited)));
          boolean after = classifier.score(features) >= threshold;
          seen++;
          up += !before && after ? 1 : 0;
          down += before && !after ? 1 : 0;
        }
      }
      double each = 100.0 / Math.max(1, seen);
      out.printf(
          Locale.ROOT,
          "%-14s %4.1f %%   %4.1f %% %4.1f %%%n",
          edit.name(),
          (up + down) * each,
          up * each,
          down * each);
    }
  }

  /**
   * How long features and score take, JSON not counted: median and 99th percentile over the prompts
   * of the fastest of five rounds, in µs.
   */
  void speed() {
    PromptFeatures features = new PromptFeatures();
    PromptReader reader = new PromptReader();
    double[] micros = new double[prompts.lines().size()];
    Arrays.fill(micros, Double.MAX_VALUE);
    double sum = 0;
    for (int round = 0; round < WARM_UPS + TIMED_ROUNDS; round++) {
      for (int i = 0; i < micros.length; i++) {
        PromptText text = reader.read(prompts.lines().get(i));
        long start = System.nanoTime();
        features.read(text);
        sum += classifier.score(features);
        double took = (System.nanoTime() - start) / 1e3;
        micros[i] = round < WARM_UPS ? micros[i] : Math.min(micros[i], took);
      }
    }
    Arrays.sort(micros);
    // The sum is used so that the compiler cannot drop the work.
    out.printf(
        Locale.ROOT,
        "%n%s: p50 %.1f µs, p99 %.1f µs a prompt%s%n",
        classifier.name(),
        micros[(int) (QUANTILES[0] * micros.length)],
        micros[(int) (QUANTILES[1] * micros.length)],
        sum < 0 ? "!" : "");
  }

  private List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < prompts.rows().size(); i++) {
      all.add(i);
    }
    return all;
  }

  private double[] ponder() {
    double[] gains = scores.get(Contestants.PONDER);
    return gains == null ? new double[0] : gains;
  }

  static String cell(double value) {
    return Double.isNaN(value) ? "-    " : String.format(Locale.ROOT, "%.3f", value);
  }
}
