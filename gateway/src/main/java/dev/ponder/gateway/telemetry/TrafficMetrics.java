package dev.ponder.gateway.telemetry;

import static dev.ponder.gateway.telemetry.Metric.counter;
import static dev.ponder.gateway.telemetry.Metric.gauge;
import static dev.ponder.gateway.telemetry.Metric.histogram;
import static dev.ponder.gateway.telemetry.Metric.money;

import java.util.List;

/** The catalogue's part about requests and the decisions on them. */
final class TrafficMetrics {

  static final double[] SECONDS_LONG = {.05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 80, 160, 384};

  private static final double[] SECONDS_SHORT = {
    .000_25, .000_5, .001, .002_5, .005, .01, .025, .05, .1, .25, .5, 1
  };
  private static final double[] SECONDS_TINY = {
    .000_001, .000_002_5, .000_005, .000_01, .000_025, .000_05, .000_1, .001, .01
  };
  private static final double[] SCORES = {
    .05, .1, .2, .3, .35, .4, .45, .5, .55, .6, .65, .7, .8, .9, 1
  };

  static final Metric REQUESTS =
      counter(
          "ponder_requests_total",
          "Requests that ended, dry runs included, by how they ended.",
          Label.OPERATION,
          Label.TIER,
          Label.OUTCOME);
  static final Metric TENANT_REQUESTS =
      counter(
          "ponder_tenant_requests_total",
          "The same by team of the key. Off with `telemetry.tenants: false`.",
          Label.TENANT,
          Label.TIER,
          Label.OUTCOME);
  static final Metric DURATION =
      histogram(
          "ponder_request_duration_seconds",
          SECONDS_LONG,
          "From a request's head to its last byte.",
          Label.OPERATION,
          Label.TIER,
          Label.STREAM);
  static final Metric IN_FLIGHT =
      gauge("ponder_requests_in_flight", "Requests being answered now.", Label.TIER);
  static final Metric OVERHEAD =
      histogram(
          "ponder_overhead_seconds",
          SECONDS_SHORT,
          "What the gateway added, from the last byte of the request; `queue` is the wait for money"
              + " of those that waited, and no part of `total`.",
          Label.PHASE);
  static final Metric ABORTS =
      counter(
          "ponder_stream_aborts_total",
          "Streams that ended early, by whose doing it was.",
          Label.TIER,
          Label.BY);
  static final Metric DECISIONS =
      counter(
          "ponder_route_decisions_total",
          "Decisions. `low` is within 0.1 of the threshold; route `pinned`: a model was named.",
          Label.ROUTE,
          Label.KIND_OF_MODEL,
          Label.REASON,
          Label.CONFIDENCE);
  static final Metric REGRET =
      counter(
          "ponder_route_regret_total",
          "Signs that a decision was wrong: an answer that would not do, so that a dearer tier was"
              + " asked; a reasoning model that thought for fewer than 100 tokens, or for so long"
              + " that its limit left no word of an answer (also where a model was named); a plain"
              + " one that was cut off by its limit.",
          Label.ROUTE,
          Label.REGRET);
  static final Metric AVOIDED =
      money(
          "ponder_cost_avoided_usd_total",
          "Estimate: what the dearest tier would have cost more.",
          Label.ROUTE);
  static final Metric THRESHOLD =
      gauge(
          "ponder_route_threshold",
          "The score that reaches a tier while money is no object; moves with `lrm_share`.",
          Label.SCORED_ROUTE,
          Label.NUMBER_OF_TIER);
  static final Metric SHARE =
      gauge(
          "ponder_route_share_ratio",
          "About which part of the last 500 scored requests had a score that reaches a tier; hints"
              + " aside.",
          Label.SCORED_ROUTE,
          Label.NUMBER_OF_TIER);
  static final Metric DRIFT =
      gauge(
          "ponder_classifier_drift",
          "How far the last thousand or so scores are from those of ordinary traffic, 0 to 1: at"
              + " some threshold so many of a hundred requests more, or fewer, pass. Above 0.2 look"
              + " at your thresholds, or ask for shares; absent for a scorer of your own.",
          Label.SCORED_ROUTE);
  static final Metric SCORE =
      histogram("ponder_classifier_score", SCORES, "Scores given, hints aside.", Label.CLASSIFIER);
  static final Metric SCORING =
      histogram(
          "ponder_classifier_duration_seconds",
          SECONDS_TINY,
          "Time to score one request.",
          Label.CLASSIFIER);
  static final Metric SCORER_FAULTS =
      counter(
          "ponder_classifier_errors_total",
          "Scores that your own scorer did not give; the built-in one's counted.",
          Label.CLASSIFIER,
          Label.SCORER_FAULT);
  static final Metric CACHE =
      counter(
          "ponder_cache_requests_total",
          "Look-ups of your own scorer's answers, and of kept answers; `bypass`: the caller did not"
              + " want one.",
          Label.CACHE,
          Label.CACHE_RESULT);
  static final Metric SAVED =
      money(
          "ponder_cache_saved_usd_total",
          "What answers out of the cache cost when they were made.");
  static final Metric FALLBACKS =
      counter(
          "ponder_fallbacks_total",
          "Calls that went on to the next deployment, by why.",
          Label.FROM_TIER,
          Label.TO_TIER,
          Label.FALLBACK_REASON);
  static final Metric HELD =
      counter(
          "ponder_lrm_share_held_total",
          "Requests that an `lrm_share` sent to a cheaper tier.",
          Label.POLICY);
  static final Metric SHARE_HIGHEST =
      gauge(
          "ponder_lrm_share_highest_ratio",
          "The highest share of any owner with 20 requests or more.",
          Label.POLICY);
  static final Metric SHARE_OWNERS_HELD =
      gauge("ponder_lrm_share_held_owners", "Owners that are at their limit now.", Label.POLICY);
  static final Metric KEY_SHARE_HIGHEST =
      gauge(
          "ponder_key_lrm_share_highest_ratio",
          "The highest share of LRM requests of any key with 20 requests or more.");

  private TrafficMetrics() {}

  static List<Metric> all() {
    return List.of(
        REQUESTS,
        TENANT_REQUESTS,
        DURATION,
        IN_FLIGHT,
        OVERHEAD,
        ABORTS,
        DECISIONS,
        REGRET,
        AVOIDED,
        THRESHOLD,
        SHARE,
        DRIFT,
        SCORE,
        SCORING,
        SCORER_FAULTS,
        CACHE,
        SAVED,
        FALLBACKS,
        HELD,
        SHARE_HIGHEST,
        SHARE_OWNERS_HELD,
        KEY_SHARE_HIGHEST);
  }
}
