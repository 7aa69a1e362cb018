package dev.ponder.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.proxy.Turns.Turn;
import dev.ponder.gateway.upstream.DeploymentState;
import dev.ponder.gateway.upstream.Fleet;
import dev.ponder.gateway.upstream.Permit;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Deployment;
import dev.ponder.policy.Model;
import dev.ponder.policy.Resilience;
import dev.ponder.policy.Timeouts;
import dev.ponder.policy.Upstream;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is asked, who is passed over, and when somebody is asked again. */
class TurnsTest {

  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private static final long NOW = -5 * SECOND;

  private static final Upstream A = upstream("a");
  private static final Upstream B = upstream("b");
  private static final Model MINI =
      model("mini", new Deployment(A, "x"), new Deployment(B, "x"), new Deployment(B, "y"));
  private static final Model OTHER = model("other", new Deployment(A, "z"));
  private static final List<Candidate> CANDIDATES =
      List.of(
          new Candidate(MINI, MINI.servedBy().get(0), false),
          new Candidate(MINI, MINI.servedBy().get(1), false),
          new Candidate(MINI, MINI.servedBy().get(2), false),
          new Candidate(OTHER, OTHER.servedBy().get(0), true));

  private final Fleet fleet = Fleet.none().next(List.of(A, B), List.of(MINI, OTHER), NOW);
  private double dice = .5;

  private static Upstream upstream(String name) {
    return new Upstream(
        name,
        Upstream.Provider.OPENAI,
        URI.create("http://localhost/" + name),
        Optional.empty(),
        Timeouts.DEFAULT,
        3,
        Upstream.On5xx.VOID,
        new Resilience(
            new Resilience.Retries(2, .2, Duration.ofSeconds(3)),
            new Resilience.Breaker(1, 1, Duration.ofSeconds(2)),
            Resilience.Queue.DEFAULT),
        Optional.empty(),
        true);
  }

  private static Model model(String name, Deployment... servedBy) {
    return new Model(
        name,
        List.of(servedBy),
        false,
        ModelPrice.of(Money.ofNanos(1), Money.ofNanos(1)),
        new Capabilities(true, true, 0, 0, "", Set.of(), true, 0, 0, 64, Set.of()));
  }

  private DeploymentState state(int candidate) {
    return state(CANDIDATES.get(candidate));
  }

  private DeploymentState state(Candidate candidate) {
    return fleet.of(candidate.model(), candidate.deployment());
  }

  private Permit run(int candidate, long now) {
    assertThat(state(candidate).enter()).isTrue();
    return Objects.requireNonNull(state(candidate).begin(now, false, true));
  }

  /** One failure opens these breakers. */
  private void breakDown(int candidate, long now) {
    run(candidate, now).end(Permit.Verdict.BAD, now);
  }

  private int first(long now) {
    return CANDIDATES.indexOf(Turns.first(CANDIDATES, this::state, now));
  }

  private Turns turns(boolean once) {
    return new Turns(CANDIDATES, this::state, () -> dice, once, NOW);
  }

  private static long waitNanos(Turns turns) {
    return Objects.requireNonNull(turns.again(NOW)).waitNanos();
  }

  private static int index(@Nullable Turn turn) {
    return turn == null ? -1 : CANDIDATES.indexOf(turn.candidate());
  }

  @Test
  void first_isTheConfiguredOne_whileNobodyIsBusy() {
    assertThat(first(NOW)).isZero();
    run(0, NOW).end(Permit.Verdict.GOOD, NOW);
    assertThat(first(NOW)).isZero();
  }

  @Test
  void first_isTheLeastBusy_ofItsModel() {
    run(0, NOW);
    assertThat(first(NOW)).isEqualTo(1);
    run(1, NOW);
    assertThat(first(NOW)).isEqualTo(2);
    run(2, NOW);
    assertThat(first(NOW)).isZero(); // all have one, and other models are not looked at
  }

  @Test
  void first_hasRoom_beforeItIsLittleBusy() {
    run(2, NOW);
    run(2, NOW);
    run(2, NOW); // the upstream of 1 and 2 is full
    run(0, NOW);
    assertThat(first(NOW)).isZero();
    run(0, NOW);
    run(0, NOW);
    assertThat(first(NOW)).isEqualTo(1); // all are full: the queue of the least busy one
  }

  @Test
  void first_passesOver_whoIsDown_andWhoRests() {
    breakDown(0, NOW);
    assertThat(first(NOW)).isEqualTo(1);
    state(1).rest(SECOND, NOW);
    assertThat(first(NOW)).isEqualTo(2);
    breakDown(2, NOW);
    assertThat(first(NOW)).isEqualTo(3);
    assertThat(first(NOW + SECOND)).isEqualTo(1);
    assertThat(first(NOW + 2 * SECOND)).isZero(); // as a probe
  }

