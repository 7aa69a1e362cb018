package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.translate.ErrorEnvelopes;
import dev.ponder.gateway.upstream.Bytes;
import dev.ponder.gateway.wire.AnswerFacts;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.BodyDecoder;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.UsageReader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Relays a plain answer: holds it until it is whole, because its cost goes into a header. One that
 * is larger than the limit goes through unread.
 */
final class PlainRelay implements Relay {

  private final Lane lane;
  private final Exchange exchange;
  private final Calls calls;
  private final Attempt attempt;
  private final Answer answer;
  private final HttpClientResponse head;
  private final @Nullable Translation translation;
  private final long heldMax;
  private @Nullable Buffer held;
  private boolean owned;
  private boolean through;
  private long throughBytes;

  PlainRelay(
      Lane lane,
      Exchange exchange,
      Calls calls,
      Attempt attempt,
      Answer answer,
      HttpClientResponse head) {
    this.lane = lane;
    this.exchange = exchange;
    this.calls = calls;
    this.attempt = attempt;
    this.answer = answer;
    this.head = head;
    this.translation = attempt.translation();
    this.heldMax = lane.house().configuration().limits().responseBytes();
  }

  @Override
  public void chunk(Buffer bytes) {
    attempt.touch();
    exchange.firstByte();
    if (through) {
      throughBytes += bytes.length();
      write(bytes);
      return;
    }
    if (held == null) {
      held = bytes; // nearly always all of it
    } else {
      if (!owned) {
        owned = true;
        held = Buffer.buffer(held.length() + bytes.length()).appendBuffer(held);
      }
      held.appendBuffer(bytes);
    }
    if (held.length() > heldMax) {
      goThrough(held);
    }
  }

  @Override
  public void end() {
    if (through) {
      attempt.saw(throughBytes);
      attempt.finish(AttemptOutcome.ofStatus(head.statusCode()));
      answer.end();
      exchange.done(Outcome.ofUpstreamStatus(head.statusCode()));
      return;
    }
    byte[] body = held == null ? new byte[0] : Bytes.of(held);
    held = null;
    int status = head.statusCode();
    if (status >= 300 && status < 400) {
      fail("answered " + status + " (expected: an answer, not a redirect)", true);
    } else if (status >= 400) {
      attempt.finish(AttemptOutcome.ofStatus(status));
      send(status, body, Outcome.ofUpstreamStatus(status));
    } else if (head.headers().contains("content-encoding")) {
      unpack(body);
    } else {
      read(body);
    }
  }

  /** Undoes a coding that nobody asked for and that the connection did not undo. */
  private void unpack(byte[] body) {
    String coding = head.getHeader("content-encoding");
    lane.vertx()
        .executeBlocking(() -> BodyDecoder.decode(coding, body, body.length, heldMax), false)
        .onComplete(
            plain ->
                exchange.guard(
                    () -> {
                      head.headers().remove("content-encoding");
                      read(plain);
                    }),
            broken -> exchange.guard(() -> fail("answered in a coding that fails", false)));
  }

  private void read(byte[] body) {
    if (body.length <= Weighing.INLINE_MAX) {
      good(body, UsageReader.facts(attempt.dialect(), body, 0, body.length));
    } else {
      lane.vertx()
          .executeBlocking(() -> UsageReader.facts(attempt.dialect(), body, 0, body.length), false)
          .onComplete(
              facts -> exchange.guard(() -> good(body, facts)),
              failure -> exchange.guard(() -> fail("answered with what cannot be read", false)));
    }
  }

  private void good(byte[] body, AnswerFacts facts) {
    if (exchange.over()) {
      return;
    }
    if (!facts.json()) { // cut off by a wrong content-length, or a page of some proxy
      String what = "answered with a body that is not JSON (content-type: " + type() + ")";
      fail(what, saysNothing(body));
      return;
    }
    if (!facts.error() || facts.visibleBytes() > 0) {
      attempt.saw(facts.visibleBytes());
    }
    if (facts.odd()) {
      attempt.meters().usageOdd();
    }
    attempt.told(body, 0, body.length);
    Billed billed = Billed.of(facts, attempt.candidate());
    if (billed != null) {
      attempt.said();
      exchange.used(billed);
    }
    if (facts.finishReason() != null) {
      exchange.finishedBecause(facts.finishReason());
    }
    if (!facts.error()) {
      exchange.record().whole(facts.says());
    }
    if (facts.error() && facts.hollow() && exchange.dialect().passesErrorsOn()) {
      refused(body, facts.errorCode());
      return;
    }
    if (attempt.dialect() == Dialect.RESPONSES) {
      ResponseStore store = lane.house().responses();
      store.keep(exchange.record(), facts.id(), facts.thoughts());
      if (facts.pending() && facts.id() != null) {
        attempt.park(store.park(facts.id(), attempt.funds()));
      }
    }
    attempt.finish(facts.error() ? AttemptOutcome.BAD_RESPONSE : AttemptOutcome.OK);
    if (answer.begun() && !facts.error()) {
      // A stream was begun to keep the client waiting, and it cannot be taken back.
      answer.fail(ApiError.upstreamFailed("The upstream did not stream its answer."), false);
      exchange.done(Outcome.UPSTREAM_ERROR);
      return;
    }
    Translation into = translation;
    if (facts.error()) {
      send(head.statusCode(), body, Outcome.UPSTREAM_ERROR);
    } else if (into == null) {
      tell(body);
    } else {
      translate(into, body);
    }
  }

