package dev.ponder.pacing;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a router could know: the mean gain, the mean cost and the 99th percentile of tokens, learnt
 * from earlier days on a grid of quantiles of the two signals and interpolated between its cells,
 * so that their ratio is continuous. A cell is mixed with the sum of its row and its column.
 */
final class Predictor {

  /** Dollars per token that the dear model writes. */
  static final double PRICE = 10e-6;

  private static final int ROWS = 24;
  private static final int COLUMNS = 12;
  private static final double SHRINK = 20;
  private static final double LEAST_CAP = 2_048;

  private final double[] scoreEdges;
  private final double[] hintEdges;
  private final double[] scoreMiddles = new double[ROWS];
  private final double[] hintMiddles = new double[COLUMNS];
  private final double[][] gains;
  private final double[][] logCosts;
  private final double[] caps = new double[ROWS];

  /** What is predicted for a request; more than the cap is not written. */
  record Prediction(double gain, double costUsd, double capTokens) {}

  Predictor(List<Day> days) {
    double[] score = join(days, Day.Request::score);
    double[] hint = join(days, Day.Request::hint);
    double[] tokens = join(days, Day.Request::tokens);
    scoreEdges = edges(score, ROWS);
    hintEdges = edges(hint, COLUMNS);
    int[] row = places(score, scoreEdges);
    int[] column = places(hint, hintEdges);
    gains = table(row, column, join(days, Day.Request::gain));
    logCosts = table(row, column, tokens);
    for (double[] line : logCosts) {
      Arrays.setAll(line, j -> Math.log(Math.max(line[j], 100) * PRICE));
    }
    for (int i = 0; i < ROWS; i++) {
      caps[i] = quantile(select(tokens, row, i), .99);
      scoreMiddles[i] = quantile(select(score, row, i), .5);
    }
    for (int j = 0; j < COLUMNS; j++) {
      hintMiddles[j] = quantile(select(hint, column, j), .5);
    }
  }

  List<Prediction> of(Day day) {
    return day.requests().stream().map(this::of).toList();
  }

  private Prediction of(Day.Request request) {
    double x = place(request.score(), scoreMiddles);
    double y = place(request.hint(), hintMiddles);
    int i = Math.min((int) x, ROWS - 2);
    return new Prediction(
        between(gains, x, y),
        Math.exp(between(logCosts, x, y)),
        Math.ceil(Math.max(LEAST_CAP, Math.max(caps[i], caps[i + 1]))));
  }

  private static double[] join(List<Day> days, ToDoubleFunction<Day.Request> of) {
    return days.stream().flatMap(day -> day.requests().stream()).mapToDouble(of).toArray();
  }

  private static double[] edges(double[] values, int parts) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] edges = new double[parts - 1];
    Arrays.setAll(edges, i -> sortedQuantile(sorted, (i + 1.0) / parts));
    return edges;
  }

  private static int[] places(double[] values, double[] edges) {
    int[] places = new int[values.length];
    for (int n = 0; n < values.length; n++) {
      int found = Arrays.binarySearch(edges, values[n]);
      places[n] = found >= 0 ? found : -found - 1;
    }
    return places;
  }

  private static double[] select(double[] values, int[] places, int place) {
    double[] out = new double[values.length];
    int size = 0;
    for (int n = 0; n < values.length; n++) {
      if (places[n] == place) {
        out[size++] = values[n];
      }
    }
    return Arrays.copyOf(out, size);
  }

  private static double quantile(double[] values, double q) {
    Arrays.sort(values);
    return sortedQuantile(values, q);
  }

  private static double sortedQuantile(double[] sorted, double q) {
    double place = q * (sorted.length - 1);
    int i = Math.min((int) place, sorted.length - 2);
    return sorted[i] + (sorted[i + 1] - sorted[i]) * (place - i);
  }

  private static double[][] table(int[] row, int[] column, double[] values) {
    double[][] sum = new double[ROWS + 1][COLUMNS + 1];
    double[][] count = new double[ROWS + 1][COLUMNS + 1];
    for (int n = 0; n < values.length; n++) {
      for (int i : new int[] {row[n], ROWS}) { // the last row and column hold the sums
        for (int j : new int[] {column[n], COLUMNS}) {
          sum[i][j] += values[n];
          count[i][j]++;
        }
      }
    }
    double[][] table = new double[ROWS][COLUMNS];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        double additive =
            sum[i][COLUMNS] / count[i][COLUMNS]
                + sum[ROWS][j] / count[ROWS][j]
                - sum[ROWS][COLUMNS] / count[ROWS][COLUMNS];
        table[i][j] = (sum[i][j] + SHRINK * additive) / (count[i][j] + SHRINK);
      }
    }
    return table;
  }

  /** The place of a value among the middles of rows or columns, with a fraction. */
  private static double place(double value, double[] middles) {
    if (value <= middles[0]) {
      return 0;
    }
    if (value >= middles[middles.length - 1]) {
      return middles.length - 1.0;
    }
    int i = Arrays.binarySearch(middles, value);
    i = i >= 0 ? i : -i - 2;
    return i + (value - middles[i]) / (middles[i + 1] - middles[i]);
  }

  private static double between(double[][] table, double x, double y) {
    int i = Math.min((int) x, ROWS - 2);
    int j = Math.min((int) y, COLUMNS - 2);
    double u = x - i;
    double v = y - j;
    return (1 - u) * ((1 - v) * table[i][j] + v * table[i][j + 1])
        + u * ((1 - v) * table[i + 1][j] + v * table[i + 1][j + 1]);
  }
}
