package dev.ponder.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Deployment;
import dev.ponder.policy.Model;
import dev.ponder.policy.Resilience;
import dev.ponder.policy.Timeouts;
import dev.ponder.policy.Upstream;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What outlives a reload. */
class FleetTest {

  private static final Resilience STRICT =
      new Resilience(
          Resilience.Retries.DEFAULT,
          new Resilience.Breaker(1, 1, Duration.ofSeconds(60)),
          Resilience.Queue.DEFAULT);

  private static Upstream upstream(String url, int concurrency, Resilience resilience) {
    return new Upstream(
        "a",
        Upstream.Provider.OPENAI,
        URI.create(url),
        Optional.empty(),
        Timeouts.DEFAULT,
        concurrency,
        Upstream.On5xx.VOID,
        resilience,
        Optional.empty(),
        true);
  }

  private static Model model(Upstream at) {
    return new Model(
        "mini",
        List.of(new Deployment(at, "x")),
        false,
        ModelPrice.of(Money.ofNanos(1), Money.ofNanos(1)),
        new Capabilities(true, true, 0, 0, "", Set.of(), true, 0, 0, 64, Set.of()));
  }

  private static Fleet fleet(Fleet before, Upstream upstream) {
    return before.next(List.of(upstream), List.of(model(upstream)), 0);
  }

  private static DeploymentState only(Fleet fleet) {
    return fleet.all().values().iterator().next();
  }

  private static Permit begin(DeploymentState state) {
    assertThat(state.enter()).isTrue();
    return Objects.requireNonNull(state.begin(0, false, false));
  }

  @Test
  void next_sameServer_keepsBreakerAndRunningCalls() {
    Fleet before = fleet(Fleet.none(), upstream("http://a/v1", 2, STRICT));
    Permit running = begin(only(before));
    begin(only(before)).end(Permit.Verdict.BAD, 0);
    Fleet after = fleet(before, upstream("http://a/v1", 1, STRICT));
    assertThat(only(after).circuit(0)).isEqualTo(CircuitState.OPEN);
    assertThat(only(after).running()).isEqualTo(1);
    assertThat(only(after).enter()).isFalse(); // the new limit holds for calls of before, too
    running.end(Permit.Verdict.GOOD, 0);
    running.end(Permit.Verdict.GOOD, 0);
    assertThat(only(after).enter()).isTrue();
    assertThat(only(after).enter()).isFalse();
  }

  @Test
  void next_otherCare_keepsTheRunningCallsOnly() {
    Fleet before = fleet(Fleet.none(), upstream("http://a/v1", 1, STRICT));
    begin(only(before)).end(Permit.Verdict.BAD, 0);
    only(before).enter();
    Fleet after = fleet(before, upstream("http://a/v1", 1, Resilience.DEFAULT));
    assertThat(only(after).circuit(0)).isEqualTo(CircuitState.CLOSED);
    assertThat(only(after).enter()).isFalse();
    only(before).leave();
    assertThat(only(after).enter()).isTrue();
  }

  @Test
  void next_otherServer_startsAnew() {
    Fleet before = fleet(Fleet.none(), upstream("http://a/v1", 1, STRICT));
    begin(only(before)).end(Permit.Verdict.BAD, 0);
    only(before).enter();
    Fleet after = fleet(before, upstream("http://b/v1", 1, STRICT));
    assertThat(only(after).circuit(0)).isEqualTo(CircuitState.CLOSED);
    assertThat(only(after).enter()).isTrue();
  }

  @Test
  void begin_breakerOpen_givesThePlaceBack() {
    DeploymentState state = only(fleet(Fleet.none(), upstream("http://a/v1", 1, STRICT)));
    begin(state).end(Permit.Verdict.BAD, 0);
    assertThat(state.enter()).isTrue();
    assertThat(state.begin(0, false, false)).isNull();
    assertThat(state.hasRoom()).isTrue();
    assertThat(state.running()).isZero();
  }

  @Test
  void rest_isNeverForDays() {
    DeploymentState state = only(fleet(Fleet.none(), upstream("http://a/v1", 1, STRICT)));
    state.rest(Duration.ofDays(1).toNanos(), 0);
    state.rest(1, 0); // no shorter for it
    assertThat(state.backInNanos(0)).isEqualTo(Duration.ofMinutes(5).toNanos());
    assertThat(state.inRotation(Duration.ofMinutes(5).toNanos())).isTrue();
  }

  @Test
  void limits_areReadTenTimesASecond() {
    DeploymentState state = only(fleet(Fleet.none(), upstream("http://a/v1", 1, STRICT)));
    assertThat(state.tokensLeft()).isNaN();
    state.noteLimits(limits("100", "25"), 0);
    assertThat(state.tokensLeft()).isEqualTo(.25);
    assertThat(state.requestsLeft()).isNaN();
    state.noteLimits(limits("100", "50"), 99_000_000L);
    assertThat(state.tokensLeft()).isEqualTo(.25);
    state.noteLimits(limits("100", "50"), 100_000_000L);
    assertThat(state.tokensLeft()).isEqualTo(.5);
    state.noteLimits(limits("0", "x"), 300_000_000L);
    state.noteLimits(MultiMap.caseInsensitiveMultiMap(), 500_000_000L);
    assertThat(state.tokensLeft()).isEqualTo(.5);
  }

  private static MultiMap limits(String limit, String left) {
    return MultiMap.caseInsensitiveMultiMap()
        .add("x-ratelimit-limit-tokens", limit)
        .add("x-ratelimit-remaining-tokens", left);
  }
}
