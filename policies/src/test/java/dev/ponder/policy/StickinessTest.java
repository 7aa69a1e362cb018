package dev.ponder.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a warm conversation stays, and what it takes to leave. */
class StickinessTest {

  private static final long USD = 1_000_000_000L;

  private static final ModelPrice CHEAP =
      new ModelPrice(usd(1), Money.ofNanos(USD / 10), usd(1), usd(4), usd(4));
  private static final ModelPrice DEAR =
      new ModelPrice(usd(2), Money.ofNanos(USD / 2), usd(2), usd(8), usd(8));

  private final Model mini = model("mini", CHEAP, true, "a/mini", "b/mini");
  private final Model thinker = model("thinker", DEAR, false, "a/thinker", "b/thinker");
  private final Model spare = model("spare", DEAR, true, "c/spare");
  private final Route auto =
      new Route(
          "auto",
          List.of(
              new Tier(mini, Optional.empty(), 0, List.of()),
              new Tier(thinker, Optional.of(Effort.HIGH), 0.5, List.of(spare))),
          Duration.ofMinutes(30));
  private final Router.Target target =
      new Router(Map.of("auto", auto), Map.of("mini", mini, "thinker", thinker, "spare", spare))
          .find("auto")
          .orElseThrow();

  private static Money usd(long dollars) {
    return Money.ofNanos(dollars * USD);
  }

  private static Model model(String name, ModelPrice price, boolean vision, String... places) {
    return new Model(
        name,
        List.of(places).stream().map(StickinessTest::deployment).toList(),
        name.equals("thinker"),
        price,
        new Capabilities(true, vision, 0, 0, "", Set.of(), true, 0, 50_000));
  }

  private static Deployment deployment(String place) {
    String[] parts = place.split("/", 2);
    return new Deployment(
        new Upstream(
            parts[0],
            Upstream.Provider.OPENAI,
            URI.create("https://example.com/v1"),
            Optional.empty(),
            Timeouts.DEFAULT,
            10,
            Upstream.On5xx.VOID),
        parts[1]);
  }

  private static Home home(int tier, String deployment, double score, long tokens) {
    return new Home(tier, deployment, score, tokens);
  }

  /** Gains are scores here, and the dear tier costs 0.01 USD more. */
  private Decision decide(Question question, Home home, boolean bound) {
    Thresholds thresholds = Thresholds.of(auto);
    return decide(question, home, bound, thresholds);
  }

  private Decision decide(Question question, Home home, boolean bound, Thresholds thresholds) {
    Decision present = Router.decide(target, question, thresholds);
    return new Stickiness(
            target, question, thresholds, s -> s, t -> t.model().equals(mini) ? 0 : USD / 100)
        .decide(present, home, bound);
  }

  private static Question asks(double score, long tokens) {
    return new Question(score, false, tokens, -1, false, false);
  }

  @Test
  void lost_isTheHistoryTimesTheDiscount() {
    assertThat(Stickiness.lost(DEAR, 100_000)).isEqualTo(Money.ofNanos(USD * 15 / 100));
    assertThat(Stickiness.lost(ModelPrice.of(usd(2), usd(8)), 100_000)).isEqualTo(Money.ZERO);
  }

  @Test
  void easyQuestion_ofAConversationThatWasHard_stays() {
    Decision decision = decide(asks(0.05, 900), home(1, "a/thinker", 0.8, 800), false);
    assertThat(decision.model()).isEqualTo(thinker);
    assertThat(decision.reason()).isEqualTo(Reason.STICKY);
    assertThat(decision.effort()).contains(Effort.HIGH);
    assertThat(decision.score()).hasValue(0.05);
  }

  @Test
  void easyQuestion_whenMoneyHasBecomeDearer_goesDown_unlessItsHistoryIsWorthMore() {
    Thresholds dear = Thresholds.of(auto);
    dear.raise(1, 0.9);
    Home little = home(1, "a/thinker", 0.8, 100);
    assertThat(decide(asks(0.05, 900), little, false, dear).model()).isEqualTo(mini);
    // 0.8 is enough for 0.9 × (0.01 − lost) / 0.01, so for 741 tokens at 1.5 USD a million
    assertThat(decide(asks(0.05, 900), home(1, "a/thinker", 0.8, 740), false, dear).model())
        .isEqualTo(mini);
    assertThat(decide(asks(0.05, 900), home(1, "a/thinker", 0.8, 742), false, dear).model())
        .isEqualTo(thinker);
  }

  @Test
  void hardQuestion_ofACheapConversation_goesUp_unlessItsHistoryIsDearToRead() {
    Home shortOne = home(0, "a/mini", 0.1, 100);
    Decision up = decide(asks(0.7, 100), shortOne, false);
    assertThat(up.model()).isEqualTo(thinker);
    assertThat(up.reason()).isEqualTo(Reason.SCORE);
    // 0.5 × (0.01 + lost) / 0.01 is 0.7 for 4,445 tokens at 0.9 USD a million
    assertThat(decide(asks(0.7, 4_444), home(0, "a/mini", 0.1, 9_999), false).model())
        .isEqualTo(thinker);
    Decision stays = decide(asks(0.7, 4_446), home(0, "a/mini", 0.1, 9_999), false);
    assertThat(stays.model()).isEqualTo(mini);
    assertThat(stays.reason()).isEqualTo(Reason.STICKY);
  }

  @Test
  void bound_staysWhateverItIsAsked() {
    assertThat(decide(asks(1, 100), home(0, "a/mini", 0, 0), true).model()).isEqualTo(mini);
    Question hinted = new Question(0, true, 100, -1, false, false);
    assertThat(decide(hinted, home(1, "a/thinker", 0, 0), true).model()).isEqualTo(thinker);
    assertThat(decide(hinted, home(1, "a/thinker", 1, 0), false).reason()).isEqualTo(Reason.HINT);
  }

  @Test
  void home_thatCannotTakeTheRequest_orIsGone_isLeft() {
    Question image = new Question(0.1, false, 100, -1, false, true);
    assertThat(decide(image, home(1, "a/thinker", 0.9, 0), true).model()).isEqualTo(mini);
    assertThat(decide(asks(0.1, 100), home(1, "a/gone", 0.9, 0), true).model()).isEqualTo(mini);
    assertThat(decide(asks(0.1, 100), home(7, "a/thinker", 0.9, 0), false).model())
        .isEqualTo(thinker);
  }

  @Test
  void deployment_ofTheHome_isAskedFirst() {
    Decision same = decide(asks(0.1, 100), home(0, "b/mini", 0.1, 100), false);
    assertThat(same.candidates())
        .extracting(c -> c.deployment().name())
        .containsExactly("b/mini", "a/mini");
    assertThat(same.reason()).isEqualTo(Reason.SCORE);
    Home fallback = home(1, "c/spare", 0.9, 100);
    assertThat(decide(asks(0.9, 100), fallback, true).candidates())
        .extracting(c -> c.deployment().name())
        .containsExactly("c/spare", "a/thinker", "b/thinker");
    assertThat(decide(asks(0.9, 100), fallback, false).model()).isEqualTo(thinker);
  }

  @Test
  void home_checksItself() {
    assertThatThrownBy(() -> home(-1, "a/m", 0, 0)).hasMessageContaining("tier: -1");
    assertThatThrownBy(() -> home(0, "a/m", 2, 0)).hasMessageContaining("score: 2");
    assertThatThrownBy(() -> home(0, "a/m", 0, -1)).hasMessageContaining("inputTokens: -1");
  }
}
