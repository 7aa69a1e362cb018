package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.config.ConfigurationReader.Result;
import dev.ponder.policy.Model;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Usage;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class PriceBookTest {

  private static final String BOOK =
      """
      models:
        - id: thinker-1
          aliases: [ thinker-1-2026-01-01 ]
          price: { input: 1, cached_input: 0.1, output: 4 }
          context_tokens: 1000
          max_output_tokens: 100
          reasoning: true
          vision: false
          tools: false
          cap_param: max_tokens
          refused_params: [ stop ]
          cap_covers_reasoning: false
          max_reasoning_tokens: 500
          max_image_tokens: 7
          overhead_tokens: 8
          source: a page
          as_of: 2026-06-01
        - id: open-1
          hosts: [ api.example.com ]
          price: { input: 2, output: 2 }
          context_tokens: 1000
          source: a page
          as_of: 2026-06-01
      """;

  @Test
  void bundled_everyModel_hasItsFactsAndTheirSource() {
    List<PriceBook.Entry> entries = PriceBook.bundled().entries();

    assertThat(entries).hasSizeGreaterThan(40);
    for (PriceBook.Entry entry : entries) {
      String id = entry.modelId();
      assertThat(entry.facts().price()).as(id).isPresent();
      assertThat(entry.facts().price().get().input().nanos()).as(id).isPositive();
      assertThat(entry.facts().price().get().output())
          .as(id)
          .isGreaterThanOrEqualTo(entry.facts().price().get().input());
      assertThat(entry.facts().price().get().cachedInput())
          .as(id)
          .isLessThanOrEqualTo(entry.facts().price().get().input());
      assertThat(entry.facts().capabilities().contextTokens()).as(id).isGreaterThan(8_000);
      assertThat(entry.facts().capabilities().maxOutputTokens())
          .as(id)
          .isLessThanOrEqualTo(entry.facts().capabilities().contextTokens());
      assertThat(entry.source()).as(id).contains(".", "(");
      assertThat(entry.asOf()).as(id).isBetween(LocalDate.of(2025, 1, 1), Examples.TODAY);
    }
    assertThat(entries)
        .extracting(PriceBook.Entry::modelId)
        .contains("gpt-4.1-mini", "gpt-4o", "gpt-5", "o3", "o4-mini", "claude-sonnet-4-5")
        .contains("gemini-2.5-flash", "deepseek-reasoner", "grok-4", "mistral-large-2512");
  }

  @Test
  void bundled_longPrompts_costTheirStep() {
    PriceBook book = PriceBook.bundled();

    ModelPrice gemini = book.find("", "gemini-2.5-pro").orElseThrow().facts().price().orElseThrow();
    assertThat(gemini.of(Usage.of(200_000, 1_000)).toUsd()).isEqualTo("0.26");
    assertThat(gemini.of(Usage.of(400_000, 1_000)).toUsd()).isEqualTo("1.015");
    for (String id : List.of("grok-4", "grok-4-fast-reasoning", "grok-4-fast-non-reasoning")) {
      ModelPrice below = book.find("", id).orElseThrow().facts().price().orElseThrow();
      ModelPrice.Step step = below.step().orElseThrow();
      assertThat(step.inputTokens()).as(id).isEqualTo(128_000);
      assertThat(step.price().input()).as(id).isEqualTo(below.input().plus(below.input()));
      assertThat(step.price().cachedInput())
          .as(id)
          .isEqualTo(below.cachedInput().plus(below.cachedInput()));
      assertThat(step.price().output()).as(id).isEqualTo(below.output().plus(below.output()));
    }
  }

  @Test
  void bundled_anHourInClaudesCache_costsTwiceTheInput() {
    List<PriceBook.Entry> claudes =
        PriceBook.bundled().entries().stream()
            .filter(entry -> entry.modelId().startsWith("claude-"))
            .toList();

    assertThat(claudes).hasSizeGreaterThan(8);
    for (PriceBook.Entry entry : claudes) {
      ModelPrice price = entry.facts().price().orElseThrow();
      long input = price.input().nanos();
      assertThat(price.cacheWrite().nanos() * 4).as(entry.modelId()).isEqualTo(input * 5);
      assertThat(price.longCacheWrite().nanos()).as(entry.modelId()).isEqualTo(input * 2);
    }
  }

  @Test
  void find_aliasAndHost_areRespected() {
    PriceBook book = PriceBook.parse("prices.yaml", BOOK);

    assertThat(book.find("localhost", "thinker-1-2026-01-01")).isPresent();
    assertThat(book.find("API.example.com", "open-1")).isPresent();
    assertThat(book.find("localhost", "open-1")).isEmpty();
    assertThat(book.find("", "open-1")).isEmpty();
  }

  @Test
  void read_modelWithoutPrice_takesItFromTheBook() {
    Result result = read("{ served_by: openai/thinker-1 }", LocalDate.of(2026, 6, 30));

    assertThat(result.problems()).isEmpty();
    Model model = Examples.named(result.configuration().orElseThrow().models(), "m");
    assertThat(model.reasoning()).isTrue();
    assertThat(model.price().cachedInput().toUsd()).isEqualTo("0.1");
    assertThat(model.capabilities().contextTokens()).isEqualTo(1000);
    assertThat(model.capabilities().maxOutputTokens()).isEqualTo(100);
    assertThat(model.capabilities().capParam()).isEqualTo("max_tokens");
    assertThat(model.capabilities().refusedParams()).containsExactly("stop");
    assertThat(model.capabilities().tools()).isFalse();
    assertThat(model.capabilities().capCoversReasoning()).isFalse();
    assertThat(model.capabilities().maxReasoningTokens()).isEqualTo(500);
    assertThat(model.capabilities().maxImageTokens()).isEqualTo(7);
    assertThat(model.capabilities().overheadTokens()).isEqualTo(8);
    assertThat(model.capabilities().extraParams()).isEmpty();
  }

  @Test
  void read_capThatTheBookSaysIsRefused_isAnError() {
    String book =
        BOOK.replace("cap_param: max_tokens", "cap_param: max_completion_tokens")
            .replace("[ stop ]", "[ max_tokens ]");
    String yaml = Examples.BASE + "  m: { served_by: openai/thinker-1, cap_param: max_tokens }\n";

    assertThat(
            ConfigurationReader.read(
                    "p.yaml", yaml, PriceBook.parse("b.yaml", book), Examples.TODAY)
                .problems())
        .extracting(Problem::toString)
        .containsExactly(
            "p.yaml:6:48 models.m.cap_param: refused_params hold max_tokens, the model's cap_param"
                + " (expected: other members, or another cap_param)");
  }

  @Test
  void read_ownOverhead_replacesTheBooks() {
    Result result = read("{ served_by: openai/thinker-1, overhead_tokens: 0 }", Examples.TODAY);

    Model model = Examples.named(result.configuration().orElseThrow().models(), "m");
    assertThat(model.capabilities().overheadTokens()).isZero();
  }

  @Test
  void bundled_claude_leavesRoomForToolInstructions() {
    for (PriceBook.Entry entry : PriceBook.bundled().entries()) {
      assertThat(entry.facts().capabilities().overheadTokens())
          .as(entry.modelId())
          .isEqualTo(entry.modelId().startsWith("claude") ? 600 : 64);
    }
  }

  @Test
  void read_capThatCoversAfterAll_needsNoRoomForReasoning() {
    Result result =
        read("{ served_by: openai/thinker-1, cap_covers_reasoning: true }", Examples.TODAY);

    Model model = Examples.named(result.configuration().orElseThrow().models(), "m");
    assertThat(model.capabilities().capCoversReasoning()).isTrue();
    assertThat(model.capabilities().maxReasoningTokens()).isZero();
  }

  @Test
  void read_oldPrice_warnsUnlessOverridden() {
    LocalDate at180 = LocalDate.of(2026, 6, 1).plusDays(180);
    String own = "{ served_by: openai/thinker-1, price: { input: 1, output: 1 } }";

    assertThat(read("{ served_by: openai/thinker-1 }", at180).problems()).isEmpty();
    assertThat(read(own, at180.plusYears(9)).problems()).isEmpty();
    assertThat(read("{ served_by: openai/thinker-1 }", at180.plusDays(1)).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "ponder.yaml:6:3 warning: models.m: the price of thinker-1 in the price file is of"
                + " 2026-06-01, 181 days ago (a price: of your own replaces it)");
  }

  @Test
  void read_ownPrice_keepsTheOtherFactsOfTheBook() {
    Result result =
        read("{ served_by: openai/thinker-1, price: { input: 1, output: 1 } }", Examples.TODAY);

    Model model = Examples.named(result.configuration().orElseThrow().models(), "m");
    assertThat(model.price().cachedInput().toUsd()).isEqualTo("1");
    assertThat(model.reasoning()).isTrue();
    assertThat(model.capabilities().contextTokens()).isEqualTo(1000);
  }

  @Test
  void read_otherKindThanTheBookSays_takesThatKindsHabits() {
    Result result = read("{ served_by: openai/thinker-1, reasoning: false }", Examples.TODAY);

    Model model = Examples.named(result.configuration().orElseThrow().models(), "m");
    assertThat(model.reasoning()).isFalse();
    assertThat(model.capabilities().overheadTokens()).isEqualTo(8);
    assertThat(model.capabilities().refusedParams())
        .containsExactlyInAnyOrder("reasoning_effort", "verbosity");
    assertThat(model.capabilities().contextTokens()).isEqualTo(1000);
  }

  @Test
  void parse_mistakes_areListed() {
    String twice = BOOK.replaceAll(" *hosts: .*\n", "").replace("open-1", "thinker-1");

    assertThatThrownBy(() -> PriceBook.parse("p.yaml", twice))
        .hasMessageContaining("p.yaml:18:9 models[1].id: thinker-1 stands in this file twice");
    assertThatThrownBy(() -> PriceBook.parse("p.yaml", BOOK.replace("2026-06-01", "June")))
        .hasMessageContaining("p.yaml:17:12 models[0].as_of: June (expected: a date)");
  }

  private static Result read(String model, LocalDate today) {
    PriceBook book = PriceBook.parse("prices.yaml", BOOK);
    String yaml = Examples.BASE + "  m: " + model + "\n";
    return ConfigurationReader.read("ponder.yaml", yaml, book, today);
  }
}
