package dev.ponder.gateway.boards;

import static dev.ponder.gateway.boards.Json.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A panel as Grafana's classic model has it. */
final class PanelJson {

  private static final String BLUE = "blue";

  /** From good to bad. */
  private static final List<String> COLORS = List.of("green", "yellow", "orange", "red");

  private PanelJson() {}

  static Map<String, @Nullable Object> of(
      Panel panel,
      int id,
      Map<String, @Nullable Object> position,
      Map<String, @Nullable Object> source) {
    Map<String, @Nullable Object> json =
        object(
            "id", id,
            "type", panel.kind().type(),
            "title", panel.title(),
            "description", panel.description(),
            "gridPos", position,
            "datasource", source,
            "fieldConfig", fields(panel),
            "options", options(panel),
            "targets", targets(panel, source));
    if (panel.kind() == Panel.Kind.TABLE) {
      json.put("transformations", transformations(panel));
    }
    return json;
  }

  private static List<Object> targets(Panel panel, Map<String, @Nullable Object> source) {
    List<Object> targets = new ArrayList<>();
    boolean instant = panel.kind().instant();
    for (Panel.Query query : panel.queries()) {
      targets.add(
          object(
              "refId",
              ref(targets.size()),
              "datasource",
              source,
              "expr",
              query.expression(),
              "legendFormat",
              panel.kind() == Panel.Kind.HEATMAP ? "{{le}}" : query.legend(),
              "format",
              format(panel.kind()),
              "editorMode",
              "code",
              "instant",
              instant,
              "range",
              !instant));
    }
    return targets;
  }

  private static String ref(int index) {
    return String.valueOf((char) ('A' + index));
  }

  private static String format(Panel.Kind kind) {
    return switch (kind) {
      case TABLE -> "table";
      case HEATMAP -> "heatmap";
      default -> "time_series";
    };
  }

  private static Map<String, @Nullable Object> fields(Panel panel) {
    Map<String, @Nullable Object> defaults = object("unit", panel.unit().id());
    boolean coloured = panel.scale() != Panel.Scale.NONE;
    if (panel.unit() != Unit.AGO && panel.kind() != Panel.Kind.STATES) {
      defaults.put("min", 0);
    }
    if (panel.kind() == Panel.Kind.GAUGE) {
      defaults.put("max", 1);
    }
    if (panel.kind() == Panel.Kind.STAT || panel.kind() == Panel.Kind.GAUGE) {
      defaults.put("noValue", "–");
    }
    boolean lines = panel.kind() == Panel.Kind.TIMESERIES;
    defaults.put("color", object("mode", lines ? "palette-classic" : "thresholds"));
    defaults.put("thresholds", thresholds(panel.scale()));
    defaults.put("mappings", mappings(panel.states()));
    defaults.put("custom", custom(panel, coloured));
    List<Object> overrides = new ArrayList<>();
    if (panel.kind() == Panel.Kind.TABLE) {
      panel.queries().forEach(query -> overrides.add(column(query)));
    }
    return object("defaults", defaults, "overrides", overrides);
  }

  private static List<Object> mappings(List<String> states) {
    if (states.isEmpty()) {
      return List.of();
    }
    Map<String, @Nullable Object> names = object();
    for (int i = 0; i < states.size(); i++) {
      int color = i == states.size() - 1 ? COLORS.size() - 1 : i;
      names.put(
          Integer.toString(i),
          object("text", states.get(i), "color", COLORS.get(color), "index", i));
    }
    return List.of(object("type", "value", "options", names));
  }

