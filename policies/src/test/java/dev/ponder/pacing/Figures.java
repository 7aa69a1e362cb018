package dev.ponder.pacing;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came of the days of one budget, beside what hindsight would have bought. */
final class Figures {

  private final Map<Scenario, List<Double>> shares = new EnumMap<>(Scenario.class);
  private double worst = Double.MAX_VALUE;
  private String worstDay = "none";
  private double maxSpent;
  private double spent;
  private int days;
  private int escalated;
  private int cut;

  void add(Scenario scenario, long seed, double share, PacedDay.Outcome outcome) {
    shares.computeIfAbsent(scenario, s -> new ArrayList<>()).add(share);
    if (share < worst) {
      worst = share;
      worstDay = scenario + " of seed " + seed;
    }
    maxSpent = Math.max(maxSpent, outcome.spentShare());
    spent += outcome.spentShare();
    days++;
    escalated += outcome.escalated();
    cut += outcome.cut();
  }

  double mean(Scenario scenario) {
    double sum = 0;
    List<Double> of = shares.getOrDefault(scenario, List.of());
    for (double share : of) {
      sum += share;
    }
    return sum / of.size();
  }

  double worst() {
    return worst;
  }

  String worstDay() {
    return worstDay;
  }

  double maxSpent() {
    return maxSpent;
  }

  /** The share of answers that were cut at their cap. */
  double cut() {
    return (double) cut / escalated;
  }

  /** A line of a table: means of the scenarios, worst day, most spent, mean spent, cut. */
  String line() {
    StringBuilder out = new StringBuilder();
    for (Scenario scenario : shares.keySet()) {
      out.append(String.format(Locale.ROOT, " %.1f |", 100 * mean(scenario)));
    }
    return out.append(
            String.format(
                Locale.ROOT,
                " %.1f (%s) | %.4f | %.1f | %.2f |",
                100 * worst,
                worstDay,
                maxSpent,
                100 * spent / days,
                100 * cut()))
        .toString();
  }
}
