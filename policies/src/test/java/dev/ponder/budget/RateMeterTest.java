package dev.ponder.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.budget.Budget.Each;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateMeterTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long MINUTE = 60 * SECOND;

  /** Some clocks begin anywhere, below zero too. */
  private long now = -7_654_321_000L;

  @Test
  void admit_burst_aMinutesWorthAndThenEvenly() {
    RateMeter meter = new RateMeter(requests(60), now);
    for (int i = 0; i < 60; i++) {
      assertThat(meter.admit(0, now)).as("call %d", i).isZero();
    }
    assertThat(meter.admit(0, now)).isEqualTo(1);
    assertThat(meter.admit(0, now += SECOND - 1_000)).isEqualTo(1);
    assertThat(meter.admit(0, now += 1_000)).isZero();
    assertThat(meter.admit(0, now)).isEqualTo(1);
  }

  @Test
  void admit_refused_takesNothing() {
    RateMeter meter = new RateMeter(limit(1, 100), now);
    assertThat(meter.admit(10, now)).isZero();
    for (int i = 0; i < 1_000; i++) {
      assertThat(meter.admit(1_000_000, now)).isEqualTo(60);
    }
    assertThat(meter.admit(10, now += MINUTE)).isZero();
  }

  @Test
  void admit_limitOfOne_isOneAMinute() {
    RateMeter meter = new RateMeter(requests(1), now);
    assertThat(meter.admit(0, now)).isZero();
    assertThat(meter.admit(0, now += SECOND)).isEqualTo(59);
    assertThat(meter.admit(0, now += 58 * SECOND)).isEqualTo(1);
    assertThat(meter.admit(0, now += SECOND)).isZero();
  }

  @Test
  void admit_limitOfABillion_isExact() {
    RateMeter meter = new RateMeter(limit(RateLimit.MOST, RateLimit.MOST), now);
    assertThat(meter.admit(RateLimit.MOST, now)).isZero();
    assertThat(meter.admit(1, now)).isEqualTo(1);
    assertThat(meter.admit(1, now += 1_000)).isZero();
    meter.correct(Long.MAX_VALUE);
    assertThat(meter.admit(0, now)).isEqualTo(60);
    assertThat(meter.admit(0, now += MINUTE)).isZero();
  }

  @Test
  void admit_longSilence_fillsNoMoreThanAMinutesWorth() {
    RateMeter meter = new RateMeter(limit(10, 1_000), now);
    meter.correct(5_000);
    now += Duration.ofDays(100_000).toNanos();
    for (int i = 0; i < 10; i++) {
      assertThat(meter.admit(100, now)).as("call %d", i).isZero();
    }
    assertThat(meter.admit(100, now)).isEqualTo(6);
  }

  @Test
  void admit_shortSilence_fillsNoMoreThanWhatIsMissing() {
    RateMeter meter = new RateMeter(requests(60), now);
    meter.admit(0, now);
    now += 30 * SECOND;
    for (int i = 0; i < 60; i++) {
      assertThat(meter.admit(0, now)).as("call %d", i).isZero();
    }
    assertThat(meter.admit(0, now)).isEqualTo(1);
  }

  @Test
  void admit_debtOfMinutes_isPaidInFull() {
    RateMeter meter = new RateMeter(tokens(1_000), now);
    assertThat(meter.admit(6_000, now)).isZero();
    assertThat(meter.admit(1, now += 4 * MINUTE)).isEqualTo(61);
    assertThat(meter.admit(1, now += MINUTE + SECOND)).isZero();
  }

  @Test
  void admit_clockGoesBack_fillsNothingAndGoesOn() {
    RateMeter meter = new RateMeter(requests(60), now);
    for (int i = 0; i < 60; i++) {
      meter.admit(0, now);
    }
    assertThat(meter.admit(0, now -= Duration.ofHours(2).toNanos())).isEqualTo(1);
    assertThat(meter.admit(0, now += SECOND)).isZero();
    assertThat(meter.admit(0, now)).isEqualTo(1);
  }

  @Test
  void admit_tokens_lastOneGoesIntoDebt() {
    RateMeter meter = new RateMeter(tokens(6_000), now);
    assertThat(meter.admit(5_999, now)).isZero();
    assertThat(meter.admit(6_001, now)).isZero();
    // 6,000 tokens of debt: a minute until there is anything again.
    assertThat(meter.admit(1, now)).isEqualTo(61);
    assertThat(meter.admit(1, now += MINUTE)).isEqualTo(1);
    assertThat(meter.admit(1, now += SECOND)).isZero();
  }

  @Test
  void correct_difference_isTakenOrGivenBack() {
    RateMeter meter = new RateMeter(tokens(6_000), now);
    assertThat(meter.admit(6_000, now)).isZero();
    meter.correct(-5_000);
    assertThat(meter.admit(5_000, now)).isZero();
    assertThat(meter.admit(1, now)).isEqualTo(1);
    meter.correct(3_000);
    assertThat(meter.admit(1, now)).isEqualTo(31);
    meter.correct(-1_000_000); // never fuller than full
    assertThat(meter.admit(6_000, now)).isZero();
    assertThat(meter.admit(1, now)).isEqualTo(1);
  }

  @Test
  void correct_absurdReports_shutOutForAnHourAtMost() {
    for (long rate : new long[] {1, 7, RateLimit.MOST}) {
      RateMeter meter = new RateMeter(tokens(rate), now);
      for (int i = 0; i < 1_000; i++) {
        meter.correct(Long.MAX_VALUE);
      }
      assertThat(meter.admit(1, now)).as("rate %d", rate).isBetween(3_600L, 3_601L);
      assertThat(meter.admit(1, now + Duration.ofMinutes(61).toNanos())).isZero();
    }
  }

  @Test
  void admit_anySchedule_keepsToItsRateAndItsWord() {
    long seed = Long.getLong("ponder.seed", 20261123L);
    for (int round = 0; round < 20; round++) {
      Random random = new Random(seed + round);
      long rate = 1 + random.nextLong(2_000);
      RateMeter meter = new RateMeter(requests(rate), now);
      long begin = now;
      long admitted = 0;
      for (int i = 0; i < 5_000; i++) {
        now += random.nextLong(MINUTE / rate);
        long wait = meter.admit(0, now);
        String what = "seed " + (seed + round) + ", call " + i + ", rate " + rate;
        if (wait > 0) {
          now += wait * SECOND;
          assertThat(meter.admit(0, now)).as(what).isZero();
        }
        admitted++;
        // A full bucket at first, and what has come in since.
        assertThat((admitted - rate) * MINUTE).as(what).isLessThanOrEqualTo((now - begin) * rate);
      }
    }
  }

  @Test
  void admit_severalMeters_allOrNone() {
    RateMeters meters = new RateMeters();
    RateMeter team = meters.meter(key("team", "x"), limit(100, 1_000), now);
    RateMeter small = meters.meter(key("key", "y"), requests(1), now);

    assertThat(meters.admit(List.of(team, small), 400, now)).isZero();
    for (int i = 0; i < 500; i++) {
      assertThat(meters.admit(List.of(team, small), 400, now)).isEqualTo(60);
    }
    assertThat(meters.admit(List.of(team), 600, now)).isZero();
    assertThat(meters.admit(List.of(team), 0, now)).isEqualTo(1);
    assertThat(meters.admit(List.of(), 1, now)).isZero();
  }

  @Test
  void meter_sameOwner_isTheSameUntilItsLimitChanges() {
    RateMeters meters = new RateMeters();
    RateMeter first = meters.meter(key("p", "x"), requests(1), now);

    assertThat(meters.meter(key("p", "x"), requests(1), now)).isSameAs(first);
    assertThat(meters.meter(key("p", "y"), requests(1), now)).isNotSameAs(first);
    assertThat(meters.meter(key("p", "x"), requests(2), now)).isNotSameAs(first);
    for (int i = 0; i < RateMeters.METERS_MAX; i++) {
      meters.meter(key("p", "o" + i), requests(1), now);
    }
    assertThat(meters.size()).isEqualTo(RateMeters.METERS_MAX);
  }

  @Test
  void construct_outOfRange_isRefused() {
    assertThatThrownBy(() -> requests(0)).hasMessageContaining("requestsPerMinute: 0");
    assertThatThrownBy(() -> tokens(RateLimit.MOST + 1))
        .hasMessageContaining("tokensPerMinute: 1000000001");
  }

  private static AccountKey key(String policy, String owner) {
    return new AccountKey(policy, Each.KEY, owner);
  }

  private static RateLimit requests(long rate) {
    return new RateLimit(OptionalLong.of(rate), OptionalLong.empty(), Each.KEY);
  }

  private static RateLimit tokens(long rate) {
    return new RateLimit(OptionalLong.empty(), OptionalLong.of(rate), Each.KEY);
  }

  private static RateLimit limit(long requests, long tokens) {
    return new RateLimit(OptionalLong.of(requests), OptionalLong.of(tokens), Each.KEY);
  }
}
