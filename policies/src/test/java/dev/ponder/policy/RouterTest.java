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

class RouterTest {

  private static final Upstream OPENAI =
      new Upstream(
          "openai",
          Upstream.Provider.OPENAI,
          URI.create("https://example.com/v1"),
          Optional.empty(),
          Timeouts.DEFAULT,
          10,
          Upstream.On5xx.VOID);

  private final Model mini = model("mini", false, true, true, 1_000);
  private final Model thinker = model("thinker", true, true, false, 10_000);
  private final Route auto =
      new Route(
          "auto",
          List.of(
              tier(mini, 0),
              new Tier(thinker, Optional.of(Effort.LOW), 0.45, List.of()),
              new Tier(thinker, Optional.of(Effort.HIGH), 0.75, List.of(mini))),
          Duration.ZERO);
  private final Router router =
      new Router(Map.of("auto", auto), Map.of("mini", mini, "thinker", thinker));

  @Test
  void decide_score_highestTierReached() {
    assertThat(decide(0.44).model()).isEqualTo(mini);
    assertThat(decide(0.45).effort()).contains(Effort.LOW);
    assertThat(decide(0.75).effort()).contains(Effort.HIGH);
    assertThat(decide(1).reason()).isEqualTo(Reason.SCORE);
  }

  @Test
  void decide_threshold_isTheNearestBoundaryAbove() {
    assertThat(decide(0.1).threshold()).hasValue(0.45);
    assertThat(decide(0.5).threshold()).hasValue(0.75);
    assertThat(decide(0.9).threshold()).hasValue(0.75);
  }

  /** Not every provider has every endpoint, and who has not must not be asked. */
  @Test
  void decide_providers_onlyTheirDeployments() {
    Upstream elsewhere = at(Upstream.Provider.ANTHROPIC);
    Model both =
        new Model(
            "both",
            List.of(new Deployment(elsewhere, "b"), new Deployment(OPENAI, "b")),
            false,
            mini.price(),
            mini.capabilities());
    Model claude =
        new Model(
            "claude",
            List.of(new Deployment(elsewhere, "c")),
            true,
            thinker.price(),
            thinker.capabilities());
    Route mixed = new Route("mixed", List.of(tier(both, 0), tier(claude, 0.5)), Duration.ZERO);
    Router routes = new Router(Map.of("mixed", mixed), Map.of("both", both, "claude", claude));
    Router.Target target = routes.find("mixed").orElseThrow();
    Question openAi = question(1, Set.of(Upstream.Provider.OPENAI));
    Decision decision = Router.decide(target, openAi);
    assertThat(decision.model()).isEqualTo(both);
    assertThat(decision.reason()).isEqualTo(Reason.CAPABILITY);
    assertThat(decision.candidates()).hasSize(1);
    assertThat(decision.candidates().get(0).deployment().upstream()).isEqualTo(OPENAI);
    Question anthropic = question(1, Set.of(Upstream.Provider.ANTHROPIC));
    assertThat(Router.decide(target, anthropic).model()).isEqualTo(claude);
    assertThat(Router.pin(target, anthropic).candidates().get(0).deployment().upstream())
        .isEqualTo(elsewhere);
    assertThat(target.servedBy(Set.of(Upstream.Provider.AZURE_OPENAI))).isFalse();
    Router.Target pinned = routes.find("claude").orElseThrow();
    assertThat(pinned.servedBy(Set.of(Upstream.Provider.OPENAI))).isFalse();
    assertThat(pinned.servedBy(Set.of(Upstream.Provider.ANTHROPIC))).isTrue();
  }

  private static Question question(double score, Set<Upstream.Provider> providers) {
    return new Question(score, false, 10, -1, false, false, providers);
  }

  private static Upstream at(Upstream.Provider provider) {
    return new Upstream(
        "elsewhere",
        provider,
        URI.create("https://example.org"),
        Optional.empty(),
        Timeouts.DEFAULT,
        10,
        Upstream.On5xx.VOID);
  }

  @Test
  void decide_hint_isItsReason() {
    Decision decision = decide(new Question(1, true, 10, -1, false, false));
    assertThat(decision.reason()).isEqualTo(Reason.HINT);
    assertThat(decision.model()).isEqualTo(thinker);
  }

  @Test
  void decide_images_wantedTierBlind_goesDown() {
    Decision decision = decide(new Question(1, false, 10, -1, false, true));
    assertThat(decision.model()).isEqualTo(mini);
    assertThat(decision.reason()).isEqualTo(Reason.CAPABILITY);
  }

  @Test
  void decide_longContext_cheapTierTooShort_goesUp() {
    Decision decision = decide(new Question(0, false, 5_000, -1, false, false));
    assertThat(decision.model()).isEqualTo(thinker);
    assertThat(decision.effort()).contains(Effort.LOW);
    assertThat(decision.reason()).isEqualTo(Reason.CAPABILITY);
  }

