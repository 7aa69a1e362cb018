package dev.ponder.gateway.cli;

import dev.ponder.classify.TokenForecast;
import dev.ponder.classify.TokenForecast.Curve;
import dev.ponder.training.Settings;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the shipped model is made of: sources, weights, penalties. A JSON file, so that a change of
 * the model is a change that can be reviewed.
 *
 * @param folder where the recipe lies: its own prompts are beside it
 * @param settings how to fit
 * @param sources the files of labelled prompts
 * @param sameQuestions sets of sources that share questions: leaving out one leaves out all
 * @param composition what is made of several prompts
 */
record TrainingRecipe(
    Path folder,
    Settings settings,
    List<TrainingSource> sources,
    List<Set<String>> sameQuestions,
    Composition composition) {

  /** How many numbers say how many tokens answers take. */
  private static final int CURVE = 4;

  /**
   * Reads a recipe.
   *
   * @throws IllegalArgumentException if it is none, with the file and the member
   */
  static TrainingRecipe read(Path file) throws IOException {
    try {
      JsonObject json = new JsonObject(Files.readString(file));
      List<TrainingSource> sources = new ArrayList<>();
      for (Object source : json.getJsonArray("sources", new JsonArray())) {
        sources.add(TrainingSource.of((JsonObject) source));
      }
      List<Set<String>> same = new ArrayList<>();
      for (Object set : json.getJsonArray("same_questions", new JsonArray())) {
        same.add(new TreeSet<>(TrainingSource.strings((JsonArray) set)));
      }
      Path parent = file.toAbsolutePath().getParent();
      return new TrainingRecipe(
          parent == null ? file : parent,
          settings(json),
          List.copyOf(sources),
          List.copyOf(same),
          Composition.of(json.getJsonObject("composition", new JsonObject())));
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage() + " (expected: a recipe)", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static Settings settings(JsonObject json) {
    List<Curve> curves = new ArrayList<>();
    JsonObject tokens = need(json, "tokens", JsonObject.class);
    for (TokenForecast.Kind kind : TokenForecast.Kind.values()) {
      JsonArray of = need(tokens, kind.name(), JsonArray.class);
      if (of.size() != CURVE) {
        throw new IllegalArgumentException(
            "tokens." + kind + ": " + of.encode() + " (expected: four numbers)");
      }
      curves.add(new Curve(of.getDouble(0), of.getDouble(1), of.getDouble(2), of.getDouble(3)));
    }
    return new Settings(
        need(json, "name", String.class),
        need(json, "value_penalty", Number.class).doubleValue(),
        need(json, "word_penalty", Number.class).doubleValue(),
        need(json, "folds", Number.class).intValue(),
        need(json, "lrm_share", Number.class).doubleValue(),
        new TokenForecast(curves));
  }

  private static <T> T need(JsonObject json, String name, Class<T> type) {
    Object value = json.getValue(name);
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    String kind = type.getSimpleName().replaceFirst("^Json", "").toLowerCase(Locale.ROOT);
    String found = value == null ? "missing" : String.valueOf(value);
    throw new IllegalArgumentException(name + ": " + found + " (expected: a JSON " + kind + ")");
  }

  /**
   * A recipe for prompts of one's own: outcomes, or else {@code needs_reasoning}; every file counts
   * the same, and together they are what traffic looks like.
   */
  static TrainingRecipe ofFiles(List<Path> files, Settings settings) {
    List<TrainingSource> sources = new ArrayList<>();
    for (Path file : files) {
      JsonObject rule = new JsonObject().put("labelled", true);
      JsonObject source = new JsonObject().put("file", file.toString()).put("group", "kind");
      source.put("traffic", 1.0).put("rules", new JsonArray().add(rule));
      sources.add(TrainingSource.of(source));
    }
    Composition none = Composition.of(new JsonObject());
    return new TrainingRecipe(Path.of(""), settings, List.copyOf(sources), List.of(), none);
  }

  /** All that decides what a model becomes but the prompts: the same wherever the files lie. */
  String terms() {
    StringBuilder terms = new StringBuilder();
    terms.append(settings).append(composition);
    for (TrainingSource source : sources) {
      terms.append(source.name()).append(source.group()).append(source.rules());
      terms.append(source.weight()).append(' ').append(source.traffic());
    }
    return terms.toString();
  }

  /** How much all prompts of a source count together. */
  double weightOf(String source) {
    return source.equals(Composition.NAME)
        ? composition.weight()
        : find(source).map(TrainingSource::weight).orElse(1.0);
  }

  /** The share of ordinary traffic that a source stands for. */
  double trafficOf(String source) {
    return find(source).map(TrainingSource::traffic).orElse(0.0);
  }

  private Optional<TrainingSource> find(String name) {
    return sources.stream().filter(source -> source.name().equals(name)).findFirst();
  }

  /** The sources that have questions in common with these, and these themselves. */
  Set<String> withSameQuestions(List<String> names) {
    Set<String> all = new TreeSet<>(names);
    for (Set<String> set : sameQuestions) {
      if (names.stream().anyMatch(set::contains)) {
        all.addAll(set);
      }
    }
    return all;
  }
}
