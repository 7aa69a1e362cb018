package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.policy.Model;
import dev.ponder.policy.Policy;
import dev.ponder.policy.PolicySet;
import dev.ponder.policy.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which policies of a file apply to which call. */
class PolicySelectionTest {

  private static final Principal CHECKOUT = who("checkout-prod", "checkout");
  private static final Principal SRE = who("oncall", "sre");

  private final Configuration full =
      Examples.read(Examples.SUPPORTED).configuration().orElseThrow();
  private final PolicySet set = new PolicySet(full.policies());
  private final Model thinker = Examples.named(full.models(), "thinker");
  private final Model mini = Examples.named(full.models(), "mini");

  @Test
  void applying_ordinaryCall_allWithoutConditions() {
    assertThat(names(set.applying(CHECKOUT, Map.of(), "auto", mini)))
        .containsExactly("company", "fair-share", "runaway-guard");
    assertThat(names(set.applying(Principal.ANONYMOUS, Map.of(), "", mini)))
        .containsExactly("company", "fair-share", "runaway-guard");
  }

  @Test
  void applying_tag_isThatOfTheCall() {
    assertThat(names(set.applying(CHECKOUT, Map.of("workload", "batch"), "auto", mini)))
        .containsExactly("company", "fair-share", "runaway-guard", "night-batch");
    assertThat(names(set.applying(CHECKOUT, Map.of("workload", "online"), "auto", mini)))
        .doesNotContain("night-batch");
  }

  @Test
  void applying_replacement_onlyWhereAllOfItsConditionsFit() {
    assertThat(names(set.applying(SRE, Map.of(), "deep", thinker)))
        .containsExactly("company", "runaway-guard", "incident-room");
    assertThat(names(set.applying(SRE, Map.of(), "auto", thinker)))
        .containsExactly("company", "fair-share", "runaway-guard");
    assertThat(names(set.applying(CHECKOUT, Map.of(), "deep", thinker)))
        .containsExactly("company", "fair-share", "runaway-guard");
    // A pinned request has no route, whatever it is called.
    assertThat(names(set.applying(SRE, Map.of(), "", thinker))).doesNotContain("incident-room");
  }

  @Test
  void applying_keyModelAndTier_areThoseOfTheCall() {
    PolicySet few =
        policies(
            """
            - { name: key, applies_to: { key: ci }, max_effort: low }
            - { name: model, applies_to: { model: o3 }, max_effort: low }
            - { name: llm, applies_to: { tier: llm }, max_effort: low }
            - { name: lrm, applies_to: { tier: lrm }, max_effort: low }
            keys: [ { name: ci, sha256: %s } ]
            """
                .formatted("0".repeat(64)));
    Model o3 = new Model("o3", thinker.servedBy(), true, thinker.price(), thinker.capabilities());

    assertThat(names(few.applying(who("ci", ""), Map.of(), "", o3)))
        .containsExactly("key", "model", "lrm");
    assertThat(names(few.applying(CHECKOUT, Map.of(), "o3", mini))).containsExactly("llm");
  }

  @Test
  void applying_whatIsReplaced_stillReplaces() {
    PolicySet chain =
        policies(
            """
            - { name: a, max_effort: low }
            - { name: b, max_effort: low, replaces: a }
            - { name: c, max_effort: low, replaces: b }
            """);

    assertThat(names(chain.applying(CHECKOUT, Map.of(), "", mini))).containsExactly("c");
  }

  private static PolicySet policies(String list) {
    String yaml = Examples.BASE + "policies:\n" + list;
    return new PolicySet(Examples.read(yaml).configuration().orElseThrow().policies());
  }

  private static List<String> names(List<Policy> policies) {
    return policies.stream().map(Policy::name).toList();
  }

  private static Principal who(String key, String team) {
    return new Principal(key, team, Map.of(), Set.of(), Optional.empty());
  }
}
