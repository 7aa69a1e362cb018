package dev.ponder.gateway.cli;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.Evaluation;
import dev.ponder.classify.Evaluation.Row;
import dev.ponder.classify.KeywordBaseline;
import dev.ponder.classify.PromptFeatures;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The verb {@code evaluate}: measures the classifier on labelled prompts, always beside random
 * order, length, keywords and the oracle that knows every outcome.
 */
@Command(
    name = "evaluate",
    description = "Measure the classifier on labelled prompts.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {

  private static final long SEED = 20260101;
  private static final int WARM_UPS = 3;
  private static final int TIMED_ROUNDS = 5;

  @Spec private CommandSpec command = CommandSpec.create();

  @Mixin private ModelOption model = new ModelOption();

  @Parameters(
      paramLabel = "LABELLED",
      description =
          "JSON lines with `prompt`, `cheap_ok`, `strong_ok` (or `needs_reasoning`: AUC only);"
              + " a name ending in .json is a traffic mix.")
  private Path file = Path.of("-");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where a mix finds its prompts (default: beside it).")
  private @Nullable Path folder;

  @Override
  public Integer call() throws IOException {
    Classifier classifier = model.classifier();
    LabelledPrompts prompts;
    try {
      prompts = LabelledPrompts.read(file, folder);
    } catch (NoSuchFileException e) {
      throw wrong(e.getFile() + ": no such file (expected: labelled prompts)", e);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()), e);
    }
    report(classifier, prompts);
    return 0;
  }

  private CommandLine.ParameterException wrong(String message, Exception cause) {
    return new CommandLine.ParameterException(command.commandLine(), message, cause);
  }

  private void report(Classifier classifier, LabelledPrompts prompts) {
    List<Row> rows = prompts.rows();
    int size = rows.size();
    double[] ponder = new double[size];
    double[] random = new double[size];
    double[] length = new double[size];
    double[] keywords = new double[size];
    double[] oracle = new double[size];
    PromptReader reader = new PromptReader();
    PromptFeatures features = new PromptFeatures();
    Random dice = new Random(SEED);
    for (int i = 0; i < size; i++) {
      JsonObject line = prompts.lines().get(i);
      Row row = rows.get(i);
      try {
        features.read(reader.read(line));
      } catch (IllegalArgumentException e) {
        throw wrong(file + ": " + line.getValue("id") + ": " + e.getMessage(), e);
      }
      String words = String.valueOf(line.getValue("prompt", line.getValue("request")));
      ponder[i] = classifier.gainProbability(classifier.score(features));
      random[i] = dice.nextDouble();
      length[i] = words.length();
      keywords[i] = KeywordBaseline.score(words);
      oracle[i] = Double.isNaN(row.cheap()) ? need(row) : row.strong() - row.cheap();
    }
    double micros = microsPerPrompt(classifier, prompts.lines());
    PrintWriter out = command.commandLine().getOut();
    out.printf(Locale.ROOT, "%s: %d prompts%n%n", file, size);
    out.printf("%-9s  APGR   CPT50  CPT80  CPT95  saved  AUC    calib.  µs/prompt%n", "");
    printRow(out, "ponder", Evaluation.of(rows, ponder), true, micros);
    printRow(out, "random", Evaluation.of(rows, random), false, Double.NaN);
    printRow(out, "length", Evaluation.of(rows, length), false, Double.NaN);
    printRow(out, "keywords", Evaluation.of(rows, keywords), false, Double.NaN);
    printRow(out, "oracle", Evaluation.of(rows, oracle), false, Double.NaN);
    double threshold = classifier.shippedThreshold();
    out.printf(
        Locale.ROOT,
        "%n%s sends %.1f %% to the strong model at its shipped threshold of %.3f%n",
        classifier.name(),
        100 * Evaluation.shareAbove(rows, ponder, classifier.gainProbability(threshold)),
        threshold);
    out.flush();
  }

  private static double need(Row row) {
    return row.needsReasoning() ? 1 : 0;
  }

  private static void printRow(
      PrintWriter out, String name, Evaluation result, boolean probability, double micros) {
    out.printf(
        "%-9s  %s  %s  %s  %s  %s  %s  %s    %s%n",
        name,
        cell(result.apgr()),
        cell(result.cpt50()),
        cell(result.cpt80()),
        cell(result.cpt95()),
        cell(result.saved()),
        cell(result.auc()),
        cell(probability ? result.calibrationError() : Double.NaN),
        Double.isNaN(micros) ? "-" : String.format(Locale.ROOT, "%.1f", micros));
  }

  private static String cell(double value) {
    return Double.isNaN(value) ? "-    " : String.format(Locale.ROOT, "%.3f", value);
  }

  /** The mean over all prompts of features and score, JSON not counted. */
  private static double microsPerPrompt(Classifier classifier, List<JsonObject> lines) {
    PromptFeatures features = new PromptFeatures();
    PromptReader reader = new PromptReader();
    double sum = 0;
    long best = Long.MAX_VALUE;
    for (int round = 0; round < WARM_UPS + TIMED_ROUNDS; round++) {
      long nanos = 0;
      for (JsonObject line : lines) {
        var text = reader.read(line);
        long start = System.nanoTime();
        features.read(text);
        sum += classifier.score(features);
        nanos += System.nanoTime() - start;
      }
      best = round < WARM_UPS ? best : Math.min(best, nanos);
    }
    // The sum is used so that the compiler cannot drop the work.
    return sum < 0 ? Double.NaN : best / 1e3 / lines.size();
  }
}
