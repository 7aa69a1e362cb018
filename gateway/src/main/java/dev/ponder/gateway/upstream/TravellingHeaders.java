package dev.ponder.gateway.upstream;

import dev.ponder.gateway.wire.Dialect;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Which headers travel through the gateway. What is not named here travels: a header that we do not
 * know is the business of client and upstream.
 */
public final class TravellingHeaders {

  /** The name of the header that carries the id of a request. */
  public static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");

  /** Of one hop only (RFC 9110 §7.6.1), or set anew for the next one. */
  private static final Set<String> HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings",
          "content-length",
          "host",
          "expect");

  /** The client's credentials, what describes its body's coding, and what is set anew. */
  private static final Set<String> STAYS_HERE =
      Set.of(
          "authorization",
          "api-key",
          "x-api-key",
          "cookie",
          "content-encoding",
          "accept-encoding",
          "content-type",
          "x-request-id",
          "origin",
          "referer",
          "forwarded",
          "x-real-ip",
          "x-client-ip",
          "true-client-ip",
          "via",
          "traceparent",
          "tracestate",
          "baggage");

  /** Of what stays here, what describes a body. */
  private static final Set<String> OF_BODY = Set.of("content-type", "content-encoding");

  /** The upstream's own affairs: its account's cookies, its edge, its answer to other origins. */
  private static final Set<String> STAYS_THERE =
      Set.of(
          "set-cookie",
          "server",
          "date",
          "alt-svc",
          "x-request-id",
          "vary",
          "via",
          "strict-transport-security",
          "nel",
          "report-to",
          "expect-ct");

  private static final Set<String> NOT_TO_UPSTREAM = union(HOP, STAYS_HERE, Set.of());
  private static final Set<String> NOT_TO_UPSTREAM_UNREAD = union(HOP, STAYS_HERE, OF_BODY);
  private static final Set<String> NOT_TO_CLIENT = union(HOP, STAYS_THERE, Set.of());

  private TravellingHeaders() {}

  private static Set<String> union(Set<String> some, Set<String> others, Set<String> without) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    all.removeAll(without);
    return Set.copyOf(all);
  }

  /** Copies to an upstream call what a client's request says. */
  public static void toUpstream(MultiMap from, MultiMap to) {
    toUpstream(from, to, NOT_TO_UPSTREAM);
  }

  /** The same for a request whose body goes on as it is, with what describes its coding. */
  public static void toUpstreamUnread(MultiMap from, MultiMap to) {
    toUpstream(from, to, NOT_TO_UPSTREAM_UNREAD);
  }

  private static void toUpstream(MultiMap from, MultiMap to, Set<String> stays) {
    Set<String> named = namedByConnection(from);
    from.forEach(
        (header, value) -> {
          String name = header.toLowerCase(Locale.ROOT);
          if (!stays.contains(name)
              && !named.contains(name)
              && !name.startsWith("x-ponder-")
              && !name.startsWith("x-forwarded-")
              && !name.startsWith("x-envoy-")
              && !name.startsWith("x-amzn-")
              && !name.startsWith("cf-")
              && !name.startsWith("sec-")) {
            to.add(header, value);
          }
        });
  }

  /** Copies to the client what an upstream's answer says. */
  public static void toClient(MultiMap from, MultiMap to) {
    Set<String> named = namedByConnection(from);
    from.forEach(
        (header, value) -> {
          String name = header.toLowerCase(Locale.ROOT);
          if (!NOT_TO_CLIENT.contains(name)
              && !named.contains(name)
              && !name.startsWith("x-ponder-")
              && !name.startsWith("access-control-")
              && !name.startsWith("cf-")) {
            to.add(header, value);
          }
        });
  }

  /** Says the id of an answer that has none of Anthropic's where its SDKs look for one. */
  public static void nameAnswer(Dialect dialect, MultiMap headers) {
    if (dialect != Dialect.MESSAGES) {
      return;
    }
    String id = headers.get(REQUEST_ID);
    if (id != null && !headers.contains("request-id")) {
      headers.set("request-id", id);
    }
  }

  private static Set<String> namedByConnection(MultiMap headers) {
    String only = headers.get(HttpHeaders.CONNECTION);
    if (only == null || only.equalsIgnoreCase("keep-alive") || only.equalsIgnoreCase("close")) {
      return Set.of();
    }
    Set<String> named = new HashSet<>();
    for (String value : headers.getAll("connection")) {
      for (String token : value.split(",", -1)) {
        named.add(token.strip().toLowerCase(Locale.ROOT));
      }
    }
    return named;
  }
}
