package dev.ponder.gateway.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ponder.gateway.wire.Dialect;
import io.vertx.core.MultiMap;
import java.net.URLEncoder;
import java.util.Optional;

/**
 * OpenAI's models at Azure. A model is a deployment there and stands in the path, with the version
 * of the API behind it; Responses and all that is kept are asked for at the newer API beside it,
 * which has neither. The base URL is that of the resource.
 */
final class AzureOpenAi implements Provider {

  /** The API that OpenAI's own paths stand below. */
  private static final String ROOT = "/openai/v1";

  private final Optional<String> key;
  private final String query;

  AzureOpenAi(String apiVersion, Optional<String> key) {
    this.key = key;
    this.query = "?api-version=" + encoded(apiVersion);
  }

  @Override
  public String path(Dialect dialect, String modelId) {
    return dialect == Dialect.RESPONSES
        ? ROOT + dialect.path()
        : "/openai/deployments/" + encoded(modelId) + dialect.path() + query;
  }

  @Override
  public String root() {
    return ROOT;
  }

  @Override
  public void sign(MultiMap headers) {
    key.ifPresent(secret -> headers.set("api-key", secret));
  }

  /** A segment of a path: an encoder of forms differs from it in spaces only. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
