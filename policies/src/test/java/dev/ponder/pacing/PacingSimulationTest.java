package dev.ponder.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A budget paced over made-up days: what it buys, beside what could have been bought in hindsight.
 *
 * <p>In the build, two days for each scenario and budget, which may be a little worse than the ten
 * that {@code -Dponder.simulation=full} runs: a single day may be 3 % below the mean by luck alone,
 * and so may be two. Full also runs the small keys; all print the tables of PACING.md.
 */
class PacingSimulationTest {

  private static final System.Logger LOGGER = System.getLogger("pacing");
  private static final boolean FULL = "full".equals(System.getProperty("ponder.simulation"));
  private static final int SEEDS = FULL ? 10 : 2;
  private static final double MEAN_SLACK = FULL ? 0 : .03;
  private static final double WORST_SLACK = FULL ? 0 : .01;
  private static final double[] BUDGETS = {.10, .25, .50};
  private static final int PAST_DAYS = 7;
  private static final long FIRST_SEED = 1_000;

  @Test
  void learnt_buysWhatHindsightWould() {
    Map<Double, Figures> figures = figures(true, PacedDay.Caps.FROM_HISTORY);
    report("learnt", figures);
    assertFigures(figures, .97, .95);
  }

  @Test
  void coldStart_buysAlmostWhatHindsightWould() {
    Map<Double, Figures> figures = figures(false, PacedDay.Caps.FROM_HISTORY);
    report("cold start", figures);
    assertFigures(figures, .96, .93);
  }

  @Test
  void trackedCaps_cutFewAnswers() {
    Map<Double, Figures> figures = figures(true, PacedDay.Caps.TRACKED);
    report("learnt, caps tracked since the morning", figures);
    figures.forEach(
        (budget, of) -> {
          assertThat(of.cut()).as("cut of %s", budget).isLessThan(.02);
          assertThat(of.maxSpent()).as("spent of %s", budget).isLessThanOrEqualTo(1);
        });
  }

  @Test
  @EnabledIfSystemProperty(named = "ponder.simulation", matches = "full")
  void smallKeys_arePacedLessFinely() {
    Dice dice = new Dice(99);
    List<Day> busy = days(dice, 3, Day.REQUESTS);
    Predictor predictor = new Predictor(busy);
    for (int requests : new int[] {200, 1_000, 4_000}) {
      for (boolean learnt : new boolean[] {true, false}) {
        Figures figures = new Figures();
        for (long seed = 5_000; seed < 5_020; seed++) {
          List<Day> past = days(new Dice(seed), PAST_DAYS, requests);
          String before =
              learnt ? pacer(past, predictor).snapshot() : new Pacer(PacedDay.ZONE).snapshot();
          Day day = Day.of(new Dice(seed * 31), Scenario.NORMAL, requests);
          double limit = .25 * requests * meanCost(busy);
          run(
              figures,
              seed,
              Scenario.NORMAL,
              day,
              predictor,
              limit,
              before,
              PacedDay.Caps.FROM_HISTORY);
        }
        report(requests + (learnt ? " a day, learnt" : " a day, cold"), figures);
        assertThat(figures.maxSpent()).isLessThanOrEqualTo(1);
      }
    }
  }

  private static void assertFigures(Map<Double, Figures> rows, double mean, double worst) {
    rows.forEach(
        (budget, row) -> {
          for (Scenario scenario : Scenario.values()) {
            assertThat(row.mean(scenario))
                .as("%s of %s", scenario, budget)
                .isGreaterThanOrEqualTo(mean - MEAN_SLACK);
          }
          assertThat(row.worst())
              .as("worst day of %s: %s", budget, row.worstDay())
              .isGreaterThanOrEqualTo(worst - WORST_SLACK);
          assertThat(row.maxSpent()).as("spent of %s", budget).isLessThanOrEqualTo(1);
        });
  }

  private static void report(String title, Map<Double, Figures> rows) {
    rows.forEach((budget, row) -> report(title + " " + budget, row));
  }

  private static void report(String title, Figures figures) {
    LOGGER.log(System.Logger.Level.INFO, "| " + title + " |" + figures.line());
  }

  /** The figures of each budget, over all scenarios and seeds. */
  private static Map<Double, Figures> figures(boolean learnt, PacedDay.Caps caps) {
    Map<Double, Figures> rows = new TreeMap<>();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      List<Day> past = days(new Dice(seed), PAST_DAYS, Day.REQUESTS);
      Predictor predictor = new Predictor(past.subList(0, 3));
      Pacer pacer = learnt ? pacer(past, predictor) : new Pacer(PacedDay.ZONE);
      String before = pacer.snapshot();
      for (Scenario scenario : Scenario.values()) {
        Day day = Day.of(new Dice(seed * 31 + 17), scenario, Day.REQUESTS);
        for (double budget : BUDGETS) {
          Figures row = rows.computeIfAbsent(budget, b -> new Figures());
          double limit = budget * Day.REQUESTS * meanCost(past);
          run(row, seed, scenario, day, predictor, limit, before, caps);
        }
      }
    }
    return rows;
  }

  private static void run(
      Figures figures,
      long seed,
      Scenario scenario,
      Day day,
      Predictor predictor,
      double limit,
      String before,
      PacedDay.Caps caps) {
    List<Predictor.Prediction> predicted = predictor.of(day);
    PacedDay.Outcome outcome = new PacedDay(day, predicted, limit, caps).run(Pacer.restore(before));
    double share = outcome.gain() / PacedDay.hindsight(day, predicted, limit);
    figures.add(scenario, seed, share, outcome);
  }

  private static List<Day> days(Dice dice, int count, int requests) {
    List<Day> days = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      days.add(Day.of(dice, Scenario.NORMAL, requests));
    }
    return days;
  }

  /** A pacer that has lived through the days before. */
  private static Pacer pacer(List<Day> past, Predictor predictor) {
    Pacer pacer = new Pacer(PacedDay.ZONE);
    for (int i = 0; i < past.size(); i++) {
      PacedDay.liveThrough(pacer, past.size() - i, past.get(i), predictor.of(past.get(i)));
    }
    return pacer;
  }

  private static double meanCost(List<Day> days) {
    return days.stream()
            .flatMap(day -> day.requests().stream())
            .mapToDouble(Day.Request::tokens)
            .average()
            .orElse(0)
        * Predictor.PRICE;
  }
}
