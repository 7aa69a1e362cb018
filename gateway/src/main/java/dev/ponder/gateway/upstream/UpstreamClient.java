package dev.ponder.gateway.upstream;

import dev.ponder.policy.Upstream;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.Optional;

/**
 * One event loop's connections to one upstream.
 *
 * <p>Each loop has connections of its own, so that a call never changes threads. HTTP/1.1 even
 * where HTTP/2 could be had: a call that is given up closes its connection, which every server
 * understands at once, and one slow reader never holds up the others.
 */
public final class UpstreamClient {

  /** Calls that wait for a connection before more are refused. */
  private static final int WAITING_MAX = 1_000;

  private static final int KEEP_ALIVE_SECONDS = 60;
  private static final int HEADER_BYTES_MAX = 64 * 1024;

  private final HttpClient client;
  private final RequestOptions chat;
  private final Optional<String> authorization;

  /**
   * Connections for the event loop of the calling context.
   *
   * @param key the upstream's key; absent if it wants none
   * @param loops how many event loops share {@link Upstream#maxConcurrency()}
   */
  public UpstreamClient(Vertx vertx, Upstream upstream, Optional<String> key, int loops) {
    this.authorization = key.map(secret -> "Bearer " + secret);
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setConnectTimeout((int) upstream.timeouts().connect().toMillis())
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setTcpNoDelay(true)
                .setVerifyHost(true),
            new PoolOptions()
                .setHttp1MaxSize(Math.max(1, (upstream.maxConcurrency() + loops - 1) / loops))
                .setMaxWaitQueueSize(WAITING_MAX));
    URI base = upstream.baseUrl();
    boolean tls = base.getScheme().equals("https");
    this.chat =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(base.getHost())
            .setPort(base.getPort() >= 0 ? base.getPort() : tls ? 443 : 80)
            .setSsl(tls)
            .setURI(Optional.ofNullable(base.getRawPath()).orElse("") + "/chat/completions");
  }

  /** A request for a chat completion on a connection of its own, with nothing sent yet. */
  public Future<HttpClientRequest> chatCompletion() {
    return client.request(chat);
  }

  /** Closes all connections. */
  public void close() {
    client.close();
  }

  /** Sets what every call to this upstream carries, over what the client sent. */
  public void sign(MultiMap headers) {
    authorization.ifPresent(value -> headers.set("authorization", value));
    headers.set("accept-encoding", "identity");
  }
}
