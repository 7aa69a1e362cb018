package dev.ponder.gateway.proxy;

import dev.ponder.budget.Entry;
import dev.ponder.classify.Signal;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.telemetry.TraceSpan;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.Json;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Escalation.Fault;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Reason;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became known of one exchange, in the order in which it becomes known. Everybody who tells of
 * an exchange (headers, metrics, decision log) reads this one object.
 */
final class ExchangeRecord {

  /** How dialects say that an answer reached its limit. */
  private static final Set<String> CUT_OFF = Set.of("length", "max_tokens", "max_output_tokens");

  final String requestId;
  final Dialect dialect;
  final Principal principal;
  final long begunNanos;

  /** The query of its URL, which goes on to upstreams and is told to nobody else. */
  @Nullable String query;

  /** When the body was complete; 0 before. */
  long readNanos;

  @Nullable Weighed weighed;

  /** Whether it was answered out of the cache. */
  boolean cached;

  /** Its conversation; null if it has none that is kept. */
  @Nullable Staying staying;

  @Nullable Candidate answeredBy;
  int attempts;

  /** Of these attempts, those that a deployment was asked again by. */
  int retries;

  /** The limit that the gateway put on the last call's output, in tokens; -1: none. */
  long cap = -1;

  /** The money of the last call; null before. */
  @Nullable Funds funds;

  int upstreamStatus;
  int status;
  long firstByteNanos;

  /** How long it waited for money, for a place at an upstream, and before retries. */
  long waitedNanos;

  /** What all attempts took together. */
  long upstreamNanos;

  @Nullable String finishReason;

  /** Whether the last answer, of a reasoning model, has used up its limit and says nothing. */
  boolean lrmEmpty;

  /** Only while spans are exported, as is what the answer says its model is. */
  @Nullable TraceSpan span;

  @Nullable String responseModel;

  /** The trace it belongs to; empty if there is none. */
  String traceId = "";

  Outcome outcome = Outcome.INTERNAL_ERROR;

  /** The cheap answer that would not do; null if the first answer did. */
  private @Nullable Earlier earlier;

  private boolean firstGiven;

  private @Nullable Billed billed;
  private Money cost = Money.ZERO;
  private Money baseline = Money.ZERO;
  private @Nullable String error;

  /** An answer that was billed and not given, unless nothing better came. */
  private record Earlier(
      String model,
      Fault why,
      @Nullable Billed billed,
      Money cost,
      Money baseline,
      @Nullable String finishReason) {}

  ExchangeRecord(String requestId, Dialect dialect, Principal principal, long begunNanos) {
    this.requestId = requestId;
    this.dialect = dialect;
    this.principal = principal;
    this.begunNanos = begunNanos;
  }

  /** Usage was reported; of several reports the last one holds. */
  void used(Billed reported, Weighed known, Candidate by) {
    billed = reported;
    cost = reported.cost();
    baseline = known.baselineCost(by.model(), reported.usage(), cost);
  }

  /**
   * The answer is whole.
   *
   * @param says whether a part of it is for the caller
   */
  void whole(boolean says) {
    lrmEmpty =
        !says && answeredBy != null && answeredBy.model().reasoning() && isCutOff(finishReason);
  }

  /** Whether an answer that ends so has reached its limit, in whatever dialect. */
  static boolean isCutOff(@Nullable String finishReason) {
    return finishReason != null && CUT_OFF.contains(finishReason);
  }

  @Nullable Usage usage() {
    return billed == null ? null : billed.usage();
  }

  /** The answer would not do, and a dearer tier is asked. */
  void escalated(Fault why) {
    Candidate by = answeredBy;
    if (by != null) {
      earlier = new Earlier(by.model().name(), why, billed, cost, baseline, finishReason);
    }
    lrmEmpty = false;
    finishReason = null;
    billed = null;
    cost = Money.ZERO;
    baseline = Money.ZERO;
  }

