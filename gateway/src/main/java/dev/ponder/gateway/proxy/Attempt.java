package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.DeploymentMeters;
import dev.ponder.gateway.telemetry.ExceptionText;
import dev.ponder.gateway.upstream.Permit;
import dev.ponder.gateway.upstream.Permit.Verdict;
import dev.ponder.gateway.upstream.TravellingHeaders;
import dev.ponder.gateway.upstream.UpstreamClient;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Timeouts;
import dev.ponder.price.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One call of one deployment, from asking for a connection to the last byte of its answer.
 *
 * <p>It ends exactly once: by {@link #finish}, when its answer is complete, or by a failure, which
 * is told to the listener. Whoever gives it up calls {@link #cancel}; the connection is then closed
 * at once, because the provider bills for as long as it writes.
 */
final class Attempt {

  /** Few answers have more bytes of JSON for each of their tokens, all in all. */
  private static final int ORDINARY_BYTES_PER_TOKEN = 6;

  /** Who made the call. */
  interface Listener {

    /** The answer's head is there; its body is paused. */
    void answered(Attempt call, HttpClientResponse response);

    /**
     * The call failed before or after the head; nothing more will come.
     *
     * @param outcome how, for the metrics
     * @param error what a caller is told if nobody else answers
     * @param detail what only the log is told: it may name addresses
     */
    void failed(Attempt call, AttemptOutcome outcome, ApiError error, String detail);

    /** The call is over, and took so many nanoseconds. */
    void over(long tookNanos);
  }

  private final Candidate candidate;
  private final Dialect dialect;
  private final @Nullable Translation translation;
  private final Funds funds;
  private final UpstreamClient client;
  private final DeploymentMeters meters;
  private final Permit permit;
  private final Listener listener;
  private final long begunNanos = System.nanoTime();

  private @Nullable CallTrace trace;
  private @Nullable HttpClientRequest request;
  private @Nullable HttpClientResponse response;
  private long lastReadNanos = begunNanos;
  private boolean bodyBegun;
  private boolean paused;
  private boolean over;
  private boolean ended;

  // What the bill is reckoned by
  private @Nullable Billed billed;
  private boolean answered;
  private boolean whole;
  private boolean said;
  private boolean parked;
  private long visibleBytes;

  /**
   * A call that is still to be sent.
   *
   * @param dialect in which the upstream is asked, and answers
   * @param translation into it and back; null if the client speaks it
   */
  Attempt(
      Candidate candidate,
      Funds funds,
      Dialect dialect,
      @Nullable Translation translation,
      Lane.Place place,
      Permit permit,
      Listener listener) {
    this.candidate = candidate;
    this.dialect = dialect;
    this.translation = translation;
    this.funds = funds;
    this.client = place.client();
    this.meters = place.meters();
    this.permit = permit;
    this.listener = listener;
  }

  Candidate candidate() {
    return candidate;
  }

  /** In which the upstream is asked, and answers. */
  Dialect dialect() {
    return dialect;
  }

  /** What the request and the answer go through; null if both sides speak the same dialect. */
  @Nullable Translation translation() {
    return translation;
  }

  /** The money of the call. */
  Funds funds() {
    return funds;
  }

  /** Makes the call a part of a trace. */
  void traced(CallTrace call) {
    trace = call;
  }

  /** These bytes are an answer, or an event of one. */
  void told(byte[] bytes, int from, int to) {
    if (trace != null) {
      trace.answered(bytes, from, to);
    }
  }

  /** The first delta of its stream came, so many nanoseconds after it began. */
  void firstDelta(long nanos) {
    if (trace != null) {
      trace.firstDelta(nanos);
    }
  }

  /** What lets the call through to its deployment. */
  Permit permit() {
    return permit;
  }

  /** The upstream reported what it will bill; of several reports the last one holds. */
  void used(Billed reported) {
    billed = reported;
  }

  /** The model has said all that it will: what follows is its usage at most. */
  void said() {
    said = true;
  }

  /** The upstream ends its answer as an error; what that says of the usage, if so, is final. */
  void failedAt(@Nullable Usage reported) {
    said |= reported != null;
  }

  /** So many bytes of an answer, or of a thought, were seen. */
  void saw(long bytes) {
    if (!answered) {
      permit.answers();
    }
    answered = true;
    visibleBytes += bytes;
  }

  long begunNanos() {
    return begunNanos;
  }

  /** When its last bytes came. */
  long lastReadNanos() {
    return lastReadNanos;
  }

  DeploymentMeters meters() {
    return meters;
  }

  /** The request cannot be made of this upstream. */
  void refuse(ApiError error) {
    fail(AttemptOutcome.CANCELLED, error, "not sent: it cannot be translated");
  }

  /** Sends the request: the client's headers that travel, ours, and the body. */
  void send(MultiMap clientHeaders, ExchangeRecord record, Outgoing body) {
    if (over) {
      return; // given up while its body was written
    }
    String query = translation == null ? record.query : null;
    client
        .call(dialect, candidate.deployment().modelId(), "", query)
        .onComplete(
            opened -> write(opened, clientHeaders, record.requestId, body), this::notConnected);
  }

  private void write(
      HttpClientRequest opened, MultiMap clientHeaders, String requestId, Outgoing body) {
    if (over) {
      opened.reset();
      return;
    }
    request = opened;
    if (!funds.dispatch()) {
      ApiError error = ApiError.ledgerUnavailable();
      fail(AttemptOutcome.CANCELLED, error, "not sent: the ledger cannot be written");
      return;
    }
    MultiMap headers = opened.headers();
    TravellingHeaders.toUpstream(clientHeaders, headers);
    if (trace != null) {
      trace.putHeaders(headers);
    }
    headers.set(HttpHeaders.CONTENT_TYPE, "application/json");
    headers.set(TravellingHeaders.REQUEST_ID, requestId);
    client.sign(headers);
    opened.exceptionHandler(this::broke);
    opened.response().onComplete(this::head, this::broke);
    body.writeTo(opened);
  }

  private void head(HttpClientResponse head) {
    if (over) {
      return;
    }
    head.pause();
    response = head;
    lastReadNanos = System.nanoTime();
    head.exceptionHandler(this::broke);
    listener.answered(this, head);
  }

  /** Bytes of the body came. */
  void touch() {
    bodyBegun = true;
    lastReadNanos = System.nanoTime();
  }

  /** Stops reading while the client is slower than the upstream. */
  void pause() {
    if (response != null && !paused) {
      paused = true;
      response.pause();
    }
  }

  void resume() {
    if (response != null && paused) {
      paused = false;
      lastReadNanos = System.nanoTime();
      response.resume();
    }
  }

  /** The last byte of the body came. */
  void ended() {
    ended = true;
  }

  /**
   * The upstream has ended its answer by itself. One that ends as an error after a part of it came
   * is no whole one: nobody knows what the rest was, or was to be.
   */
  void finish(AttemptOutcome outcome) {
    whole = !answered || outcome != AttemptOutcome.BAD_RESPONSE;
    close(outcome);
  }

  /** The answer came to an end that is not its proper one. */
  void tear(AttemptOutcome outcome) {
    close(outcome);
  }

  boolean isEnded() {
    return ended;
  }

  /** Closes the connection of a finished call whose body does not come to its end. */
  void abandon() {
    if (!ended && request != null) {
      request.reset();
    }
  }

  /** Gives the call up: nobody needs its answer. */
  void cancel(AttemptOutcome outcome) {
    if (close(outcome) && request != null) {
      request.reset();
    }
  }

  /** Looks whether a time-out is due; {@code nanos} is the present. */
  void look(long nanos) {
    Timeouts timeouts = candidate.deployment().upstream().timeouts();
    if (!bodyBegun) { // also after a head: an LRM may send one at once and then think for minutes
      if (!paused && nanos - begunNanos > timeouts.firstByte().toNanos()) {
        giveUp("no answer within " + timeouts.firstByte().toMillis() + " ms");
      }
    } else if (!paused && nanos - lastReadNanos > timeouts.idle().toNanos()) {
      giveUp("nothing more within " + timeouts.idle().toMillis() + " ms");
    }
  }

  private void giveUp(String what) {
    fail(AttemptOutcome.TIMEOUT, ApiError.upstreamTimeout(place() + what), what);
  }

  private void notConnected(Throwable failure) {
    String detail = "cannot connect: " + ExceptionText.of(failure);
    if (failure instanceof ConnectionPoolTooBusyException) {
      ApiError error = ApiError.overloaded(place() + "too many calls are waiting");
      fail(AttemptOutcome.CANCELLED, error, detail);
      return;
    }
    ApiError error = ApiError.upstreamFailed(place() + "cannot connect");
    fail(AttemptOutcome.CONNECT_ERROR, error, detail);
  }

  private void broke(Throwable failure) {
    AttemptOutcome outcome =
        failure instanceof HttpClosedException || failure instanceof IOException
            ? AttemptOutcome.RESET
            : AttemptOutcome.BAD_RESPONSE;
    ApiError error = ApiError.upstreamFailed(place() + "broke off its answer");
    fail(outcome, error, "broke off: " + ExceptionText.of(failure));
  }

  private void fail(AttemptOutcome outcome, ApiError error, String detail) {
    if (over) {
      return;
    }
    cancel(outcome);
    listener.failed(this, outcome, error, place() + detail);
  }

  private String place() {
    return "Upstream " + candidate.deployment().upstream().name() + ": ";
  }

  /** Whether what was seen has surely more than so many tokens. */
  boolean surelyLonger(long tokens) {
    return visibleBytes / ORDINARY_BYTES_PER_TOKEN > tokens;
  }

  /** Whether the answer is still being made, so that who asks for it later on settles the call. */
  void park(boolean kept) {
    parked = kept;
  }

  boolean parked() {
    return parked;
  }

  /** Settles the call by what is known of it; once. */
  void settle() {
    if (parked) {
      return;
    }
    int status = response == null ? 0 : response.statusCode();
    Billed known = whole || said ? billed : null; // in the middle of an answer it may still grow
    if (known != null) {
      meters.told(known.told(), known.believed());
    }
    funds.settle(Ending.of(funds.dispatched(), status, known, whole, answered, visibleBytes));
  }

  private boolean close(AttemptOutcome outcome) {
    if (over) {
      return false;
    }
    over = true;
    settle();
    long tookNanos = System.nanoTime() - begunNanos;
    meters.attempted(outcome, tookNanos);
    if (trace != null) {
      int status = response == null ? 0 : response.statusCode();
      trace.ended(outcome, status, billed, tookNanos);
    }
    permit.end(verdict(outcome), begunNanos + tookNanos);
    listener.over(tookNanos);
    return true;
  }

  /** What the end says of the deployment: that a request was wrong says nothing against it. */
  private Verdict verdict(AttemptOutcome outcome) {
    return switch (outcome) {
      case OK -> Verdict.GOOD;
      case HTTP_4XX ->
          response != null && response.statusCode() == 408 ? Verdict.BAD : Verdict.GOOD;
      case CANCELLED -> Verdict.NONE;
      default -> Verdict.BAD;
    };
  }
}
