package dev.ponder.gateway.telemetry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The catalogue of metrics: every name, type, label and bucket, and how many series there may be.
 * What is exported, {@code METRICS.md}, dashboards and alerts are all held against it.
 *
 * <p>It has four parts: {@link TrafficMetrics}, {@link CallMetrics}, {@link MoneyMetrics}, {@link
 * ProcessMetrics}. A label value is a configured name or a constant of {@link Label}, never
 * anything that a caller sends.
 */
public final class MetricCatalogue {

  private static final int LISTED_MAX = 5;

  private static final List<Metric> ALL =
      Stream.of(TrafficMetrics.all(), CallMetrics.all(), MoneyMetrics.all(), ProcessMetrics.all())
          .flatMap(List::stream)
          .toList();

  private MetricCatalogue() {}

  /** All metrics, in the order of the tables. */
  public static List<Metric> all() {
    return ALL;
  }

  /** The metric of this name, such as {@code ponder_requests_total}. */
  public static Optional<Metric> find(String name) {
    return ALL.stream().filter(metric -> metric.name().equals(name)).findFirst();
  }

  /** The most lines that all metrics together have in an exposition, whatever is sent. */
  public static int ceiling() {
    return ALL.stream().mapToInt(Metric::ceiling).sum();
  }

  /** The tables of metrics and labels, in Markdown. */
  public static String tables() {
    StringBuilder out = new StringBuilder("| metric | type | labels | |\n|---|---|---|---|\n");
    ALL.forEach(metric -> out.append(metric.row()).append('\n'));
    out.append("\n| label | of | values |\n|---|---|---|\n");
    byLabel().forEach((label, metrics) -> out.append(row(label, metrics)).append('\n'));
    return out.toString();
  }

  private static Map<Label, List<Metric>> byLabel() {
    Map<Label, List<Metric>> metrics = new LinkedHashMap<>();
    for (Metric metric : ALL) {
      for (Label label : metric.labels()) {
        metrics.computeIfAbsent(label, first -> new ArrayList<>()).add(metric);
      }
    }
    return metrics.entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().name()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
  }

  /** Where the name has one meaning only, or another meaning in few metrics, no list is needed. */
  private static String row(Label label, List<Metric> metrics) {
    boolean alone = byLabel().keySet().stream().filter(l -> named(l, label)).count() == 1;
    String of =
        alone || metrics.size() > LISTED_MAX
            ? (alone ? "" : "all others")
            : metrics.stream().map(m -> "`" + m.name() + "`").collect(Collectors.joining(", "));
    return "| `" + label.name() + "` | " + of + " | " + label.describe() + " |";
  }

  private static boolean named(Label one, Label other) {
    return one.name().equals(other.name());
  }
}