  /** Nothing better came: the first answer is given. */
  void keptFirst() {
    Earlier first = earlier;
    if (first != null) {
      firstGiven = true;
      lrmEmpty = first.why() == Fault.LRM_EMPTY;
      finishReason = first.finishReason();
      billed = first.billed();
      baseline = first.baseline();
    }
  }

  /** Whether the answer given would not do, and nothing better came. */
  boolean gaveFirst() {
    return firstGiven;
  }

  /** Whether the answer given is a dearer tier's, because a cheap one's would not do. */
  boolean gaveDearer() {
    return earlier != null && !firstGiven;
  }

  /** The tokens of all answers; null while none are known. */
  @Nullable Usage allUsage() {
    Billed before = earlier == null ? null : earlier.billed();
    Usage first = before == null ? null : before.usage();
    Usage last = usage();
    return first == null || last == null || firstGiven
        ? (last == null ? first : last)
        : Usage.of(
            first.inputTokens() + last.inputTokens(), first.outputTokens() + last.outputTokens());
  }

  /** What the last answer cost; zero while its usage is not known. */
  Money lastCost() {
    return cost;
  }

  /** What all answers cost; zero while no usage is known. */
  Money cost() {
    return earlier == null ? cost : earlier.cost().plus(cost);
  }

  /** What always asking the dearest tier would have cost; zero while the usage is not known. */
  Money baseline() {
    return baseline;
  }

  /** Notes a refusal by its code and place: its message may quote the caller. */
  void refused(ApiError refusal) {
    String place = RefusedPlace.of(refusal.param());
    error = place.isEmpty() ? String.valueOf(refusal.code()) : refusal.code() + " " + place;
  }

  /** Notes what went wrong here or at an upstream. */
  void failed(@Nullable String what) {
    error = what;
  }

  /** Why the model that answered was chosen. */
  Reason reason(Weighed known) {
    if (cached && answeredBy != null) {
      return Reason.ESCALATED; // when it was made
    }
    return answeredBy != null && answeredBy.fallback()
        ? Reason.FALLBACK
        : known.decision().reason();
  }

  /**
   * What the gateway itself took, from the body's last byte on: everything but the upstreams and
   * the waits.
   */
  long overheadNanos(long endedNanos) {
    return readNanos == 0 ? 0 : Math.max(0, endedNanos - readNanos - upstreamNanos - waitedNanos);
  }

  /** Appends a line of JSON for the decision log. No word of the prompt or the answer. */
  void appendTo(StringBuilder out, String now, long endedNanos) {
    out.append("{\"time\":\"").append(now).append('"');
    text(out, "request_id", requestId);
    if (!traceId.isEmpty()) {
      text(out, "trace_id", traceId);
    }
    text(out, "operation", dialect.operation());
    text(out, "key", principal.key());
    text(out, "team", principal.team());
    if (weighed != null) {
      decision(out, weighed);
    }
    out.append(",\"outcome\":\"").append(outcome.label()).append("\",\"status\":").append(status);
    if (upstreamStatus != 0) {
      out.append(",\"upstream_status\":").append(upstreamStatus);
    }
    out.append(",\"attempts\":").append(attempts);
    if (retries > 0) {
      out.append(",\"retries\":").append(retries);
    }
    if (funds != null) {
      funds(out, funds);
    }
    if (billed != null) {
      usage(out, billed.usage());
      told(out, billed);
    }
    if (cached) {
      text(out, "cache", "hit");
    }
    if (earlier != null) {
      text(out, "escalated_from", earlier.model());
      text(out, "escalated_because", earlier.why().name().toLowerCase(Locale.ROOT));
      money(out, "escalated_cost_usd", earlier.cost());
    }
    if (finishReason != null) {
      text(out, "finish_reason", finishReason);
    }
    if (lrmEmpty) {
      out.append(",\"lrm_empty\":true");
    }
    if (firstByteNanos != 0) {
      millis(out, "first_byte_ms", firstByteNanos - begunNanos);
    }
    if (waitedNanos != 0) {
      millis(out, "waited_ms", waitedNanos);
    }
    millis(out, "duration_ms", endedNanos - begunNanos);
    millis(out, "overhead_ms", overheadNanos(endedNanos));
    if (error != null) {
      text(out, "error", error);
    }
    out.append('}');
  }