  @Test
  void decide_noTierFits_scoreDecidesAlone() {
    Decision decision = decide(new Question(1, false, 50_000, -1, false, false));
    assertThat(decision.model()).isEqualTo(thinker);
    assertThat(decision.reason()).isEqualTo(Reason.SCORE);
  }

  @Test
  void decide_smallOutputLimit_leavesNoRoomToThink() {
    assertThat(decide(new Question(1, false, 10, 255, false, false)).model()).isEqualTo(mini);
    assertThat(decide(new Question(1, false, 10, 256, false, false)).model()).isEqualTo(thinker);
  }

  @Test
  void decide_candidates_deploymentsThenFallbacks() {
    assertThat(decide(0.8).candidates())
        .extracting(c -> c.deployment().name() + " " + c.fallback())
        .containsExactly("openai/thinker-id false", "openai/mini-id true");
  }

  @Test
  void decide_fallbackThatCannot_isLeftOut() {
    Model blind = model("blind", false, true, false, 0);
    Model seeing = model("seeing", false, true, true, 0);
    Tier only = new Tier(seeing, Optional.empty(), 0, List.of(blind));
    Route route = new Route("pictures", List.of(only, tier(seeing, 0.5)), Duration.ZERO);
    Router pictures = new Router(Map.of("pictures", route), Map.of());
    Question question = new Question(0, false, 10, -1, false, true);
    assertThat(Router.decide(pictures.find("pictures").orElseThrow(), question).candidates())
        .extracting(c -> c.model().name())
        .containsExactly("seeing");
  }

  @Test
  void decide_outputCountsAgainstTheContext() {
    assertThat(decide(new Question(0, false, 600, 300, false, false)).model()).isEqualTo(mini);
    assertThat(decide(new Question(0, false, 600, 500, false, false)).model()).isEqualTo(thinker);
  }

  @Test
  void find_modelAndDeployment_pinned() {
    Question any = new Question(0, false, 10, -1, false, false);
    Decision byModel = Router.pin(router.find("thinker").orElseThrow(), any);
    Decision byDeployment = Router.pin(router.find("openai/thinker-id").orElseThrow(), any);
    assertThat(byModel.candidates()).isEqualTo(byDeployment.candidates());
    assertThat(byModel.reason()).isEqualTo(Reason.EXPLICIT);
    assertThat(byModel.routed()).isFalse();
    assertThat(byModel.score()).isEmpty();
    assertThat(router.find("gpt-nonsense")).isEmpty();
  }

  @Test
  void constructor_sameNameTwice_refused() {
    assertThatThrownBy(() -> new Router(Map.of("auto", auto), Map.of("auto", mini("auto"))))
        .hasMessage("name: auto (expected: unique)");
  }

  @Test
  void route_fallingScores_refused() {
    assertThatThrownBy(
            () -> new Route("r", List.of(tier(mini, 0.5), tier(thinker, 0.4)), Duration.ZERO))
        .hasMessageContaining("min_score falls at tier 1");
  }

  @Test
  void hint_wordsAndNumbers() {
    assertThat(Hint.ofHeader("low")).hasValue(0);
    assertThat(Hint.ofHeader("high")).hasValue(1);
    assertThat(Hint.ofHeader("0.62")).hasValue(0.62);
    assertThat(Hint.ofHeader("1.01")).isEmpty();
    assertThat(Hint.ofHeader("NaN")).isEmpty();
    assertThat(Hint.ofHeader("very")).isEmpty();
    assertThat(Hint.ofHeader("0x1p-1")).isEmpty();
    assertThat(Hint.ofHeader("-0.5")).isEmpty();
    assertThat(Hint.ofEffort(Effort.MEDIUM)).isEmpty();
    assertThat(Hint.ofEffort(Effort.XHIGH)).hasValue(1);
  }

  private Decision decide(double score) {
    return decide(new Question(score, false, 10, -1, false, false));
  }

  private Decision decide(Question question) {
    return Router.decide(router.find("auto").orElseThrow(), question);
  }

  private static Tier tier(Model model, double minScore) {
    return new Tier(model, Optional.empty(), minScore, List.of());
  }

  private static Model mini(String name) {
    return model(name, false, true, true, 0);
  }

  private static Model model(
      String name, boolean reasoning, boolean tools, boolean vision, int context) {
    return new Model(
        name,
        List.of(new Deployment(OPENAI, name + "-id")),
        reasoning,
        ModelPrice.of(Money.ofNanos(1), Money.ofNanos(4)),
        new Capabilities(tools, vision, context, 0, "", Set.of(), true, 0, 50_000));
  }
}
