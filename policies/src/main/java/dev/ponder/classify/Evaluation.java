package dev.ponder.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * How well a score ranks prompts by what reasoning would gain, by RouteLLM's definitions (arXiv
 * 2406.18665). With the share x of calls sent to the strong model, in order of score, highest
 * first: PGR(x) = (accuracy(x) − weak) / (strong − weak); {@code apgr} is its mean over x in 0..1;
 * CPT(p) the least x with PGR(x) ≥ p. Rows of equal score are sent together, so that the order of
 * the file never matters.
 *
 * @param rows how many rows were measured
 * @param apgr average performance gap recovered; random is .5, not computable is NaN
 * @param cpt50 share of strong calls that recovers half of the gap, 0..1
 * @param cpt80 the same for 80 %
 * @param cpt95 the same for 95 %
 * @param saved share of the cost of always calling the strong model that is saved at 99 % of its
 *     accuracy, one strong call priced as {@value #STRONG_PRICE} cheap ones
 * @param auc the probability that a row where reasoning helps has the higher score; NaN if either
 *     kind is missing
 * @param calibrationError mean distance of score and gain over ten bins of equal weight
 */
public record Evaluation(
    int rows,
    double apgr,
    double cpt50,
    double cpt80,
    double cpt95,
    double saved,
    double auc,
    double calibrationError) {

  /** What one strong call costs in cheap calls. */
  public static final double STRONG_PRICE = 30;

  private static final double SAVED_AT = 0.99;
  private static final int BINS = 10;

  /**
   * One labelled prompt.
   *
   * @param cheap how well the cheap model answers, 0..1; NaN if only the need is known
   * @param strong how well the strong model answers, 0..1; NaN if only the need is known
   * @param needsReasoning whether reasoning helps here
   * @param weight the share of traffic that this row stands for, above 0
   */
  public record Row(double cheap, double strong, boolean needsReasoning, double weight) {
    public Row {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("weight: " + weight + " (expected: above 0)");
      }
      checkOutcome("cheap", cheap);
      checkOutcome("strong", strong);
      if (Double.isNaN(cheap) != Double.isNaN(strong)) {
        throw new IllegalArgumentException("cheap, strong: only one (expected: both or neither)");
      }
    }

    /** A row with outcomes: reasoning helps where the strong model gains half a point or more. */
    public static Row ofOutcomes(double cheap, double strong, double weight) {
      return new Row(cheap, strong, strong - cheap >= 0.5, weight);
    }

    /** A row of which only the need is known: it counts for {@link Evaluation#auc} only. */
    public static Row ofNeed(boolean needsReasoning) {
      return new Row(Double.NaN, Double.NaN, needsReasoning, 1);
    }

    boolean hasOutcomes() {
      return !Double.isNaN(cheap);
    }

    double gain() {
      return strong - cheap;
    }

    private static void checkOutcome(String name, double value) {
      if (value < 0 || value > 1) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: 0..1)");
      }
    }
  }

  private record Scored(Row row, double score) {}

  /**
   * Measures one score for each row. Rows without outcomes count for the AUC only.
   *
   * @throws IllegalArgumentException if there is not one score, and a number, for each row
   */
  public static Evaluation of(List<Row> rows, double[] scores) {
    if (rows.size() != scores.length) {
      throw new IllegalArgumentException(
          "scores: " + scores.length + " (expected: " + rows.size() + ", one for each row)");
    }
    List<Scored> all = new ArrayList<>(scores.length);
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException("scores[" + i + "]: NaN (expected: a number)");
      }
      all.add(new Scored(rows.get(i), scores[i]));
    }
    all.sort(Comparator.comparingDouble((Scored scored) -> -scored.score()));
    List<Scored> known = all.stream().filter(scored -> scored.row().hasOutcomes()).toList();
    Curve curve = Curve.of(known);
    return new Evaluation(
        rows.size(),
        curve.area(),
        curve.shareFor(0.5),
        curve.shareFor(0.8),
        curve.shareFor(0.95),
        saved(curve, known),
        auc(all),
        calibrationError(known));
  }

  /**
   * Measures how much of the traffic lies at or above a threshold.
   *
   * @return a share by weight, 0..1
   */
  public static double shareAbove(List<Row> rows, double[] scores, double threshold) {
    double above = 0;
    double total = 0;
    for (int i = 0; i < scores.length; i++) {
      double weight = rows.get(i).weight();
      total += weight;
      above += scores[i] >= threshold ? weight : 0;
    }
    return above / total;
  }

  /**
   * The score at or above which a share of the traffic lies.
   *
   * @param share by weight, within 0..1
   */
  public static double thresholdFor(List<Row> rows, double[] scores, double share) {
    Integer[] order = new Integer[scores.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -scores[i]));
    double wanted = share * rows.stream().mapToDouble(Row::weight).sum();
    double sent = 0;
    double threshold = Double.POSITIVE_INFINITY;
    for (int i : order) {
      sent += rows.get(i).weight();
      if (sent > wanted) {
        return threshold;
      }
      threshold = scores[i];
    }
    return threshold;
  }

  /**
   * Where every figure lies with 95 % confidence.
   *
   * @param low each figure's lower end
   * @param high each figure's upper end
   */
  public record Band(Evaluation low, Evaluation high) {}

  /**
   * The band of all figures, by resampling rows with replacement (Efron's percentile bootstrap).
   *
   * @param resamples how often, 40 or more to mean something
   */
  public static Band band(List<Row> rows, double[] scores, int resamples, long seed) {
    Random dice = new Random(seed);
    List<Evaluation> found = new ArrayList<>(resamples);
    for (int i = 0; i < resamples; i++) {
      List<Row> some = new ArrayList<>(rows.size());
      double[] of = new double[rows.size()];
      for (int k = 0; k < of.length; k++) {
        int chosen = dice.nextInt(of.length);
        some.add(rows.get(chosen));
        of[k] = scores[chosen];
      }
      found.add(of(some, of));
    }
    return new Band(quantile(found, .025), quantile(found, .975));
  }

  private static Evaluation quantile(List<Evaluation> found, double level) {
    return new Evaluation(
        found.get(0).rows(),
        quantile(found, level, Evaluation::apgr),
        quantile(found, level, Evaluation::cpt50),
        quantile(found, level, Evaluation::cpt80),
        quantile(found, level, Evaluation::cpt95),
        quantile(found, level, Evaluation::saved),
        quantile(found, level, Evaluation::auc),
        quantile(found, level, Evaluation::calibrationError));
  }

  private static double quantile(
      List<Evaluation> found, double level, ToDoubleFunction<Evaluation> figure) {
    double[] all = found.stream().mapToDouble(figure).sorted().toArray();
    return all[(int) (level * all.length)];
  }

  private static double saved(Curve curve, List<Scored> known) {
    double weak = 0;
    double strong = 0;
    for (Scored scored : known) {
      weak += scored.row().weight() * scored.row().cheap();
      strong += scored.row().weight() * scored.row().strong();
    }
    if (!(strong > weak)) {
      return Double.NaN;
    }
    double wanted = (SAVED_AT * strong - weak) / (strong - weak);
    double share = curve.shareFor(wanted);
    return 1 - (share * STRONG_PRICE + 1 - share) / STRONG_PRICE;
  }

  private static double auc(List<Scored> all) {
    double below =
        all.stream().filter(s -> !s.row().needsReasoning()).mapToDouble(Evaluation::weight).sum();
    double needed =
        all.stream().filter(s -> s.row().needsReasoning()).mapToDouble(Evaluation::weight).sum();
    double pairs = below * needed;
    double won = 0;
    int at = 0;
    while (at < all.size()) {
      double positives = 0;
      double negatives = 0;
      double score = all.get(at).score();
      for (; at < all.size() && all.get(at).score() == score; at++) {
        Row row = all.get(at).row();
        positives += row.needsReasoning() ? row.weight() : 0;
        negatives += row.needsReasoning() ? 0 : row.weight();
      }
      below -= negatives;
      won += positives * (below + negatives / 2);
    }
    return pairs > 0 ? won / pairs : Double.NaN;
  }

  private static double weight(Scored scored) {
    return scored.row().weight();
  }

  private static double calibrationError(List<Scored> known) {
    double total = known.stream().mapToDouble(Evaluation::weight).sum();
    if (total == 0) {
      return Double.NaN;
    }
    double[] distance = new double[BINS];
    double seen = 0;
    for (Scored scored : known) {
      double weight = scored.row().weight();
      int bin = (int) Math.min(BINS - 1, (seen + weight / 2) / total * BINS);
      distance[bin] += weight * (scored.score() - Math.max(0, scored.row().gain()));
      seen += weight;
    }
    return Arrays.stream(distance).map(Math::abs).sum() / total;
  }

  /** Share of strong calls against share of the gap recovered, from (0, 0) to (1, 1). */
  private static final class Curve {
    private final double[] share;
    private final double[] recovered;

    private Curve(double[] share, double[] recovered) {
      this.share = share;
      this.recovered = recovered;
    }

    static Curve of(List<Scored> sorted) {
      double weight = 0;
      double gain = 0;
      for (Scored scored : sorted) {
        weight += scored.row().weight();
        gain += scored.row().weight() * scored.row().gain();
      }
      if (!(gain > 0)) {
        return new Curve(new double[0], new double[0]);
      }
      double[] share = new double[sorted.size() + 1];
      double[] recovered = new double[sorted.size() + 1];
      int points = 0;
      double sent = 0;
      double gained = 0;
      for (int i = 0; i < sorted.size(); i++) {
        Row row = sorted.get(i).row();
        sent += row.weight();
        gained += row.weight() * row.gain();
        if (i + 1 == sorted.size() || sorted.get(i + 1).score() != sorted.get(i).score()) {
          points++;
          share[points] = sent / weight;
          recovered[points] = gained / gain;
        }
      }
      return new Curve(Arrays.copyOf(share, points + 1), Arrays.copyOf(recovered, points + 1));
    }

    double area() {
      if (share.length == 0) {
        return Double.NaN;
      }
      double area = 0;
      for (int i = 1; i < share.length; i++) {
        area += (share[i] - share[i - 1]) * (recovered[i] + recovered[i - 1]) / 2;
      }
      return area;
    }

    /** The least share that recovers {@code wanted}; between two points by a straight line. */
    double shareFor(double wanted) {
      if (wanted <= 0) {
        return 0;
      }
      for (int i = 1; i < share.length; i++) {
        if (recovered[i] >= wanted) {
          double part = (wanted - recovered[i - 1]) / (recovered[i] - recovered[i - 1]);
          return share[i - 1] + part * (share[i] - share[i - 1]);
        }
      }
      return share.length == 0 ? Double.NaN : 1;
    }
  }
}
