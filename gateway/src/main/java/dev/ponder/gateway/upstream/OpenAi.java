package dev.ponder.gateway.upstream;

import dev.ponder.gateway.wire.Dialect;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;

/** OpenAI, and every server that is compatible with it: the base URL ends with {@code /v1}. */
final class OpenAi implements Provider {

  private final Optional<String> authorization;

  OpenAi(Optional<String> key) {
    this.authorization = key.map(secret -> "Bearer " + secret);
  }

  @Override
  public String path(Dialect dialect, String modelId) {
    return dialect.path();
  }

  @Override
  public String root() {
    return "";
  }

  @Override
  public void sign(MultiMap headers) {
    authorization.ifPresent(value -> headers.set(HttpHeaders.AUTHORIZATION, value));
  }
}