  private void decision(StringBuilder out, Weighed known) {
    Decision decision = known.decision();
    text(out, "route", decision.route());
    Candidate candidate = answeredBy != null ? answeredBy : decision.candidates().get(0);
    text(out, "model", candidate.model().name());
    text(out, "deployment", candidate.deployment().name());
    text(out, "tier", candidate.model().tierLabel());
    text(out, "reason", reason(known).label());
    if (decision.score().isPresent()) {
      decimals(out, "score", decision.score().getAsDouble());
      decimals(out, "classifier_score", known.classifierScore());
      text(out, "classifier", known.classified().classifier());
      signals(out, known.signals());
    }
    if (decision.threshold().isPresent()) {
      decimals(out, "threshold", decision.threshold().getAsDouble());
    }
    Optional<Effort> effort =
        funds == null ? decision.effort() : funds.effort().or(decision::effort);
    if (effort.isPresent()) {
      text(out, "effort", effort.get().wireName());
    }
    out.append(",\"stream\":").append(known.stream());
    money(out, "estimated_cost_usd", known.estimatedCost());
  }

  /** Names only: what they weigh is in a dry run. */
  private static void signals(StringBuilder out, List<Signal> signals) {
    if (signals.isEmpty()) {
      return;
    }
    out.append(",\"signals\":");
    for (int i = 0; i < signals.size(); i++) {
      out.append(i == 0 ? '[' : ',');
      Json.appendString(out, signals.get(i).name());
    }
    out.append(']');
  }

  private static void funds(StringBuilder out, Funds funds) {
    money(out, "reserved_usd", funds.reserved());
    Entry entry = funds.entry();
    if (entry != null) {
      text(out, "settled_by", entry.source().name().toLowerCase(Locale.ROOT));
      money(out, "posted_usd", entry.amount());
    }
    if (funds.injectedCap() >= 0) {
      out.append(",\"capped\":").append(funds.injectedCap());
    }
  }

  /** The tokens and what they cost, as members of a line. */
  void usage(StringBuilder out, Usage used) {
    out.append(",\"input_tokens\":").append(used.inputTokens());
    out.append(",\"cached_input_tokens\":").append(used.cachedInputTokens());
    out.append(",\"cache_write_tokens\":").append(used.cacheWriteTokens());
    if (used.longCacheWriteTokens() > 0) {
      out.append(",\"cache_write_1h_tokens\":").append(used.longCacheWriteTokens());
    }
    out.append(",\"output_tokens\":").append(used.outputTokens());
    out.append(",\"reasoning_tokens\":").append(used.reasoningTokens());
    money(out, "cost_usd", cost());
    money(out, "baseline_cost_usd", baseline);
  }

  /** What the upstream itself says of that. */
  private static void told(StringBuilder out, Billed billed) {
    if (billed.told() != null) {
      text(out, "cost_source", billed.believed() ? "upstream" : "price");
    }
    if (billed.raw() != null) {
      out.append(",\"usage_raw\":").append(billed.raw());
    }
  }

  private static void text(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":");
    Json.appendString(out, value);
  }

  private static void money(StringBuilder out, String name, Money value) {
    out.append(",\"").append(name).append("\":\"");
    value.appendUsd(out);
    out.append('"');
  }

  private static void decimals(StringBuilder out, String name, double value) {
    out.append(",\"").append(name).append("\":");
    Decimals.append(out, value);
  }

  private static void millis(StringBuilder out, String name, long nanos) {
    out.append(",\"").append(name).append("\":");
    Decimals.append(out, nanos / 1e6);
  }
}
