package dev.ponder.gateway.cli;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.HeuristicClassifier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option {@code --model}: which classifier to use. */
final class ModelOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = HeuristicClassifier.NAME,
      description = "The classifier (default: ${DEFAULT-VALUE}, the built-in one).")
  private String name = HeuristicClassifier.NAME;

  /** The classifier of that name; an unknown one is a mistake of the caller's. */
  Classifier classifier() {
    if (name.equals(HeuristicClassifier.NAME)) {
      return new HeuristicClassifier();
    }
    throw new CommandLine.ParameterException(
        command.commandLine(),
        "--model: " + name + " (expected: " + HeuristicClassifier.NAME + ")");
  }
}
