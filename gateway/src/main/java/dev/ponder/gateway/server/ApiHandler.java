package dev.ponder.gateway.server;

import dev.ponder.config.Configuration;
import dev.ponder.gateway.proxy.BodyTaker;
import dev.ponder.gateway.proxy.DryRun;
import dev.ponder.gateway.proxy.Exchange;
import dev.ponder.gateway.proxy.Lane;
import dev.ponder.gateway.proxy.StoredResponse;
import dev.ponder.gateway.proxy.TokenCount;
import dev.ponder.gateway.upstream.TravellingHeaders;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Principal;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Takes a request at the API's port to where it belongs. */
final class ApiHandler implements Handler<HttpServerRequest> {

  private static final String COUNT = "/v1" + Dialect.MESSAGES.path() + TokenCount.PATH;
  private static final String MODELS = "/v1/models";
  private static final int MODEL_NAME_MAX = 512;

  private static final CharSequence X_API_KEY = HttpHeaders.createOptimized("x-api-key");
  private static final CharSequence API_KEY = HttpHeaders.createOptimized("api-key");

  private final Vertx vertx;
  private final Lane lane;
  private final Keyring keyring;
  private final Cors cors;
  private final ModelList models;
  private final BodyMemory bodies;
  private final long bodyBytesMax;
  private final Passthrough passthrough;

  ApiHandler(Vertx vertx, Lane lane, Served served) {
    Configuration.Limits limits = served.house().configuration().limits();
    this.vertx = vertx;
    this.lane = lane;
    this.keyring = served.keyring();
    this.cors = new Cors(limits.allowedOrigins(), keyring.open());
    this.models = served.models();
    this.bodies = served.bodies();
    this.bodyBytesMax = limits.bodyBytes();
    this.passthrough = new Passthrough(vertx, lane, this::identify);
  }

  @Override
  public void handle(HttpServerRequest request) {
    long begun = System.nanoTime();
    String requestId = RequestIds.of(request.getHeader(TravellingHeaders.REQUEST_ID));
    request.response().headers().set(TravellingHeaders.REQUEST_ID, requestId);
    lane.sayGoodbye(request.response().headers());
    String path = request.path();
    Dialect dialect = path == null ? null : Dialect.at(path);
    if (dialect != null && request.method().equals(HttpMethod.POST)) {
      ask(dialect, request, requestId, begun);
      return;
    }
    lane.access(request, requestId, begun);
    if (COUNT.equals(path) && request.method().equals(HttpMethod.POST)) {
      count(request, requestId);
      return;
    }
    try {
      cors.admit(request);
      if (request.method().equals(HttpMethod.OPTIONS)) {
        cors.preflight(request);
        return;
      }
      String stored = path == null ? null : StoredResponse.idOf(request.method(), path);
      if (stored != null
          && StoredResponse.begin(lane, request, stored, identify(request), requestId)) {
        return;
      }
      if (passthrough.takes(request, requestId, begun)) {
        return;
      }
      if (dialect != null || COUNT.equals(path)) {
        throw ApiError.methodNotAllowed(request.method().name(), String.valueOf(path), "POST");
      }
      other(request, path == null ? "" : path);
    } catch (ApiError e) {
      refuse(request, e);
    }
  }

  private void ask(Dialect dialect, HttpServerRequest request, String requestId, long begun) {
    Principal who;
    try {
      cors.admit(request);
      who = identify(request);
    } catch (ApiError e) {
      Exchange refused =
          new Exchange(lane, request, dialect, Principal.ANONYMOUS, requestId, begun);
      BodyReader.discard(vertx, request, bodyBytesMax, e, refused::refuse);
      return;
    }
    read(request, new Exchange(lane, request, dialect, who, requestId, begun));
  }

  private void count(HttpServerRequest request, String requestId) {
    try {
      cors.admit(request);
      Principal who = identify(request);
      DryRun.refuse(request.getHeader(DryRun.HEADER));
      read(request, new TokenCount(lane, request, who, requestId));
    } catch (ApiError e) {
      refuse(request, e);
    }
  }

  private void read(HttpServerRequest request, BodyTaker taker) {
    BodyMemory.Lease lease = bodies.lease();
    taker.onOver(lease::release);
    BodyReader.read(vertx, request, bodyBytesMax, lease, new AskedBody(request, taker, lease));
  }

