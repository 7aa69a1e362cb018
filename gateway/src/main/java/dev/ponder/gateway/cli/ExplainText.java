package dev.ponder.gateway.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An explanation as people read it. */
final class ExplainText {

  private ExplainText() {}

  /** Some lines, the last of which ends in a line break. */
  static String of(JsonObject explanation) {
    StringBuilder out = new StringBuilder(1_024);
    out.append(explanation.getString("route")).append(" -> ");
    if (explanation.getString("outcome").equals("refuse")) {
      JsonObject error = explanation.getJsonObject("error");
      out.append("refused: ").append(error.getValue("status")).append(' ');
      out.append(error.getString("code")).append('\n');
      out.append("  ").append(error.getString("message")).append('\n');
    } else {
      out.append(explanation.getString("model"));
      if (explanation.containsKey("effort")) {
        out.append(" at effort ").append(explanation.getString("effort"));
      }
      out.append(" (").append(explanation.getString("deployment")).append("), reason ");
      out.append(explanation.getString("reason")).append('\n');
    }
    score(out, explanation);
    tiers(out, explanation.getJsonArray("tiers"));
    budgets(out, explanation.getJsonArray("budgets"));
    return out.toString();
  }

  private static void score(StringBuilder out, JsonObject explanation) {
    if (!explanation.containsKey("score")) {
      out.append("\nNothing to weigh: the request names a model, or a route of one tier.\n");
      return;
    }
    out.append("\nscore ").append(number(explanation.getDouble("score")));
    if (explanation.getBoolean("hinted")) {
      out.append(" by the caller's hint; ").append(explanation.getString("classifier"));
      out.append(" says ").append(number(explanation.getDouble("classifier_score")));
    } else {
      out.append(" by ").append(explanation.getString("classifier"));
    }
    out.append(", probability of a gain ");
    out.append(number(explanation.getDouble("gain_probability"))).append('\n');
    for (Object one : explanation.getJsonArray("signals")) {
      JsonObject signal = (JsonObject) one;
      double weight = signal.getDouble("weight");
      out.append(String.format(Locale.ROOT, "  %+6.2f  %s%n", weight, signal.getString("name")));
    }
  }

  private static void tiers(StringBuilder out, JsonArray tiers) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("tier", "model", "effort", "threshold", "now", "expected USD", "at most USD"));
    List<String> whys = new ArrayList<>();
    whys.add("");
    for (Object one : tiers) {
      JsonObject tier = (JsonObject) one;
      rows.add(
          List.of(
              String.valueOf(tier.getInteger("tier")),
              tier.getString("model"),
              tier.getString("effort", "-"),
              threshold(tier, "threshold"),
              threshold(tier, "threshold_now"),
              tier.getString("estimated_cost_usd"),
              tier.getString("reserve_usd")));
      whys.add(tier.getString("verdict") + ": " + tier.getString("why"));
    }
    out.append('\n');
    table(out, rows, whys);
  }

  private static void budgets(StringBuilder out, JsonArray budgets) {
    if (budgets.isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("budget", "window", "limit USD", "remaining USD", "when exhausted", "price"));
    List<String> ends = new ArrayList<>();
    ends.add("");
    for (Object one : budgets) {
      JsonObject budget = (JsonObject) one;
      rows.add(
          List.of(
              budget.getString("name"),
              budget.getString("window"),
              budget.getString("limit_usd"),
              budget.getString("remaining_usd"),
              budget.getString("at_exhaustion"),
              number(budget.getDouble("shadow_price"))));
      ends.add("");
    }
    out.append('\n');
    table(out, rows, ends);
  }

  private static void table(StringBuilder out, List<List<String>> rows, List<String> ends) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (int r = 0; r < rows.size(); r++) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = rows.get(r).get(i);
        line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
      }
      out.append(line.append(ends.get(r)).toString().stripTrailing()).append('\n');
    }
  }

  private static String threshold(JsonObject tier, String member) {
    Double value = tier.getDouble(member);
    return value == null ? "-" : number(value);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
