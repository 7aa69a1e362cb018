package dev.ponder.gateway.server;

import dev.ponder.config.Configuration;
import dev.ponder.gateway.proxy.DryRun;
import dev.ponder.gateway.proxy.Lane;
import dev.ponder.gateway.proxy.PassPath;
import dev.ponder.gateway.proxy.Passage;
import dev.ponder.gateway.proxy.StoredResponse;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.policy.Principal;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the requests that Ponder does not interpret: to the upstream that is configured for them,
 * if there is one. And says no to web sockets, which nobody here speaks.
 */
final class Passthrough {

  private final Vertx vertx;
  private final Lane lane;
  private final Function<HttpServerRequest, Principal> identify;
  private final boolean configured;
  private final long bodyBytesMax;

  /**
   * For one event loop.
   *
   * @param identify tells who asks, or throws an {@link ApiError}
   */
  Passthrough(Vertx vertx, Lane lane, Function<HttpServerRequest, Principal> identify) {
    Configuration configuration = lane.configuration();
    this.vertx = vertx;
    this.lane = lane;
    this.identify = identify;
    this.configured = configuration.passthrough().isPresent();
    this.bodyBytesMax = configuration.limits().bodyBytes();
  }

  /**
   * Takes the request if it is one of these.
   *
   * @throws ApiError 426 for a web socket, 401 if nobody knows who wants one
   */
  boolean takes(HttpServerRequest request, String requestId, long begun) {
    if ("websocket".equalsIgnoreCase(request.getHeader("upgrade"))) {
      Principal unused = identify.apply(request); // or throws
      throw ApiError.noWebSocket();
    }
    String path = request.path();
    if (!configured || path == null) {
      return false;
    }
    Optional<PassPath> place = PassPath.of(request.method(), path, request.query());
    place.ifPresent(found -> begin(request, found, requestId, begun));
    return place.isPresent();
  }

  /** A path that nobody here knows, or an answer: whether it is somebody else's is not told. */
  static ApiError unknown(HttpServerRequest request, String path) {
    String id = StoredResponse.idOf(request.method(), path);
    return id == null
        ? ApiError.unknownPath(request.method().name(), path)
        : ApiError.responseNotFound(id);
  }

  private void begin(HttpServerRequest request, PassPath path, String requestId, long begun) {
    request.pause();
    Principal who = Principal.ANONYMOUS;
    ApiError stranger = null;
    try {
      who = identify.apply(request);
      if (!who.mayUse(Configuration.PASSTHROUGH)) {
        stranger = unknown(request, request.path());
      } else {
        DryRun.refuse(request.getHeader(DryRun.HEADER));
      }
    } catch (ApiError e) {
      stranger = e;
    }
    Refusal refusal = new Refusal(request);
    Passage passage = new Passage(lane, request, who, path, requestId, begun, refusal);
    refusal.passage = passage;
    if (stranger == null && BodyReader.claims(request) > bodyBytesMax) {
      stranger = ApiError.bodyTooLarge(bodyBytesMax);
    }
    if (stranger == null) {
      passage.begin();
    } else {
      refusal.accept(stranger);
    }
  }

  /** Throws away what a refused client is still sending, so that it gets to see its error. */
  private final class Refusal implements Consumer<ApiError> {

    private final HttpServerRequest request;
    private @Nullable Passage passage;

    Refusal(HttpServerRequest request) {
      this.request = request;
    }

    @Override
    public void accept(ApiError error) {
      Passage refused = passage;
      if (refused != null) {
        BodyReader.discard(vertx, request, bodyBytesMax, error, refused::refuse);
        request.resume();
      }
    }
  }
}
