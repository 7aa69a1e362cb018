package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.ExceptionText;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.telemetry.PassageMeters;
import dev.ponder.gateway.treasury.Purse;
import dev.ponder.gateway.upstream.Bytes;
import dev.ponder.gateway.upstream.TravellingHeaders;
import dev.ponder.gateway.upstream.UpstreamClient;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Timeouts;
import dev.ponder.policy.Upstream;
import dev.ponder.price.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request that goes to the pass-through upstream unread, and its answer, both as they come:
 * neither is ever held as a whole.
 *
 * <p>Everything happens on one event loop; a passage is recorded exactly once.
 */
public final class Passage implements Watch.Watched {

  private static final Logger LOG = LoggerFactory.getLogger(Passage.class);

  /** A client that has not taken a byte for that long will not take another. */
  private static final long STUCK_NANOS = 120_000_000_000L;

  private final Lane lane;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final PassageMeters meters;
  private final PassageRecord record;
  private final Consumer<ApiError> refusal;
  private final Upstream upstream;
  private final Timeouts timeouts;
  private final ErrandSpan span;

  private Map<String, String> tags = Map.of();
  private @Nullable Fare fare;
  private @Nullable HttpClientRequest call;
  private @Nullable Upload upload;
  private @Nullable Download download;
  private boolean connecting;
  private boolean refused;
  private boolean settled;
  private boolean over;
  private long callNanos;

  /**
   * A passage for a request of which nothing has been read.
   *
   * @param refusal takes an error while the client may still be sending, throws the rest of the
   *     body away and comes back to {@link #refuse}
   */
  public Passage(
      Lane lane,
      HttpServerRequest request,
      Principal who,
      PassPath path,
      String requestId,
      long begunNanos,
      Consumer<ApiError> refusal) {
    this.lane = lane;
    this.request = request;
    this.response = request.response();
    this.meters = lane.passages();
    this.refusal = refusal;
    var configuration = lane.house().configuration();
    String name = configuration.passthrough().orElseThrow();
    this.upstream = Objects.requireNonNull(configuration.upstreams().get(name));
    this.timeouts = upstream.timeouts();
    this.span = ErrandSpan.begin(lane.house(), request, "/v1/" + path.endpoint());
    this.record = new PassageRecord(requestId, who, path, name, span.traceId(), begunNanos);
    lane.opened();
    meters.began();
    response.closeHandler(closed -> gone());
    response.exceptionHandler(broken -> gone());
  }

  /** Goes ahead, or waits until there is money. */
  public void begin() {
    guard(
        () -> {
          House house = lane.house();
          tags = Tags.of(request.getHeader(Tags.HEADER));
          Purse purse = house.purses().of(record.principal, tags);
          int status = house.configuration().limits().budgetStatus();
          fare = new Fare(house.treasury(), purse, status);
          fare.countMinute();
          enter(System.nanoTime());
          lane.watch().add(this);
        });
  }

  private void enter(long nanos) {
    Fare due = Objects.requireNonNull(fare);
    long waited = nanos - record.begunNanos;
    if (record.path.billed() && !due.paid(waited)) {
      record.waitedNanos = waited;
      return;
    }
    connecting = true;
    record.called = true;
    callNanos = System.nanoTime();
    client()
        .open(record.path.method(), record.path.below())
        .onComplete(opened -> guard(() -> send(opened)), this::notConnected);
  }

  private UpstreamClient client() {
    return lane.client(record.upstream);
  }

  private void guard(Runnable step) {
    try {
      step.run();
    } catch (ApiError e) {
      fail(e);
    } catch (RuntimeException e) {
      LOG.error("event=bug request_id={}", record.requestId, e);
      record.failed(e.getClass().getName());
      attempted(AttemptOutcome.CANCELLED);
      fail(ApiError.internal());
    }
  }

  private void send(HttpClientRequest opened) {
    if (over || refused) {
      opened.reset();
      return;
    }
    call = opened;
    MultiMap headers = opened.headers();
    TravellingHeaders.toUpstreamUnread(request.headers(), headers);
    span.call(upstream, headers);
    headers.set("x-request-id", record.requestId);
    client().sign(headers);
    String accepts = request.getHeader("accept-encoding");
    if (accepts != null && !record.path.billed()) { // else its usage is to be read
      headers.set("accept-encoding", accepts);
    }
    opened.exceptionHandler(broken -> guard(() -> broke(broken)));
    opened
        .response()
        .onComplete(head -> guard(() -> answered(head)), broken -> guard(() -> broke(broken)));
    long bytesMax = lane.house().configuration().limits().bodyBytes();
    ModelName name = record.path.names() ? new ModelName(lane.router(), record.upstream) : null;
    upload = new Upload(request, opened, bytesMax, name, this::refuseBody);
    upload.begin();
  }

  private void refuseBody(ApiError error) {
    attempted(AttemptOutcome.CANCELLED);
    fail(error);
  }

  private void answered(HttpClientResponse head) {
    if (over || refused) {
      return;
    }
    record.firstByteNanos = System.nanoTime();
    record.upstreamStatus = head.statusCode();
    head.exceptionHandler(broken -> guard(() -> broke(broken)));
    TravellingHeaders.toClient(head.headers(), response.headers());
    lane.sayGoodbye(response.headers());
    boolean noBody = request.method().equals(HttpMethod.HEAD);
    Download answer = new Download(head, response, record.path.billed(), noBody);
    download = answer;
    answer.begin(() -> guard(this::ended));
  }

