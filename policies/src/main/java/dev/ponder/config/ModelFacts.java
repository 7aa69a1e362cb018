package dev.ponder.config;

import dev.ponder.policy.Capabilities;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code models:} and the price file both say of a model.
 *
 * @param reasoning whether it can think before it answers, and bills that
 * @param price what it charges, if that is said
 * @param capabilities what requests it takes
 */
record ModelFacts(boolean reasoning, Optional<ModelPrice> price, Capabilities capabilities) {

  private static final int TOKENS_MAX = 100_000_000;

  private static final List<String> CAP_PARAMS =
      List.of("max_completion_tokens", "max_tokens", "both");

  /** Members without which there is no request. */
  private static final Set<String> NEEDED =
      Set.of("model", "messages", "input", "prompt", "stream");

  /** OpenAI's reasoning models answer 400 to these. */
  private static final Set<String> REFUSED_BY_REASONING =
      Set.of(
          "temperature",
          "top_p",
          "presence_penalty",
          "frequency_penalty",
          "logprobs",
          "top_logprobs",
          "logit_bias");

  /** OpenAI's plain models answer 400 to these. */
  private static final Set<String> REFUSED_BY_PLAIN = Set.of("reasoning_effort", "verbosity");

  /** What is assumed of a model that nothing is said of: what OpenAI's models of its kind take. */
  static ModelFacts assumed(boolean reasoning) {
    return new ModelFacts(
        reasoning,
        Optional.empty(),
        new Capabilities(
            true,
            true,
            0,
            0,
            reasoning ? "max_completion_tokens" : "",
            reasoning ? REFUSED_BY_REASONING : REFUSED_BY_PLAIN));
  }

  /**
   * Reads the members that are there and takes the others from {@code known}.
   *
   * @param known what the price file says; absent: assume
   */
  static ModelFacts read(YamlMapping mapping, Optional<ModelFacts> known) {
    boolean reasoning =
        mapping
            .get("reasoning")
            .flatMap(YamlValue::flag)
            .orElse(known.map(ModelFacts::reasoning).orElse(false));
    // Who contradicts the file on the kind gets the new kind's habits, not the old one's.
    Capabilities base =
        known.filter(k -> k.reasoning == reasoning).orElse(assumed(reasoning)).capabilities;
    int context = known.map(k -> k.capabilities.contextTokens()).orElse(0);
    int maxOutput = known.map(k -> k.capabilities.maxOutputTokens()).orElse(0);
    Capabilities capabilities =
        new Capabilities(
            mapping.get("tools").flatMap(YamlValue::flag).orElse(base.tools()),
            mapping.get("vision").flatMap(YamlValue::flag).orElse(base.vision()),
            mapping.get("context_tokens").flatMap(ModelFacts::tokens).orElse(context),
            mapping.get("max_output_tokens").flatMap(ModelFacts::tokens).orElse(maxOutput),
            mapping.get("cap_param").flatMap(ModelFacts::capParam).orElse(base.capParam()),
            mapping.get("refused_params").map(ModelFacts::refused).orElse(base.refusedParams()));
    Optional<ModelPrice> price =
        mapping.get("price").isPresent()
            ? mapping.get("price").flatMap(ModelFacts::price)
            : known.flatMap(ModelFacts::price);
    return new ModelFacts(reasoning, price, capabilities);
  }

  private static Optional<Integer> tokens(YamlValue value) {
    return value.integer(1, TOKENS_MAX);
  }

  private static Optional<String> capParam(YamlValue value) {
    return value.word(CAP_PARAMS).map(word -> word.equals("both") ? "" : word);
  }

  private static Set<String> refused(YamlValue value) {
    Set<String> names = new LinkedHashSet<>();
    for (YamlValue element : value.list("a list of request members")) {
      element
          .parse(
              "an optional request member, such as temperature",
              t -> Optional.of(t).filter(n -> n.matches("[a-z][a-z0-9_]{0,63}")))
          .ifPresent(
              name -> {
                if (NEEDED.contains(name)) {
                  element.refuse("an optional request member, such as temperature");
                } else if (!names.add(name)) {
                  element.error(name + " stands here twice");
                }
              });
    }
    return names;
  }

  private static Optional<ModelPrice> price(YamlValue value) {
    Optional<YamlMapping> mapping = value.mapping(Section.PRICE, "input and output");
    if (mapping.isEmpty()) {
      return Optional.empty();
    }
    YamlMapping prices = mapping.get();
    String expected = "USD per million tokens, such as 0.40";
    Optional<Money> input = prices.require("input", expected).flatMap(ModelFacts::perMillion);
    Optional<Money> output = prices.require("output", expected).flatMap(ModelFacts::perMillion);
    Optional<Money> cached = prices.get("cached_input").flatMap(ModelFacts::perMillion);
    Optional<Money> written = prices.get("cache_write").flatMap(ModelFacts::perMillion);
    Optional<Money> thought = prices.get("reasoning").flatMap(ModelFacts::perMillion);
    if (input.isEmpty() || output.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ModelPrice(
            input.get(),
            cached.orElse(input.get()),
            written.orElse(input.get()),
            output.get(),
            thought.orElse(output.get())));
  }

  private static Optional<Money> perMillion(YamlValue value) {
    return value.parse(
        "USD per million tokens, 0..1000, such as 0.40",
        t -> Quantities.decimal(t).map(Money::ofUsd).filter(m -> m.nanos() <= 1_000_000_000_000L));
  }
}
