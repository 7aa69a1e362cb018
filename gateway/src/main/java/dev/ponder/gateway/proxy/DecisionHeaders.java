package dev.ponder.gateway.proxy;

import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.price.Money;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;

/** The {@code x-ponder-*} headers: what was decided, and what it cost. */
final class DecisionHeaders {

  private static final CharSequence ROUTE = HttpHeaders.createOptimized("x-ponder-route");
  private static final CharSequence MODEL = HttpHeaders.createOptimized("x-ponder-model");
  private static final CharSequence REASON = HttpHeaders.createOptimized("x-ponder-reason");
  private static final CharSequence SCORE = HttpHeaders.createOptimized("x-ponder-score");
  private static final CharSequence THRESHOLD = HttpHeaders.createOptimized("x-ponder-threshold");
  private static final CharSequence ESTIMATED_COST =
      HttpHeaders.createOptimized("x-ponder-estimated-cost-usd");
  private static final CharSequence CAPPED = HttpHeaders.createOptimized("x-ponder-capped");
  private static final CharSequence REMAINING =
      HttpHeaders.createOptimized("x-ponder-budget-remaining-usd");
  private static final CharSequence COST = HttpHeaders.createOptimized("x-ponder-cost-usd");
  private static final CharSequence BASELINE_COST =
      HttpHeaders.createOptimized("x-ponder-baseline-cost-usd");

  private DecisionHeaders() {}

  /** Puts in what is known before an answer begins. */
  static void put(MultiMap headers, ExchangeRecord record, Weighed known) {
    Decision decision = known.decision();
    Candidate candidate =
        record.answeredBy == null ? decision.candidates().get(0) : record.answeredBy;
    headers.set(ROUTE, decision.route());
    headers.set(MODEL, candidate.model().name());
    headers.set(REASON, record.reason(known).label());
    if (decision.score().isPresent()) {
      headers.set(SCORE, Decimals.of(decision.score().getAsDouble()));
    }
    if (decision.threshold().isPresent()) {
      headers.set(THRESHOLD, Decimals.of(decision.threshold().getAsDouble()));
    }
    headers.set(ESTIMATED_COST, known.estimatedCost().toUsd());
    if (record.cap >= 0) {
      headers.set(CAPPED, Long.toString(record.cap));
    }
  }

  /** Puts in what is left in the tightest budget, if there is any. */
  static void putRemaining(MultiMap headers, Optional<Money> remaining) {
    remaining.ifPresent(money -> headers.set(REMAINING, money.toUsd()));
  }

  /** Puts in what is known once the usage is. */
  static void putCost(MultiMap headers, ExchangeRecord record) {
    if (record.usage() != null) {
      headers.set(COST, record.cost().toUsd());
      headers.set(BASELINE_COST, record.baseline().toUsd());
    }
  }
}
