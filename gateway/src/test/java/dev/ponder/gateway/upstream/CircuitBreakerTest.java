package dev.ponder.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.policy.Resilience.Breaker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** From state to state, at times that the test tells. */
class CircuitBreakerTest {

  private static final long SECOND = 1_000_000_000L;

  /** Not zero, and about to overflow: only differences of times mean anything. */
  private static final long START = Long.sum(Long.MAX_VALUE, -5 * SECOND);

  private final CircuitBreaker breaker =
      new CircuitBreaker(new Breaker(3, .5, Duration.ofSeconds(2)), START);

  private void fail(int times, long now) {
    for (int i = 0; i < times; i++) {
      breaker.failed(breaker.begin(now, true), now);
    }
  }

  private void succeed(int times, long now) {
    for (int i = 0; i < times; i++) {
      breaker.succeeded(breaker.begin(now, true), now);
    }
  }

  private void assertState(CircuitState state, long now) {
    assertThat(breaker.state(now)).isEqualTo(state);
    assertThat(breaker.allows(now)).isEqualTo(state != CircuitState.OPEN);
  }

  @Test
  void failures_inARow_open() {
    fail(2, START);
    succeed(1, START);
    fail(2, START);
    assertState(CircuitState.CLOSED, START);
    fail(1, START);
    assertState(CircuitState.OPEN, START);
    assertThat(breaker.begin(START, false)).isNegative();
    assertState(CircuitState.OPEN, START + 2 * SECOND - 1);
    assertState(CircuitState.HALF_OPEN, START + 2 * SECOND);
  }

  @Test
  void failures_byTheirRate_openOnceThereAreEnough() {
    for (int i = 0; i < 9; i++) {
      fail(1, START);
      succeed(1, START);
    }
    fail(2, START); // 11 of 20
    assertState(CircuitState.OPEN, START);
  }

  @Test
  void failures_halfOfTheCalls_isNotMoreThanHalf() {
    for (int i = 0; i < 50; i++) {
      fail(1, START);
      succeed(1, START);
    }
    assertState(CircuitState.CLOSED, START);
  }

  @Test
  void failures_ofLongAgo_areForgotten() {
    for (int i = 0; i < 9; i++) {
      fail(1, START);
      succeed(1, START);
    }
    long later = START + 10 * SECOND;
    succeed(1, later);
    fail(2, later);
    assertState(CircuitState.CLOSED, later);
  }

  @Test
  void probe_isOneAtATime_andClosesWithTheFirstByte() {
    fail(3, START);
    long now = START + 2 * SECOND;
    int probe = breaker.begin(now, false);
    assertThat(probe).isNotNegative();
    assertThat(breaker.state(now)).isEqualTo(CircuitState.HALF_OPEN);
    assertThat(breaker.allows(now + 60 * SECOND)).isFalse();
    assertThat(breaker.begin(now, false)).isNegative();
    breaker.answers(probe);
    assertState(CircuitState.CLOSED, now);
    fail(2, now);
    assertState(CircuitState.CLOSED, now); // what was before does not count any more
  }

  @Test
  void probe_fails_andThePauseDoubles_upToAMinute() {
    fail(3, START);
    long now = START;
    long pause = 2 * SECOND;
    for (int i = 0; i < 8; i++) {
      now += pause;
      assertState(CircuitState.HALF_OPEN, now);
      int probe = breaker.begin(now, false);
      breaker.failed(probe, now);
      pause = Math.min(2 * pause, 60 * SECOND);
      assertState(CircuitState.OPEN, now + pause - 1);
      assertState(CircuitState.HALF_OPEN, now + pause);
    }
    succeed(1, now + pause);
    fail(3, now + pause);
    assertState(CircuitState.HALF_OPEN, now + pause + 2 * SECOND); // from the start again
  }

  @Test
  void probe_givenUp_letsAnotherTry() {
    fail(3, START);
    long now = START + 2 * SECOND;
    breaker.gaveUp(breaker.begin(now, false));
    assertState(CircuitState.HALF_OPEN, now);
    assertThat(breaker.begin(now, false)).isNotNegative();
  }

  @Test
  void calls_ofTheTimeBefore_sayNothing() {
    int good = breaker.begin(START, false);
    int bad = breaker.begin(START, false);
    fail(3, START);
    breaker.succeeded(good, START);
    assertState(CircuitState.OPEN, START);
    long now = START + 2 * SECOND;
    int probe = breaker.begin(now, false);
    breaker.failed(bad, now);
    assertThat(breaker.state(now)).isEqualTo(CircuitState.HALF_OPEN);
    breaker.succeeded(probe, now);
    assertState(CircuitState.CLOSED, now);
  }

  @Test
  void calls_madeAnyway_closeItIfTheyAreAnswered_andAreNoProbeIfNot() {
    fail(3, START);
    fail(5, START + SECOND);
    assertState(CircuitState.HALF_OPEN, START + 2 * SECOND); // no later for that
    int probe = breaker.begin(START + 2 * SECOND, true);
    int besides = breaker.begin(START + 2 * SECOND, true);
    breaker.failed(besides, START + 2 * SECOND);
    assertThat(breaker.state(START + 2 * SECOND)).isEqualTo(CircuitState.HALF_OPEN);
    int another = breaker.begin(START + 2 * SECOND, true);
    breaker.succeeded(another, START + 2 * SECOND);
    assertState(CircuitState.CLOSED, START + 2 * SECOND);
    breaker.failed(probe, START + 2 * SECOND);
    assertState(CircuitState.CLOSED, START + 2 * SECOND);
  }
}
