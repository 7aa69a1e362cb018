package dev.ponder.gateway.cli;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.Evaluation;
import dev.ponder.classify.TrainedClassifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
 * The verb {@code evaluate}: measures a classifier on labelled prompts, always beside random order,
 * length, keywords and the oracle that knows every outcome.
 */
@Command(
    name = "evaluate",
    description = "Measure the classifier on labelled prompts.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {

  @Spec private CommandSpec command = CommandSpec.create();

  @Mixin private ModelOption model = new ModelOption();

  @Mixin private RecipeOptions recipe = new RecipeOptions();

  @Parameters(
      paramLabel = "LABELLED",
      description =
          "JSON lines with `prompt`, `cheap_ok`, `strong_ok` (or `needs_reasoning`: AUC only);"
              + " a name ending in .json is a traffic mix of prompts beside it.")
  private Path file = Path.of("-");

  @Option(
      names = "--leave-out",
      paramLabel = "SOURCE",
      description = "Measure a model that is fitted without this source; may be given again.")
  private List<String> leftOut = new ArrayList<>();

  @Option(
      names = "--leave-out-kind",
      paramLabel = "KIND",
      description = "Measure a model that is fitted without prompts of this kind; may be repeated.")
  private List<String> leftOutKinds = new ArrayList<>();

  @Option(
      names = "--leave-out-each",
      description = "Fit a model without each source of the prompts in turn: the honest figure.")
  private boolean each;

  @Option(
      names = "--budget",
      paramLabel = "PERCENT",
      defaultValue = "30",
      description =
          "The share of calls that may go to the strong model (default: ${DEFAULT-VALUE}).")
  private double budget = 30;

  @Option(
      names = "--bootstrap",
      paramLabel = "N",
      defaultValue = "200",
      description = "Resamples for 95 %% intervals; 0: none (default: ${DEFAULT-VALUE}).")
  private int resamples = 200;

  @Option(
      names = "--require-apgr",
      paramLabel = "X",
      description = "End with 1 if the APGR is below that (with --leave-out-each: the mean).")
  private @Nullable Double required;

  @Override
  public Integer call() throws IOException {
    if (!(budget > 0 && budget < 100)) {
      throw wrong("--budget: " + budget + " (expected: above 0, below 100)", null);
    }
    if (resamples < 0) {
      throw wrong("--bootstrap: " + resamples + " (expected: 0 or more)", null);
    }
    LabelledPrompts prompts;
    try {
      prompts = LabelledPrompts.read(file, recipe.givenFolder());
    } catch (NoSuchFileException e) {
      throw wrong(e.getFile() + ": no such file (expected: labelled prompts)", e);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()), e);
    }
    PrintWriter out = command.commandLine().getOut();
    double reached = report(out, prompts);
    out.flush();
    if (required != null && !(reached >= required)) {
      command
          .commandLine()
          .getErr()
          .printf(Locale.ROOT, "APGR %.3f (required: %.3f)%n", reached, required);
      return 1;
    }
    return 0;
  }

  private double report(PrintWriter out, LabelledPrompts prompts) throws IOException {
    out.printf("%s: %d prompts%n", file, prompts.lines().size());
    if (each) {
      return new LeaveOut(recipe.data(), prompts).each(out, budget / 100);
    }
    Classifier classifier = classifier(out);
    out.println();
    EvaluationReport report;
    try {
      report = new EvaluationReport(out, classifier, prompts);
    } catch (IllegalArgumentException e) {
      throw wrong(file + ": " + e.getMessage(), e);
    }
    report.contest(resamples);
    report.shares(budget / 100);
    report.edits();
    report.speed();
    Evaluation figures = report.figures();
    return figures.apgr();
  }

  private Classifier classifier(PrintWriter out) throws IOException {
    if (leftOut.isEmpty() && leftOutKinds.isEmpty()) {
      return model.classifier();
    }
    TrainingData data = recipe.data();
    try {
      data.checkNames(leftOut, leftOutKinds);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()), e);
    }
    out.printf("fitted without %s%n", String.join(", ", all()));
    out.flush();
    return new TrainedClassifier(data.trainWithout(leftOut, leftOutKinds));
  }

  private List<String> all() {
    List<String> all = new ArrayList<>(leftOut);
    leftOutKinds.forEach(kind -> all.add("kind " + kind));
    return all;
  }

  private CommandLine.ParameterException wrong(String message, @Nullable Exception cause) {
    return new CommandLine.ParameterException(command.commandLine(), message, cause);
  }
}
