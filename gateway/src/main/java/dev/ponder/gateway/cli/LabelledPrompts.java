package dev.ponder.gateway.cli;

import dev.ponder.classify.Evaluation.Row;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prompts of which it is known what reasoning gained, read from a file of JSON lines or from a
 * traffic mix: a JSON object whose {@code rows} name prompts of the JSON lines files beside it.
 *
 * @param lines the JSON objects with {@code prompt} or {@code request}
 * @param rows their labels, in the same order
 */
record LabelledPrompts(List<JsonObject> lines, List<Row> rows) {

  /**
   * Reads a file, a traffic mix if its name ends in {@code .json}.
   *
   * @param folder where a mix finds its prompts; null is the folder of the mix
   * @throws IllegalArgumentException if something is wrong, with {@code file:line}
   */
  static LabelledPrompts read(Path file, @Nullable Path folder) throws IOException {
    LabelledPrompts prompts = new LabelledPrompts(new ArrayList<>(), new ArrayList<>());
    if (file.toString().endsWith(".json")) {
      Path parent = file.toAbsolutePath().getParent();
      prompts.readMix(file, folder != null ? folder : parent != null ? parent : file);
    } else {
      eachLine(file, (place, line) -> prompts.add(place, line, labelOf(line)));
    }
    if (prompts.rows.isEmpty()) {
      throw new IllegalArgumentException(file + ": no labelled prompt (expected: at least one)");
    }
    return prompts;
  }

  private void readMix(Path file, Path folder) throws IOException {
    JsonObject mix = parse(file.toString(), Files.readString(file));
    if (!(mix.getValue("rows") instanceof JsonArray members)) {
      throw new IllegalArgumentException(file + ": rows: missing (expected: an array)");
    }
    Map<String, JsonObject> byId = promptsOf(folder);
    for (int i = 0; i < members.size(); i++) {
      String place = file + ": rows[" + i + "]";
      if (!(members.getValue(i) instanceof JsonObject member)) {
        throw new IllegalArgumentException(place + ": not an object (expected: an object)");
      }
      JsonObject line = byId.get(String.valueOf(member.getValue("id")));
      if (line == null) {
        throw new IllegalArgumentException(
            place + ".id: " + member.getValue("id") + " (expected: an id in " + folder + ")");
      }
      double weight = number(member, "weight");
      boolean zero = Boolean.TRUE.equals(member.getValue("assumed_gain_zero"));
      add(
          place,
          line,
          zero
              ? Row.ofOutcomes(1, 1, weight)
              : Row.ofOutcomes(number(line, "cheap_ok"), number(line, "strong_ok"), weight));
    }
  }

  private static Map<String, JsonObject> promptsOf(Path folder) throws IOException {
    Map<String, JsonObject> byId = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jsonl")) {
      for (Path file : files) {
        eachLine(file, (place, line) -> byId.put(String.valueOf(line.getValue("id")), line));
      }
    }
    return byId;
  }

  private void add(String place, JsonObject line, @Nullable Row row) {
    if (row == null) {
      return;
    }
    if (!line.containsKey("prompt") && !line.containsKey("request")) {
      throw new IllegalArgumentException(place + ": prompt: missing (expected: a string)");
    }
    lines.add(line);
    rows.add(row);
  }

  /** Null if the line is not labelled at all. */
  private static @Nullable Row labelOf(JsonObject line) {
    if (line.getValue("cheap_ok") != null && line.getValue("strong_ok") != null) {
      return Row.ofOutcomes(number(line, "cheap_ok"), number(line, "strong_ok"), 1);
    }
    Object need = line.getValue("needs_reasoning");
    if (need == null) {
      return null;
    }
    return Row.ofNeed(Boolean.TRUE.equals(need) || (need instanceof Number n && n.intValue() == 1));
  }

  private static double number(JsonObject object, String name) {
    Object value = object.getValue(name);
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    throw new IllegalArgumentException(name + ": " + value + " (expected: a number)");
  }

  interface LineReader {
    void read(String place, JsonObject line);
  }

  static void eachLine(Path file, LineReader each) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(file)) {
      int number = 0;
      String line;
      while ((line = in.readLine()) != null) {
        number++;
        String place = file + ":" + number;
        if (!line.isBlank()) {
          try {
            each.read(place, parse(place, line));
          } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(
                message.startsWith(place) ? message : place + ": " + message, e);
          }
        }
      }
    }
  }

  private static JsonObject parse(String place, String text) {
    try {
      return new JsonObject(text);
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalArgumentException(place + ": not a JSON object (expected: one)", e);
    }
  }
}
