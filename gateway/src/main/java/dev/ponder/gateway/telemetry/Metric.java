package dev.ponder.gateway.telemetry;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One metric of the catalogue.
 *
 * @param name its full name, with the ending {@code _total} of counters
 * @param type what it is
 * @param help what it tells, in one sentence
 * @param labels its labels, in the order in which values are given
 * @param bounds the upper bounds of a histogram's buckets, without infinity; else empty
 */
public record Metric(String name, Type type, String help, List<Label> labels, List<Double> bounds) {

  private static final Set<Label> OF_CONFIGURATION =
      Set.of(
          Label.TENANT,
          Label.ROUTE,
          Label.CLASSIFIER,
          Label.PROVIDER,
          Label.MODEL,
          Label.GEN_AI_REQUEST,
          Label.POLICY,
          Label.BUDGET);

  /** What Prometheus calls the type of a metric. */
  public enum Type {
    COUNTER,
    /** A counter of US dollars that adds whole nano-dollars. */
    MONEY,
    GAUGE,
    HISTOGRAM,
    /** One gauge a state: 1 for the present one, 0 for the others. */
    STATES,
    INFO;

    /** The word behind {@code # TYPE} in Prometheus's text format. */
    public String word() {
      return switch (this) {
        case COUNTER, MONEY -> "counter";
        case HISTOGRAM -> "histogram";
        case GAUGE, STATES, INFO -> "gauge";
      };
    }
  }

  public Metric {
    labels = List.copyOf(labels);
    bounds = List.copyOf(bounds);
    boolean counts = type == Type.COUNTER || type == Type.MONEY;
    if (counts != name.endsWith("_total")) {
      throw new IllegalArgumentException("name: " + name + " (expected: counters end in _total)");
    }
    if ((type == Type.HISTOGRAM) == bounds.isEmpty()) {
      throw new IllegalArgumentException(name + ": bounds " + bounds + " for a " + type);
    }
  }

  static Metric counter(String name, String help, Label... labels) {
    return new Metric(name, Type.COUNTER, help, List.of(labels), List.of());
  }

  static Metric money(String name, String help, Label... labels) {
    return new Metric(name, Type.MONEY, help, List.of(labels), List.of());
  }

  static Metric gauge(String name, String help, Label... labels) {
    return new Metric(name, Type.GAUGE, help, List.of(labels), List.of());
  }

  static Metric states(String name, String help, Label... labels) {
    return new Metric(name, Type.STATES, help, List.of(labels), List.of());
  }

  static Metric info(String name, String help, Label... labels) {
    return new Metric(name, Type.INFO, help, List.of(labels), List.of());
  }

  static Metric histogram(String name, double[] bounds, String help, Label... labels) {
    List<Double> boxed = Arrays.stream(bounds).boxed().toList();
    return new Metric(name, Type.HISTOGRAM, help, List.of(labels), boxed);
  }

  /**
   * The unit that its name ends in: seconds, USD, tokens, ratio; else a plain number, {@code 1}.
   */
  public String unit() {
    String base = name.endsWith("_total") ? name.substring(0, name.length() - 6) : name;
    if (base.endsWith("_usd")) {
      return "USD";
    }
    for (String unit : List.of("seconds", "tokens", "ratio")) {
      if (base.endsWith("_" + unit)) {
        return unit;
      }
    }
    return "1";
  }

  /** The names of its labels. */
  public String[] labelNames() {
    return labels.stream().map(Label::name).toArray(String[]::new);
  }

  double[] upperBounds() {
    return bounds.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * Its values are told apart by labels that are all constants: its series exist from the start.
   */
  boolean closed() {
    return labels.stream().allMatch(Label::closed);
  }

  /** Whether its series come and go with what the configuration names. */
  boolean configured() {
    return labels.stream().anyMatch(OF_CONFIGURATION::contains);
  }

  /**
   * The most lines that it has in an exposition. A model's deployment has one upstream and one
   * kind, a budget one window; and the owners of all budgets share one limit. Such a label beside
   * the one that fixes it multiplies nothing, nor do labels of which one is empty where the other
   * is not.
   */
  int ceiling() {
    Set<Label> fixed = new HashSet<>();
    int series = 1;
    if (labels.contains(Label.MODEL)) {
      fixed.addAll(List.of(Label.PROVIDER, Label.TIER, Label.KIND_OF_MODEL));
    }
    if (labels.contains(Label.GEN_AI_REQUEST)) { // the rest of the models may be anybody's
      fixed.addAll(List.of(Label.GEN_AI_REQUEST, Label.GEN_AI_PROVIDER));
      series = Label.GEN_AI_REQUEST.most() + Label.GEN_AI_PROVIDER.most();
    }
    if (labels.contains(Label.GEN_AI_ERROR)) { // a call that failed has no answer
      fixed.addAll(List.of(Label.GEN_AI_ERROR, Label.GEN_AI_RESPONSE));
      series *= Label.GEN_AI_RESPONSE.most() + Label.GEN_AI_ERROR.most();
    }
    if (labels.contains(Label.BUDGET)) {
      fixed.add(Label.WINDOW);
    }
    if (labels.contains(Label.OWNER)) {
      fixed.addAll(List.of(Label.BUDGET, Label.OWNER));
      series = Label.BUDGET.most() + Label.OWNER.most();
    }
    for (Label label : labels) {
      series *= fixed.contains(label) ? 1 : label.most();
    }
    return type == Type.HISTOGRAM ? series * (bounds.size() + 3) : series; // +Inf, sum, count
  }

  /** Its row in the table of metrics. */
  String row() {
    String names = labels.stream().map(l -> "`" + l.name() + "`").collect(Collectors.joining(", "));
    return "| `" + name + "` | " + type.word() + " | " + names + " | " + help + " |";
  }
}
