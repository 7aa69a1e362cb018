package dev.ponder.gateway.proxy;

import dev.ponder.budget.Entry;
import dev.ponder.gateway.telemetry.DeploymentMeters;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.telemetry.RouteMeters;
import dev.ponder.policy.Model;
import dev.ponder.price.Usage;
import java.util.Set;

/** What metrics tell of an answer's tokens once they are known: counted once for each exchange. */
final class Reckoning {

  /** Few enough hidden tokens for a plain model to have answered as well. */
  private static final int LITTLE_TOKENS = 100;

  /** How dialects say that an answer reached its limit. */
  private static final Set<String> CUT_OFF = Set.of("length", "max_tokens", "max_output_tokens");

  private final Lane lane;
  private final ExchangeRecord record;
  private final Attempt answered;
  private final Weighed weighed;

  Reckoning(Lane lane, ExchangeRecord record, Attempt answered, Weighed weighed) {
    this.lane = lane;
    this.record = record;
    this.answered = answered;
    this.weighed = weighed;
  }

  /** Counts an answer without usage: its tokens may have been counted here, or are to come. */
  static void missing(Attempt answered) {
    if (answered.parked()) {
      return;
    }
    Entry entry = answered.funds().entry();
    Entry.Source source = entry == null ? Entry.Source.NONE : entry.source();
    boolean counted = source == Entry.Source.COUNTED || source == Entry.Source.ESTIMATED;
    answered.meters().usageMissing(counted);
  }

  /** Counts an answer that would not do: what was used, and that a dearer tier is asked. */
  void countEarlier() {
    Usage usage = record.usage();
    if (usage != null) {
      countUsed(usage);
    } else {
      missing(answered);
    }
    lane.routeMeters(weighed.decision().route()).escalated();
  }

  private void countUsed(Usage usage) {
    DeploymentMeters meters = answered.meters();
    meters.used(usage, record.lastCost());
    String tier = answered.candidate().model().tierLabel();
    lane.house().series().spent(record.principal.team(), tier, record.lastCost());
    long expected = answered.funds().expectedHidden();
    if (expected > 0) {
      meters.reasoned(usage.reasoningTokens(), expected);
    }
  }

  /** Counts what was used, and what it tells of the decision. */
  void count(Usage usage, Outcome outcome) {
    countUsed(usage);
    Model model = answered.candidate().model();
    DeploymentMeters meters = answered.meters();
    RouteMeters route = lane.routeMeters(weighed.decision().route());
    route.avoided(record.cost(), record.baseline());
    if (outcome != Outcome.SUCCESS || !weighed.decision().routed()) {
      return;
    }
    long each = usage.reasoningTokens() / weighed.answers();
    if (model.reasoning()) {
      if (meters.tellsReasoning() && each < LITTLE_TOKENS) {
        route.littleReasoning();
      }
    } else if (record.finishReason != null && CUT_OFF.contains(record.finishReason)) {
      route.truncated();
    }
  }
}
