package dev.ponder.gateway.telemetry;

import dev.ponder.config.Configuration.Semconv;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /** What there is on top of all those under OpenTelemetry's names, if it is asked for. */
  public static List<Metric> semconv(Semconv version) {
    return GenAiMetrics.all(version);
  }

  /** The most lines that those have. */
  public static int ceiling(Semconv version) {
    return semconv(version).stream().mapToInt(Metric::ceiling).sum();
  }

  /** The tables of metrics and labels, in Markdown. */
  public static String tables() {
    return metrics(ALL) + "\n" + labels(ALL);
  }

  /** The tables of what is under OpenTelemetry's names. */
  public static String semconvTables() {
    List<Metric> old = semconv(Semconv.V1_41);
    List<Metric> main = semconv(Semconv.MAIN);
    List<Metric> both = Stream.concat(old.stream(), main.stream()).toList();
    return metrics(old) + "\n" + metrics(main) + "\n" + labels(both);
  }

  private static String metrics(List<Metric> all) {
    StringBuilder out = new StringBuilder("| metric | type | labels | |\n|---|---|---|---|\n");
    all.forEach(metric -> out.append(metric.row()).append('\n'));
    return out.toString();
  }

  private static String labels(List<Metric> all) {
    StringBuilder out = new StringBuilder("| label | of | values |\n|---|---|---|\n");
    Map<Label, List<Metric>> byLabel = byLabel(all);
    byLabel.forEach(
        (label, metrics) -> out.append(row(label, metrics, byLabel.keySet())).append('\n'));
    return out.toString();
  }

  private static Map<Label, List<Metric>> byLabel(List<Metric> all) {
    Map<Label, List<Metric>> metrics = new LinkedHashMap<>();
    for (Metric metric : all) {
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
  private static String row(Label label, List<Metric> metrics, Set<Label> labels) {
    boolean alone = labels.stream().filter(l -> named(l, label)).count() == 1;
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
