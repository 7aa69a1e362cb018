package dev.ponder.gateway.boards;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** As much of PromQL as it takes to narrow a query down, and to see what it asks for. */
final class PromQl {

  /** A metric of the gateway, its JVM or Prometheus itself, or a recorded one, and its matchers. */
  private static final Pattern SELECTOR =
      Pattern.compile(
          "(?<![\\w:\"$])((?:[a-z]+:)?(?:ponder|jvm|process|system|scrape)_[\\w:]+|up)\\b"
              + "(?:\\{([^}]*)})?");

  private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"");
  private static final Pattern COMPARISON =
      Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(by|on|ignoring|without)\\s*\\(([^)]*)\\)");
  private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");

  private PromQl() {}

  /**
   * A selector: a metric, and the labels that it is narrowed down by.
   *
   * @param metric its name, with the ending of a histogram's series
   * @param labels their names
   */
  record Selector(String metric, Set<String> labels) {

    boolean recorded() {
      return metric.indexOf(':') >= 0;
    }
  }

  /**
   * The query with the board's job and instance in every selector. What rules recorded is summed up
   * over instances, so it has the job only.
   */
  static String scoped(String expression) {
    return SELECTOR.matcher(expression).replaceAll(hit -> Matcher.quoteReplacement(scoped(hit)));
  }

  private static String scoped(MatchResult hit) {
    String own = hit.group(2) == null || hit.group(2).isEmpty() ? "" : "," + hit.group(2);
    boolean recorded = hit.group(1).indexOf(':') >= 0;
    String scope = recorded ? "job=~\"$job\"" : "job=~\"$job\",instance=~\"$instance\"";
    return hit.group(1) + "{" + scope + own + "}";
  }

  /** All selectors in it. */
  static List<Selector> selectors(String expression) {
    return SELECTOR
        .matcher(GROUPING.matcher(expression).replaceAll("$1 ()"))
        .results()
        .map(hit -> new Selector(hit.group(1), labels(hit.group(2) == null ? "" : hit.group(2))))
        .toList();
  }

  private static Set<String> labels(String matchers) {
    return MATCHER
        .matcher(matchers)
        .results()
        .map(hit -> hit.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * A value that a label is compared with.
   *
   * @param metric the metric's name, with the ending of a histogram's series
   * @param label the label's name
   * @param value one value; a comparison with several counts as several
   */
  record Constant(String metric, String label, String value) {}

  /** All values that labels are compared with, but those of variables. */
  static List<Constant> constants(String expression) {
    List<Constant> constants = new ArrayList<>();
    Matcher selectors = SELECTOR.matcher(expression);
    while (selectors.find()) {
      String matchers = selectors.group(2) == null ? "" : selectors.group(2);
      Matcher values = COMPARISON.matcher(matchers);
      while (values.find()) {
        for (String value : values.group(2).split("\\|", -1)) {
          if (!value.startsWith("$")) {
            constants.add(new Constant(selectors.group(1), values.group(1), value));
          }
        }
      }
    }
    return constants;
  }

  /** The names of the labels that it groups or joins by. */
  static Set<String> groupings(String expression) {
    Set<String> labels = new TreeSet<>();
    Matcher hits = GROUPING.matcher(STRING.matcher(expression).replaceAll("\"\""));
    while (hits.find()) {
      for (String label : hits.group(2).split(",", -1)) {
        if (!label.isBlank()) {
          labels.add(label.strip());
        }
      }
    }
    return labels;
  }

  /** The metric that a series is of: without what a histogram's series end in. */
  static String family(String series) {
    return series.replaceFirst("_(bucket|sum|count)$", "");
  }
}
