package dev.ponder.gateway.upstream;

import dev.ponder.policy.Deployment;
import dev.ponder.policy.Model;
import dev.ponder.policy.Upstream;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is known of all deployments: shared by all event loops, and kept over reloads. Immutable but
 * for the states.
 */
public final class Fleet {

  private final Map<String, Home> homes = new LinkedHashMap<>();
  private final Map<Key, DeploymentState> states = new LinkedHashMap<>();

  /**
   * A deployment as metrics call it.
   *
   * @param model the configured name
   * @param deployment the upstream's name and its own name of the model
   * @param provider the upstream's name
   */
  public record Key(String model, String deployment, String provider) {

    static Key of(Model model, Deployment deployment) {
      return new Key(model.name(), deployment.name(), deployment.upstream().name());
    }
  }

  /** What all deployments of one upstream share. */
  private record Home(Upstream upstream, CallLimit limit, RetryBudget retries) {}

  private Fleet() {}

  /** No deployments: what a gateway starts from. */
  public static Fleet none() {
    return new Fleet();
  }

  /**
   * The fleet of these models. What is known of a deployment is kept as long as it is at the same
   * address and treated in the same way; the calls that run are counted on in any case.
   */
  public Fleet next(Collection<Upstream> upstreams, Collection<Model> models, long nowNanos) {
    Fleet next = new Fleet();
    for (Upstream upstream : upstreams) {
      next.homes.put(upstream.name(), home(upstream, nowNanos));
    }
    for (Model model : models) {
      for (Deployment deployment : model.servedBy()) {
        Key key = Key.of(model, deployment);
        Home home = next.homes.get(key.provider());
        Home before = homes.get(key.provider());
        DeploymentState known = states.get(key);
        if (home == null) {
          throw new IllegalArgumentException("upstream: " + key.provider() + " (expected: given)");
        }
        boolean same = known != null && before != null && home.retries() == before.retries();
        next.states.put(key, same ? known : state(home, nowNanos));
      }
    }
    return next;
  }

  private Home home(Upstream upstream, long nowNanos) {
    int most = upstream.maxConcurrency();
    int queueMax = upstream.resilience().queue().size();
    Home before = homes.get(upstream.name());
    if (before == null || !before.upstream().baseUrl().equals(upstream.baseUrl())) {
      return new Home(upstream, new CallLimit(most, queueMax), retries(upstream, nowNanos));
    }
    before.limit().change(most, queueMax);
    boolean sameCare = before.upstream().resilience().equals(upstream.resilience());
    RetryBudget retries = sameCare ? before.retries() : retries(upstream, nowNanos);
    return new Home(upstream, before.limit(), retries);
  }

  private static RetryBudget retries(Upstream upstream, long nowNanos) {
    return new RetryBudget(upstream.resilience().retries(), nowNanos);
  }

  private static DeploymentState state(Home home, long nowNanos) {
    return new DeploymentState(
        home.upstream().resilience(), home.limit(), home.retries(), nowNanos);
  }

  /** What is known of a deployment of a model. */
  public DeploymentState of(Model model, Deployment deployment) {
    DeploymentState state = states.get(Key.of(model, deployment));
    if (state == null) {
      throw new IllegalArgumentException(
          "deployment: " + deployment.name() + " (expected: configured)");
    }
    return state;
  }

  /** All of them, in the order of the file. */
  public Map<Key, DeploymentState> all() {
    return Collections.unmodifiableMap(states);
  }
}
