package dev.ponder.gateway.boards;

import java.util.ArrayList;
import java.util.List;

/**
 * A panel: some queries and how their answer is drawn.
 *
 * @param kind how it is drawn
 * @param title what people read
 * @param unit of its numbers
 * @param description what it tells, and what to do about it
 * @param width in columns of 24
 * @param height in rows of about 30 pixels
 * @param scale from which values on colours warn
 * @param stacked whether lines stand on top of each other
 * @param states of a panel of states what 0, 1, 2 … are, the best first; else empty
 * @param queries at least one
 */
record Panel(
    Kind kind,
    String title,
    Unit unit,
    String description,
    int width,
    int height,
    Scale scale,
    boolean stacked,
    List<String> states,
    List<Query> queries) {

  /** How a panel is drawn. */
  enum Kind {
    TIMESERIES("timeseries"),
    STAT("stat"),
    GAUGE("gauge"),
    BARS("bargauge"),
    TABLE("table"),
    HEATMAP("heatmap"),
    STATES("state-timeline");

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    String type() {
      return type;
    }

    /** Whether only the newest value counts. */
    boolean instant() {
      return this == TABLE || this == BARS || this == GAUGE;
    }
  }

  /** From which values on colours warn; the colours are the same on all boards. */
  enum Scale {
    NONE(0, 0),
    /** Any is bad. */
    ANY(0.000_001, 1),
    /** A budget: it runs out at 1. */
    BUDGET(0.8, 1),
    /** A share of failures. */
    ERRORS(0.01, 0.05),
    /** A burn rate: 1 lands on the limit. */
    BURN(1, 2),
    /** What the gateway may add, in seconds. */
    OVERHEAD(0.01, 0.05);

    private final double yellow;
    private final double red;

    Scale(double yellow, double red) {
      this.yellow = yellow;
      this.red = red;
    }

    double yellow() {
      return yellow;
    }

    double red() {
      return red;
    }
  }

  /**
   * One query.
   *
   * @param expression in PromQL, narrowed down to the board's job and instance
   * @param legend the name of a line, such as {@code {{tier}} p95}; in tables the column
   * @param unit in tables that of the column
   */
  record Query(String expression, String legend, Unit unit) {}

  Panel {
    states = List.copyOf(states);
    queries = List.copyOf(queries);
  }

  private static Panel of(Kind kind, String title, Unit unit, int width, int height, String says) {
    return new Panel(
        kind, title, unit, says, width, height, Scale.NONE, false, List.of(), List.of());
  }

  static Panel lines(String title, Unit unit, String description) {
    return of(Kind.TIMESERIES, title, unit, 12, 8, description);
  }

  static Panel stat(String title, Unit unit, String description) {
    return of(Kind.STAT, title, unit, 3, 4, description);
  }

  static Panel gauge(String title, Unit unit, String description) {
    return of(Kind.GAUGE, title, unit, 3, 4, description);
  }

  static Panel bars(String title, Unit unit, String description) {
    return of(Kind.BARS, title, unit, 12, 8, description);
  }

  static Panel table(String title, Unit unit, String description) {
    return of(Kind.TABLE, title, unit, 24, 8, description);
  }

  static Panel heatmap(String title, Unit unit, String description) {
    return of(Kind.HEATMAP, title, unit, 12, 8, description);
  }

  static Panel states(String title, String description, String... names) {
    return new Panel(
        Kind.STATES,
        title,
        Unit.COUNT,
        description,
        12,
        8,
        Scale.NONE,
        false,
        List.of(names),
        List.of());
  }

  Panel wide(int columns) {
    return new Panel(
        kind, title, unit, description, columns, height, scale, stacked, states, queries);
  }

  Panel warns(Scale at) {
    return new Panel(kind, title, unit, description, width, height, at, stacked, states, queries);
  }

  Panel onTop() {
    return new Panel(kind, title, unit, description, width, height, scale, true, states, queries);
  }

  /** With one query more; in tables a column of its own unit. */
  Panel query(String legend, Unit columnUnit, String expression) {
    List<Query> more = new ArrayList<>(queries);
    more.add(new Query(PromQl.scoped(expression), legend, columnUnit));
    return new Panel(kind, title, unit, description, width, height, scale, stacked, states, more);
  }

  /** With one query more. */
  Panel query(String legend, String expression) {
    return query(legend, unit, expression);
  }

  /** With the quantiles of a histogram, by labels. */
  Panel quantiles(String histogram, String by, int... percents) {
    Panel panel = this;
    String labels = by.isEmpty() ? "le" : "le, " + by;
    String series = by.isEmpty() ? "" : legend(by) + " ";
    int brace = histogram.indexOf('{');
    String name = brace < 0 ? histogram : histogram.substring(0, brace);
    String matchers = brace < 0 ? "" : histogram.substring(brace);
    for (int percent : percents) {
      panel =
          panel.query(
              series + "p" + percent,
              "histogram_quantile(%s, sum by (%s) (rate(%s_bucket%s[$__rate_interval])))"
                  .formatted(percent / 100.0, labels, name, matchers));
    }
    return panel;
  }

  /** With the rate of a counter, by labels. */
  Panel rates(String counter, String by) {
    return query(legend(by), "sum by (%s) (rate(%s[$__rate_interval]))".formatted(by, counter));
  }

  private static String legend(String labels) {
    return "{{" + labels.replace(", ", "}} {{") + "}}";
  }
}
