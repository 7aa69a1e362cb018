package dev.ponder.policy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who is asking: a key of the configuration, with its team and tags.
 *
 * @param key the key's name
 * @param team the team it belongs to; empty if none
 * @param tags its tags
 * @param models the routes and models it may use; empty: all
 * @param expires when it stops working; absent: never
 */
public record Principal(
    String key,
    String team,
    Map<String, String> tags,
    Set<String> models,
    Optional<Instant> expires) {

  /** Whoever asks while no keys are configured. */
  public static final Principal ANONYMOUS =
      new Principal("anonymous", "", Map.of(), Set.of(), Optional.empty());

  public Principal {
    tags = Map.copyOf(tags);
    models = Set.copyOf(models);
  }

  public boolean mayUse(String routeOrModel) {
    return models.isEmpty() || models.contains(routeOrModel);
  }
}
