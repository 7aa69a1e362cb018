package dev.ponder.gateway.proxy;

import dev.ponder.budget.Account;
import dev.ponder.budget.Balance;
import dev.ponder.classify.Classifier;
import dev.ponder.classify.Signal;
import dev.ponder.gateway.proxy.Till.Quote;
import dev.ponder.gateway.treasury.PacedAccount;
import dev.ponder.gateway.treasury.Purse;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Policy;
import dev.ponder.policy.ShareWindows.Limit;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a request would go where it goes, and what every other tier would have cost: one JSON
 * document, the same for {@code ponder explain} and the admin address. Nothing is called, counted
 * or set aside.
 */
final class Explanation {

  private final House house;
  private final Weigher.Reading reading;
  private final Till till;
  private final ShareGuard guard;

  /** What was decided before money was looked at, and what may be done about it. */
  private final Weighed decided;

  private final Weighed held;
  private Weighed chosen;
  private @Nullable Quote refusal;
  private @Nullable Limit limit;

  private Explanation(House house, Weigher.Reading reading, Till till, ShareGuard guard) {
    this.house = house;
    this.reading = reading;
    this.till = till;
    this.guard = guard;
    this.decided = reading.weighed();
    this.limit = guard.broken(decided);
    this.held = guard.look(decided);
    this.chosen = held;
    goDown();
  }

  /** The explanation of a request that was only looked at. */
  static JsonObject of(House house, Weigher.Reading reading, Till till, ShareGuard guard) {
    return new Explanation(house, reading, till, guard).toJson();
  }

  /** As the gate does: from the step decided on to the first that there is money for. */
  private void goDown() {
    Optional<Weighed> step = Optional.of(held);
    while (step.isPresent()) {
      Quote quote = quote(step.get());
      if (quote.error() == null) {
        chosen = step.get();
        refusal = null;
        return;
      }
      chosen = step.get();
      refusal = quote;
      step = quote.downgrades() ? step.get().cheaper() : Optional.empty();
    }
  }

  private Quote quote(Weighed weighed) {
    return till.quote(weighed, reading.view(), weighed.decision().candidates().get(0));
  }

  private JsonObject toJson() {
    Decision decision = chosen.decision();
    Candidate first = decision.candidates().get(0);
    Quote quote = quote(chosen);
    JsonObject out = new JsonObject().put("object", "ponder.explanation");
    out.put("dialect", reading.view().dialect().name().toLowerCase(Locale.ROOT));
    out.put("route", decision.route());
    out.put("outcome", refusal == null ? "forward" : "refuse");
    out.put("model", first.model().name());
    out.put("deployment", first.deployment().name());
    out.put("tier", first.model().tierLabel());
    out.put("reason", decision.reason().label());
    decision.effort().ifPresent(effort -> out.put("effort", effort.wireName()));
    ApiError error = quote.error();
    if (error != null) {
      out.put(
          "error",
          new JsonObject()
              .put("status", error.status())
              .put("code", error.code())
              .put("message", error.getMessage()));
    }
    score(out);
    out.put("estimated_usage", usage(chosen));
    out.put("estimated_cost_usd", chosen.estimatedCost().toUsd());
    out.put("baseline_cost_usd", chosen.baselineCost(first.model(), chosen.estimate()).toUsd());
    out.put("tiers", new TierLines(decided, held, chosen, limit).toJson(this::quote));
    out.put("candidates", candidates(decision.candidates()));
    out.put("budgets", budgets(till.purse(chosen, first)));
    out.put("lrm_shares", shares());
    return out;
  }

  private void score(JsonObject out) {
    Score classified = decided.classified();
    if (decided.thresholds() == null) {
      return;
    }
    Classifier classifier = house.classifier();
    out.put("score", rounded(decided.question().score()));
    out.put("hinted", decided.question().hinted());
    out.put("classifier", classified.classifier());
    out.put("classifier_score", rounded(classified.value()));
    out.put("gain_probability", rounded(classifier.gainProbability(classified.value())));
    out.put("shipped_threshold", rounded(classifier.shippedThreshold()));
    decided.decision().threshold().ifPresent(t -> out.put("threshold", rounded(t)));
    JsonArray signals = new JsonArray();
    for (Signal signal : decided.signals()) {
      signals.add(
          new JsonObject().put("name", signal.name()).put("weight", rounded(signal.weight())));
    }
    out.put("signals", signals);
  }

  static JsonObject usage(Weighed weighed) {
    return new JsonObject()
        .put("input_tokens", weighed.estimate().inputTokens())
        .put("output_tokens", weighed.estimate().outputTokens())
        .put("reasoning_tokens", weighed.estimate().reasoningTokens());
  }

  private static JsonArray candidates(List<Candidate> candidates) {
    JsonArray all = new JsonArray();
    for (Candidate one : candidates) {
      all.add(
          new JsonObject()
              .put("model", one.model().name())
              .put("deployment", one.deployment().name()));
    }
    return all;
  }

  private JsonArray budgets(Purse purse) {
    Instant now = house.treasury().now();
    JsonArray all = new JsonArray();
    for (Account account : purse.accounts()) {
      Balance balance = house.treasury().books().balance(account, now);
      Policy policy = purse.policyOf(account);
      double price =
          house
              .treasury()
              .pacedAt(account.key())
              .map((PacedAccount p) -> p.shadowPrice(now))
              .orElse(0.0);
      all.add(
          new JsonObject()
              .put("name", policy.name())
              .put("window", balance.period().id())
              .put("limit_usd", balance.budget().limit().toUsd())
              .put("posted_usd", balance.posted().toUsd())
              .put("pending_usd", balance.pending().toUsd())
              .put("remaining_usd", balance.available().toUsd())
              .put("at_exhaustion", word(policy.atExhaustion()))
              .put("pacing", word(policy.pacing()))
              .put("shadow_price", rounded(price)));
    }
    return all;
  }

  private JsonArray shares() {
    JsonArray all = new JsonArray();
    for (Limit one : guard.limits(decided)) {
      all.add(
          new JsonObject()
              .put("policy", one.owner().policy())
              .put("lrm_requests_max", one.requests())
              .put("held", one.equals(limit)));
    }
    return all;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Three decimals, as everywhere. */
  static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000d;
  }
}
