package dev.ponder.gateway.cli;

import dev.ponder.classify.PromptFeatures;
import dev.ponder.classify.ReasoningModel;
import dev.ponder.training.Example;
import dev.ponder.training.Trainer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * All prompts of a recipe, read once: models can then be fitted on some of them, again and again.
 */
final class TrainingData {

  private static final String TRAIN = "train";

  private final TrainingRecipe recipe;
  private final List<TrainingRow> rows = new ArrayList<>();

  /** What kinds are called of which formulas and plans are to be ignored. */
  private static final String PASTED = "pasted";

  private final List<List<Example>> examples = new ArrayList<>();
  private final CRC32C fingerprint = new CRC32C();

  private TrainingData(TrainingRecipe recipe) {
    this.recipe = recipe;
    fingerprint.update(recipe.terms().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads the prompts of every source that may be used.
   *
   * @param folder where the sources lie that are not the recipe's own
   * @param allSources whether also those that no shipped model may be fitted on
   * @throws IllegalArgumentException if a line is wrong, with {@code file:line}
   */
  static TrainingData read(TrainingRecipe recipe, Path folder, boolean allSources)
      throws IOException {
    TrainingData data = new TrainingData(recipe);
    for (TrainingSource source : recipe.sources()) {
      if (source.ship() || allSources) {
        data.readSource(source, folder);
      }
    }
    data.rows.addAll(recipe.composition().compose(List.copyOf(data.rows)));
    data.measure();
    data.check();
    return data;
  }

  private void readSource(TrainingSource source, Path folder) throws IOException {
    Path file =
        source.file().startsWith("./")
            ? recipe.folder().resolve(source.file().substring(2))
            : folder.resolve(source.file());
    LabelledPrompts.eachLine(
        file,
        (place, row) -> {
          OptionalDouble target = source.target(row);
          if (TRAIN.equals(row.getValue("split", TRAIN)) && target.isPresent()) {
            String group = source.groupOf(row, place);
            rows.add(
                new TrainingRow(
                    source.name(),
                    group,
                    String.valueOf(row.getValue("kind", "")),
                    new TreeSet<>(List.of(source.name(), group)),
                    promptOf(row),
                    target.getAsDouble()));
          }
        });
  }

  private static String promptOf(JsonObject row) {
    Object prompt = row.getValue("prompt");
    if (prompt instanceof String words) {
      return words;
    }
    throw new IllegalArgumentException(
        "prompt: " + (prompt == null ? "missing" : "no string") + " (expected: a string)");
  }

  /**
   * The examples, each of weight 1: what a source weighs depends on what is left out. A prompt with
   * parts that ask nothing gives two, with and without these, so that the model learns what a
   * question looks like that is about something beside it; pasted ones give the one without.
   */
  private void measure() {
    PromptReader reader = new PromptReader();
    PromptFeatures features = new PromptFeatures();
    for (TrainingRow row : rows) {
      features.read(reader.read(new JsonObject().put("prompt", row.prompt())));
      Example all = example(row, features.toFloats(), features.toBuckets());
      if (!features.hasAsk()) {
        examples.add(List.of(all));
      } else {
        Example ask = example(row, features.toFloatsOfAsk(), features.toBucketsOfAsk());
        examples.add(row.kind().startsWith(PASTED) ? List.of(ask) : List.of(all, ask));
      }
      fingerprint.update(row.prompt().getBytes(StandardCharsets.UTF_8));
      fingerprint.update(row.source().getBytes(StandardCharsets.UTF_8));
      fingerprint.update(Double.toString(row.target()).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Example example(TrainingRow row, float[] values, char[] buckets) {
    return new Example(values, buckets, row.target(), 1, 0, row.group());
  }

  /** Calibration needs something that it has not been fitted on. */
  private void check() {
    long groups = rows.stream().map(TrainingRow::group).distinct().count();
    if (groups < 2) {
      throw new IllegalArgumentException(
          "%,d labelled prompts in %d groups (expected: two groups or more; a group is what has"
                  .formatted(rows.size(), groups)
              + " the same `kind`, or what the recipe says)");
    }
  }

  /**
   * Names that can be left out: sources of the recipe, and groups such as {@code
   * planbench:blocksworld}.
   *
   * @throws IllegalArgumentException if one of these is none
   */
  void checkNames(List<String> sources, List<String> kinds) {
    Set<String> known = new TreeSet<>();
    Set<String> knownKinds = new TreeSet<>();
    recipe.sources().forEach(source -> known.add(source.name()));
    for (TrainingRow row : rows) {
      known.addAll(row.uses());
      knownKinds.add(row.kind());
    }
    checkKnown("--leave-out", sources, known);
    checkKnown("--leave-out-kind", kinds, knownKinds);
  }

  private static void checkKnown(String option, List<String> names, Set<String> known) {
    for (String name : names) {
      if (!known.contains(name)) {
        String some = String.join(", ", known.stream().filter(one -> !one.contains(":")).toList());
        throw new IllegalArgumentException(
            option + ": " + name + " (expected: one of " + some + ")");
      }
    }
  }

  /** How many prompts there are. */
  int size() {
    return rows.size();
  }

  /** A number that differs, almost certainly, when the recipe, a prompt or a target does. */
  String fingerprint() {
    return Long.toHexString(fingerprint.getValue());
  }

  /** A model of all prompts. */
  ReasoningModel train() {
    return train(row -> true);
  }

  /** A model that has seen no word of these sources, nor of others with the same questions. */
  ReasoningModel trainWithout(List<String> sources) {
    return trainWithout(sources, List.of());
  }

  /** A model that has seen no word of these sources, and no prompt of these kinds. */
  ReasoningModel trainWithout(List<String> sources, List<String> kinds) {
    Set<String> left = recipe.withSameQuestions(sources);
    return train(row -> Collections.disjoint(row.uses(), left) && !kinds.contains(row.kind()));
  }

  private ReasoningModel train(Predicate<TrainingRow> chosen) {
    Predicate<TrainingRow> wanted = chosen.and(row -> recipe.weightOf(row.source()) > 0);
    Map<String, Integer> counts = new TreeMap<>();
    rows.stream().filter(wanted).forEach(row -> counts.merge(row.source(), 1, Integer::sum));
    Map<String, Double> weights = new HashMap<>();
    Map<String, Double> traffic = new HashMap<>();
    int size = counts.values().stream().mapToInt(Integer::intValue).sum();
    double total = counts.keySet().stream().mapToDouble(recipe::weightOf).sum();
    counts.forEach(
        (source, count) -> {
          weights.put(source, recipe.weightOf(source) * size / total / count);
          traffic.put(source, recipe.trafficOf(source) / count);
        });
    List<Example> used = new ArrayList<>(size);
    for (int i = 0; i < rows.size(); i++) {
      String source = rows.get(i).source();
      if (wanted.test(rows.get(i))) {
        double weight = weights.getOrDefault(source, 1.0);
        double share = traffic.getOrDefault(source, 0.0);
        List<Example> all = examples.get(i);
        used.add(all.get(0).weighing(weight / all.size(), share));
        for (Example ask : all.subList(1, all.size())) {
          used.add(ask.weighing(weight / all.size(), 0)); // it is no traffic of its own
        }
      }
    }
    String about = "%,d prompts, fingerprint %s".formatted(size, fingerprint());
    return new Trainer(recipe.settings()).train(used, about);
  }
}
