package dev.ponder.gateway.cli;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.ModelText;
import dev.ponder.classify.TrainedClassifier;
import dev.ponder.config.ShippedClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
      defaultValue = ShippedClassifier.NAME,
      description = "A model file of `ponder train` (default: ${DEFAULT-VALUE}, the built-in one).")
  private String name = ShippedClassifier.NAME;

  /** The classifier of that name or file; a file that is none is a mistake of the caller's. */
  Classifier classifier() {
    if (name.equals(ShippedClassifier.NAME)) {
      return ShippedClassifier.get();
    }
    try {
      return new TrainedClassifier(ModelText.read(Files.readString(Path.of(name))));
    } catch (NoSuchFileException e) {
      throw wrong("no such file (expected: " + ShippedClassifier.NAME + " or a model file)", e);
    } catch (IOException | InvalidPathException e) {
      throw wrong("cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()), e);
    }
  }

  private CommandLine.ParameterException wrong(String what, Exception cause) {
    return new CommandLine.ParameterException(
        command.commandLine(), "--model: " + name + ": " + what, cause);
  }
}