  private void translate(Translation into, byte[] body) {
    if (body.length > Weighing.INLINE_MAX) {
      lane.vertx()
          .executeBlocking(() -> into.answer(body), false)
          .onComplete(
              told -> exchange.guard(() -> tell(told)), odd -> exchange.guard(() -> untold(odd)));
      return;
    }
    byte[] told;
    try {
      told = into.answer(body);
    } catch (ApiError odd) {
      untold(odd);
      return;
    }
    tell(told);
  }

  private void untold(Throwable odd) {
    if (!calls.giveKept()) {
      exchange.refuse(odd);
    }
  }

  /** Gives the answer, unless somebody dearer is to do better. */
  private void tell(byte[] told) {
    if (!exchange.over() && !calls.escalate(head, told)) {
      write(head.statusCode(), told, Outcome.SUCCESS);
    }
  }

  /** An error under a good status: what it would be under its own. */
  private void refused(byte[] body, int code) {
    int status = code >= 400 && code < 600 ? code : 502;
    attempt.finish(AttemptOutcome.BAD_RESPONSE);
    Rejection kept = Rejection.of(status, head.headers(), attempt, Bytes.wrap(body));
    if (calls.goElsewhere(attempt, code, kept) || calls.giveKept()) {
      return;
    }
    send(status, body, Outcome.ofUpstreamStatus(status));
  }

  @Override
  public boolean begun() {
    return through;
  }

  @Override
  public boolean atBoundary() {
    return !through;
  }

  @Override
  public boolean broke(ApiError error) {
    if (through) {
      answer.reset();
    }
    return through;
  }

  /** Sends what says that something went wrong. */
  private void send(int status, byte[] body, Outcome outcome) {
    if (translation == null) {
      write(status, body, outcome);
      return;
    }
    ErrorEnvelopes.Translated told = translation.error(status, body);
    write(told.status(), told.json().getBytes(StandardCharsets.UTF_8), outcome);
  }

  private void write(int status, byte[] body, Outcome outcome) {
    if (exchange.over()) {
      return;
    }
    if (answer.begun()) {
      failStream(exchange, answer, status, body);
      exchange.done(outcome);
      return;
    }
    exchange.putHeaders(head.headers());
    DecisionHeaders.putCost(answer.headers(), exchange.record());
    if (status < 300 || translation != null) {
      answer.headers().set("content-type", jsonType());
    }
    answer.end(status, Bytes.wrap(body), outcome == Outcome.SUCCESS);
    exchange.done(outcome);
  }

  /** Ends a stream that has begun with a refusal, in its own words where that is possible. */
  static void failStream(Exchange exchange, Answer answer, int status, byte[] body) {
    if (isJson(body) && exchange.dialect().passesErrorsOn()) {
      answer.failStream(oneLine(body));
    } else {
      answer.fail(ApiError.upstreamFailed("The upstream answered " + status + "."), false);
    }
  }

  /** The answer is none; a {@code whole} one, such as a page, has nothing in it that is billed. */
  private void fail(String what, boolean whole) {
    if (whole) {
      attempt.finish(AttemptOutcome.BAD_RESPONSE);
    } else {
      attempt.cancel(AttemptOutcome.BAD_RESPONSE);
    }
    String message = "Upstream " + attempt.candidate().deployment().upstream().name() + ": " + what;
    calls.failed(attempt, AttemptOutcome.BAD_RESPONSE, ApiError.upstreamFailed(message), message);
  }

  private void goThrough(Buffer soFar) {
    if (answer.begun()) {
      fail("did not stream its answer", false);
      return;
    }
    if (translation != null) {
      fail("answered with more than can be translated (expected: limits.response)", false);
      return;
    }
    through = true;
    throughBytes = soFar.length();
    exchange.putHeaders(head.headers());
    String length = head.getHeader("content-length");
    if (length != null) {
      answer.headers().set("content-length", length);
    }
    answer.begin(head.statusCode());
    write(soFar);
    held = null;
  }

  private void write(Buffer bytes) {
    if (answer.over()) {
      return;
    }
    answer.write(bytes);
    if (answer.full()) {
      attempt.pause();
      answer.onDrain(attempt::resume);
    }
  }

  private String type() {
    String type = head.getHeader("content-type");
    return type == null ? "none" : type;
  }

  /**
   * Whether it can be seen that there is no answer in a body, such as a page. An answer that is cut
   * off, in a coding that we cannot undo, or missing where only the end of the connection ends it,
   * may be there and may be billed.
   */
  private boolean saysNothing(byte[] body) {
    if (body.length == 0) { // what was compressed has no length any more
      return head.statusCode() == 204 || "0".equals(head.getHeader("content-length"));
    }
    return !isJson(body) && !head.headers().contains("content-encoding");
  }

  /** What the upstream said, unless it said that JSON is something else. */
  private String jsonType() {
    String type = type();
    return type.contains("json") ? type : "application/json";
  }

  private static boolean isJson(byte[] body) {
    int at = 0;
    while (at < body.length && isSpace(body[at])) {
      at++;
    }
    return at < body.length && body[at] == '{';
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /** The same JSON on one line: a line break in JSON is white space, never part of a string. */
  private static byte[] oneLine(byte[] json) {
    byte[] line = json.clone();
    for (int i = 0; i < line.length; i++) {
      if (line[i] == '\n' || line[i] == '\r') {
        line[i] = ' ';
      }
    }
    return line;
  }
}
