package dev.ponder.gateway.upstream;

import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Upstream;
import io.vertx.core.MultiMap;
import java.util.Optional;

/** How the API of one kind of provider is called: where, and with which credentials. */
interface Provider {

  /**
   * The path of a call below the upstream's base URL, with a query if need be.
   *
   * @param modelId what the upstream calls the model
   */
  String path(Dialect dialect, String modelId);

  /** What stands between the base URL and a path of the API such as {@code /files}. */
  String root();

  /** Sets what every call carries, over what the client sent. */
  void sign(MultiMap headers);

  /**
   * The provider of an upstream.
   *
   * @param key the upstream's key; absent if it wants none
   */
  static Provider of(Upstream upstream, Optional<String> key) {
    return switch (upstream.provider()) {
      case OPENAI -> new OpenAi(key);
      case ANTHROPIC -> new Anthropic(upstream.baseUrl(), key);
      case AZURE_OPENAI -> new AzureOpenAi(upstream.apiVersion().orElseThrow(), key);
    };
  }
}
