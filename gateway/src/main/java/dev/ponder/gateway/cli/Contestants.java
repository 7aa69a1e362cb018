package dev.ponder.gateway.cli;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.Evaluation.Row;
import dev.ponder.classify.KeywordBaseline;
import dev.ponder.classify.PromptFeatures;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Who is compared: a classifier, and what it must beat. */
final class Contestants {

  static final String PONDER = "ponder";
  private static final long SEED = 20260101;

  private Contestants() {}

  /** The scores of each, by its name, in the order of the prompts. */
  static Map<String, double[]> scores(Classifier classifier, LabelledPrompts prompts) {
    List<Row> rows = prompts.rows();
    int size = rows.size();
    double[] random = new double[size];
    double[] length = new double[size];
    double[] keywords = new double[size];
    double[] oracle = new double[size];
    Random dice = new Random(SEED);
    for (int i = 0; i < size; i++) {
      JsonObject line = prompts.lines().get(i);
      String words = String.valueOf(line.getValue("prompt", line.getValue("request")));
      Row row = rows.get(i);
      random[i] = dice.nextDouble();
      length[i] = words.length();
      keywords[i] = KeywordBaseline.score(words);
      oracle[i] = Double.isNaN(row.cheap()) ? need(row) : row.strong() - row.cheap();
    }
    Map<String, double[]> scores = new LinkedHashMap<>();
    scores.put(PONDER, gains(classifier, prompts));
    scores.put("random", random);
    scores.put("length", length);
    scores.put("keywords", keywords);
    scores.put("oracle", oracle);
    return scores;
  }

  /** The classifier's probability of a gain for each prompt. */
  static double[] gains(Classifier classifier, LabelledPrompts prompts) {
    PromptReader reader = new PromptReader();
    PromptFeatures features = new PromptFeatures();
    double[] gains = new double[prompts.lines().size()];
    for (int i = 0; i < gains.length; i++) {
      JsonObject line = prompts.lines().get(i);
      try {
        features.read(reader.read(line));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(line.getValue("id") + ": " + e.getMessage(), e);
      }
      gains[i] = classifier.gainProbability(classifier.score(features));
    }
    return gains;
  }

  private static double need(Row row) {
    return row.needsReasoning() ? 1 : 0;
  }
}
