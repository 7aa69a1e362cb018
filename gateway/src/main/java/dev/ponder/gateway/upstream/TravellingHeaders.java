package dev.ponder.gateway.upstream;

import dev.ponder.gateway.wire.Dialect;
import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which headers travel through the gateway. What is not named here travels: a header that we do not
 * know is the business of client and upstream.
 */
public final class TravellingHeaders {

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

  private TravellingHeaders() {}

  /** Copies to an upstream call what a client's request says. */
  public static void toUpstream(MultiMap from, MultiMap to) {
    toUpstream(from, to, Set.of());
  }

  /** The same for a request whose body goes on as it is, with what describes its coding. */
  public static void toUpstreamUnread(MultiMap from, MultiMap to) {
    toUpstream(from, to, OF_BODY);
  }

  private static void toUpstream(MultiMap from, MultiMap to, Set<String> also) {
    Set<String> named = namedByConnection(from);
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!HOP.contains(name)
          && (!STAYS_HERE.contains(name) || also.contains(name))
          && !named.contains(name)
          && !name.startsWith("x-ponder-")
          && !name.startsWith("x-forwarded-")
          && !name.startsWith("x-envoy-")
          && !name.startsWith("x-amzn-")
          && !name.startsWith("cf-")
          && !name.startsWith("sec-")) {
        to.add(header.getKey(), header.getValue());
      }
    }
  }

  /** Copies to the client what an upstream's answer says. */
  public static void toClient(MultiMap from, MultiMap to) {
    Set<String> named = namedByConnection(from);
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!HOP.contains(name)
          && !STAYS_THERE.contains(name)
          && !named.contains(name)
          && !name.startsWith("x-ponder-")
          && !name.startsWith("access-control-")
          && !name.startsWith("cf-")) {
        to.add(header.getKey(), header.getValue());
      }
    }
  }

  /** Says the id of an answer that has none of Anthropic's where its SDKs look for one. */
  public static void nameAnswer(Dialect dialect, MultiMap headers) {
    String id = headers.get("x-request-id");
    if (dialect == Dialect.MESSAGES && id != null && !headers.contains("request-id")) {
      headers.set("request-id", id);
    }
  }

  private static Set<String> namedByConnection(MultiMap headers) {
    String only = headers.get("connection");
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
