package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.budget.Budget;
import dev.ponder.budget.Budget.Each;
import dev.ponder.budget.Budget.Window;
import dev.ponder.budget.RateLimit;
import dev.ponder.classify.ScoreDistribution;
import dev.ponder.classify.TrainedClassifier;
import dev.ponder.config.Configuration.Ledger;
import dev.ponder.config.Configuration.Limits;
import dev.ponder.config.Configuration.Listen;
import dev.ponder.config.Configuration.Logs;
import dev.ponder.config.Configuration.OwnClassifier;
import dev.ponder.config.Configuration.Semconv;
import dev.ponder.config.Configuration.Traces;
import dev.ponder.config.ConfigurationReader.Result;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Deployment;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Model;
import dev.ponder.policy.Policy;
import dev.ponder.policy.Policy.AtExhaustion;
import dev.ponder.policy.Policy.CapOutput;
import dev.ponder.policy.Policy.OnDisconnect;
import dev.ponder.policy.Policy.Pacing;
import dev.ponder.policy.Route;
import dev.ponder.policy.SecretReference;
import dev.ponder.policy.ShareLimit;
import dev.ponder.policy.Tier;
import dev.ponder.policy.Timeouts;
import dev.ponder.policy.Upstream;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
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
        .containsExactly(TrainedClassifier.THRESHOLD);
  }

  @Test
  void read_minimalExample_isServedWithDefaults() {
    Result result = Examples.read(Examples.MINIMAL);

    String unknown =
        " its answers are limited to 16384 tokens under a hard budget (expected:"
            + " max_output_tokens)";
    assertThat(result.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "ponder.yaml:4:3 warning: models.mini:" + unknown,
            "ponder.yaml:5:3 warning: models.o3:" + unknown);
    Configuration configuration = result.configuration().orElseThrow();
    assertThat(configuration.listen()).isEqualTo(new Listen("127.0.0.1", 8080, "127.0.0.1", 8081));
    assertThat(configuration.keys()).isEmpty();
    assertThat(configuration.annotateUsage()).isTrue();
    assertThat(configuration.decisions().log()).isEqualTo("off");
    assertThat(configuration.telemetry())
        .isEqualTo(
            new Configuration.Telemetry(
                List.of(), true, false, Semconv.OFF, Traces.NONE, Logs.STANDARD));
    assertThat(configuration.telemetry().traces().otlp()).isEmpty();
    assertThat(configuration.telemetry().logs().access()).isEqualTo("off");
    assertThat(configuration.admin().token()).isEmpty();
    assertThat(configuration.limits())
        .isEqualTo(
            new Limits(
                64L << 20,
                64L << 20,
                1000,
                64 << 10,
                Duration.ofSeconds(15),
                Duration.ZERO,
                Duration.ofSeconds(120),
                List.of("*"),
                429));
    assertThat(configuration.ledger())
        .isEqualTo(new Ledger(Optional.of("/var/lib/ponder/ledger.db"), Duration.ofDays(400)));
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
  void read_fullExample_isServed() {
    Configuration configuration = Examples.read(Examples.FULL).configuration().orElseThrow();

    Upstream azure = Examples.named(configuration.upstreams(), "azure-eu");
    assertThat(azure.provider()).isEqualTo(Upstream.Provider.AZURE_OPENAI);
    assertThat(azure.apiVersion()).contains("2024-10-21");
    String unquoted = Examples.FULL.replace("\"2024-10-21\"", "2025-04-01-preview");
    assertThat(Examples.read(unquoted).configuration().orElseThrow().upstreams().values())
        .extracting(Upstream::apiVersion)
        .contains(Optional.of("2025-04-01-preview"));
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
        .extracting(Policy::name)
        .containsExactly("company", "fair-share", "runaway-guard", "night-batch", "incident-room");
    assertThat(configuration.policies().get(0))
        .isEqualTo(
            new Policy(
                "company",
                Map.of(),
                Set.of(),
                Optional.of(
                    new Budget(usd("20000"), Window.MONTH, ZoneId.of("Europe/Berlin"), Each.ALL)),
                Optional.empty(),
                Optional.empty(),
                Pacing.ADAPTIVE,
                AtExhaustion.DOWNGRADE,
                Duration.ofSeconds(10),
                List.of(50, 80, 100),
                Optional.empty(),
                Optional.empty(),
                CapOutput.AUTO,
                OnDisconnect.AUTO));
    Policy night = configuration.policies().get(3);
    assertThat(night.appliesTo()).isEqualTo(Map.of("tags.workload", "batch"));
    assertThat(night.budget())
        .contains(new Budget(usd("300"), Window.DAY, ZoneOffset.UTC, Each.ALL));
    assertThat(night.maxEffort()).contains(Effort.LOW);
    assertThat(night.maxRequestCost()).contains(usd("0.50"));
    assertThat(configuration.policies().get(4).replaces()).containsExactly("fair-share");
    assertThat(result.problems()).isEmpty();
  }

  @Test
  void read_telemetry_isTaken() {
    Configuration configuration = Examples.read(Examples.REST).configuration().orElseThrow();
    assertThat(configuration.telemetry())
        .isEqualTo(
            new Configuration.Telemetry(
                List.of("workload", "env"),
                false,
                true,
                Semconv.V1_41,
                new Configuration.Traces(
                    Optional.of(URI.create("https://collector.example.com:4318")),
                    OptionalDouble.of(.025),
                    false),
                new Configuration.Logs(
                    Configuration.Logs.Format.JSON,
                    Configuration.Logs.Level.WARN,
                    Configuration.Logs.Target.STDOUT,
                    "file:access.jsonl")));
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
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                List.of("https://chat.example.com", "http://localhost:3000"),
                402));
    assertThat(configuration.ledger())
        .isEqualTo(new Ledger(Optional.of("ponder.db"), Duration.ofDays(30)));
    assertThat(Examples.named(configuration.upstreams(), "openai").on5xx())
        .isEqualTo(Upstream.On5xx.PRESUME);
    assertThat(configuration.annotateUsage()).isFalse();
    assertThat(configuration.passthrough()).contains("openai");
    assertThat(configuration.decisions().log()).isEqualTo("stdout");
    assertThat(configuration.policies().get(0).alertAt()).containsExactly(90);
    assertThat(configuration.policies().get(0).pacing()).isEqualTo(Pacing.OFF);
    assertThat(configuration.policies().get(1))
        .isEqualTo(
            new Policy(
                "reasoning",
                Map.of("tier", "lrm"),
                Set.of(),
                Optional.of(new Budget(usd("5"), Window.DAY, ZoneOffset.UTC, Each.KEY)),
                Optional.of(new RateLimit(OptionalLong.of(60), OptionalLong.of(200_000), Each.KEY)),
                Optional.empty(),
                Pacing.OFF,
                AtExhaustion.DOWNGRADE,
                Duration.ZERO,
                List.of(50, 80, 100),
                Optional.empty(),
                Optional.empty(),
                CapOutput.NEVER,
                OnDisconnect.DRAIN));
    Configuration.Key key = configuration.keys().get(0);
    assertThat(key.sha256()).startsWith("9f86d0");
    assertThat(key.models()).containsExactlyInAnyOrder("auto", "mini");
    assertThat(key.expires()).contains(Instant.parse("2027-01-31T00:00:00Z"));
  }

  @Test
  void read_sharesAndOwnClassifier_areTaken() {
    Configuration configuration = Examples.read(Examples.REST).configuration().orElseThrow();

    List<Tier> part = Examples.named(configuration.routes(), "part").tiers();
    assertThat(part)
        .extracting(Tier::share)
        .containsExactly(OptionalDouble.empty(), OptionalDouble.of(.2), OptionalDouble.of(.025));
    assertThat(part)
        .extracting(Tier::minScore)
        .containsExactly(
            0.0, ScoreDistribution.SHIPPED.quantile(.8), ScoreDistribution.SHIPPED.quantile(.975));
    assertThat(Examples.named(configuration.routes(), "auto").tiers())
        .extracting(Tier::share)
        .containsOnly(OptionalDouble.empty());
    assertThat(configuration.policies().get(2).lrmShare()).contains(new ShareLimit(.3, Each.KEY));
    assertThat(configuration.ownClassifier())
        .contains(
            new OwnClassifier(
                URI.create("https://scorer.example.com/v1/score?team=a"),
                Duration.ofMillis(80),
                5_000,
                OwnClassifier.Send.BOTH,
                SecretReference.parse("env:SCORER_KEY"),
                16));
    assertThat(Examples.read(Examples.SUPPORTED).configuration().orElseThrow().ownClassifier())
        .isEmpty();
  }

  @Test
  void read_boundsOfAModel_areTaken() {
    Configuration configuration = Examples.read(Examples.REST).configuration().orElseThrow();

    Capabilities r1 = Examples.named(configuration.models(), "r1").capabilities();
    assertThat(r1.capCoversReasoning()).isFalse();
    assertThat(r1.maxReasoningTokens()).isEqualTo(32_768);
    assertThat(r1.maxImageTokens()).isEqualTo(1_000);
    assertThat(r1.overheadTokens()).isEqualTo(2_000);
    assertThat(r1.extraParams()).containsExactlyInAnyOrder("plugins", "x-Trace.id");
    Capabilities mini = Examples.named(configuration.models(), "mini").capabilities();
    assertThat(mini.capCoversReasoning()).isTrue();
    assertThat(mini.maxReasoningTokens()).isZero();
    assertThat(mini.maxImageTokens()).isEqualTo(50_000);
    assertThat(mini.overheadTokens()).isEqualTo(64);
    assertThat(mini.extraParams()).isEmpty();
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
  void read_priceAbove_isTheStep() {
    String yaml =
        Examples.BASE
            + """
              plain:
                served_by: openai/p
                price:
                  { input: 1, cached_input: 0.1, output: 4, reasoning: 5,
                    above: { input_tokens: 200000, input: 2, output: 6 } }
              full:
                served_by: openai/f
                price:
                  input: 1
                  output: 4
                  above:
                    { input_tokens: 1, input: 2, cached_input: 0.2, cache_write: 2.5, output: 6,
                      reasoning: 7 }
            """;
    Configuration configuration = Examples.read(yaml).configuration().orElseThrow();

    assertThat(Examples.named(configuration.models(), "plain").price().step())
        .contains(new ModelPrice.Step(200_000, ModelPrice.of(usd("2"), usd("6"))));
    ModelPrice above = new ModelPrice(usd("2"), usd("0.2"), usd("2.5"), usd("6"), usd("7"));
    assertThat(Examples.named(configuration.models(), "full").price().step())
        .contains(new ModelPrice.Step(1, above));
    assertThat(Examples.named(configuration.models(), "mini").price().step()).isEmpty();
  }

  @Test
  void read_cacheWritesForAnHour_areTwiceTheInput_ifNothingIsSaid() {
    String yaml =
        Examples.BASE
            + """
              told:
                served_by: openai/t
                price: { input: 1, cache_write: 1.25, cache_write_1h: 1.5, output: 4 }
              untold: { served_by: openai/u, price: { input: 1, cache_write: 1.25, output: 4 } }
            """;
    Configuration configuration = Examples.read(yaml).configuration().orElseThrow();

    assertThat(Examples.named(configuration.models(), "told").price().longCacheWrite())
        .isEqualTo(usd("1.5"));
    assertThat(Examples.named(configuration.models(), "untold").price().longCacheWrite())
        .isEqualTo(usd("2"));
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
