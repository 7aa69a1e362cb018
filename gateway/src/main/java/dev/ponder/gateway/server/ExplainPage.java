package dev.ponder.gateway.server;

import dev.ponder.gateway.proxy.Explainer;
import dev.ponder.gateway.proxy.House;
import dev.ponder.gateway.wire.ApiError;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /admin/v1/explain}: why a request would go where it goes. The body is the request;
 * {@code ?key=NAME} says whose it would be, {@code ?dialect=messages} what it is written in, {@code
 * x-ponder-effort} and {@code x-ponder-tags} count as they do in a request.
 */
final class ExplainPage {

  static final String PATH = "/admin/v1/explain";

  private static final Logger LOG = LoggerFactory.getLogger(ExplainPage.class);

  private final Vertx vertx;
  private final BodyMemory bodies;
  private final Supplier<House> house;

  /**
   * A page.
   *
   * @param bodies what the request's body is taken from
   * @param house gives the one that serves now
   */
  ExplainPage(Vertx vertx, BodyMemory bodies, Supplier<House> house) {
    this.vertx = vertx;
    this.bodies = bodies;
    this.house = house;
  }

  void handle(HttpServerRequest request) {
    long most = house.get().configuration().limits().bodyBytes();
    if (!request.method().equals(HttpMethod.POST)) {
      ApiError other = ApiError.methodNotAllowed(request.method().name(), PATH, "POST");
      BodyReader.discard(
          vertx, request, most, other, error -> ApiHandler.send(request.response(), error));
      return;
    }
    BodyMemory.Lease lease = bodies.lease();
    BodyReader.read(
        vertx,
        request,
        most,
        lease,
        new BodyReader.Reader() {
          @Override
          public void read(byte[] body, int length) {
            explain(request, lease, body, length);
          }

          @Override
          public void refused(ApiError error) {
            lease.release();
            ApiHandler.send(request.response(), error);
          }
        });
  }

  private void explain(HttpServerRequest request, BodyMemory.Lease lease, byte[] body, int length) {
    Explainer explainer;
    try {
      explainer =
          new Explainer(
              house.get(),
              request.getParam("key"),
              request.getHeader("x-ponder-tags"),
              request.getHeader("x-ponder-effort"),
              request.getParam("dialect"));
    } catch (ApiError e) {
      lease.release();
      ApiHandler.send(request.response(), e);
      return;
    }
    explainer
        .explain(vertx, body, length)
        .onComplete(ended -> lease.release())
        .onComplete(
            explanation ->
                request
                    .response()
                    .putHeader("content-type", "application/json")
                    .end(Buffer.buffer(explanation.encode())),
            failure -> failed(request, failure));
  }

  private static void failed(HttpServerRequest request, Throwable failure) {
    if (failure instanceof ApiError told) {
      ApiHandler.send(request.response(), told);
      return;
    }
    LOG.error("event=admin_failed path={}", PATH, failure);
    ApiHandler.send(request.response(), ApiError.internal());
  }
}