  private static Map<String, @Nullable Object> custom(Panel panel, boolean coloured) {
    return switch (panel.kind()) {
      case TIMESERIES ->
          object(
              "drawStyle",
              "line",
              "lineWidth",
              panel.stacked() ? 0 : 1,
              "fillOpacity",
              panel.stacked() ? 60 : 8,
              "showPoints",
              "never",
              "spanNulls",
              false,
              "axisPlacement",
              "auto",
              "thresholdsStyle",
              object("mode", coloured ? "dashed" : "off"),
              "stacking",
              object("group", "A", "mode", panel.stacked() ? "normal" : "none"));
      case STATES -> object("fillOpacity", 70, "lineWidth", 0);
      case TABLE -> object("align", "auto", "filterable", false);
      default -> object();
    };
  }

  private static Map<String, @Nullable Object> thresholds(Panel.Scale scale) {
    List<Object> steps = new ArrayList<>();
    if (scale == Panel.Scale.NONE) {
      steps.add(step(BLUE, null));
    } else {
      steps.add(step("green", null));
      steps.add(step("yellow", scale.yellow()));
      steps.add(step("red", scale.red()));
    }
    return object("mode", "absolute", "steps", steps);
  }

  private static Object step(String color, @Nullable Double value) {
    return object("color", color, "value", value);
  }

  private static Map<String, @Nullable Object> options(Panel panel) {
    return switch (panel.kind()) {
      case TIMESERIES ->
          object(
              "legend",
              object(
                  "showLegend",
                  true,
                  "displayMode",
                  "table",
                  "placement",
                  "bottom",
                  "calcs",
                  List.of("lastNotNull", "max")),
              "tooltip",
              object("mode", "multi", "sort", "desc"));
      case STAT ->
          object(
              "reduceOptions", newest(),
              "colorMode", "value",
              "graphMode", panel.unit() == Unit.AGO ? "none" : "area",
              "justifyMode", "auto",
              "orientation", "auto",
              "textMode", "auto");
      case GAUGE ->
          object(
              "reduceOptions",
              newest(),
              "orientation",
              "auto",
              "showThresholdLabels",
              false,
              "showThresholdMarkers",
              true);
      case BARS ->
          object(
              "reduceOptions",
              newest(),
              "displayMode",
              "gradient",
              "orientation",
              "horizontal",
              "showUnfilled",
              true);
      case TABLE -> object("showHeader", true, "cellHeight", "sm");
      case HEATMAP -> heatmap(panel);
      case STATES -> states();
    };
  }

  private static Map<String, @Nullable Object> heatmap(Panel panel) {
    return object(
        "calculate", false,
        "color", object("mode", "scheme", "scheme", "Blues", "steps", 64),
        "cellGap", 1,
        "filterValues", object("le", 0.000_001),
        "legend", object("show", true),
        "rowsFrame", object("layout", "auto"),
        "tooltip", object("mode", "single", "showColorScale", false),
        "yAxis", object("axisPlacement", "left", "unit", panel.unit().id()));
  }

  private static Map<String, @Nullable Object> states() {
    return object(
        "mergeValues",
        true,
        "showValue",
        "never",
        "alignValue",
        "left",
        "rowHeight",
        0.8,
        "legend",
        object("showLegend", false, "displayMode", "list", "placement", "bottom"),
        "tooltip",
        object("mode", "single", "sort", "none"));
  }

  private static Object newest() {
    return object("calcs", List.of("lastNotNull"), "fields", "", "values", false);
  }

  /** In a table the value of query B is the field "Value #B"; that of a lone query is "Value". */
  private static List<Object> transformations(Panel panel) {
    Map<String, @Nullable Object> names = object();
    for (int i = 0; i < panel.queries().size(); i++) {
      String field = panel.queries().size() == 1 ? "Value" : "Value #" + ref(i);
      names.put(field, panel.queries().get(i).legend());
    }
    return List.of(
        object("id", "merge", "options", object()),
        object(
            "id",
            "organize",
            "options",
            object("excludeByName", object("Time", true, "job", true), "renameByName", names)));
  }

  private static Object column(Panel.Query query) {
    return object(
        "matcher", object("id", "byName", "options", query.legend()),
        "properties", List.of(object("id", "unit", "value", query.unit().id())));
  }
}
