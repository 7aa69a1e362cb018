package dev.ponder.gateway.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One file of labelled prompts in a {@link TrainingRecipe}, and what its labels mean.
 *
 * @param name what {@code --leave-out} calls it: the file's name without its ending
 * @param file a path below the data folder, or below the recipe's if it begins with {@code ./}
 * @param group the member that parts its rows into groups; empty: all are one group
 * @param weight how much all its rows count together; 0: prompts are only composed of them
 * @param traffic the share of ordinary traffic that they stand for, in percent
 * @param ship whether the shipped model may be fitted on it
 * @param rules what a row's target is; the first that fits holds
 */
record TrainingSource(
    String name,
    String file,
    String group,
    double weight,
    double traffic,
    boolean ship,
    List<Rule> rules) {

  /** What a row without any other label is taken for where reasoning is said to be needed. */
  private static final double NEEDED = 0.5;

  private static final double NOT_NEEDED = 0.01;

  /**
   * What the target of some rows is: {@code base + gain * max(0, strong - cheap)}.
   *
   * @param field the member to look at; empty: every row fits
   * @param values the values that fit
   * @param skip whether rows that fit are not trained on
   * @param base see above, 0..1
   * @param gain see above; 0 where outcomes are not to be looked at
   * @param labelled whether the row itself says it: outcomes, {@code gain} or {@code
   *     needs_reasoning}
   */
  record Rule(
      String field, List<String> values, boolean skip, double base, double gain, boolean labelled) {

    private static Rule of(JsonObject json) {
      return new Rule(
          json.getString("field", ""),
          strings(json.getJsonArray("is", new JsonArray())),
          json.getBoolean("skip", false),
          json.getDouble("base", 0.0),
          json.getDouble("gain", 0.0),
          json.getBoolean("labelled", false));
    }

    private boolean fits(JsonObject row) {
      return field.isEmpty() || values.contains(String.valueOf(row.getValue(field)));
    }

    private OptionalDouble target(JsonObject row) {
      if (skip) {
        return OptionalDouble.empty();
      }
      OptionalDouble outcome = outcome(row);
      if (labelled) {
        return label(row, outcome);
      }
      if (gain == 0) {
        return OptionalDouble.of(base);
      }
      return outcome.isPresent()
          ? OptionalDouble.of(Math.min(1, base + gain * outcome.getAsDouble()))
          : OptionalDouble.empty();
    }

    /** What the strong model gained; never below 0. */
    private static OptionalDouble outcome(JsonObject row) {
      return row.getValue("cheap_ok") instanceof Number cheap
              && row.getValue("strong_ok") instanceof Number strong
          ? OptionalDouble.of(Math.max(0, strong.doubleValue() - cheap.doubleValue()))
          : OptionalDouble.empty();
    }

    private static OptionalDouble label(JsonObject row, OptionalDouble outcome) {
      if (outcome.isPresent()) {
        return outcome;
      }
      if (row.getValue("gain") instanceof Number gained) {
        return OptionalDouble.of(gained.doubleValue());
      }
      Object needed = row.getValue("needs_reasoning");
      if (needed == null) {
        return OptionalDouble.empty();
      }
      if (Boolean.TRUE.equals(needed) || Integer.valueOf(1).equals(needed)) {
        return OptionalDouble.of(NEEDED);
      }
      if (Boolean.FALSE.equals(needed) || Integer.valueOf(0).equals(needed)) {
        return OptionalDouble.of(NOT_NEEDED);
      }
      throw new IllegalArgumentException(
          "needs_reasoning: " + needed + " (expected: true, false, 1 or 0)");
    }
  }

  static TrainingSource of(JsonObject json) {
    String file = json.getString("file");
    if (file == null) {
      throw new IllegalArgumentException("file: missing (expected: a path)");
    }
    List<Rule> rules = new ArrayList<>();
    for (Object rule : json.getJsonArray("rules", new JsonArray())) {
      rules.add(Rule.of((JsonObject) rule));
    }
    String name = file.substring(file.lastIndexOf('/') + 1).replaceFirst("\\.jsonl$", "");
    return new TrainingSource(
        name,
        file,
        json.getString("group", ""),
        json.getDouble("weight", 1.0),
        json.getDouble("traffic", 0.0),
        json.getBoolean("ship", true),
        List.copyOf(rules));
  }

  /**
   * The row's target; empty if it is not to be trained on.
   *
   * @throws IllegalArgumentException if a label is out of its range
   */
  OptionalDouble target(JsonObject row) {
    for (Rule rule : rules) {
      if (rule.fits(row)) {
        OptionalDouble target = rule.target(row);
        target.ifPresent(TrainingSource::checkTarget);
        return target;
      }
    }
    return OptionalDouble.empty();
  }

  private static void checkTarget(double target) {
    if (!(target >= 0 && target <= 1)) {
      throw new IllegalArgumentException("gain: " + target + " (expected: 0..1)");
    }
  }

  /**
   * The group that the row belongs to; a row that does not name one is a group of its own.
   *
   * @param place where the row stands
   */
  String groupOf(JsonObject row, String place) {
    if (group.isEmpty()) {
      return name;
    }
    Object value = row.getValue(group);
    return value == null ? place : name + ":" + value;
  }

  static List<String> strings(JsonArray array) {
    return array.stream().map(String::valueOf).toList();
  }
}
