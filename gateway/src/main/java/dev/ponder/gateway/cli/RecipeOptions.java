package dev.ponder.gateway.cli;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say what a model is fitted on. */
final class RecipeOptions {

  private static final Path DATA = Path.of("../shared/data");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--recipe",
      paramLabel = "FILE",
      defaultValue = "policies/training/recipe.json",
      description = "Sources, weights and penalties (default: ${DEFAULT-VALUE}).")
  private Path recipe = Path.of("policies/training/recipe.json");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Where the labelled prompts lie (default: ../shared/data; of a mix: beside it).")
  private @Nullable Path data;

  @Option(
      names = "--all-sources",
      description = "Also those whose licences forbid it: for a figure, never for a model to ship.")
  private boolean allSources;

  /** The folder that was asked for; null if none was. */
  @Nullable Path givenFolder() {
    return data;
  }

  /** The prompts of the recipe; a missing or wrong file is a mistake of the caller's. */
  TrainingData data() throws IOException {
    return data(List.of());
  }

  /** The prompts of these files or, if there are none, of the recipe. */
  TrainingData data(List<Path> files) throws IOException {
    try {
      TrainingRecipe used = TrainingRecipe.read(recipe);
      return files.isEmpty()
          ? TrainingData.read(used, data == null ? DATA : data, allSources)
          : TrainingData.read(
              TrainingRecipe.ofFiles(files, used.settings()), Path.of(""), allSources);
    } catch (NoSuchFileException e) {
      throw wrong(e.getFile() + ": no such file (expected: labelled prompts)", e);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()), e);
    }
  }

  private CommandLine.ParameterException wrong(String message, Exception cause) {
    return new CommandLine.ParameterException(command.commandLine(), message, cause);
  }
}
