package dev.ponder.config;

import dev.ponder.classify.ScoreDistribution;
import dev.ponder.classify.TrainedClassifier;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Model;
import dev.ponder.policy.Tier;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Reads what reaches the tiers of one route, from the first to the last: {@code min_score}, which
 * rises, or {@code lrm_share}, which falls. Keys that nobody knows are reported by who reads the
 * tier; this looks at these two members only.
 */
final class TierReach {

  private static final String MIN_SCORE = "min_score";
  private static final String SHARE = "lrm_share";

  private final int tiers;
  private int read;
  private double minScore;
  private OptionalDouble share = OptionalDouble.empty();

  /** The member that the tiers of this route go by; empty while none has said it. */
  private String kind = "";

  /** A reader for a route of so many tiers. */
  TierReach(int tiers) {
    this.tiers = tiers;
  }

  /** The tier that was read last. */
  Tier tier(Model model, Optional<Effort> effort, List<Model> fallbacks) {
    return new Tier(model, effort, minScore, read == 1 ? OptionalDouble.empty() : share, fallbacks);
  }

  /** Reads the next tier; a mistake leaves what the one before has. */
  void read(YamlValue element) {
    read++;
    Optional<YamlValue> score = element.peek(MIN_SCORE);
    Optional<YamlValue> part = element.peek(SHARE);
    if (score.isPresent() && part.isPresent()) {
      part.get().error("stands beside min_score (expected: one of them)");
      return;
    }
    if (score.isEmpty() && part.isEmpty()) {
      nothing(element);
    } else if (read == 1) {
      score.flatMap(TierReach::score).filter(s -> s > 0).ifPresent(s -> warnOfFirst(score.get()));
      part.flatMap(TierReach::share).ifPresent(s -> warnOfFirst(part.get()));
    } else if (goesBy(score.isPresent() ? MIN_SCORE : SHARE, score.or(() -> part).get())) {
      score.ifPresent(this::rise);
      part.ifPresent(this::fall);
    }
  }

  private void nothing(YamlValue element) {
    if (read == 1) {
      return;
    }
    if (tiers == 2) {
      minScore = TrainedClassifier.THRESHOLD; // cheap or not: what the classifier was made for
      return;
    }
    if (kind.equals(SHARE)) {
      element.errorMissing(SHARE, "the share of requests that reach this tier, such as 20%");
    } else {
      element.errorMissing(
          MIN_SCORE, "the score that earns this tier, such as 0.6, or an lrm_share, such as 20%");
    }
  }

  private static void warnOfFirst(YamlValue value) {
    value.warn("has no effect: the first tier takes every question");
  }

  /** Of a fixed score and a moving one, nobody could say which is the higher. */
  private boolean goesBy(String member, YamlValue value) {
    if (!kind.isEmpty() && !kind.equals(member)) {
      value.error("a tier before has " + kind + " (expected: the same in all tiers of a route)");
      return false;
    }
    kind = member;
    return true;
  }

  private void rise(YamlValue value) {
    Optional<Double> next = score(value);
    if (next.isPresent() && next.get() <= minScore) {
      value.refuse("more than " + minScore + ", which the tier before has");
    } else if (next.isPresent()) {
      minScore = next.get();
    }
  }

  private void fall(YamlValue value) {
    Optional<Double> next = share(value);
    if (next.isEmpty()) {
      return;
    }
    if (share.isPresent() && next.get() >= share.getAsDouble()) {
      value.refuse("less than " + percent(share.getAsDouble()) + ", which the tier before has");
      return;
    }
    share = OptionalDouble.of(next.get());
    minScore = ScoreDistribution.SHIPPED.quantile(1 - next.get());
  }

  private static Optional<Double> score(YamlValue value) {
    return value
        .parse(
            "a score, 0..1, such as 0.6",
            t -> Quantities.decimal(t).filter(s -> s.compareTo(BigDecimal.ONE) <= 0))
        .map(BigDecimal::doubleValue);
  }

  private static Optional<Double> share(YamlValue value) {
    return value.parse("a share of the requests, 0%..100%, such as 20%", Quantities::share);
  }

  private static String percent(double share) {
    return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
  }
}
