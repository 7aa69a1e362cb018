package dev.ponder.gateway.upstream;

import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Upstream;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to one upstream.
 *
 * <p>Each loop has connections of its own, so that a call never changes threads. HTTP/1.1 even
 * where HTTP/2 could be had: a call that is given up closes its connection, which every server
 * understands at once, and one slow reader never holds up the others.
 */
public final class UpstreamClient {

  /**
   * Calls that wait for a connection before more are refused: as many as there are places for calls
   * have one, but for those that are just being closed.
   */
  private static final int WAITING_MAX = 1_000;

  private static final int KEEP_ALIVE_SECONDS = 60;
  private static final int HEADER_BYTES_MAX = 64 * 1024;

  private final HttpClient client;

  /** What clients of Azure's say in a query, where the upstream's own version holds. */
  private static final String VERSION = "api-version=";

  /** For answers whose coding is none of our business; opens no connection before it is used. */
  private final HttpClient unread;

  private final Provider provider;
  private final RequestOptions base;
  private final String basePath;
  private final long patienceMillis;

  /** Of the calls made so far, by their path: as many as there are dialects, times the models. */
  private final Map<String, RequestOptions> calls = new HashMap<>();

  /**
   * Connections for the event loop of the calling context.
   *
   * @param key the upstream's key; absent if it wants none
   * @param loops how many event loops share the connections for what goes through unread
   */
  public UpstreamClient(Vertx vertx, Upstream upstream, Optional<String> key, int loops) {
    this.provider = Provider.of(upstream, key);
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_1_1)
            .setConnectTimeout((int) upstream.timeouts().connect().toMillis())
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setMaxHeaderSize(HEADER_BYTES_MAX)
            .setTcpNoDelay(true)
            .setVerifyHost(true);
    int most = upstream.maxConcurrency();
    PoolOptions pool = // which calls may run at the same time is decided before they come here
        new PoolOptions().setHttp1MaxSize(most).setMaxWaitQueueSize(WAITING_MAX);
    PoolOptions part = new PoolOptions(pool).setHttp1MaxSize((most + loops - 1) / loops);
    // Some compress what they were asked to leave plain, and answers must be read.
    HttpClientOptions reading = new HttpClientOptions(options).setDecompressionSupported(true);
    this.client = ConnectionFaults.client(vertx, reading, pool, upstream.name());
    this.unread = ConnectionFaults.client(vertx, options, part, upstream.name());
    this.patienceMillis = upstream.timeouts().firstByte().toMillis();
    URI url = upstream.baseUrl();
    boolean tls = url.getScheme().equals("https");
    this.basePath = Optional.ofNullable(url.getRawPath()).orElse("");
    this.base =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(url.getHost())
            .setPort(url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80)
            .setSsl(tls);
  }

  /**
   * A request for an answer, on a connection of its own, with nothing sent yet.
   *
   * @param modelId what the upstream calls the model
   * @param below what follows the dialect's own path, from a slash on, or nothing
   * @param query the client's, as it goes on the wire; null if there is none
   */
  public Future<HttpClientRequest> call(
      Dialect dialect, String modelId, String below, @Nullable String query) {
    String path = provider.path(dialect, modelId) + below;
    if (query != null && !query.isEmpty() && !query.contains(VERSION)) {
      String joint = path.indexOf('?') < 0 ? "?" : "&";
      return client.request(new RequestOptions(base).setURI(basePath + path + joint + query));
    }
    RequestOptions options = calls.get(path);
    if (options == null) {
      options = new RequestOptions(base).setURI(basePath + path);
      calls.put(path, options);
    }
    return client.request(options);
  }

  /**
   * A request for anything below the base URL, with nothing sent yet.
   *
   * @param below path and query, from a slash on, as they go on the wire
   */
  public Future<HttpClientRequest> open(HttpMethod method, String below) {
    String uri = basePath + provider.root() + below;
    return unread.request(new RequestOptions(base).setMethod(method).setURI(uri));
  }

  /**
   * A request about what the upstream keeps, with nothing sent yet, whose answer is read.
   *
   * @param below path and query below the base URL, as they go on the wire
   */
  public Future<HttpClientRequest> ask(HttpMethod method, String below) {
    return client.request(
        new RequestOptions(base)
            .setMethod(method)
            .setIdleTimeout(patienceMillis)
            .setURI(basePath + provider.root() + below));
  }

  /** Closes all connections. */
  public void close() {
    client.close();
    unread.close();
  }

  /** Sets what every call to this upstream carries, over what the client sent. */
  public void sign(MultiMap headers) {
    provider.sign(headers);
    headers.set(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY);
  }
}
