package dev.ponder.gateway.cli;

import dev.ponder.classify.ModelText;
import dev.ponder.classify.ReasoningModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** The verb {@code train}: fits a model and writes it. */
@Command(
    name = "train",
    description = "Fit a classifier on labelled prompts.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {

  @Spec private CommandSpec command = CommandSpec.create();

  @Parameters(
      paramLabel = "LABELLED",
      arity = "0..*",
      description =
          "JSON lines with `prompt` and `cheap_ok`, `strong_ok` (or `gain`, `needs_reasoning`);"
              + " none: what the recipe names.")
  private List<Path> files = List.of();

  @Mixin private RecipeOptions recipe = new RecipeOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "MODEL",
      description = "The model file to write.")
  private Path out = Path.of("out.model");

  @Override
  public Integer call() throws IOException {
    Path parent = out.toAbsolutePath().getParent();
    if (Files.isDirectory(out) || (parent != null && !Files.isDirectory(parent))) {
      throw wrong(null);
    }
    PrintWriter screen = command.commandLine().getOut();
    TrainingData data = recipe.data(files);
    screen.printf(Locale.ROOT, "%,d prompts, fingerprint %s%n", data.size(), data.fingerprint());
    screen.flush();
    ReasoningModel model = data.train();
    try {
      Files.writeString(out, ModelText.write(model));
    } catch (IOException e) {
      throw wrong(e);
    }
    screen.printf(
        Locale.ROOT,
        "%s: %s, threshold at a gain of %.3f, %,d bytes%n",
        out,
        model.name(),
        model.threshold(),
        Files.size(out));
    screen.flush();
    return 0;
  }

  private CommandLine.ParameterException wrong(@Nullable Exception cause) {
    return new CommandLine.ParameterException(
        command.commandLine(),
        "--out: " + out + ": cannot be written (expected: a file in a folder that exists)",
        cause);
  }
}
