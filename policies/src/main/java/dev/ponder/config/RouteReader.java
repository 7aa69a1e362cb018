package dev.ponder.config;

import dev.ponder.policy.Effort;
import dev.ponder.policy.EffortParam;
import dev.ponder.policy.Escalation;
import dev.ponder.policy.Model;
import dev.ponder.policy.Route;
import dev.ponder.policy.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code routes}, in their long and short forms. */
final class RouteReader {

  private static final String TIERS_EXPECTED = "a model, a list of tiers, or sticky and tiers";

  private static final List<String> EFFORTS =
      Arrays.stream(Effort.values()).map(Effort::wireName).toList();

  private final Map<String, Model> models;
  private final Set<String> modelNames;

  /**
   * @param models those without mistakes
   * @param modelNames all
   */
  RouteReader(Map<String, Model> models, Set<String> modelNames) {
    this.models = models;
    this.modelNames = modelNames;
  }

  /** The routes without mistakes, by name. */
  Map<String, Route> read(Map<String, YamlValue> values) {
    Map<String, Route> routes = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (modelNames.contains(name)) {
            value.errorAtKey("a model has this name, too (expected: a name of its own)");
          }
          route(name, value).ifPresent(route -> routes.put(name, route));
        });
    return routes;
  }

  private Optional<Route> route(String name, YamlValue value) {
    if (!value.isMapping()) {
      return route(name, value, Duration.ZERO, Optional.empty());
    }
    Optional<YamlMapping> mapping = value.mapping(Section.ROUTE, TIERS_EXPECTED);
    Duration sticky =
        mapping.flatMap(m -> m.get("sticky")).flatMap(RouteReader::sticky).orElse(Duration.ZERO);
    Optional<YamlValue> escalate = mapping.flatMap(m -> m.get("escalate"));
    Optional<Escalation> escalation = escalate.flatMap(EscalationReader::read);
    Optional<Route> route =
        mapping
            .flatMap(m -> m.require("tiers", "a list of tiers, cheapest first"))
            .flatMap(tiers -> route(name, tiers, sticky, escalation));
    boolean asksDearer = escalation.map(Escalation::asksDearer).orElse(true);
    if (asksDearer && route.isPresent() && escalate.isPresent() && route.get().tiers().size() < 2) {
      escalate.get().error("there is no dearer tier (expected: two tiers or more)");
    }
    return route;
  }

  private Optional<Route> route(
      String name, YamlValue value, Duration sticky, Optional<Escalation> escalation) {
    List<YamlValue> elements = value.oneOrMore(TIERS_EXPECTED);
    if (value.isList() && elements.isEmpty()) {
      value.error("an empty list (expected: at least one tier)");
    }
    List<Tier> tiers = new ArrayList<>();
    TierReach reach = new TierReach(elements.size());
    for (YamlValue element : elements) {
      reach.read(element);
      tier(element, reach).ifPresent(tiers::add);
    }
    return tiers.size() < Math.max(1, elements.size())
        ? Optional.empty()
        : Optional.of(new Route(name, tiers, sticky, escalation));
  }

  private static Optional<Duration> sticky(YamlValue value) {
    return Quantities.duration(value, Duration.ZERO, Duration.ofHours(24));
  }

  private Optional<Tier> tier(YamlValue value, TierReach reach) {
    if (value.isScalar()) {
      return model(value).map(m -> reach.tier(m, Optional.empty(), List.of()));
    }
    Optional<YamlMapping> mapping = value.mapping(Section.TIER, "a model, or a tier with model");
    Optional<Model> model =
        mapping.flatMap(m -> m.require("model", "one of models")).flatMap(this::model);
    Optional<YamlValue> effortValue = mapping.flatMap(m -> m.get("effort"));
    Optional<Effort> effort = effortValue.flatMap(v -> v.word(EFFORTS)).flatMap(Effort::ofWireName);
    if (effort.isPresent() && model.isPresent() && !takesEffort(model.get())) {
      effortValue.get().refuse("none: " + model.get().name() + " takes no reasoning_effort");
    }
    List<Model> fallbacks =
        mapping.flatMap(m -> m.get("fallbacks")).map(v -> fallbacks(v, model)).orElse(List.of());
    return model.map(m -> reach.tier(m, effort, fallbacks));
  }

  private static boolean takesEffort(Model model) {
    return EffortParam.of(model, model.servedBy().get(0)) != EffortParam.NONE;
  }

  private List<Model> fallbacks(YamlValue value, Optional<Model> of) {
    List<Model> fallbacks = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    of.ifPresent(model -> seen.add(model.name()));
    for (YamlValue element : value.oneOrMore("a list of models")) {
      model(element)
          .ifPresent(
              model -> {
                if (seen.add(model.name())) {
                  fallbacks.add(model);
                } else {
                  element.refuse("another model than the ones before it in this tier");
                }
              });
    }
    return fallbacks;
  }

  private Optional<Model> model(YamlValue value) {
    Optional<String> name = value.text("one of models");
    if (name.isPresent() && !modelNames.contains(name.get())) {
      String unknown = "unknown model " + Problems.shown(name.get());
      value.error(unknown + " " + Suggestion.hint(name.get(), modelNames));
    }
    return name.flatMap(n -> Optional.ofNullable(models.get(n)));
  }
}
