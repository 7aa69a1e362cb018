package dev.ponder.config;

import dev.ponder.budget.Budget;
import dev.ponder.budget.Budget.Each;
import dev.ponder.budget.Budget.Window;
import dev.ponder.config.Configuration.AtExhaustion;
import dev.ponder.config.Configuration.Pacing;
import dev.ponder.config.Configuration.PolicyRule;
import dev.ponder.policy.Effort;
import dev.ponder.price.Money;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code policies}. */
final class PolicyReader {

  private static final Pattern MONEY_PER_WINDOW =
      Pattern.compile("(.{1,24} USD) per (hour|day|week|month)");

  private static final String BUDGET_EXPECTED = "money per window, such as 500 USD per month";

  private static final String MONEY_EXPECTED = "more than 0 USD, such as 0.50 USD";

  private final Set<String> keyNames;
  private final Set<String> routeNames;
  private final Set<String> modelNames;

  PolicyReader(Set<String> keyNames, Set<String> routeNames, Set<String> modelNames) {
    this.keyNames = keyNames;
    this.routeNames = routeNames;
    this.modelNames = modelNames;
  }

  List<PolicyRule> read(YamlValue value) {
    List<YamlValue> elements = value.list("a list of policies");
    if (!elements.isEmpty()) {
      value.warnNoEffect();
    }
    Set<String> names = new HashSet<>();
    for (YamlValue element : elements) {
      element.peek("name").flatMap(YamlValue::peekText).ifPresent(names::add);
    }
    List<PolicyRule> rules = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (YamlValue element : elements) {
      element
          .mapping(Section.POLICY, "a policy with name and budget")
          .flatMap(mapping -> rule(mapping, names, seen))
          .ifPresent(rules::add);
    }
    return rules;
  }

  private Optional<PolicyRule> rule(YamlMapping mapping, Set<String> names, Set<String> seen) {
    Optional<YamlValue> nameValue = mapping.require("name", "a name of its own");
    Optional<String> name = nameValue.flatMap(YamlValue::name);
    if (name.isPresent() && !seen.add(name.get())) {
      nameValue.get().refuse("a name of its own: another policy has it");
    }
    Map<String, String> appliesTo = mapping.get("applies_to").map(this::appliesTo).orElse(Map.of());
    Set<String> replaces =
        mapping.get("replaces").map(v -> replaces(v, name.orElse(""), names)).orElse(Set.of());
    Optional<Budget> budget = mapping.get("budget").flatMap(PolicyReader::budget);
    Pacing pacing = constant(mapping, "pacing", Pacing.values()).orElse(Pacing.NONE);
    AtExhaustion atExhaustion =
        constant(mapping, "at_exhaustion", AtExhaustion.values()).orElse(AtExhaustion.DOWNGRADE);
    List<Integer> alertAt = mapping.get("alert_at").map(PolicyReader::alertAt).orElse(List.of());
    Optional<Effort> maxEffort = constant(mapping, "max_effort", Effort.values());
    Optional<Money> maxRequestCost =
        mapping.get("max_request_cost").flatMap(v -> v.parse(MONEY_EXPECTED, Quantities::money));
    return name.map(
        n ->
            new PolicyRule(
                n,
                appliesTo,
                replaces,
                budget,
                pacing,
                atExhaustion,
                alertAt,
                maxEffort,
                maxRequestCost));
  }

  private static <E extends Enum<E>> Optional<E> constant(
      YamlMapping mapping, String key, E[] constants) {
    return mapping.get(key).flatMap(value -> constant(value, constants));
  }

  /** One of the constants, written in lower case. */
  private static <E extends Enum<E>> Optional<E> constant(YamlValue value, E[] constants) {
    List<String> words =
        Arrays.stream(constants).map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
    return value.word(words).map(word -> constants[words.indexOf(word)]);
  }

