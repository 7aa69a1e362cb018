package dev.ponder.gateway.server;

import dev.ponder.config.Configuration;
import dev.ponder.config.Configuration.OwnClassifier;
import dev.ponder.gateway.upstream.Secrets;
import dev.ponder.policy.SecretReference;
import dev.ponder.policy.Upstream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The secrets that a configuration asks for, fetched.
 *
 * @param upstreams the key of each upstream that wants one, by the upstream's name
 * @param admin the token of the admin address, if it asks for one
 * @param scorer the token that the user's own classifier is asked with, if it wants one
 */
record GatewaySecrets(
    Map<String, String> upstreams, Optional<String> admin, Optional<String> scorer) {

  GatewaySecrets {
    upstreams = Map.copyOf(upstreams);
  }

  /**
   * Fetches them all.
   *
   * @throws IOException if one is not to be had; the message names its place, never the secret
   */
  static GatewaySecrets of(Configuration configuration, Map<String, String> environment)
      throws IOException {
    Secrets source = new Secrets(environment);
    Map<String, String> upstreams = new HashMap<>();
    for (Upstream upstream : configuration.upstreams().values()) {
      String path = "upstreams." + upstream.name() + ".api_key";
      Optional<String> key = fetch(source, path, upstream.apiKey());
      key.ifPresent(secret -> upstreams.put(upstream.name(), secret));
    }
    Optional<SecretReference> scorer = configuration.ownClassifier().flatMap(OwnClassifier::apiKey);
    return new GatewaySecrets(
        upstreams,
        fetch(source, "admin.token", configuration.admin().token()),
        fetch(source, "classifier.api_key", scorer));
  }

  private static Optional<String> fetch(
      Secrets source, String path, Optional<SecretReference> reference) throws IOException {
    if (reference.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(source.fetch(reference.get()));
    } catch (IOException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "GatewaySecrets[upstreams=" + upstreams.keySet() + "]";
  }
}
