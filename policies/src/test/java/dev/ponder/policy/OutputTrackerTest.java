package dev.ponder.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTrackerTest {

  private static final double SIGMA = 0.9;
  private static final long SEED = Long.getLong("ponder.seed", 20261123L);
  private static final int[] MEDIANS = {300, 1_200, 4_000, 9_000};
  private static final int CALLS = 2_000;

  /** One class of calls, capped at 1.1 times what the tracker says. */
  private static final class Traffic {

    private final Random random;
    private final double median;
    private final OutputTracker tracker;
    private int cut;

    Traffic(long seed, double median, double wrongBy) {
      this.random = new Random(seed);
      this.median = median;
      double mean = median * Math.exp(SIGMA * SIGMA / 2);
      this.tracker = new OutputTracker(Math.round(5.5 * mean * wrongBy), 10_000_000);
    }

    void run(int calls) {
      for (int i = 0; i < calls; i++) {
        long wanted = Math.round(median * Math.exp(SIGMA * random.nextGaussian()));
        long cap = (long) Math.ceil(1.1 * tracker.quantile());
        cut += wanted > cap ? 1 : 0;
        tracker.learn(Math.min(wanted, cap), cap);
      }
    }

    /** The quantile over the true 99th percentile. */
    double ratio() {
      return tracker.quantile() / (median * Math.exp(2.326 * SIGMA));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 5})
  void learn_wrongPrior_cutsAtMostTwoPercent(double wrongBy) {
    int cut = 0;
    int calls = 0;
    for (int day = 0; day < 10; day++) {
      for (int median : MEDIANS) {
        Traffic traffic = new Traffic(SEED + day, median, wrongBy);
        traffic.run(CALLS);
        cut += traffic.cut;
        calls += CALLS;
        assertThat(traffic.cut)
            .as("seed %d, median %d: cut of %d", SEED + day, median, CALLS)
            .isLessThanOrEqualTo(CALLS / 50);
      }
    }
    // And no more caution than was asked for: it shall not learn to cap nothing.
    assertThat(cut).as("seed %d", SEED).isBetween(calls / 500, calls * 12 / 1_000);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 5})
  void learn_wrongPrior_isForgottenInTwoHundredCalls(double wrongBy) {
    double logs = 0;
    int classes = 0;
    for (int day = 0; day < 10; day++) {
      for (int median : MEDIANS) {
        Traffic traffic = new Traffic(SEED + day, median, wrongBy);
        traffic.run(200);
        assertThat(traffic.ratio()).as("seed %d, %d", SEED + day, median).isBetween(0.45, 2.2);
        logs += Math.log(traffic.ratio());
        classes++;
      }
    }
    assertThat(Math.exp(logs / classes)).as("seed %d", SEED).isBetween(0.7, 1.3);
  }

  @Test
  void learn_outputThatDoubles_isFollowed() {
    Traffic small = new Traffic(SEED, 1_000, 1);
    small.run(CALLS);
    long before = small.tracker.quantile();
    Random random = new Random(SEED);
    for (int i = 0; i < CALLS; i++) {
      small.tracker.learn(Math.round(2_000 * Math.exp(SIGMA * random.nextGaussian())), 1L << 40);
    }
    assertThat(small.tracker.quantile() / (double) before).as("seed %d", SEED).isBetween(1.5, 2.7);
  }

  @Test
  void learn_cutBelowTheQuantile_tellsNothing() {
    OutputTracker tracker = new OutputTracker(5_500, 100_000);
    assertThat(tracker.quantile()).isEqualTo(5_500);

    tracker.learn(5_499, 5_499);
    assertThat(tracker.quantile()).isEqualTo(5_500);
    tracker.learn(100, 5_499); // it ended by itself
    assertThat(tracker.quantile()).isLessThan(5_500);
  }

  @Test
  void learn_cutAtOrAboveTheQuantile_countsAsAbove() {
    OutputTracker tracker = new OutputTracker(5_500, 100_000);
    tracker.learn(5_500, 5_500);
    assertThat(tracker.quantile()).isGreaterThan(8_000);
  }

  @Test
  void learn_anything_staysWithinItsBounds() {
    OutputTracker low = new OutputTracker(0, 1_000);
    assertThat(low.quantile()).isEqualTo(64);
    OutputTracker tiny = new OutputTracker(27, 10);
    assertThat(tiny.quantile()).isEqualTo(10);
    OutputTracker high = new OutputTracker(Long.MAX_VALUE, 1_000);
    for (int i = 0; i < 20_000; i++) {
      low.learn(0, Long.MAX_VALUE);
      tiny.learn(0, Long.MAX_VALUE);
      high.learn(Long.MAX_VALUE - 1, Long.MAX_VALUE);
    }
    assertThat(low.quantile()).isEqualTo(64);
    assertThat(tiny.quantile()).isEqualTo(10);
    assertThat(high.quantile()).isEqualTo(1_000);
  }

  @Test
  void construct_outOfRange_isRefused() {
    assertThatThrownBy(() -> new OutputTracker(-1, 1)).hasMessageContaining("firstTokens: -1");
    assertThatThrownBy(() -> new OutputTracker(1, 0)).hasMessageContaining("maxTokens: 0");
  }
}