  /** The body of a call, which goes on to whoever answers it without its encodings. */
  private final class AskedBody implements BodyReader.Reader {

    private final HttpServerRequest request;
    private final BodyTaker taker;
    private final BodyMemory.Lease lease;

    AskedBody(HttpServerRequest request, BodyTaker taker, BodyMemory.Lease lease) {
      this.request = request;
      this.taker = taker;
      this.lease = lease;
    }

    @Override
    public void read(byte[] body, int length) {
      String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
      if (encoding == null || encoding.isBlank() || encoding.equalsIgnoreCase("identity")) {
        taker.run(body, length);
        return;
      }
      new Unpacking(vertx, lease, bodyBytesMax)
          .unpack(encoding, body, length)
          .onComplete(decoded -> taker.run(decoded, decoded.length), taker::refuse);
    }

    @Override
    public void refused(ApiError error) {
      taker.refuse(error);
    }
  }

  /** Looks at three headers only if there are keys at all. */
  private Principal identify(HttpServerRequest request) {
    if (keyring.open()) {
      return Principal.ANONYMOUS;
    }
    return keyring.identify(
        request.getHeader(HttpHeaders.AUTHORIZATION),
        firstOf(request.getHeader(X_API_KEY), request.getHeader(API_KEY)));
  }

  private void other(HttpServerRequest request, String path) {
    if (!path.equals(MODELS) && !path.startsWith(MODELS + "/")) {
      throw Passthrough.unknown(request, path);
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      throw ApiError.methodNotAllowed(request.method().name(), path, "GET");
    }
    Principal who = identify(request);
    boolean anthropic = isAnthropic(request);
    String json;
    if (!path.equals(MODELS)) {
      json = models.one(who, decoded(path.substring(MODELS.length() + 1)), anthropic);
    } else if (anthropic) {
      json = models.page(who, page(request));
    } else {
      json = models.all(who);
    }
    request.response().putHeader("content-type", "application/json").end(Buffer.buffer(json));
  }

  private static ModelList.Page page(HttpServerRequest request) {
    MultiMap query;
    try {
      query = request.params();
    } catch (IllegalArgumentException e) { // a % without its digits
      throw ApiError.badRequest(null, "The query cannot be decoded (expected: %XX)");
    }
    return ModelList.Page.of(query.get("limit"), query.get("after_id"), query.get("before_id"));
  }

  /** Anthropic's SDKs say a version with every request, and nobody else does. */
  private static boolean isAnthropic(HttpServerRequest request) {
    return request.headers().contains("anthropic-version");
  }

  private static Dialect dialectOfErrors(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    boolean models = path.equals(MODELS) || path.startsWith(MODELS + "/");
    return models && isAnthropic(request) ? Dialect.MESSAGES : Dialect.ofErrors(path);
  }

  /** Answers with an error once the request's body, which nobody needs, is read. */
  private void refuse(HttpServerRequest request, ApiError error) {
    Dialect dialect = dialectOfErrors(request);
    BodyReader.discard(
        vertx, request, bodyBytesMax, error, told -> send(request.response(), dialect, told));
  }

  /** Answers with an error in OpenAI's envelope. */
  static void send(HttpServerResponse response, ApiError error) {
    send(response, Dialect.CHAT, error);
  }

  /** Answers with an error in a dialect's envelope. */
  static void send(HttpServerResponse response, Dialect dialect, ApiError error) {
    if (response.ended() || response.closed()) {
      return;
    }
    error.headers().forEach(response.headers()::set);
    TravellingHeaders.nameAnswer(dialect, response.headers());
    response
        .setStatusCode(error.status())
        .putHeader("content-type", "application/json")
        .end(
            Buffer.buffer(
                dialect.body(error, response.headers().get(TravellingHeaders.REQUEST_ID))));
  }

  private static String decoded(String name) {
    if (name.length() > MODEL_NAME_MAX) {
      throw ApiError.modelNotFound(name.substring(0, MODEL_NAME_MAX));
    }
    try {
      return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiError.modelNotFound(name);
    }
  }

  private static @Nullable String firstOf(@Nullable String first, @Nullable String second) {
    return first != null ? first : second;
  }
}
