package dev.ponder.gateway.cli;

import dev.ponder.config.ShippedClassifier;
import dev.ponder.training.Settings;
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
  private static final Path RECIPE = Path.of("policies/training/recipe.json");

  /** How models of one's own prompts are fitted where no recipe says otherwise. */
  private static final Settings OWN =
      new Settings("own", 500, 1, 5, 0.33, ShippedClassifier.get().tokens());

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--recipe",
      paramLabel = "FILE",
      description =
          "Sources, weights and penalties (default: policies/training/recipe.json; for prompts of"
              + " one's own: the same penalties).")
  private @Nullable Path recipe;

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
      if (files.isEmpty()) {
        TrainingRecipe used = TrainingRecipe.read(recipe == null ? RECIPE : recipe);
        return TrainingData.read(used, data == null ? DATA : data, allSources);
      }
      Settings settings = recipe == null ? OWN : TrainingRecipe.read(recipe).settings();
      return TrainingData.read(TrainingRecipe.ofFiles(files, settings), Path.of(""), allSources);
    } catch (NoSuchFileException e) {
      throw wrong(e.getFile() + ": no such file (expected: a recipe or labelled prompts)", e);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()), e);
    }
  }

  private CommandLine.ParameterException wrong(String message, Exception cause) {
    return new CommandLine.ParameterException(command.commandLine(), message, cause);
  }
}
