package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.DeploymentMeters;
import dev.ponder.gateway.upstream.Bytes;
import dev.ponder.gateway.upstream.TravellingHeaders;
import dev.ponder.gateway.upstream.UpstreamClient;
import dev.ponder.gateway.wire.AnswerFacts;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.SseFramer;
import dev.ponder.gateway.wire.StreamEvent;
import dev.ponder.gateway.wire.UsageReader;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Principal;
import dev.ponder.price.Usage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request about an answer of the Responses API that an upstream keeps: to see it, to follow it,
 * to cancel or delete it. It goes there as it came, its query included, and costs nothing; but what
 * it says of an answer made in the background settles that answer's bill.
 */
public final class StoredResponse implements SseFramer.Sink {

  private static final Pattern PATH =
      Pattern.compile("/v1/responses/([A-Za-z0-9_-]{1,128})(/cancel|/input_items)?");

  private final Lane lane;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final String id;
  private final String requestId;
  private final ResponseStore.Owner owner;
  private final Candidate candidate;
  private final UpstreamClient client;
  private final DeploymentMeters meters;
  private final SseFramer framer = new SseFramer(Dialect.RESPONSES.eventBytesMax());
  private final StreamEvent event = new StreamEvent(Dialect.RESPONSES);
  private @Nullable HttpClientRequest call;
  private boolean over;

  private StoredResponse(
      Lane lane,
      HttpServerRequest request,
      String id,
      String requestId,
      ResponseStore.Owner owner,
      Candidate candidate) {
    this.lane = lane;
    this.request = request;
    this.response = request.response();
    this.id = id;
    this.requestId = requestId;
    this.owner = owner;
    this.candidate = candidate;
    Lane.Place place = lane.place(candidate);
    this.client = place.client();
    this.meters = place.meters();
  }

  /**
   * The id of the answer that such a request is about; null if it is no such request.
   *
   * @param path as the client wrote it
   */
  public static @Nullable String idOf(HttpMethod method, String path) {
    Matcher parts = PATH.matcher(path);
    if (!parts.matches()) {
      return null;
    }
    String what = String.valueOf(parts.group(2));
    boolean fits =
        switch (what) {
          case "/cancel" -> method.equals(HttpMethod.POST);
          case "/input_items" -> looks(method);
          default -> looks(method) || method.equals(HttpMethod.DELETE);
        };
    return fits ? parts.group(1) : null;
  }

  private static boolean looks(HttpMethod method) {
    return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
  }

  /**
   * Begins, if it is known where the answer is kept.
   *
   * @return false if nothing is known of such an answer
   * @throws ApiError 404 if it is somebody else's, 400 for a dry run
   */
  public static boolean begin(
      Lane lane, HttpServerRequest request, String id, Principal who, String requestId) {
    ResponseStore.Owner owner = lane.house().responses().owner(id);
    if (owner == null) {
      return false;
    }
    Candidate candidate = ResponseStore.candidate(lane.router(), owner).orElse(null);
    if (!owner.isFor(who) || candidate == null) {
      throw ApiError.responseNotFound(id);
    }
    DryRun.refuse(request.getHeader(DryRun.HEADER));
    new StoredResponse(lane, request, id, requestId, owner, candidate).call();
    return true;
  }

  private void call() {
    lane.opened();
    response.closeHandler(closed -> over());
    response.exceptionHandler(broken -> over());
    String query = request.query();
    String below = request.path().substring("/v1".length());
    client
        .ask(request.method(), query == null ? below : below + "?" + query)
        .onComplete(this::send, failed -> fail("cannot be reached"));
  }

  private void send(HttpClientRequest opened) {
    if (over) {
      opened.reset();
      return;
    }
    call = opened;
    TravellingHeaders.toUpstream(request.headers(), opened.headers());
    opened.headers().set("x-request-id", requestId);
    client.sign(opened.headers());
    opened.response().onComplete(this::answered, failed -> fail("did not answer"));
    opened.end();
  }

