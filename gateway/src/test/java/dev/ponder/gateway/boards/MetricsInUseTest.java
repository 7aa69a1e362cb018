package dev.ponder.gateway.boards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.boards.BoardFiles.BoardFile;
import dev.ponder.gateway.boards.PromQl.Selector;
import dev.ponder.gateway.boards.RuleFile.Rule;
import dev.ponder.gateway.telemetry.Label;
import dev.ponder.gateway.telemetry.Metric;
import dev.ponder.gateway.telemetry.MetricCatalogue;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Boards and rules against the catalogue: nothing is asked for that is not there, or in vain. */
class MetricsInUseTest {

  /** Metrics that stand on no board and in no rule, and why. */
  private static final Map<String, String> EXEMPT = Map.of();

  /** Metrics of Micrometer and Prometheus that boards show; the proof asks a real server. */
  private static final Set<String> FOREIGN =
      Set.of(
          "up",
          "scrape_samples_post_metric_relabeling",
          "process_cpu_usage",
          "jvm_memory_used_bytes",
          "jvm_memory_max_bytes",
          "jvm_gc_pause_seconds",
          "jvm_threads_live_threads");

  /** What a scrape adds to every series, and what a histogram has beside its labels. */
  private static final Set<String> ADDED = Set.of("job", "instance", "le");

  private static final List<BoardFile> BOARDS = BoardFiles.read();
  private static final List<Rule> RECORDED = RuleFile.read("recording.yml");
  private static final List<Rule> ALERTS = RuleFile.read("alerts.yml");

  @Test
  void metrics_areInTheCatalogueAndHaveTheLabels() {
    Set<String> recorded = names(RECORDED);
    for (Map.Entry<String, String> query : queries().entrySet()) {
      for (Selector selector : PromQl.selectors(query.getKey())) {
        if (selector.recorded()) {
          assertThat(selector.metric()).as(query.getValue()).isIn(recorded);
          continue;
        }
        String family = PromQl.family(selector.metric());
        if (FOREIGN.contains(family)) {
          continue;
        }
        Metric metric =
            MetricCatalogue.find(family)
                .orElseThrow(() -> new AssertionError(query.getValue() + ": no " + family));
        assertThat(selector.metric().equals(family))
            .as("%s: %s is a histogram if it has such an ending", query.getValue(), family)
            .isEqualTo(metric.type() != Metric.Type.HISTOGRAM);
        Set<String> labels = new TreeSet<>(ADDED);
        labels.addAll(List.of(metric.labelNames()));
        assertThat(labels).as(query.getValue()).containsAll(selector.labels());
      }
    }
  }

  @Test
  void groupings_areByLabelsOfTheMetrics() {
    for (Map.Entry<String, String> query : queries().entrySet()) {
      Set<String> labels = new TreeSet<>(ADDED);
      labels.add("alertname");
      for (Selector selector : PromQl.selectors(query.getKey())) {
        MetricCatalogue.find(PromQl.family(selector.metric()))
            .ifPresent(metric -> metric.labels().forEach(label -> labels.add(label.name())));
        if (selector.recorded()) {
          labels.addAll(Set.of("budget", "window", "provider", "model", "tier"));
        }
      }
      assertThat(labels).as(query.getValue()).containsAll(PromQl.groupings(query.getKey()));
    }
  }

  @Test
  void constants_areValuesOfTheirLabels() {
    for (Map.Entry<String, String> query : queries().entrySet()) {
      for (PromQl.Constant constant : PromQl.constants(query.getKey())) {
        List<Label> labels =
            MetricCatalogue.find(PromQl.family(constant.metric())).stream()
                .flatMap(metric -> metric.labels().stream())
                .filter(label -> label.name().equals(constant.label()) && label.closed())
                .toList();
        for (Label label : labels) {
          assertThat(label.values()).as(query.getValue()).contains(constant.value());
        }
      }
    }
  }

  @Test
  void catalogue_isInUse() {
    Set<String> used =
        queries().keySet().stream()
            .flatMap(query -> PromQl.selectors(query).stream())
            .map(selector -> PromQl.family(selector.metric()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(MetricCatalogue.all())
        .extracting(Metric::name)
        .filteredOn(metric -> !used.contains(metric))
        .containsExactlyInAnyOrderElementsOf(EXEMPT.keySet());
  }

  @Test
  void recordedSeries_areInUse() {
    Set<String> used =
        queries().keySet().stream()
            .flatMap(query -> PromQl.selectors(query).stream())
            .map(Selector::metric)
            .collect(Collectors.toSet());
    assertThat(names(RECORDED)).allSatisfy(name -> assertThat(used).contains(name));
  }

  /** Every query, and where it stands. */
  private static Map<String, String> queries() {
    Map<String, String> queries = new LinkedHashMap<>();
    for (BoardFile board : BOARDS) {
      board.expressions().forEach(query -> queries.put(query, board.name()));
      for (JsonObject annotation : board.annotations()) {
        queries.put(annotation.getString("expr"), board.name() + ": annotation");
      }
      for (JsonObject variable : board.variables()) {
        String definition = variable.getString("definition", "");
        queries.put(
            definition.replaceFirst("^label_values\\((.*), \\w+\\)$", "$1"),
            board.name() + ": " + variable.getString("name"));
      }
    }
    Stream.concat(RECORDED.stream(), ALERTS.stream())
        .forEach(rule -> queries.put(rule.expression(), rule.name()));
    return queries;
  }

  private static Set<String> names(List<Rule> rules) {
    return rules.stream().map(Rule::name).collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void severities_areThree() {
    assertThat(ALERTS)
        .hasSize(15)
        .extracting(Rule::severity)
        .containsOnly("critical", "warning", "info");
  }

  @Test
  void alerts_haveARunbookAndTests() {
    List<String> fires = new ArrayList<>();
    List<String> quiet = new ArrayList<>();
    List<Object> tests = new ArrayList<>();
    tests.addAll(RuleFile.list(RuleFile.load("rules_test.yml").get("tests")));
    tests.addAll(RuleFile.list(RuleFile.load("drift_test.yml").get("tests")));
    for (Object test : tests) {
      Object cases = RuleFile.map(test).get("alert_rule_test");
      for (Object each : cases == null ? List.of() : RuleFile.list(cases)) {
        Map<?, ?> expected = RuleFile.map(each);
        String alert = String.valueOf(expected.get("alertname"));
        (RuleFile.list(expected.get("exp_alerts")).isEmpty() ? quiet : fires).add(alert);
      }
    }
    for (Rule alert : ALERTS) {
      assertThat(alert.name()).startsWith("Ponder");
      assertThat(alert.annotations()).containsKeys("summary", "description", "runbook_url");
      assertThat(alert.annotations().get("runbook_url"))
          .isEqualTo("https://ponder.example/runbooks/" + alert.name() + ".md");
      assertThat(Boards.folder().resolve("runbooks").resolve(alert.name() + ".md"))
          .exists()
          .content()
          .startsWith("# " + alert.name() + "\n")
          .contains("**What it means.**", "**How to look.**", "**What to do.**");
      assertThat(fires).contains(alert.name());
      assertThat(quiet).contains(alert.name());
    }
    assertThat(Boards.folder().resolve("runbooks")).isDirectoryNotContaining("glob:**.txt");
  }
}
