package dev.ponder.gateway.boards;

import static dev.ponder.gateway.boards.Json.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A board in Grafana's classic JSON model, which every version from 9 on imports. Panels flow from
 * left to right, and to the next line when a row's 24 columns are full.
 */
final class BoardJson {

  private static final int COLUMNS = 24;
  private static final Map<String, @Nullable Object> SOURCE =
      object("type", "prometheus", "uid", "${datasource}");

  private final List<Object> panels = new ArrayList<>();
  private int nextId = 1;
  private int y;

  private BoardJson() {}

  static String of(Board board) {
    BoardJson json = new BoardJson();
    for (Board.Row row : board.rows()) {
      json.add(row);
    }
    return Json.text(json.page(board));
  }

  private Map<String, @Nullable Object> page(Board board) {
    return object(
        "id",
        null,
        "uid",
        board.uid(),
        "title",
        "Ponder / " + board.title(),
        "description",
        board.description(),
        "tags",
        List.of("ponder"),
        "schemaVersion",
        39,
        "version",
        1,
        "editable",
        false,
        "graphTooltip",
        1,
        "refresh",
        "30s",
        "timezone",
        "browser",
        "time",
        object("from", "now-3h", "to", "now"),
        "links",
        List.of(links()),
        "annotations",
        object("list", annotations()),
        "templating",
        object("list", variables(board)),
        "panels",
        panels);
  }

  private static Map<String, @Nullable Object> links() {
    return object(
        "type",
        "dashboards",
        "title",
        "Ponder",
        "tags",
        List.of("ponder"),
        "asDropdown",
        false,
        "includeVars",
        true,
        "keepTime",
        true,
        "targetBlank",
        false,
        "icon",
        "external link",
        "url",
        "");
  }

  private static List<Object> annotations() {
    return List.of(
        annotation(
            "Configuration loaded",
            "blue",
            "changes(ponder_config_last_reload_success_timestamp_seconds[1m]) > 0",
            "{{instance}}"),
        annotation(
            "Alerts",
            "red",
            "max by (alertname) (ALERTS{alertname=~\"Ponder.*\",alertstate=\"firing\"})",
            "{{alertname}}"));
  }

  private static Object annotation(String name, String color, String expression, String text) {
    return object(
        "name", name,
        "datasource", SOURCE,
        "enable", true,
        "hide", false,
        "iconColor", color,
        "expr", PromQl.scoped(expression),
        "step", "60s",
        "titleFormat", name,
        "textFormat", text);
  }

  private static List<Object> variables(Board board) {
    List<Object> list = new ArrayList<>();
    list.add(
        object(
            "name", "datasource",
            "label", "Data source",
            "type", "datasource",
            "query", "prometheus",
            "hide", 0,
            "refresh", 1,
            "regex", "",
            "multi", false,
            "includeAll", false));
    list.add(variable("job", "Job", "label_values(ponder_build_info, job)"));
    list.add(
        variable(
            "instance", "Instance", "label_values(ponder_build_info{job=~\"$job\"}, instance)"));
    for (Board.Variable choice : board.variables()) {
      list.add(
          variable(
              choice.name(),
              choice.label(),
              "label_values(%s{job=~\"$job\"}, %s)".formatted(choice.metric(), choice.name())));
    }
    return list;
  }

  private static Object variable(String name, String label, String query) {
    return object(
        "name",
        name,
        "label",
        label,
        "type",
        "query",
        "datasource",
        SOURCE,
        "query",
        object("query", query, "refId", "Variable"),
        "definition",
        query,
        "refresh",
        2,
        "sort",
        1,
        "hide",
        0,
        "regex",
        "",
        "multi",
        true,
        "includeAll",
        true,
        "allValue",
        ".+",
        "current",
        object("selected", true, "text", List.of("All"), "value", List.of("$__all")));
  }

  private void add(Board.Row row) {
    List<Object> inside = row.collapsed() ? new ArrayList<>() : panels;
    panels.add(
        object(
            "id",
            nextId++,
            "type",
            "row",
            "title",
            row.title(),
            "collapsed",
            row.collapsed(),
            "gridPos",
            position(0, y++, COLUMNS, 1),
            "panels",
            row.collapsed() ? inside : List.of()));
    int x = 0;
    int height = 0;
    int below = y;
    for (Panel panel : row.panels()) {
      if (x + panel.width() > COLUMNS) {
        x = 0;
        below += height;
        height = 0;
      }
      Map<String, @Nullable Object> at = position(x, below, panel.width(), panel.height());
      inside.add(PanelJson.of(panel, nextId++, at, SOURCE));
      x += panel.width();
      height = Math.max(height, panel.height());
    }
    if (!row.collapsed()) {
      y = below + height;
    }
  }

  private static Map<String, @Nullable Object> position(int x, int y, int width, int height) {
    return object("h", height, "w", width, "x", x, "y", y);
  }
}
