package dev.ponder.gateway.upstream;

import dev.ponder.gateway.wire.Dialect;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.util.Optional;

/** Anthropic's API. The base URL may end with {@code /v1} and need not. */
final class Anthropic implements Provider {

  /** The version of the API that is asked for when the client names none. */
  private static final String VERSION = "2023-06-01";

  private final Optional<String> key;
  private final String prefix;

  Anthropic(URI baseUrl, Optional<String> key) {
    this.key = key;
    this.prefix = baseUrl.getPath().endsWith("/v1") ? "" : "/v1";
  }

  @Override
  public String path(Dialect dialect, String modelId) {
    return prefix + dialect.path();
  }

  @Override
  public String root() {
    return prefix;
  }

  @Override
  public void sign(MultiMap headers) {
    key.ifPresent(secret -> headers.set("x-api-key", secret));
    if (!headers.contains("anthropic-version")) {
      headers.set("anthropic-version", VERSION);
    }
  }
}
