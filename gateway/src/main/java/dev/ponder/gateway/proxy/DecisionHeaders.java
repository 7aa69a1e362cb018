package dev.ponder.gateway.proxy;

import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.price.Money;
import io.vertx.core.MultiMap;
import java.util.Optional;

/** The {@code x-ponder-*} headers: what was decided, and what it cost. */
final class DecisionHeaders {

  private DecisionHeaders() {}

  /** Puts in what is known before an answer begins. */
  static void put(MultiMap headers, ExchangeRecord record, Weighed known) {
    Decision decision = known.decision();
    Candidate candidate =
        record.answeredBy == null ? decision.candidates().get(0) : record.answeredBy;
    headers.set("x-ponder-route", decision.route());
    headers.set("x-ponder-model", candidate.model().name());
    headers.set("x-ponder-reason", record.reason(known).label());
    if (decision.score().isPresent()) {
      headers.set("x-ponder-score", Decimals.of(decision.score().getAsDouble()));
    }
    if (decision.threshold().isPresent()) {
      headers.set("x-ponder-threshold", Decimals.of(decision.threshold().getAsDouble()));
    }
    headers.set("x-ponder-estimated-cost-usd", known.estimatedCost().toUsd());
    if (record.cap >= 0) {
      headers.set("x-ponder-capped", Long.toString(record.cap));
    }
  }

  /** Puts in what is left in the tightest budget, if there is any. */
  static void putRemaining(MultiMap headers, Optional<Money> remaining) {
    remaining.ifPresent(money -> headers.set("x-ponder-budget-remaining-usd", money.toUsd()));
  }

  /** Puts in what is known once the usage is. */
  static void putCost(MultiMap headers, ExchangeRecord record) {
    if (record.usage() != null) {
      headers.set("x-ponder-cost-usd", record.cost().toUsd());
      headers.set("x-ponder-baseline-cost-usd", record.baseline().toUsd());
    }
  }
}
