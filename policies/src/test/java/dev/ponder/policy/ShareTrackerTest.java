package dev.ponder.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ponder.classify.ScoreDistribution;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A share that is asked for is hit, whatever the scores are like. */
class ShareTrackerTest {

  private static final double[] SHARES = {.02, .05, .2, .5, .8, .97};

  /** Scores by the number of the request, and a name for them. */
  private static final Map<String, Supplier<IntToDoubleFunction>> TRAFFIC =
      Map.ofEntries(
          Map.entry("as shipped", () -> from(random(1), ScoreDistribution.SHIPPED::quantile)),
          Map.entry("even", () -> from(random(2), u -> u)),
          Map.entry("two kinds", () -> from(random(3), u -> u < .7 ? .05 + u / 20 : .93 + u / 20)),
          Map.entry("all high", () -> from(random(4), u -> .95 + u / 25)),
          Map.entry("all low", () -> from(random(5), u -> .001 + u / 50)),
          Map.entry("nearly one", () -> from(random(6), u -> 1 - 1e-9 * (1 + u))),
          Map.entry("nearly equal", () -> from(random(7), u -> .4 + u / 1_000)),
          Map.entry("equal", () -> n -> .5),
          Map.entry("all zero", () -> n -> 0),
          Map.entry("all one", () -> n -> ShareTracker.SCORE_MAX),
          Map.entry("three values", () -> from(random(8), u -> u < .6 ? .1 : u < .9 ? .5 : .8)),
          Map.entry("in bursts", () -> n -> n / 50 % 2 == 0 ? .2 : .9),
          Map.entry("rising", () -> n -> Math.min(.999, n / 1_000.0)),
          Map.entry("falling", () -> n -> Math.max(.001, 1 - n / 1_000.0)));

  private static DoubleSupplier random(long seed) {
    return new Random(seed)::nextDouble;
  }

  private static IntToDoubleFunction from(DoubleSupplier dice, DoubleUnaryOperator scale) {
    return n -> scale.applyAsDouble(dice.getAsDouble());
  }

  private static ShareTracker tracker(double... shares) {
    return new ShareTracker(route(shares), ScoreDistribution.SHIPPED);
  }

  private static Route route(double... shares) {
    Deployment deployment =
        new Deployment(
            new Upstream(
                "openai",
                Upstream.Provider.OPENAI,
                URI.create("https://example.com/v1"),
                Optional.empty(),
                Timeouts.DEFAULT,
                10,
                Upstream.On5xx.VOID),
            "m");
    Capabilities any = new Capabilities(true, true, 0, 0, "", Set.of(), true, 0, 50_000);
    ModelPrice price = ModelPrice.of(Money.ofNanos(1), Money.ofNanos(1));
    Model model = new Model("m", List.of(deployment), false, price, any);
    List<Tier> tiers = new ArrayList<>();
    tiers.add(new Tier(model, Optional.empty(), 0, List.of()));
    for (double share : shares) {
      double first = ScoreDistribution.SHIPPED.quantile(1 - share);
      tiers.add(new Tier(model, Optional.empty(), first, OptionalDouble.of(share), List.of()));
    }
    return new Route("auto", tiers, Duration.ZERO);
  }

  /** The part of so many requests that passed. */
  private static double passed(ShareTracker tracker, IntToDoubleFunction scores, int requests) {
    return passed(tracker, scores, 0, requests);
  }

  private static double passed(ShareTracker tracker, IntToDoubleFunction scores, int from, int to) {
    int passed = 0;
    for (int i = from; i < to; i++) {
      double score = scores.applyAsDouble(i);
      passed += tracker.admit(score).earned(score);
    }
    return (double) passed / (to - from);
  }

  static Stream<Arguments> everything() {
    return TRAFFIC.keySet().stream()
        .sorted()
        .flatMap(name -> Arrays.stream(SHARES).mapToObj(s -> Arguments.of(name, s)));
  }

  @ParameterizedTest
  @MethodSource("everything")
  void share_after500Requests_isHitWithinThreePoints(String name, double share) {
    double passed = passed(tracker(share), traffic(name), 500);

    assertThat(passed).isCloseTo(share, within(.03));
  }

  @ParameterizedTest
  @MethodSource("everything")
  void share_ofLaterRequests_isHitMoreClosely(String name, double share) {
    ShareTracker tracker = tracker(share);
    IntToDoubleFunction scores = traffic(name);
    passed(tracker, scores, 1_000);

    assertThat(passed(tracker, scores, 1_000, 3_000)).isCloseTo(share, within(.02));
  }

  private static IntToDoubleFunction traffic(String name) {
    return Objects.requireNonNull(TRAFFIC.get(name), name).get();
  }

  @Test
  void share_whenTheTrafficTurnsOver_isHitAgain() {
    ShareTracker tracker = tracker(.2);
    DoubleSupplier dice = random(11);
    IntToDoubleFunction low = n -> .02 + dice.getAsDouble() / 10;
    IntToDoubleFunction high = n -> .85 + dice.getAsDouble() / 10;

    assertThat(passed(tracker, low, 2_000)).isCloseTo(.2, within(.01));
    assertThat(passed(tracker, high, 500)).isCloseTo(.2, within(.05));
    assertThat(passed(tracker, high, 500)).isCloseTo(.2, within(.03));
    assertThat(passed(tracker, low, 500)).isCloseTo(.2, within(.05));
  }

