package dev.ponder.config;

import dev.ponder.policy.Capabilities;
import dev.ponder.policy.EffortParam;
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

  private static final List<String> BOTH_CAPS = List.of("max_completion_tokens", "max_tokens");

  private static final List<String> CAP_PARAMS =
      List.of("max_completion_tokens", "max_tokens", "both");

  /** Members without which there is no request. */
  private static final Set<String> NEEDED =
      Set.of("model", "messages", "input", "prompt", "stream");

  /** Members whose values decide whether a hard budget covers them: no leave changes that. */
  private static final Set<String> JUDGED_BY_VALUE =
      Set.of("service_tier", "modalities", "audio", "web_search_options", "tools", "messages");

  private static final int EXTRAS_MAX = 64;

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
    return assumed(reasoning, false);
  }

  /** What is assumed of a model that nothing is said of, by whose API it is called. */
  private static ModelFacts assumed(boolean reasoning, boolean anthropic) {
    if (anthropic) {
      return new ModelFacts(
          reasoning,
          Optional.empty(),
          new Capabilities(
              true, true, 0, 0, "max_tokens", Set.of(), true, 0, Capabilities.IMAGE_TOKENS));
    }
    return new ModelFacts(
        reasoning,
        Optional.empty(),
        new Capabilities(
            true,
            true,
            0,
            0,
            reasoning ? "max_completion_tokens" : "",
            reasoning ? REFUSED_BY_REASONING : REFUSED_BY_PLAIN,
            true,
            0,
            Capabilities.IMAGE_TOKENS));
  }

  /**
   * Reads the members that are there and takes the others from {@code known}.
   *
   * @param known what the price file says; absent: assume
   * @param anthropic whether it is called by Anthropic's API
   */
  static ModelFacts read(YamlMapping mapping, Optional<ModelFacts> known, boolean anthropic) {
    boolean reasoning =
        mapping
            .get("reasoning")
            .flatMap(YamlValue::flag)
            .orElse(known.map(ModelFacts::reasoning).orElse(false));
    // Who contradicts the file on the kind gets the new kind's habits, not the old one's.
    Capabilities base =
        known
            .filter(k -> k.reasoning == reasoning)
            .orElse(assumed(reasoning, anthropic))
            .capabilities;
    int context = known.map(k -> k.capabilities.contextTokens()).orElse(0);
    int maxOutput = known.map(k -> k.capabilities.maxOutputTokens()).orElse(0);
    int overhead =
        known.map(k -> k.capabilities.overheadTokens()).orElse(Capabilities.OVERHEAD_TOKENS);
    boolean covers =
        mapping
            .get("cap_covers_reasoning")
            .flatMap(YamlValue::flag)
            .orElse(base.capCoversReasoning());
    Capabilities capabilities =
        new Capabilities(
            mapping.get("tools").flatMap(YamlValue::flag).orElse(base.tools()),
            mapping.get("vision").flatMap(YamlValue::flag).orElse(base.vision()),
            mapping.get("context_tokens").flatMap(ModelFacts::tokens).orElse(context),
            mapping.get("max_output_tokens").flatMap(ModelFacts::tokens).orElse(maxOutput),
            mapping.get("cap_param").flatMap(ModelFacts::capParam).orElse(base.capParam()),
            mapping.get("refused_params").map(ModelFacts::refused).orElse(base.refusedParams()),
            covers,
            maxReasoning(mapping, covers, base.maxReasoningTokens()),
            mapping
                .get("max_image_tokens")
                .flatMap(v -> v.integer(0, TOKENS_MAX))
                .orElse(base.maxImageTokens()),
            mapping
                .get("overhead_tokens")
                .flatMap(v -> v.integer(0, Capabilities.OVERHEAD_TOKENS_MAX))
                .orElse(overhead),
            mapping.get("extra_params").map(ModelFacts::extras).orElse(Set.of()),
            mapping
                .get("effort_param")
                .flatMap(v -> v.constant(EffortParam.values()))
                .or(base::effortParam));
    checkCap(mapping, capabilities);
    Optional<ModelPrice> price =
        mapping.get("price").isPresent()
            ? mapping.get("price").flatMap(ModelFacts::price)
            : known.flatMap(ModelFacts::price);
    return new ModelFacts(reasoning, price, capabilities);
  }

  private static Optional<Integer> tokens(YamlValue value) {
    return value.integer(1, TOKENS_MAX);
  }

  private static int maxReasoning(YamlMapping mapping, boolean covers, int known) {
    Optional<YamlValue> value = mapping.get("max_reasoning_tokens");
    Optional<Integer> tokens = value.flatMap(v -> v.integer(0, TOKENS_MAX));
    if (covers) {
      tokens.ifPresent(n -> value.get().refuse("none, or cap_covers_reasoning: false beside it"));
      return 0;
    }
    if (value.isEmpty() && known == 0) {
      mapping
          .place()
          .errorMissing(
              "max_reasoning_tokens", "the most hidden reasoning, which the cap does not limit");
    }
    return tokens.orElse(known);
  }

  private static Optional<String> capParam(YamlValue value) {
    return value.word(CAP_PARAMS).map(word -> word.equals("both") ? "" : word);
  }

  /** A cap that is left out before a request is sent limits nothing. */
  private static void checkCap(YamlMapping mapping, Capabilities can) {
    boolean both = can.capParam().isEmpty();
    for (String cap : both ? BOTH_CAPS : List.of(can.capParam())) {
      if (can.refusedParams().contains(cap)) {
        mapping
            .get("refused_params")
            .or(() -> mapping.get("cap_param"))
            .orElse(mapping.place())
            .error(
                "refused_params hold "
                    + cap
                    + ", the model's cap_param"
                    + (both ? " being both" : "")
                    + " (expected: other members, or another cap_param)");
      }
    }
  }

  private static Set<String> refused(YamlValue value) {
    String expected = "an optional request member, such as temperature";
    return names(value, "[a-z][a-z0-9_]{0,63}", NEEDED, expected);
  }

  private static Set<String> extras(YamlValue value) {
    String expected = "a request member that the gateway does not know, such as plugins";
    Set<String> extras = names(value, "[A-Za-z_][A-Za-z0-9_.-]{0,63}", JUDGED_BY_VALUE, expected);
    if (extras.size() > EXTRAS_MAX) {
      value.error(extras.size() + " members (expected: at most " + EXTRAS_MAX + ")");
    }
    return extras;
  }

  private static Set<String> names(
      YamlValue value, String pattern, Set<String> excluded, String expected) {
    Set<String> names = new LinkedHashSet<>();
    for (YamlValue element : value.list("a list of request members")) {
      element
          .parse(expected, t -> Optional.of(t).filter(n -> n.matches(pattern)))
          .ifPresent(
              name -> {
                if (excluded.contains(name)) {
                  element.refuse(expected);
                } else if (!names.add(name)) {
                  element.error(name + " stands here twice");
                }
              });
    }
    return names;
  }

  private static Optional<ModelPrice> price(YamlValue value) {
    Optional<YamlMapping> prices = value.mapping(Section.PRICE, "input and output");
    Optional<ModelPrice.Step> step = prices.flatMap(p -> p.get("above")).flatMap(ModelFacts::step);
    return prices.flatMap(p -> list(p, step));
  }

  private static Optional<ModelPrice.Step> step(YamlValue value) {
    Optional<YamlMapping> mapping = value.mapping(Section.ABOVE, "input_tokens, input and output");
    Optional<Integer> tokens =
        mapping
            .flatMap(m -> m.require("input_tokens", "the longest input of the lower price"))
            .flatMap(ModelFacts::tokens);
    Optional<ModelPrice> price = mapping.flatMap(m -> list(m, Optional.empty()));
    return tokens.flatMap(n -> price.map(p -> new ModelPrice.Step(n, p)));
  }

  /** One list of prices; what it leaves out costs what input and output cost. */
  private static Optional<ModelPrice> list(YamlMapping prices, Optional<ModelPrice.Step> step) {
    String expected = "USD per million tokens, such as 0.40";
    Optional<Money> input = prices.require("input", expected).flatMap(ModelFacts::perMillion);
    Optional<Money> output = prices.require("output", expected).flatMap(ModelFacts::perMillion);
    Optional<Money> cached = prices.get("cached_input").flatMap(ModelFacts::perMillion);
    Optional<Money> written = prices.get("cache_write").flatMap(ModelFacts::perMillion);
    Optional<Money> kept = prices.get("cache_write_1h").flatMap(ModelFacts::perMillion);
    Optional<Money> thought = prices.get("reasoning").flatMap(ModelFacts::perMillion);
    if (input.isEmpty() || output.isEmpty()) {
      return Optional.empty();
    }
    Money write = written.orElse(input.get());
    return Optional.of(
        new ModelPrice(
            input.get(),
            cached.orElse(input.get()),
            write,
            kept.orElse(ModelPrice.usualLongCacheWrite(input.get(), write)),
            output.get(),
            thought.orElse(output.get()),
            step));
  }

  private static Optional<Money> perMillion(YamlValue value) {
    return value.parse(
        "USD per million tokens, 0..1000, such as 0.40",
        t -> Quantities.decimal(t).map(Money::ofUsd).filter(m -> m.nanos() <= 1_000_000_000_000L));
  }
}