  @Test
  void allDown_theOneThatIsBackSoonest_isAskedOnce() {
    breakDown(0, NOW);
    breakDown(1, NOW);
    state(2).rest(500 * MILLI, NOW);
    breakDown(3, NOW);
    assertThat(first(NOW)).isEqualTo(2);
    Turns turns = turns(false);
    assertThat(turns.begin(CANDIDATES.get(2), NOW).anyway()).isTrue();
    assertThat(turns.next(1, NOW)).isNull();
    Turn anyway = Objects.requireNonNull(turns.next(0, NOW)); // it was not called after all
    assertThat(index(anyway)).isZero();
    assertThat(anyway.anyway()).isTrue();
  }

  @Test
  void next_goesThroughAll_once() {
    Turns turns = turns(false);
    assertThat(turns.begin(CANDIDATES.get(0), NOW).anyway()).isFalse();
    run(1, NOW);
    assertThat(index(turns.next(1, NOW))).isEqualTo(2);
    assertThat(index(turns.next(2, NOW))).isEqualTo(1);
    assertThat(turns.anyLeft()).isTrue();
    assertThat(index(turns.next(3, NOW))).isEqualTo(3);
    assertThat(turns.anyLeft()).isFalse();
    assertThat(turns.next(4, NOW)).isNull();
  }

  private Turns afterAllFailed(boolean once) {
    Turns turns = turns(once);
    turns.begin(CANDIDATES.get(0), NOW);
    for (int i = 1; i < 4; i++) {
      turns.next(i, NOW);
    }
    return turns;
  }

  @Test
  void again_isOnlyWhoMayBe_withFullJitter_andAtMostTwice() {
    Turns turns = afterAllFailed(false);
    assertThat(turns.again(NOW)).isNull();
    turns.mayAskAgain(CANDIDATES.get(1));
    Turn first = Objects.requireNonNull(turns.again(NOW));
    assertThat(index(first)).isEqualTo(1);
    assertThat(first.again()).isTrue();
    assertThat(first.waitNanos()).isEqualTo(250 * MILLI); // half of 500
    assertThat(turns.again(NOW)).isNull();
    turns.mayAskAgain(CANDIDATES.get(1));
    assertThat(waitNanos(turns)).isEqualTo(500 * MILLI); // half of 1000
    turns.mayAskAgain(CANDIDATES.get(1));
    assertThat(turns.again(NOW)).isNull();
  }

  @Test
  void again_isNobody_whereTheCallerAsksAgain() {
    Turns turns = afterAllFailed(true);
    turns.mayAskAgain(CANDIDATES.get(1));
    assertThat(turns.again(NOW)).isNull();
  }

  @Test
  void again_waitsAsLongAsWasAskedFor_unlessThatIsTooLong() {
    Turns turns = afterAllFailed(false);
    turns.mayAskAgain(CANDIDATES.get(0));
    state(0).rest(2 * SECOND, NOW);
    dice = 0;
    assertThat(waitNanos(turns)).isEqualTo(2 * SECOND);
    turns.mayAskAgain(CANDIDATES.get(0));
    state(0).rest(4 * SECOND, NOW);
    assertThat(turns.again(NOW)).isNull();
  }

  @Test
  void again_isWhoeverIsBackFirst_andNobodyWhoIsDown() {
    Turns turns = afterAllFailed(false);
    turns.mayAskAgain(CANDIDATES.get(0));
    turns.mayAskAgain(CANDIDATES.get(1));
    turns.mayAskAgain(CANDIDATES.get(2));
    state(0).rest(2 * SECOND, NOW);
    breakDown(1, NOW);
    assertThat(index(turns.again(NOW))).isEqualTo(2);
    assertThat(index(turns.again(NOW))).isZero();
  }

  @Test
  void again_isWithinThePatienceOfTheFirstByte() {
    Turns turns = afterAllFailed(false);
    turns.mayAskAgain(CANDIDATES.get(0));
    dice = 0;
    assertThat(turns.again(NOW + 181 * SECOND)).isNull();
    assertThat(turns.again(NOW + 180 * SECOND)).isNotNull();
  }

  @Test
  void again_isWithinTheBudgetOfItsUpstream() {
    int retries = 0;
    for (int i = 0; i < 20; i++) {
      Turns turns = afterAllFailed(false);
      turns.mayAskAgain(CANDIDATES.get(0));
      retries += turns.again(NOW) == null ? 0 : 1;
    }
    assertThat(retries).isEqualTo(10);
  }
}