  private void answered(HttpClientResponse head) {
    if (over) {
      return;
    }
    response.setStatusCode(head.statusCode());
    TravellingHeaders.toClient(head.headers(), response.headers());
    lane.sayGoodbye(response.headers());
    boolean good = head.statusCode() < 300;
    if (good && Sniff.isEventStream(head.getHeader("content-type"), Buffer.buffer())) {
      follow(head);
    } else {
      hold(head, good);
    }
  }

  private void hold(HttpClientResponse head, boolean good) {
    Buffer held = Buffer.buffer();
    long most = lane.house().configuration().limits().responseBytes();
    head.handler(
        bytes -> {
          held.appendBuffer(bytes);
          if (held.length() > most) {
            fail("answered more than " + most + " bytes");
          }
        });
    head.exceptionHandler(broken -> fail("broke off its answer"));
    head.endHandler(
        ended -> {
          if (over) {
            return;
          }
          call = null;
          if (good) {
            learn(held.getBytes());
          }
          end(held);
        });
  }

  private void learn(byte[] body) {
    ResponseStore store = lane.house().responses();
    if (request.method().equals(HttpMethod.DELETE)) {
      store.forget(id);
      return;
    }
    AnswerFacts facts = UsageReader.facts(Dialect.RESPONSES, body, 0, body.length);
    if (id.equals(facts.id()) && facts.over()) {
      settle(Billed.of(facts, candidate));
    }
  }

  private void settle(@Nullable Billed billed) {
    Funds funds = lane.house().responses().settle(id, billed);
    if (funds == null) {
      return;
    }
    lane.log(LateBill.line(lane.now(), requestId, owner, candidate, funds, billed));
    if (billed == null) {
      meters.usageMissing(false);
      return;
    }
    meters.told(billed.told(), billed.believed());
    meters.used(billed.usage(), billed.cost());
    String tier = candidate.model().tierLabel();
    lane.house().series().spent(owner.team(), tier, billed.cost());
  }

  private void follow(HttpClientResponse head) {
    response.setChunked(true);
    head.handler(
        bytes -> {
          framer.feed(bytes.getBytes(), this);
          if (over) {
            return;
          }
          response.write(bytes);
          if (response.writeQueueFull()) {
            head.pause();
            response.drainHandler(drained -> head.resume());
          }
        });
    head.exceptionHandler(broken -> fail("broke off its answer"));
    head.endHandler(
        ended -> {
          call = null;
          end(Buffer.buffer());
        });
  }

  @Override
  public void event(byte[] bytes, int from, int to) {
    event.read(bytes, from, to);
    if (event.done() && id.equals(event.id())) {
      Usage usage = event.usage();
      settle(
          usage == null ? null : Billed.of(usage, event.cost(), event.rawUsage(bytes), candidate));
    }
  }

  @Override
  public void part(byte[] bytes, int from, int to) {
    // longer than anything that ends a stream
  }

  private void fail(String what) {
    if (over) {
      return;
    }
    ApiError error = ApiError.upstreamFailed("The upstream that keeps this response " + what + ".");
    if (response.headWritten()) {
      end(Bytes.wrap(Dialect.RESPONSES.event(error, Math.max(0, event.sequence() + 1), null)));
      return;
    }
    response.headers().clear();
    response.headers().set("content-type", "application/json").set("x-request-id", requestId);
    response.setStatusCode(error.status());
    end(Bytes.wrap(Dialect.RESPONSES.body(error, requestId)));
  }

  private void end(Buffer last) {
    if (over) {
      return;
    }
    boolean gone = response.closed();
    over();
    if (!gone) {
      response.end(last);
    }
  }

  private void over() {
    if (over) {
      return;
    }
    over = true;
    lane.closed();
    if (call != null) {
      call.reset();
    }
  }
}
