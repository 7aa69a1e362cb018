package dev.ponder.policy;

import dev.ponder.classify.ScoreDistribution;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Finds, for the tiers of a route that ask for a share of its traffic, the score that lets so many
 * requests pass: wherever the scores of this traffic lie, and when they move.
 *
 * <p>The threshold of a share is a quantile of the recent scores. Which one is corrected by what
 * really passed: {@code level = 1 - share + f(debt)}, where the debt is how many requests passed
 * beyond the share since the beginning. Near zero {@code f} is gentle, so that the debt of ordinary
 * chance hardly blurs the threshold. At a debt of {@value #DEBT_MAX} it reaches 1, so that nothing
 * passes any more, or everything. Therefore the debt is never larger than {@value #DEBT_MAX} + 1,
 * whatever the scores are: after 500 requests the share is hit within 2.6 points by arithmetic, not
 * by luck, also where all scores are equal or somebody chooses them to do harm. Among equal scores
 * it passes every so many, in turn, without dice.
 *
 * <p>The memory of the scores grows from {@value ScoreHistogram#PRIOR} assumed requests to {@value
 * ScoreHistogram#MEMORY} real ones: so it learns fast at first and is steady later. Deterministic;
 * safe for many threads, since its state is a few additions under its own lock.
 */
public final class ShareTracker {

  /** The highest score of a classifier: only a hint reaches a tier at 1, when its share is full. */
  public static final double SCORE_MAX = Math.nextDown(1.0);

  static final int DEBT_MAX = 12;

  private static final double GENTLE = 0.01;
  private static final double STEEP = 12.5;

  /** Over how many requests the share that is shown is taken. */
  private static final double SHOWN = 500;

  private final List<Tier> tiers;
  private final ScoreHistogram scores;
  private final double[] debts;
  private final double[] shown;
  private long seen;

  /** A tracker that has seen nothing, for a route whose scores are expected to lie like these. */
  public ShareTracker(Route route, ScoreDistribution prior) {
    this(route.tiers(), new ScoreHistogram(prior), 0);
  }

  private ShareTracker(List<Tier> tiers, ScoreHistogram scores, long seen) {
    this.tiers = new ArrayList<>(tiers);
    this.scores = scores;
    this.seen = seen;
    this.debts = new double[tiers.size()];
    this.shown = new double[tiers.size()];
    for (int i = 0; i < tiers.size(); i++) {
      shown[i] = tiers.get(i).share().orElse(i == 0 ? 1 : 0);
    }
  }

  /**
   * The tracker of a route that has changed: the same one if its tiers ask for the same; else one
   * that knows the scores so far, and the debts of those shares that are as before.
   */
  public synchronized ShareTracker next(Route route) {
    List<Tier> others = route.tiers();
    boolean same = others.size() == tiers.size();
    for (int i = 0; same && i < others.size(); i++) {
      same = asksTheSame(tiers.get(i), others.get(i));
    }
    if (same) {
      return this;
    }
    ShareTracker next = new ShareTracker(others, scores.copy(), seen);
    for (int i = 0; i < Math.min(tiers.size(), others.size()); i++) {
      if (asksTheSame(tiers.get(i), others.get(i))) {
        next.debts[i] = debts[i];
        next.shown[i] = shown[i];
      }
    }
    return next;
  }

  private static boolean asksTheSame(Tier one, Tier other) {
    return one.share().equals(other.share()) && one.minScore() == other.minScore();
  }

  /** What it takes to reach each tier just now; nothing is counted. */
  public synchronized Thresholds thresholds() {
    double[] thresholds = new double[tiers.size()];
    for (int i = 1; i < thresholds.length; i++) {
      thresholds[i] = Math.max(thresholds[i - 1], threshold(i));
    }
    return new Thresholds(thresholds);
  }

  /**
   * What it takes to reach each tier just now, for a request that is then counted.
   *
   * @param score the classifier's, 0 to {@link #SCORE_MAX}: hints say nothing about what the
   *     traffic is like
   */
  public synchronized Thresholds admit(double score) {
    Thresholds thresholds = thresholds();
    scores.add(score);
    seen++;
    for (int i = 1; i < debts.length; i++) {
      double passed = score >= thresholds.least(i) ? 1 : 0;
      shown[i] += (passed - shown[i]) / Math.min(SHOWN, (double) seen);
      if (tiers.get(i).share().isPresent()) {
        debts[i] += passed - tiers.get(i).share().getAsDouble();
      }
    }
    return thresholds;
  }

  private double threshold(int tier) {
    OptionalDouble share = tiers.get(tier).share();
    if (share.isEmpty()) {
      return tiers.get(tier).minScore();
    }
    double level = 1 - share.getAsDouble() + correction(debts[tier]);
    if (level <= 0) {
      return 0;
    }
    return level >= 1 ? 1 : scores.quantile(level);
  }

  /** A debt's part of the level: odd, rising, and beyond 1 from {@value #DEBT_MAX} on. */
  private static double correction(double debt) {
    double steep = debt / STEEP;
    return GENTLE * debt + steep * steep * steep;
  }

  /** How far the scores of recent requests are from a reference, 0 to 1. */
  public synchronized double distance(ScoreDistribution reference) {
    return scores.distance(reference);
  }

  /** About which part of the recent requests, 0 to 1, had a score that reaches this tier. */
  public synchronized double recentShare(int tier) {
    return shown[tier];
  }

  /** How many requests were counted. */
  public synchronized long seen() {
    return seen;
  }
}
