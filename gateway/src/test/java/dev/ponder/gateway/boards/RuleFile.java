package dev.ponder.gateway.boards;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A file of rules in {@code dashboards/prometheus/}. */
final class RuleFile {

  private RuleFile() {}

  /**
   * A rule.
   *
   * @param name of the recorded series or the alert
   * @param expression in PromQL
   * @param severity of an alert; else empty
   * @param annotations of an alert
   */
  record Rule(String name, String expression, String severity, Map<String, String> annotations) {}

  static List<Rule> read(String name) {
    List<Rule> rules = new ArrayList<>();
    for (Object group : list(load(name).get("groups"))) {
      for (Object each : list(map(group).get("rules"))) {
        Map<?, ?> rule = map(each);
        Object title = rule.containsKey("alert") ? rule.get("alert") : rule.get("record");
        rules.add(
            new Rule(
                String.valueOf(title),
                String.valueOf(rule.get("expr")),
                rule.containsKey("labels")
                    ? String.valueOf(map(rule.get("labels")).get("severity"))
                    : "",
                rule.containsKey("annotations") ? texts(map(rule.get("annotations"))) : Map.of()));
      }
    }
    return rules;
  }

  /** What stands in a YAML file of {@code dashboards/prometheus/}. */
  static Map<?, ?> load(String name) {
    try {
      String text = Files.readString(Boards.folder().resolve("prometheus").resolve(name));
      return map(new Load(LoadSettings.builder().build()).loadFromString(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<?, ?> map(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException(value + " (expected: a mapping)");
  }

  static List<?> list(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException(value + " (expected: a list)");
  }

  private static Map<String, String> texts(Map<?, ?> map) {
    Map<String, String> texts = new java.util.TreeMap<>();
    map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    return texts;
  }
}
