package dev.ponder.gateway.telemetry;

import dev.ponder.config.Configuration;
import dev.ponder.policy.Deployment;
import dev.ponder.policy.Model;
import dev.ponder.price.Money;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The series that one configuration has: of its deployments, routes, teams, budgets and
 * classifiers, looked up once. What the one before had too goes on counting; once this one serves,
 * {@link #serve} lets go of what only the one before had.
 *
 * <p>Each label has so many values of its own and no more, whatever is configured: the rest stands
 * together under {@link Label#OTHER}. Safe for many threads.
 */
public final class ConfiguredSeries {

  private final Meters meters;
  private final Claims claims;
  private final Map<Place, DeploymentMeters> deployments = new HashMap<>();
  private final Map<Place, Place> labels = new HashMap<>();
  private final Map<Deployment, GenAiMeters> genAi = new LinkedHashMap<>();
  private final Map<String, RouteMeters> routes = new HashMap<>();
  private final Map<String, TenantMeters> tenants = new HashMap<>();
  private final Map<String, ClassifierMeters> classifiers = new HashMap<>();
  private final Names routeNames;
  private final Names teamNames;
  private final BudgetSeries budgets;
  private final Optional<PassageMeters> passages;

  /**
   * What tells deployments apart in labels.
   *
   * @param provider the upstream's name
   * @param model the configured name
   */
  public record Place(String provider, String model) {

    static Place of(Model model, Deployment deployment) {
      return new Place(deployment.upstream().name(), model.name());
    }
  }

  ConfiguredSeries(
      Meters meters, Claims claims, Configuration configuration, List<String> scorers) {
    this.meters = meters;
    this.claims = claims;
    Names models = deployments(configuration);
    if (meters.genAi != null) {
      genAi(configuration, meters.genAi);
    }
    passages =
        configuration.passthrough().map(upstream -> new PassageMeters(meters, claims, upstream));
    budgets = new BudgetSeries(meters, claims, configuration.policies(), models);
    routeNames = new Names(meters, "route", configuration.routes().keySet(), Label.ROUTES_MAX);
    Set<String> routeLabels = new TreeSet<>(routeNames.labels());
    routeLabels.add(Label.PINNED);
    routeLabels.forEach(route -> routes.put(route, new RouteMeters(meters, claims, route)));
    boolean tells = configuration.telemetry().tenants();
    List<String> teams =
        tells ? configuration.keys().stream().map(Configuration.Key::team).toList() : List.of();
    List<String> named = teams.stream().filter(team -> !team.isEmpty()).toList();
    teamNames = new Names(meters, "tenant", named, Label.TEAMS_MAX);
    if (tells) {
      Set<String> teamLabels = new TreeSet<>(teamNames.labels());
      teamLabels.add(Label.NONE);
      teamLabels.forEach(team -> tenants.put(team, new TenantMeters(meters, claims, team)));
    }
    for (int i = 0; i < scorers.size(); i++) {
      String name = scorers.get(i);
      classifiers.put(name, new ClassifierMeters(meters, claims, name));
      if (i > 0) { // the built-in one never fails
        Label.SCORER_FAULT
            .values()
            .forEach(reason -> claims.series(meters.scoring.errors(), name, reason));
      }
    }
  }

  /** The series of the deployments, and the names of the models that have series of their own. */
  private Names deployments(Configuration configuration) {
    Set<String> own = new HashSet<>();
    for (Model model : configuration.models().values()) {
      for (Deployment deployment : model.servedBy()) {
        Place place = Place.of(model, deployment);
        if (!deployments.containsKey(place)) {
          boolean first = deployments.size() < Label.DEPLOYMENTS_MAX;
          String provider = first ? place.provider() : Label.OTHER;
          String name = first ? place.model() : Label.OTHER;
          if (first) {
            own.add(name);
          } else {
            meters.overflown("model");
          }
          labels.put(place, new Place(provider, name));
          deployments.put(place, new DeploymentMeters(meters, claims, model, provider, name));
        }
      }
    }
    return new Names(meters, "model", configuration.models().keySet(), own);
  }

  private void genAi(Configuration configuration, GenAiSeries to) {
    for (Model model : configuration.models().values()) {
      for (Deployment deployment : model.servedBy()) {
        boolean own = genAi.size() < Label.GEN_AI_MODELS_MAX;
        GenAiMeters before =
            genAi.putIfAbsent(deployment, new GenAiMeters(to, claims, deployment, own));
        if (before == null && !own) {
          meters.overflown(Label.GEN_AI_REQUEST.name());
        }
      }
    }
  }

  /** The series of a deployment under OpenTelemetry's names; null while they are not exported. */
  public @Nullable GenAiMeters genAi(Deployment deployment) {
    return genAi.get(deployment);
  }

  /** Makes these series the ones that are exported, besides those of constants. */
  public void serve() {
    meters.budgets().serve(budgets);
    claims.sweep();
  }

  /**
   * The series of a deployment.
   *
   * @throws IllegalArgumentException if it is not one of the configuration
   */
  public DeploymentMeters deployment(Model model, Deployment deployment) {
    DeploymentMeters found = deployments.get(Place.of(model, deployment));
    if (found == null) {
      throw new IllegalArgumentException(
          "deployment: " + deployment.name() + " (expected: configured)");
    }
    return found;
  }

  /** The labels of a deployment: its own, or those of all that have no series of their own. */
  public Place labels(String provider, String model) {
    return labels.getOrDefault(new Place(provider, model), new Place(Label.OTHER, Label.OTHER));
  }

  /** The series of a route; empty: of the requests that name a model. */
  public RouteMeters route(String name) {
    return found(routes, name.isEmpty() ? Label.PINNED : routeNames.label(name));
  }

  /** The series of a classifier. */
  public ClassifierMeters classifier(String name) {
    return found(classifiers, name);
  }

  /** The series of what goes through unread, if anything does. */
  public Optional<PassageMeters> passages() {
    return passages;
  }

  private static <M> M found(Map<String, M> all, String name) {
    M found = all.get(name);
    if (found == null) {
      throw new IllegalArgumentException(name + " (expected: one of " + all.keySet() + ")");
    }
    return found;
  }

  /** A request of a team ended; nothing is counted unless teams are told apart. */
  public void ended(String team, String tier, Outcome outcome) {
    if (!tenants.isEmpty()) {
      tenant(team).ended(tier, outcome);
    }
  }

  /** An answer to a team cost so much; nothing is counted unless teams are told apart. */
  public void spent(String team, String tier, Money amount) {
    if (!tenants.isEmpty()) {
      tenant(team).spent(tier, amount);
    }
  }

  private TenantMeters tenant(String team) {
    return found(tenants, team.isEmpty() ? Label.NONE : teamNames.label(team));
  }
}
