package dev.ponder.config;

import dev.ponder.config.Configuration.Admin;
import dev.ponder.config.Configuration.Listen;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Ceiling;
import dev.ponder.policy.Model;
import dev.ponder.policy.Policy;
import dev.ponder.policy.Policy.AtExhaustion;
import dev.ponder.policy.Route;
import dev.ponder.policy.Upstream;
import dev.ponder.price.Usage;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code ponder.yaml}.
 *
 * <p>Each section has its reader; this class decides in which order they run. Names that a file
 * declares are known to all of them even where the thing itself has mistakes, so that one mistake
 * is reported once and not again at every place that refers to it.
 */
public final class ConfigurationReader {

  private ConfigurationReader() {}

  /**
   * What came of reading a file.
   *
   * @param configuration absent if there was any error
   * @param problems all mistakes and warnings, in the order of the file
   */
  public record Result(Optional<Configuration> configuration, List<Problem> problems) {

    public Result {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Reads a configuration; never throws for what the text says.
   *
   * @param fileName as the user gave it, for the messages
   * @param yaml the file's text, at most 1 MiB
   * @param prices what is taken for models that leave their price out
   * @param today the date that prices and keys are aged by
   */
  public static Result read(String fileName, String yaml, PriceBook prices, LocalDate today) {
    Problems problems = new Problems(fileName);
    Optional<Configuration> configuration =
        YamlSource.parse(yaml, problems)
            .flatMap(root -> root.mapping(Section.ROOT, "a mapping with upstreams and models"))
            .map(root -> configuration(root, prices, today));
    return new Result(problems.hasErrors() ? Optional.empty() : configuration, problems.inOrder());
  }

  private static Configuration configuration(YamlMapping root, PriceBook prices, LocalDate today) {
    Map<String, YamlValue> upstreamValues = needed(root, "upstreams");
    Map<String, YamlValue> modelValues = needed(root, "models");
    Map<String, YamlValue> routeValues =
        root.get("routes").map(v -> v.named("a mapping of names to routes")).orElse(Map.of());
    Map<String, Upstream> upstreams = UpstreamReader.read(upstreamValues);
    Map<String, Model> models =
        new ModelReader(upstreams, upstreamValues.keySet(), prices, today).read(modelValues);
    Map<String, Route> routes = new RouteReader(models, modelValues.keySet()).read(routeValues);

    List<YamlValue> keyValues =
        root.get("keys").map(v -> v.list("a list of keys")).orElse(List.of());
    Set<String> askable = new LinkedHashSet<>(routeValues.keySet());
    askable.addAll(modelValues.keySet());
    Optional<String> passthrough =
        SettingsReader.passthrough(root, upstreamValues.keySet(), askable);
    passthrough.ifPresent(upstream -> askable.add(Configuration.PASSTHROUGH));
    List<Configuration.Key> keys = new KeyReader(askable, today).read(keyValues);

    Set<String> keyNames = new HashSet<>();
    keyValues.forEach(v -> v.peek("name").flatMap(YamlValue::peekText).ifPresent(keyNames::add));
    PolicyReader.Names names =
        new PolicyReader.Names(keyNames, routeValues.keySet(), modelValues.keySet());
    PolicyReader policyReader = new PolicyReader(names, keys, models);
    List<Policy> policies = root.get("policies").map(policyReader::read).orElse(List.of());
    warnOfUnknownOutput(modelValues, models, policies, keys);

    Admin admin = SettingsReader.admin(root);
    Listen listen = ListenReader.read(root, !keyValues.isEmpty(), admin);
    return new Configuration(
        listen,
        upstreams,
        models,
        routes,
        policies,
        keys,
        SettingsReader.limits(root),
        SettingsReader.decisions(root),
        SettingsReader.annotateUsage(root),
        TelemetryReader.read(root),
        admin,
        ledger(root, policies),
        ClassifierReader.modelFile(root),
        ClassifierReader.read(root),
        SettingsReader.cache(root),
        passthrough);
  }

  /**
   * Warns of models whose answers a hard budget limits only because nobody says how long they get.
   *
   * @param places what stands in the file, by the model's name
   */
  private static void warnOfUnknownOutput(
      Map<String, YamlValue> places,
      Map<String, Model> models,
      List<Policy> policies,
      List<Configuration.Key> keys) {
    List<Reach> hard =
        policies.stream()
            .filter(p -> p.budget().isPresent() && p.atExhaustion() != AtExhaustion.WARN)
            .map(p -> Reach.of(p, keys, models))
            .toList();
    models.forEach(
        (name, model) -> {
          Reach calls = new Reach(Map.of("model", name, "tier", model.tierLabel()), false);
          boolean pays = new Ceiling(model.price(), Usage.TOKENS_MAX, 1, 0).paysForOutput();
          YamlValue place = places.get(name);
          if (place != null
              && pays
              && model.capabilities().maxOutputTokens() == 0
              && hard.stream().anyMatch(reach -> !reach.excludes(calls))) {
            place.warn(
                "its answers are limited to "
                    + Capabilities.OUTPUT_TOKENS
                    + " tokens under a hard budget (expected: max_output_tokens)");
          }
        });
  }

  private static Configuration.Ledger ledger(YamlMapping root, List<Policy> policies) {
    boolean budgeted = policies.stream().anyMatch(policy -> policy.budget().isPresent());
    if (budgeted && root.get("ledger").isEmpty()) {
      root.get("policies")
          .ifPresent(
              value ->
                  value.warn(
                      "no ledger: budgets begin at zero with every start"
                          + " (expected: ledger: sqlite:PATH)"));
    }
    return root.get("ledger").flatMap(LedgerReader::read).orElse(Configuration.Ledger.MEMORY);
  }

  private static Map<String, YamlValue> needed(YamlMapping root, String key) {
    Optional<YamlValue> value = root.require(key, "a mapping with at least one entry");
    Map<String, YamlValue> entries =
        value.map(v -> v.named("a mapping of names to " + key)).orElse(Map.of());
    if (value.isPresent() && value.get().isMapping() && entries.isEmpty()) {
      value.get().error("empty (expected: at least one entry)");
    }
    return entries;
  }
}
