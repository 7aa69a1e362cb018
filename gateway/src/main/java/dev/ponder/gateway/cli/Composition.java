package dev.ponder.gateway.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Prompts made of several: the question of a long text stands at its end or its beginning, and what
 * surrounds it decides nothing. Each is of the group of the prompt that it was made of, so that
 * calibration never fits on the one and measures on the other. Deterministic.
 *
 * @param each how many of each kind are made, 0 or more
 * @param weight how much they count together
 * @param passages sources of long harmless texts
 * @param questions sources of short easy questions
 * @param hard sources of hard prompts
 * @param joints what stands between a text and a question
 * @param easyAsks what is asked of a text that looks hard and is only to be handled
 * @param hardAsks what is said around a hard text by those who want it solved
 * @param endings what people write below anything: thanks, greetings, signatures
 */
record Composition(
    int each,
    double weight,
    List<String> passages,
    List<String> questions,
    List<String> hard,
    List<String> joints,
    List<String> easyAsks,
    List<String> hardAsks,
    List<String> endings) {

  private static final long SEED = 20261127;
  private static final int LONG = 400;
  private static final int LONGEST_HARD = 1500;
  private static final int MOST_PASSAGES = 8;

  /** What an easy request about a hard text gains. */
  private static final double EASY_ASK = 0.03;

  /** A hard question in a long text gains no less than that: there is more to go wrong. */
  private static final double LEAST_GAIN = 0.7;

  private static final List<String> ENDING_JOINTS = List.of("\n", "\n\n", " ");

  /** The source that composed prompts are said to be of. */
  static final String NAME = "composed";

  static Composition of(JsonObject json) {
    return new Composition(
        json.getInteger("each", 0),
        json.getDouble("weight", 0.0),
        strings(json, "passages"),
        strings(json, "questions"),
        strings(json, "hard"),
        strings(json, "joints"),
        strings(json, "easy_asks"),
        strings(json, "hard_asks"),
        strings(json, "endings"));
  }

  private static List<String> strings(JsonObject json, String name) {
    return TrainingSource.strings(json.getJsonArray(name, new JsonArray()));
  }

  /** Composed prompts out of these. */
  List<TrainingRow> compose(List<TrainingRow> rows) {
    List<List<TrainingRow>> texts = textsBySource(rows);
    List<TrainingRow> asked =
        rows.stream().filter(row -> questions.contains(row.source())).toList();
    Map<String, List<TrainingRow>> byGroup = new TreeMap<>();
    for (TrainingRow row : rows) {
      if (hard.contains(row.source()) && row.prompt().length() <= LONGEST_HARD) {
        byGroup.computeIfAbsent(row.group(), group -> new ArrayList<>()).add(row);
      }
    }
    List<List<TrainingRow>> groups = List.copyOf(byGroup.values());
    List<TrainingRow> composed = new ArrayList<>();
    if (texts.isEmpty() || asked.isEmpty() || groups.isEmpty() || endings.isEmpty()) {
      return composed;
    }
    Random dice = new Random(SEED);
    for (int i = 0; i < each; i++) {
      TrainingRow question = any(any(groups, dice), dice);
      composed.add(around(texts, question, Math.max(LEAST_GAIN, question.target()), dice));
      composed.add(around(texts, any(asked, dice), 0, dice));
      composed.add(handled(any(any(groups, dice), dice), easyAsks, EASY_ASK, dice));
      composed.add(handled(any(any(texts, dice), dice), easyAsks, 0, dice));
      TrainingRow hardText = any(any(groups, dice), dice);
      composed.add(handled(hardText, hardAsks, hardText.target(), dice));
      composed.add(ended(any(any(groups, dice), dice), dice));
      composed.add(ended(any(asked, dice), dice));
    }
    return composed;
  }

  /** By source, so that a small one of many looks is heard beside a large one of few. */
  private List<List<TrainingRow>> textsBySource(List<TrainingRow> rows) {
    Map<String, List<TrainingRow>> bySource = new TreeMap<>();
    for (TrainingRow row : rows) {
      if (passages.contains(row.source()) && row.prompt().length() > LONG) {
        bySource.computeIfAbsent(row.source(), source -> new ArrayList<>()).add(row);
      }
    }
    return List.copyOf(bySource.values());
  }

  /** A question after a long text, or before it. */
  private TrainingRow around(
      List<List<TrainingRow>> texts, TrainingRow question, double target, Random dice) {
    StringBuilder text = new StringBuilder();
    Set<String> uses = new TreeSet<>(question.uses());
    int passages = 1 + dice.nextInt(MOST_PASSAGES);
    for (int i = 0; i < passages; i++) {
      TrainingRow passage = any(any(texts, dice), dice);
      uses.addAll(passage.uses());
      text.append(i == 0 ? "" : "\n\n").append(passage.prompt());
    }
    boolean last = dice.nextInt(10) < 7;
    String prompt =
        last ? text + any(joints, dice) + question.prompt() : question.prompt() + "\n\n" + text;
    return new TrainingRow(NAME, question.group(), question.kind(), uses, prompt, target);
  }

  /** A text with what is to be done with it: translated, shortened, named; or solved. */
  private TrainingRow handled(TrainingRow text, List<String> asks, double target, Random dice) {
    String ask = any(asks, dice);
    String prompt =
        dice.nextBoolean() ? text.prompt() + "\n\n" + ask : ask + "\n\n" + text.prompt();
    return new TrainingRow(NAME, text.group(), "handled", text.uses(), prompt, target);
  }

  /** With what says nothing about the question: thanks, a signature. */
  private TrainingRow ended(TrainingRow row, Random dice) {
    String prompt = row.prompt() + any(ENDING_JOINTS, dice) + any(endings, dice);
    return new TrainingRow(NAME, row.group(), row.kind(), row.uses(), prompt, row.target());
  }

  private static <T> T any(List<T> list, Random dice) {
    return list.get(dice.nextInt(list.size()));
  }
}
