package dev.ponder.gateway.server;

import dev.ponder.gateway.wire.ApiError;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets web pages call the API, from the origins that the configuration allows.
 *
 * <p>Without keys, whoever reaches the loopback may spend money, and any web page open in a browser
 * on this machine reaches it. So an open gateway answers pages of this machine only.
 */
final class Cors {

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String EXPOSED =
      "x-request-id, request-id, x-ponder-route, x-ponder-model, x-ponder-reason, x-ponder-score,"
          + " x-ponder-threshold, x-ponder-estimated-cost-usd, x-ponder-cost-usd,"
          + " x-ponder-baseline-cost-usd, x-ponder-capped, x-ponder-cache,"
          + " x-ponder-budget-remaining-usd, x-ponder-budget-resets, openai-processing-ms,"
          + " retry-after, x-should-retry";

  private final List<String> allowed;
  private final boolean open;

  /**
   * The rules.
   *
   * @param allowed origins; {@code *}: all
   * @param open whether callers need no key
   */
  Cors(List<String> allowed, boolean open) {
    this.allowed = List.copyOf(allowed);
    this.open = open;
  }

  /**
   * Puts what a page's browser wants to see into the answer.
   *
   * @throws ApiError 403 if a page of a foreign origin calls a gateway without keys
   */
  void admit(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null) {
      return;
    }
    if (!allows(origin)) {
      if (open) {
        throw new ApiError(
            403,
            "invalid_request_error",
            "origin_not_allowed",
            null,
            "Web pages of other machines may not call a gateway without keys; configure `keys`, or"
                + " list the origin in `limits.allowed_origins`.");
      }
      return;
    }
    MultiMap headers = request.response().headers();
    headers.set("access-control-allow-origin", origin);
    headers.set("access-control-expose-headers", EXPOSED);
    headers.set("vary", "origin");
  }

  /** Answers a browser's question whether a page may call. */
  void preflight(HttpServerRequest request) {
    MultiMap headers = request.response().headers();
    if (headers.contains("access-control-allow-origin")) {
      headers.set("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
      String asked = request.getHeader("access-control-request-headers");
      headers.set(
          "access-control-allow-headers", asked == null ? "authorization, content-type" : asked);
      headers.set("access-control-max-age", "86400");
    }
    request.response().setStatusCode(204).end();
  }

  private boolean allows(String origin) {
    if (allowed.contains(origin)) {
      return true;
    }
    return open ? isLoopback(origin) : allowed.contains("*");
  }

  private static boolean isLoopback(String origin) {
    String host = host(origin);
    return host != null && LOOPBACK.contains(host);
  }

  private static @Nullable String host(String origin) {
    try {
      return new URI(origin).getHost();
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
