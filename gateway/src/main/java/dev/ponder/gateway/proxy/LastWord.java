package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.translate.ErrorEnvelopes;
import dev.ponder.gateway.wire.ApiError;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * What the caller is told if nobody answers: the last refusal of an upstream, with its status and
 * body, or else how the last call failed.
 */
final class LastWord {

  private AttemptOutcome outcome = AttemptOutcome.CANCELLED;
  private @Nullable ApiError error;
  private @Nullable Rejection rejection;
  private @Nullable Rejection kept;
  private @Nullable Weighed keptAs;

  /** A call failed, or was refused. */
  void failed(AttemptOutcome how, @Nullable ApiError what) {
    outcome = how;
    error = what == null ? error : what;
  }

  /** There was no place for a call; that is the last word only if nothing worse happened. */
  void noPlace(String upstream) {
    if (error == null) {
      error = ApiError.overloaded("Upstream " + upstream + ": too many calls are waiting");
    }
  }

  /** An answer was an error under a good status. */
  void misanswered() {
    String what = "The upstream answered with an error.";
    failed(AttemptOutcome.BAD_RESPONSE, ApiError.upstreamFailed(what));
  }

  /** An upstream answered with an error. */
  void refused(Rejection by) {
    rejection = by;
  }

  /** A cheap answer that somebody dearer may do better than; it outranks every error. */
  void keep(Rejection answer, Weighed as) {
    kept = answer;
    keptAs = as;
  }

  /** Whether an answer is kept. */
  boolean keeps() {
    return kept != null;
  }

  /** How the last call ended. */
  AttemptOutcome outcome() {
    return outcome;
  }

  /** Does not wait for ever for a refusal's last byte. */
  void look(long nowNanos) {
    if (rejection != null) {
      rejection.look(nowNanos);
    }
  }

  /** Tells it, as soon as all of it is there. */
  void tell(Exchange exchange, Answer answer) {
    Rejection cheap = kept;
    if (cheap != null && keptAs != null && !exchange.over()) {
      ExchangeRecord record = exchange.record();
      exchange.goesTo(keptAs);
      record.answeredBy = cheap.candidate();
      record.upstreamStatus = cheap.status();
      record.keptFirst();
      exchange.putHeaders(cheap.headers());
      DecisionHeaders.putCost(answer.headers(), record);
      answer.end(cheap.status(), cheap.body());
      exchange.done(Outcome.SUCCESS);
      return;
    }
    Rejection refused = rejection;
    if (refused != null) {
      refused.onOver(() -> exchange.guard(() -> tell(exchange, answer, refused)));
      return;
    }
    ApiError told = error;
    exchange.failed(
        outcome, told == null ? ApiError.upstreamFailed("Every upstream failed.") : told);
  }

  private static void tell(Exchange exchange, Answer answer, Rejection refused) {
    if (exchange.over()) {
      return;
    }
    ExchangeRecord record = exchange.record();
    record.answeredBy = refused.candidate();
    record.upstreamStatus = refused.status();
    ErrorEnvelopes.Translated told = refused.usable() ? refused.translated() : null;
    int status = told == null ? refused.status() : told.status();
    Buffer body = told == null ? refused.body() : Buffer.buffer(told.json());
    if (refused.usable() && answer.begun()) {
      PlainRelay.failStream(exchange, answer, status, body.getBytes());
      exchange.done(Outcome.ofUpstreamStatus(refused.status()));
      return;
    }
    if (!refused.usable()) {
      ApiError error = ApiError.upstreamFailed("Every upstream failed.");
      exchange.failed(AttemptOutcome.HTTP_5XX, error);
      return;
    }
    exchange.putHeaders(refused.headers());
    answer.end(status, body);
    exchange.done(Outcome.ofUpstreamStatus(refused.status()));
  }

  /** How an exchange ended whose last call ended so. */
  static Outcome outcomeOf(AttemptOutcome outcome, ApiError error) {
    return outcome == AttemptOutcome.TIMEOUT
        ? Outcome.TIMEOUT
        : Outcome.ofRefusal(error.status(), error.code());
  }
}
