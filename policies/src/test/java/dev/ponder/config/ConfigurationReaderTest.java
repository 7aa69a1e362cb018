package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.budget.Budget;
import dev.ponder.budget.Budget.Each;
import dev.ponder.budget.Budget.Window;
import dev.ponder.classify.HeuristicClassifier;
import dev.ponder.config.Configuration.AtExhaustion;
import dev.ponder.config.Configuration.Limits;
import dev.ponder.config.Configuration.Listen;
import dev.ponder.config.Configuration.Pacing;
import dev.ponder.config.Configuration.PolicyRule;
import dev.ponder.config.ConfigurationReader.Result;
import dev.ponder.policy.Deployment;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Model;
import dev.ponder.policy.Route;
import dev.ponder.policy.SecretReference;
import dev.ponder.policy.Tier;
import dev.ponder.policy.Timeouts;
import dev.ponder.price.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigurationReaderTest {

  @Test
  void twoTiers_noMinScore_classifiersThreshold() {
    String yaml = Examples.MINIMAL.replace("{ model: o3, min_score: 0.6 }", "o3");
    Configuration read =
        ConfigurationReader.read("p.yaml", yaml, PriceBook.bundled(), Examples.TODAY)
            .configuration()
            .orElseThrow();
    assertThat(read.routes().values())
        .extracting(route -> route.top().minScore())
        .containsExactly(HeuristicClassifier.THRESHOLD);
  }

  @Test
  void read_minimalExample_isServedWithDefaults() {
    Result result = Examples.read(Examples.MINIMAL);

    assertThat(result.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "ponder.yaml:8:1 warning: policies: is read but has no effect in this version",
            "ponder.yaml:10:1 warning: ledger: is read but has no effect in this version");
    Configuration configuration = result.configuration().orElseThrow();
    assertThat(configuration.listen()).isEqualTo(new Listen("127.0.0.1", 8080, "127.0.0.1", 8081));
    assertThat(configuration.keys()).isEmpty();
    assertThat(configuration.annotateUsage()).isTrue();
    assertThat(configuration.decisions().log()).isEqualTo("off");
    assertThat(configuration.telemetry().tags()).isEmpty();
    assertThat(configuration.admin().token()).isEmpty();
    assertThat(configuration.limits())
        .isEqualTo(
            new Limits(
                64L << 20,
                64L << 20,
                1000,
                64 << 10,
                Duration.ofSeconds(15),
                Duration.ofSeconds(120),
                List.of("*")));
    Route auto = Examples.named(configuration.routes(), "auto");
    assertThat(auto.tiers()).extracting(t -> t.model().name()).containsExactly("mini", "o3");
    assertThat(auto.tiers()).extracting(Tier::minScore).containsExactly(0.0, 0.6);
    assertThat(auto.sticky()).isZero();
    Model mini = Examples.named(configuration.models(), "mini");
    assertThat(mini.servedBy()).extracting(Deployment::name).containsExactly("openai/gpt-4.1-mini");
    assertThat(mini.price().input()).isEqualTo(usd("0.40"));
    assertThat(mini.price().cachedInput()).isEqualTo(usd("0.40"));
    assertThat(mini.capabilities().refusedParams())
        .containsExactlyInAnyOrder("reasoning_effort", "verbosity");
    assertThat(mini.capabilities().capParam()).isEmpty();
    Model o3 = Examples.named(configuration.models(), "o3");
    assertThat(o3.reasoning()).isTrue();
    assertThat(o3.capabilities().refusedParams()).contains("temperature", "logit_bias").hasSize(7);
    assertThat(o3.capabilities().capParam()).isEqualTo("max_completion_tokens");
    assertThat(Examples.named(configuration.upstreams(), "openai").timeouts())
        .isEqualTo(Timeouts.DEFAULT);
  }

  @Test
  void read_fullExample_refusesOnlyTheProvidersThatAreNotThereYet() {
    Result result = Examples.read(Examples.FULL);

    assertThat(result.configuration()).isEmpty();
    assertThat(result.problems())
        .filteredOn(p -> p.severity() == Problem.Severity.ERROR)
        .extracting(Problem::toString)
        .containsExactly(
            "ponder.yaml:14:15 upstreams.azure-eu.provider: azure_openai is not supported by this"
                + " version (expected: openai)",
            "ponder.yaml:20:15 upstreams.anthropic.provider: anthropic is not supported by this"
                + " version (expected: openai)");
  }

  @Test
  void read_fullExampleOfOneProvider_isServed() {
    Result result = Examples.read(Examples.SUPPORTED);

    Configuration configuration = result.configuration().orElseThrow();
    assertThat(configuration.models().keySet()).containsExactly("mini", "thinker", "claude");
    assertThat(configuration.routes().keySet()).containsExactly("auto", "fast", "deep");
    assertThat(Examples.named(configuration.upstreams(), "openai").timeouts().connect())
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(Examples.named(configuration.upstreams(), "azure-eu").apiKey())
        .contains(new SecretReference(SecretReference.Kind.FILE, "/run/secrets/azure-eu"));
    Tier top = Examples.named(configuration.routes(), "auto").top();
    assertThat(top.effort()).contains(Effort.HIGH);
    assertThat(top.fallbacks()).extracting(Model::name).containsExactly("claude");
    assertThat(Examples.named(configuration.routes(), "auto").sticky())
        .isEqualTo(Duration.ofMinutes(30));
    assertThat(configuration.keys().get(1).tags()).isEqualTo(Map.of("workload", "batch"));
    assertThat(configuration.policies())
        .extracting(PolicyRule::name)
        .containsExactly("company", "fair-share", "runaway-guard", "night-batch", "incident-room");
    assertThat(configuration.policies().get(0))
        .isEqualTo(
            new PolicyRule(
                "company",
                Map.of(),
                Set.of(),
                Optional.of(
                    new Budget(usd("20000"), Window.MONTH, ZoneId.of("Europe/Berlin"), Each.ALL)),
                Pacing.ADAPTIVE,
                AtExhaustion.DOWNGRADE,
                List.of(50, 80, 100),
                Optional.empty(),
                Optional.empty()));
    PolicyRule night = configuration.policies().get(3);
    assertThat(night.appliesTo()).isEqualTo(Map.of("tags.workload", "batch"));
    assertThat(night.budget())
        .contains(new Budget(usd("300"), Window.DAY, ZoneOffset.UTC, Each.ALL));
    assertThat(night.maxEffort()).contains(Effort.LOW);
    assertThat(night.maxRequestCost()).contains(usd("0.50"));
    assertThat(configuration.policies().get(4).replaces()).containsExactly("fair-share");
  }

  @Test
  void read_otherSections_areTaken() {
    Result result = Examples.read(Examples.REST);

    assertThat(result.problems()).allMatch(p -> p.severity() == Problem.Severity.WARNING);
    Configuration configuration = result.configuration().orElseThrow();
    assertThat(configuration.listen()).isEqualTo(new Listen("::1", 0, "0.0.0.0", 9090));
    assertThat(configuration.admin().token())
        .map(SecretReference::toString)
        .contains("file:/run/secrets/admin");
    assertThat(configuration.limits())
        .isEqualTo(
            new Limits(
                1_000_000,
                2L << 20,
                64,
                8 << 10,
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                List.of("https://chat.example.com", "http://localhost:3000")));
    assertThat(configuration.annotateUsage()).isFalse();
    assertThat(configuration.telemetry().tags()).containsExactly("workload", "env");
    assertThat(configuration.decisions().log()).isEqualTo("stdout");
    Configuration.Key key = configuration.keys().get(0);
    assertThat(key.sha256()).startsWith("9f86d0");
    assertThat(key.models()).containsExactlyInAnyOrder("auto", "mini");
    assertThat(key.expires()).contains(Instant.parse("2027-01-31T00:00:00Z"));
  }

  @Test
  void read_withoutRoutes_isServed() {
    Result result = Examples.read(Examples.BASE);

    assertThat(result.problems()).isEmpty();
    assertThat(result.configuration().orElseThrow().routes()).isEmpty();
  }

  @Test
  void read_overrides_replaceWhatIsAssumed() {
    String yaml =
        Examples.BASE
            + """
              r:
                served_by: openai/r/with:colon
                reasoning: true
                price: { input: "0.55", output: 2.19, reasoning: 3 }
                tools: false
                vision: false
                cap_param: max_tokens
                refused_params: []
              b: { served_by: openai/b, price: { input: 1, output: 1 }, cap_param: both }
            """;
    Configuration configuration = Examples.read(yaml).configuration().orElseThrow();

    Model model = Examples.named(configuration.models(), "r");
    assertThat(model.servedBy().get(0).modelId()).isEqualTo("r/with:colon");
    assertThat(model.price().reasoning()).isEqualTo(usd("3"));
    assertThat(model.capabilities().capParam()).isEqualTo("max_tokens");
    assertThat(model.capabilities().refusedParams()).isEmpty();
    assertThat(model.capabilities().tools()).isFalse();
    assertThat(model.capabilities().vision()).isFalse();
    assertThat(Examples.named(configuration.models(), "b").capabilities().capParam()).isEmpty();
  }

  @Test
  void read_baseUrlWithSlashAtItsEnd_isStripped() {
    String yaml = Examples.BASE.replace("openai.com/v1", "openai.com/v1/");

    assertThat(Examples.read(yaml).configuration().orElseThrow().upstreams().get("openai"))
        .satisfies(u -> assertThat(u.baseUrl()).hasToString("https://api.openai.com/v1"));
  }

  private static Money usd(String text) {
    return Money.ofUsd(new BigDecimal(text));
  }
}
