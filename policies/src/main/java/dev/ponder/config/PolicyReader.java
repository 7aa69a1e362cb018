package dev.ponder.config;

import dev.ponder.budget.Budget;
import dev.ponder.config.PolicyConflicts.Placed;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Model;
import dev.ponder.policy.Policy;
import dev.ponder.policy.Policy.AtExhaustion;
import dev.ponder.policy.Policy.CapOutput;
import dev.ponder.policy.Policy.OnDisconnect;
import dev.ponder.policy.Policy.Pacing;
import dev.ponder.policy.ShareLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code policies}. */
final class PolicyReader {

  static final int POLICIES_MAX = 1_000;

  private static final Duration WAIT_MAX = Duration.ofMinutes(5);
  private static final Duration WAIT_DEFAULT = Duration.ofSeconds(10);

  private static final List<Integer> ALERTS_DEFAULT = List.of(50, 80, 100);

  /** The members of which one is enough for a policy to do anything. */
  private static final List<String> EFFECTS =
      List.of(
          "replaces",
          "budget",
          "requests_per_minute",
          "tokens_per_minute",
          "lrm_share",
          "max_effort",
          "max_request_cost",
          "cap_output",
          "on_disconnect");

  private final Names names;
  private final List<Configuration.Key> keys;
  private final Map<String, Model> models;

  /** What a policy may refer to, by all names that the file declares. */
  record Names(Set<String> keys, Set<String> routes, Set<String> models) {}

  /**
   * @param keys those without mistakes
   * @param models those without mistakes
   */
  PolicyReader(Names names, List<Configuration.Key> keys, Map<String, Model> models) {
    this.names = names;
    this.keys = keys;
    this.models = models;
  }

  List<Policy> read(YamlValue value) {
    List<YamlValue> elements = value.list("a list of policies");
    if (elements.size() > POLICIES_MAX) {
      value.error(elements.size() + " policies (expected: at most " + POLICIES_MAX + ")");
      return List.of();
    }
    Set<String> declared = new LinkedHashSet<>(); // hints prefer the first of equals
    for (YamlValue element : elements) {
      element.peek("name").flatMap(YamlValue::peekText).ifPresent(declared::add);
    }
    List<Placed> placed = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (YamlValue element : elements) {
      Optional<YamlMapping> mapping =
          element.mapping(Section.POLICY, "a policy with name and budget");
      mapping
          .flatMap(m -> policy(m, declared, seen))
          .map(policy -> new Placed(policy, Reach.of(policy, keys, models), mapping.get()))
          .ifPresent(placed::add);
    }
    new PolicyConflicts(placed).report(value);
    return placed.stream().map(Placed::policy).toList();
  }

  private Optional<Policy> policy(YamlMapping mapping, Set<String> declared, Set<String> seen) {
    Optional<YamlValue> nameValue = mapping.require("name", "a name of its own");
    Optional<String> name = nameValue.flatMap(YamlValue::name);
    if (name.isPresent() && !seen.add(name.get())) {
      nameValue.get().refuse("a name of its own: another policy has it");
    }
    if (EFFECTS.stream().allMatch(key -> mapping.get(key).isEmpty())) {
      mapping.place().warn("does nothing (expected: a budget, a rate, or max_effort)");
    }
    BudgetReader.checkEach(mapping);
    Map<String, String> appliesTo = mapping.get("applies_to").map(this::appliesTo).orElse(Map.of());
    Set<String> replaces =
        mapping.get("replaces").map(v -> replaces(v, name.orElse(""), declared)).orElse(Set.of());
    Optional<Budget> budget = BudgetReader.budget(mapping);
    Policy policy =
        new Policy(
            name.orElse("-"),
            appliesTo,
            replaces,
            budget,
            BudgetReader.rate(mapping),
            lrmShare(mapping),
            pacing(mapping),
            constant(mapping, "at_exhaustion", AtExhaustion.values())
                .orElse(AtExhaustion.DOWNGRADE),
            onlyWithBudget(mapping, "wait")
                .flatMap(v -> Quantities.duration(v, Duration.ZERO, WAIT_MAX))
                .orElse(WAIT_DEFAULT),
            onlyWithBudget(mapping, "alert_at")
                .map(PolicyReader::alertAt)
                .orElse(budget.isPresent() ? ALERTS_DEFAULT : List.of()),
            constant(mapping, "max_effort", Effort.values()),
            mapping
                .get("max_request_cost")
                .flatMap(v -> v.parse(BudgetReader.MONEY_EXPECTED, Quantities::money)),
            constant(mapping, "cap_output", CapOutput.values()).orElse(CapOutput.AUTO),
            constant(mapping, "on_disconnect", OnDisconnect.values()).orElse(OnDisconnect.AUTO));
    return name.map(n -> policy);
  }

  /** A share is one of all requests: a policy that sees one kind of model knows no whole. */
  private static Optional<ShareLimit> lrmShare(YamlMapping mapping) {
    Optional<YamlValue> value = mapping.get("lrm_share");
    Optional<YamlValue> appliesTo = mapping.get("applies_to");
    for (String narrow : List.of("tier", "model")) {
      if (value.isPresent() && appliesTo.flatMap(v -> v.peek(narrow)).isPresent()) {
        value.get().error("stands beside applies_to." + narrow + " (expected: one of the two)");
      }
    }
    return value
        .flatMap(v -> v.parse("a share of the requests, 0%..100%, such as 30%", Quantities::share))
        .map(share -> new ShareLimit(share, BudgetReader.each(mapping)));
  }

  private static Optional<YamlValue> onlyWithBudget(YamlMapping mapping, String key) {
    Optional<YamlValue> value = mapping.get(key);
    if (mapping.get("budget").isEmpty()) {
      value.ifPresent(v -> v.warn("has no effect without a budget"));
    }
    return value;
  }

  private static <E extends Enum<E>> Optional<E> constant(
      YamlMapping mapping, String key, E[] constants) {
    return mapping.get(key).flatMap(value -> value.constant(constants));
  }

  private static Pacing pacing(YamlMapping mapping) {
    Optional<YamlValue> value = mapping.get("pacing");
    if (value.flatMap(YamlValue::peekText).filter("none"::equals).isPresent()) {
      return Pacing.OFF; // what early files say
    }
    Pacing pacing = value.flatMap(v -> v.constant(Pacing.values())).orElse(Pacing.OFF);
    if (pacing == Pacing.ADAPTIVE && mapping.get("budget").isEmpty()) {
      value.get().refuse("off, or a budget in this policy that is paced");
    }
    return pacing;
  }

  private Map<String, String> appliesTo(YamlValue value) {
    Map<String, String> appliesTo = new LinkedHashMap<>();
    Optional<YamlMapping> mapping =
        value.mapping(Section.APPLIES_TO, "team, key, route, model, tier or tags");
    if (mapping.isEmpty()) {
      return appliesTo;
    }
    YamlMapping of = mapping.get();
    of.get("team").flatMap(YamlValue::name).ifPresent(t -> appliesTo.put("team", t));
    known(of, "key", names.keys()).ifPresent(k -> appliesTo.put("key", k));
    known(of, "route", names.routes()).ifPresent(r -> appliesTo.put("route", r));
    known(of, "model", names.models()).ifPresent(m -> appliesTo.put("model", m));
    of.get("tier")
        .flatMap(v -> v.word(List.of("llm", "lrm")))
        .ifPresent(t -> appliesTo.put("tier", t));
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
      } else if (name.isPresent() && !replaces.add(name.get())) {
        element.error(Problems.shown(name.get()) + " stands here twice");
      }
    }
    return replaces;
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