  /** Whoever knows the threshold can ask what just passes it, or just does not. */
  @ParameterizedTest
  @MethodSource("everything")
  void share_ofWhoeverPlaysAgainstIt_isBounded(String name, double share) {
    for (int side : new int[] {1, -1}) {
      ShareTracker tracker = tracker(share);
      double debt = 0;
      for (int i = 0; i < 5_000; i++) {
        double least = tracker.thresholds().least(1);
        double score = Math.max(0, Math.min(.999_999, least + side * 1e-9));
        debt += tracker.admit(score).earned(score) - share;
        assertThat(debt).as(name).isBetween(-13.0, 13.0);
      }
    }
  }

  /** The hit share is worth nothing if it is not the hardest requests that pass. */
  @Test
  void passed_areTheHighestScores() {
    ShareTracker tracker = tracker(.2);
    DoubleSupplier dice = random(12);
    passed(tracker, n -> dice.getAsDouble(), 500);
    int right = 0;
    for (int i = 0; i < 4_000; i++) {
      double score = dice.getAsDouble();
      boolean passed = tracker.admit(score).earned(score) == 1;
      right += passed == score >= .8 ? 1 : 0;
    }

    assertThat(right / 4_000.0).isGreaterThan(.96);
  }

  @Test
  void equalScores_passInTurn() {
    ShareTracker tracker = tracker(.25);
    passed(tracker, n -> .5, 400);
    int since = 0;
    for (int i = 0; i < 400; i++) {
      boolean passed = tracker.admit(.5).earned(.5) == 1;
      since = passed ? 0 : since + 1;
      assertThat(since).as("request " + i).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void nothingAndEverything_areExact() {
    DoubleSupplier dice = random(13);
    assertThat(passed(tracker(0), n -> dice.getAsDouble(), 2_000)).isZero();
    assertThat(passed(tracker(1), n -> dice.getAsDouble(), 2_000)).isEqualTo(1);
    assertThat(tracker(0).thresholds().reached(1)).as("a hint of high").isEqualTo(1);
  }

  @Test
  void severalTiers_eachHitsItsShare() {
    ShareTracker tracker = tracker(.3, .1);
    DoubleSupplier dice = random(14);
    int[] reached = new int[3];
    for (int i = 0; i < 2_000; i++) {
      double score = dice.getAsDouble() / 5;
      Thresholds thresholds = tracker.admit(score);
      assertThat(thresholds.least(1)).isLessThanOrEqualTo(thresholds.least(2));
      reached[thresholds.earned(score)]++;
    }

    assertThat((reached[1] + reached[2]) / 2_000.0).isCloseTo(.3, within(.015));
    assertThat(reached[2] / 2_000.0).isCloseTo(.1, within(.015));
    assertThat(tracker.recentShare(1)).isCloseTo(.3, within(.05));
  }

  @Test
  void looking_changesNothing() {
    ShareTracker looked = tracker(.2);
    ShareTracker other = tracker(.2);
    DoubleSupplier dice = random(15);
    for (int i = 0; i < 200; i++) {
      double score = dice.getAsDouble();
      looked.thresholds();
      looked.distance(ScoreDistribution.SHIPPED);
      assertThat(looked.admit(score).least(1)).isEqualTo(other.admit(score).least(1));
    }
    assertThat(looked.seen()).isEqualTo(200);
  }

  @Test
  void next_unchanged_isTheSame() {
    ShareTracker tracker = tracker(.3, .1);

    assertThat(tracker.next(route(.3, .1))).isSameAs(tracker);
  }

  @Test
  void next_changed_keepsWhatItKnows() {
    ShareTracker tracker = tracker(.3, .1);
    passed(tracker, n -> .9, 300);
    double before = tracker.thresholds().least(1);
    ShareTracker next = tracker.next(route(.3, .2));

    assertThat(next).isNotSameAs(tracker);
    assertThat(next.thresholds().least(1)).as("an unchanged tier").isEqualTo(before);
    assertThat(next.thresholds().least(2)).as("a new share, known scores").isGreaterThan(.85);
    assertThat(next.seen()).isEqualTo(300);
    passed(next, n -> .1, 300);
    assertThat(tracker.thresholds().least(1)).as("the old one stands alone").isEqualTo(before);
  }

  @Test
  void firstGuess_isTheReferences() {
    assertThat(tracker(.2).thresholds().least(1))
        .isCloseTo(ScoreDistribution.SHIPPED.quantile(.8), within(.02));
  }

  @Test
  void distance_tellsHowFarTheTrafficIsFromTheReference() {
    ShareTracker like = tracker(.2);
    passed(like, traffic("as shipped"), 2_000);
    assertThat(like.distance(ScoreDistribution.SHIPPED)).isLessThan(.06);
    ShareTracker unlike = tracker(.2);
    assertThat(unlike.distance(ScoreDistribution.SHIPPED)).as("nothing seen").isLessThan(.02);
    passed(unlike, traffic("all high"), 2_000);
    assertThat(unlike.distance(ScoreDistribution.SHIPPED)).isBetween(.85, 1.0);
    passed(unlike, traffic("as shipped"), 6_000);
    assertThat(unlike.distance(ScoreDistribution.SHIPPED)).as("forgotten").isLessThan(.07);
  }

  /** The weight of a new request grows until everything is scaled down: nobody must notice. */
  @Test
  void longRuns_stayRight() {
    ShareTracker tracker = tracker(.2);
    DoubleSupplier dice = random(16);
    passed(tracker, n -> dice.getAsDouble(), 200_000);

    assertThat(passed(tracker, n -> dice.getAsDouble(), 2_000)).isCloseTo(.2, within(.01));
    assertThat(tracker.thresholds().least(1)).isCloseTo(.8, within(.06));
  }
}
