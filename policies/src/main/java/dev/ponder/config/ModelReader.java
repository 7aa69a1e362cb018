package dev.ponder.config;

import dev.ponder.policy.Deployment;
import dev.ponder.policy.Model;
import dev.ponder.policy.Upstream;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code models}, and takes from the price file what they leave out. */
final class ModelReader {

  /** Prices change a few times a year; older ones deserve a look. */
  static final long PRICE_AGE_DAYS_MAX = 180;

  /** {@code served_by} taken apart; the upstream is absent if it has mistakes of its own. */
  private record Served(Optional<Upstream> upstream, String modelId) {}

  private final Map<String, Upstream> upstreams;
  private final Set<String> upstreamNames;
  private final PriceBook prices;
  private final LocalDate today;

  /**
   * @param upstreams those without mistakes
   * @param upstreamNames all
   */
  ModelReader(
      Map<String, Upstream> upstreams,
      Set<String> upstreamNames,
      PriceBook prices,
      LocalDate today) {
    this.upstreams = upstreams;
    this.upstreamNames = upstreamNames;
    this.prices = prices;
    this.today = today;
  }

  /** The models without mistakes, by name. */
  Map<String, Model> read(Map<String, YamlValue> values) {
    Map<String, Model> models = new LinkedHashMap<>();
    values.forEach(
        (name, value) ->
            value
                .mapping(Section.MODEL, "served_by and price")
                .flatMap(mapping -> model(name, mapping))
                .ifPresent(model -> models.put(name, model)));
    return models;
  }

  private Optional<Model> model(String name, YamlMapping mapping) {
    List<Served> served =
        mapping
            .require("served_by", "UPSTREAM/MODEL, such as openai/gpt-4.1-mini")
            .map(this::servedBy)
            .orElse(List.of());
    Optional<PriceBook.Entry> entry = served.stream().flatMap(s -> find(s).stream()).findFirst();
    boolean anthropic =
        served.stream()
            .flatMap(s -> s.upstream().stream())
            .anyMatch(u -> u.provider() == Upstream.Provider.ANTHROPIC);
    ModelFacts facts = ModelFacts.read(mapping, entry.map(PriceBook.Entry::facts), anthropic);
    if (mapping.get("price").isEmpty() && !served.isEmpty()) {
      entry.ifPresentOrElse(
          found -> warnIfOld(found, mapping),
          () ->
              mapping
                  .place()
                  .errorMissing(
                      "price",
                      "input and output in USD per million tokens: the price file does not know "
                          + Problems.shown(served.get(0).modelId())));
    }
    List<Deployment> deployments = new ArrayList<>();
    for (Served one : served) {
      one.upstream().ifPresent(u -> deployments.add(new Deployment(u, one.modelId())));
    }
    if (deployments.isEmpty() || facts.price().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Model(name, deployments, facts.reasoning(), facts.price().get(), facts.capabilities()));
  }

  private Optional<PriceBook.Entry> find(Served served) {
    String host = served.upstream().map(u -> u.baseUrl().getHost()).orElse("");
    return prices.find(host, served.modelId());
  }

  private void warnIfOld(PriceBook.Entry entry, YamlMapping mapping) {
    long days = ChronoUnit.DAYS.between(entry.asOf(), today);
    if (days > PRICE_AGE_DAYS_MAX) {
      mapping
          .place()
          .warn(
              "the price of "
                  + entry.modelId()
                  + " in the price file is of "
                  + entry.asOf()
                  + ", "
                  + days
                  + " days ago (a price: of your own replaces it)");
    }
  }

  private List<Served> servedBy(YamlValue value) {
    List<Served> served = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<YamlValue> elements = value.oneOrMore("UPSTREAM/MODEL, or a list of them");
    if (value.isList() && elements.isEmpty()) {
      value.error("an empty list (expected: at least one UPSTREAM/MODEL)");
    }
    for (YamlValue element : elements) {
      Optional<String> text =
          element.parse("UPSTREAM/MODEL, such as openai/gpt-4.1-mini", ModelReader::deployment);
      if (text.isEmpty()) {
        continue;
      }
      if (!seen.add(text.get())) {
        element.error(Problems.shown(text.get()) + " stands here twice");
        continue;
      }
      int slash = text.get().indexOf('/');
      String upstream = text.get().substring(0, slash);
      if (!upstreamNames.contains(upstream)) {
        String unknown = "unknown upstream " + Problems.shown(upstream);
        element.error(unknown + " " + Suggestion.hint(upstream, upstreamNames));
      }
      served.add(
          new Served(
              Optional.ofNullable(upstreams.get(upstream)), text.get().substring(slash + 1)));
    }
    return served;
  }

  /** The model's id follows the first slash and may hold more of them: {@code qwen/qwen3-32b}. */
  private static Optional<String> deployment(String text) {
    return Optional.of(text).filter(t -> t.matches("[^/\\s]{1,64}/[\\x21-\\x7e]{1,200}"));
  }
}