  private Map<String, String> appliesTo(YamlValue value) {
    Map<String, String> appliesTo = new LinkedHashMap<>();
    Optional<YamlMapping> mapping =
        value.mapping(Section.APPLIES_TO, "team, key, route, model or tags");
    if (mapping.isEmpty()) {
      return appliesTo;
    }
    YamlMapping of = mapping.get();
    of.get("team").flatMap(YamlValue::name).ifPresent(t -> appliesTo.put("team", t));
    known(of, "key", keyNames).ifPresent(k -> appliesTo.put("key", k));
    known(of, "route", routeNames).ifPresent(r -> appliesTo.put("route", r));
    known(of, "model", modelNames).ifPresent(m -> appliesTo.put("model", m));
    of.get("tags")
        .map(KeyReader::tags)
        .orElse(Map.of())
        .forEach((tag, wanted) -> appliesTo.put("tags." + tag, wanted));
    return appliesTo;
  }

  private static Optional<String> known(YamlMapping mapping, String key, Set<String> names) {
    return mapping.get(key).flatMap(value -> reference(value, key, names));
  }

  private static Optional<String> reference(YamlValue value, String what, Set<String> names) {
    Optional<String> name = value.text("a " + what);
    if (name.isPresent() && !names.contains(name.get())) {
      String unknown = "unknown " + what + " " + Problems.shown(name.get());
      value.error(unknown + " " + Suggestion.hint(name.get(), names));
    }
    return name;
  }

  private static Set<String> replaces(YamlValue value, String self, Set<String> names) {
    Set<String> replaces = new LinkedHashSet<>();
    for (YamlValue element : value.oneOrMore("a list of policies")) {
      Optional<String> name = reference(element, "policy", names);
      if (name.isPresent() && name.get().equals(self)) {
        element.refuse("another policy than this one");
      }
      name.ifPresent(replaces::add);
    }
    return replaces;
  }

  private static Optional<Budget> budget(YamlValue value) {
    if (!value.isMapping()) {
      return value.parse(BUDGET_EXPECTED, PolicyReader::perWindow);
    }
    Optional<YamlMapping> mapping = value.mapping(Section.BUDGET, BUDGET_EXPECTED);
    Optional<Money> limit =
        mapping
            .flatMap(m -> m.require("limit", MONEY_EXPECTED))
            .flatMap(v -> v.parse(MONEY_EXPECTED, Quantities::money));
    Optional<Window> window =
        mapping
            .flatMap(m -> m.require("window", "hour, day, week or month"))
            .flatMap(v -> constant(v, Window.values()));
    ZoneId zone =
        mapping.flatMap(m -> m.get("time_zone")).flatMap(PolicyReader::zone).orElse(ZoneOffset.UTC);
    Each each = mapping.flatMap(m -> constant(m, "each", Each.values())).orElse(Each.ALL);
    return limit.flatMap(money -> window.map(w -> new Budget(money, w, zone, each)));
  }

  private static Optional<Budget> perWindow(String text) {
    Matcher match = MONEY_PER_WINDOW.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    Window window = Window.valueOf(match.group(2).toUpperCase(Locale.ROOT));
    return Quantities.money(match.group(1))
        .map(limit -> new Budget(limit, window, ZoneOffset.UTC, Each.ALL));
  }

  private static Optional<ZoneId> zone(YamlValue value) {
    Optional<String> text = value.text("a time zone, such as Europe/Berlin");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ZoneId.of(text.get()));
    } catch (DateTimeException e) {
      String unknown = "unknown time zone " + Problems.shown(text.get());
      List<String> ids = ZoneId.getAvailableZoneIds().stream().sorted().toList();
      String hint = Suggestion.hint(text.get(), ids);
      value.error(unknown + (hint.startsWith("(did") ? " " + hint : ""));
      return Optional.empty();
    }
  }

  private static List<Integer> alertAt(YamlValue value) {
    List<Integer> shares = new ArrayList<>();
    for (YamlValue element : value.oneOrMore("a list of shares, such as [ 50%, 80%, 100% ]")) {
      element
          .parse(
              "a share of 1% to 1000%, such as 80%",
              t -> Quantities.percent(t).filter(n -> n >= 1 && n <= 1000))
          .ifPresent(shares::add);
    }
    return shares;
  }
}
