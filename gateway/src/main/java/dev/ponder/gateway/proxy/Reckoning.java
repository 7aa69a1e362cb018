package dev.ponder.gateway.proxy;

import dev.ponder.budget.Entry;
import dev.ponder.gateway.telemetry.DeploymentMeters;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.telemetry.RouteMeters;
import dev.ponder.policy.Escalation.Fault;
import dev.ponder.policy.Model;
import dev.ponder.price.Usage;

/** What metrics tell of an answer's tokens once they are known: counted once for each exchange. */
final class Reckoning {

  /** Few enough hidden tokens for a plain model to have answered as well. */
  private static final int LITTLE_TOKENS = 100;

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

  /** Counts an answer that would not do: what was used, and that somebody is asked again. */
  void countEarlier(Fault why) {
    Usage usage = record.usage();
    if (usage != null) {
      countUsed(usage);
    } else {
      missing(answered);
    }
    RouteMeters route = lane.routeMeters(weighed.decision().route());
    if (why == Fault.LRM_EMPTY) {
      route.lrmEmpty();
    } else {
      route.escalated();
    }
  }

  /** Counts an answer that is all thought and no word. */
  void countEmpty() {
    if (record.lrmEmpty) {
      lane.routeMeters(weighed.decision().route()).lrmEmpty();
    }
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
      if (!record.lrmEmpty && meters.tellsReasoning() && each < LITTLE_TOKENS) {
        route.littleReasoning();
      }
    } else if (ExchangeRecord.isCutOff(record.finishReason)) {
      route.truncated();
    }
  }
}