  /** The answer is whole. */
  private void ended() {
    if (over) {
      return;
    }
    Upload body = Objects.requireNonNull(upload);
    attempted(AttemptOutcome.ofStatus(record.upstreamStatus));
    record.status = record.upstreamStatus;
    Download answer = Objects.requireNonNull(download);
    if (record.path.billed() && record.status < 300) {
      bill(answer.sample());
    }
    answer.end();
    done(Outcome.ofUpstreamStatus(record.status));
    if (!body.ended()) { // answered before it was asked to the end
      body.stop();
      abort();
    }
  }

  /**
   * What it costs nobody knew before; what it used may stand in the answer, and whose price that
   * has there or in the request.
   */
  private void bill(@Nullable AnswerSample answer) {
    Usage used = answer == null ? null : answer.usage();
    record.usage = used;
    if (answer == null || used == null) {
      meters.unpriced();
      return;
    }
    Objects.requireNonNull(fare).used(used);
    House house = lane.house();
    PassageBill bill = PassageBill.of(lane.router(), record.upstream, answer.model(), used);
    if (bill == null) {
      String asked = Objects.requireNonNull(upload).model();
      bill = PassageBill.of(lane.router(), record.upstream, asked, used);
    }
    if (bill == null) {
      meters.unpriced();
      meters.used(used);
      return;
    }
    record.bill = bill;
    lane.place(bill.candidate()).meters().used(used, bill.amount());
    bill.post(house, record.principal, tags, record.requestId, used);
  }

  private void notConnected(Throwable failure) {
    guard(
        () -> {
          record.failed("cannot connect: " + ExceptionText.of(failure));
          attempted(AttemptOutcome.CONNECT_ERROR);
          String place = "Upstream " + record.upstream + ": ";
          fail(
              failure instanceof ConnectionPoolTooBusyException
                  ? ApiError.overloaded(place + "too many calls are waiting")
                  : ApiError.upstreamFailed(place + "cannot connect"));
        });
  }

  private void broke(Throwable failure) {
    if (over || refused) {
      return;
    }
    record.failed("broke off: " + ExceptionText.of(failure));
    attempted(AttemptOutcome.RESET);
    fail(ApiError.upstreamFailed("Upstream " + record.upstream + ": broke off its answer"));
  }

  /** Ends it with an error, or with a reset if a part of an answer is out. */
  private void fail(ApiError error) {
    if (over || refused) {
      return;
    }
    refused = true; // a call that is given up fails once more, at once
    abort();
    if (download != null) {
      record.status = record.upstreamStatus;
      done(Outcome.ofRefusal(error.status(), error.code()));
      response.reset();
      return;
    }
    if (upload != null && upload.ended()) {
      refuse(error);
    } else {
      refusal.accept(error);
    }
  }

  /** Answers with an error; nothing more of the request will be read. */
  public void refuse(ApiError error) {
    if (over) {
      return;
    }
    record.refused(error);
    record.status = error.status();
    if (request.decoderResult().isFailure()) {
      response.headers().set("connection", "close");
    }
    error.headers().forEach(response.headers()::set);
    response.headers().set("content-type", "application/json");
    response.setStatusCode(error.status()).end(Bytes.wrap(error.toJson()));
    done(Outcome.ofRefusal(error.status(), error.code()));
  }

  private void gone() {
    if (over) {
      return;
    }
    record.status = 499;
    attempted(AttemptOutcome.CANCELLED);
    done(Outcome.CANCELLED);
    abort();
  }

  private void abort() {
    if (call != null) {
      call.reset();
    }
  }

  @Override
  public void look(long nanos) {
    guard(() -> lookAt(nanos));
  }

  @Override
  public void stop(ApiError why) {
    guard(
        () -> {
          attempted(AttemptOutcome.CANCELLED);
          fail(why);
        });
  }

  private void lookAt(long nanos) {
    if (over || refused) {
      return;
    }
    Download answer = download;
    Upload body = upload;
    if (!connecting) {
      enter(nanos);
    } else if (answer != null) {
      long silent = nanos - answer.lastNanos();
      if (answer.paused()) {
        if (silent > STUCK_NANOS) {
          gone();
          response.reset();
        }
      } else if (silent > timeouts.idle().toNanos()) {
        late("nothing more within " + timeouts.idle().toMillis() + " ms");
      }
    } else if (body != null && nanos - body.lastNanos() > timeouts.firstByte().toNanos()) {
      late("no answer within " + timeouts.firstByte().toMillis() + " ms", body.waitsForClient());
    }
  }

  private void late(String what) {
    late(what, false);
  }

  private void late(String what, boolean byClient) {
    attempted(byClient ? AttemptOutcome.CANCELLED : AttemptOutcome.TIMEOUT);
    record.failed(what);
    fail(
        byClient
            ? ApiError.requestTimeout()
            : ApiError.upstreamTimeout("Upstream " + record.upstream + ": " + what));
  }

  private void attempted(AttemptOutcome outcome) {
    if (connecting && !settled) {
      settled = true;
      meters.attempted(outcome, System.nanoTime() - callNanos);
      span.called(outcome, record.upstreamStatus);
    }
  }

  private void done(Outcome outcome) {
    over = true;
    lane.watch().remove(this);
    lane.closed();
    long ended = System.nanoTime();
    record.outcome = outcome;
    record.requestBytes = upload == null ? 0 : upload.bytes();
    record.responseBytes = download == null ? 0 : download.bytes();
    meters.ended(outcome, ended - record.begunNanos);
    lane.log(record.toJson(lane.now(), ended));
    span.end(record.requestId, record.principal, outcome, record.status, record.usage);
  }
}
