package dev.ponder.gateway.telemetry;

import dev.ponder.gateway.telemetry.BudgetMeters.Action;
import dev.ponder.policy.Policy;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The series of one configuration's policies, and of the limits on its models' output. */
final class BudgetSeries {

  private final Meters meters;
  private final Names budgetNames;
  private final Names shareNames;
  private final Names modelNames;
  private final Map<String, Map<Action, CounterDataPoint>> actions = new HashMap<>();
  private final Map<String, Map<String, LongAdder>> spend = new HashMap<>();
  private final Map<String, Map<Integer, String>> percents = new HashMap<>();
  private final Map<String, CounterDataPoint> held = new HashMap<>();

  BudgetSeries(Meters meters, Claims claims, List<Policy> policies, Names models) {
    this.meters = meters;
    this.modelNames = models;
    this.budgetNames = names("budget", acting(policies));
    this.shareNames =
        names("policy", policies.stream().filter(p -> p.lrmShare().isPresent()).toList());
    for (Policy policy : acting(policies)) {
      actions(claims, budgetNames.label(policy.name()));
    }
    for (Policy policy : policies) {
      policy
          .budget()
          .ifPresent(
              budget -> budget(claims, policy, budget.window().name().toLowerCase(Locale.ROOT)));
      if (policy.lrmShare().isPresent()) {
        String name = shareNames.label(policy.name());
        held.put(name, claims.series(meters.routing.held(), name));
      }
    }
    for (String model : models.labels()) {
      claims.series(meters.upstreams.violations(), model);
      claims.series(meters.upstreams.capped(), model);
      claims.series(meters.upstreams.truncated(), model);
    }
  }

  private Names names(String label, List<Policy> policies) {
    List<String> all = policies.stream().map(Policy::name).toList();
    return new Names(meters, label, all, Label.POLICIES_MAX);
  }

  /** Those that act on requests for the sake of money; budgets go first, for they have more. */
  private static List<Policy> acting(List<Policy> policies) {
    return policies.stream()
        .filter(policy -> policy.budget().isPresent() || policy.maxRequestCost().isPresent())
        .sorted(Comparator.comparing(policy -> policy.budget().isEmpty()))
        .toList();
  }

  private void actions(Claims claims, String name) {
    Map<Action, CounterDataPoint> done = new EnumMap<>(Action.class);
    for (Action action : Action.values()) {
      done.put(action, claims.series(meters.money.actions(), name, action.label()));
    }
    actions.put(name, done);
  }

  private void budget(Claims claims, Policy policy, String window) {
    String name = budgetNames.label(policy.name());
    Map<String, LongAdder> spent = new HashMap<>();
    for (String tier : Label.KIND_OF_MODEL.values()) {
      spent.put(tier, claims.series(meters.money.spend(), name, window, tier));
    }
    spend.put(name, spent);
    Map<Integer, String> shares = percents.computeIfAbsent(name, first -> new HashMap<>());
    for (int percent : policy.alertAt()) {
      boolean own = shares.size() < Label.SHARES_MAX;
      String share = own ? Integer.toString(percent) : Label.OTHER;
      shares.put(percent, share);
      claims.series(meters.money.alerts(), name, share);
    }
  }

  void acted(String budget, Action action) {
    String name = budgetNames.counted(budget);
    CounterDataPoint point = actions.getOrDefault(name, Map.of()).get(action);
    if (point == null) { // of a budget that was configured before
      point = meters.money.actions().labelValues(name, action.label());
    }
    point.inc();
  }

  void spent(String budget, String window, String tier, long nanos) {
    String name = budgetNames.counted(budget);
    LongAdder sum = spend.getOrDefault(name, Map.of()).get(tier);
    if (sum == null || name.equals(Label.OTHER)) { // those may have other windows
      sum = meters.money.spend().labelValues(name, window, tier);
    }
    sum.add(nanos);
  }

  void shareHeld(String policy) {
    String name = shareNames.counted(policy);
    CounterDataPoint point = held.get(name);
    (point == null ? meters.routing.held().labelValues(name) : point).inc();
  }

  void alerted(String budget, int percent) {
    String name = budgetNames.counted(budget);
    String share = percents.getOrDefault(name, Map.of()).getOrDefault(percent, Label.OTHER);
    meters.money.alerts().labelValues(name, share).inc();
  }

  /** The name that a budget has in labels. */
  String budgetLabel(String budget) {
    return budgetNames.label(budget);
  }

  /** The name that a model has in labels. */
  String model(String name) {
    return modelNames.counted(name);
  }
}
