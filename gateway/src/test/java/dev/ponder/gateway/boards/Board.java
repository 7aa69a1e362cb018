package dev.ponder.gateway.boards;

import java.util.List;

/**
 * A board: one page of panels.
 *
 * @param uid its name in addresses, which never changes; also its file's
 * @param title what people read
 * @param description what it answers, in one sentence
 * @param variables what one may narrow it down by, beside job and instance
 * @param rows from top to bottom
 */
record Board(
    String uid, String title, String description, List<Variable> variables, List<Row> rows) {

  Board {
    variables = List.copyOf(variables);
    rows = List.copyOf(rows);
  }

  /**
   * A choice among the values of a label.
   *
   * @param name the label
   * @param label what people read
   * @param metric a metric that has all the values
   */
  record Variable(String name, String label, String metric) {}

  /**
   * Panels under one heading.
   *
   * @param collapsed whether it has to be opened first
   */
  record Row(String title, boolean collapsed, List<Panel> panels) {

    Row {
      panels = List.copyOf(panels);
    }

    static Row of(String title, Panel... panels) {
      return new Row(title, false, List.of(panels));
    }

    static Row folded(String title, Panel... panels) {
      return new Row(title, true, List.of(panels));
    }
  }
}
