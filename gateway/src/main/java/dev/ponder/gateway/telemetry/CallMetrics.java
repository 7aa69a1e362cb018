package dev.ponder.gateway.telemetry;

import static dev.ponder.gateway.telemetry.Metric.counter;
import static dev.ponder.gateway.telemetry.Metric.gauge;
import static dev.ponder.gateway.telemetry.Metric.histogram;
import static dev.ponder.gateway.telemetry.Metric.money;

import java.util.List;

/** The catalogue's part about calls of upstreams, and what they used. */
final class CallMetrics {

  private static final double[] SECONDS_FIRST = {.05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 80, 160};
  private static final double[] SECONDS_TOKEN = {
    .005, .01, .025, .05, .075, .1, .15, .2, .3, .5, 1
  };
  private static final double[] TOKENS = {
    1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576
  };
  private static final double[] SHARES = {0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, 1};
  private static final double[] RATIOS = {.1, .2, .33, .5, .75, 1, 1.33, 2, 3, 5, 10};

  static final Metric CALLS =
      counter(
          "ponder_upstream_requests_total",
          "Calls, each attempt counted.",
          Label.PROVIDER,
          Label.MODEL,
          Label.CALL_OUTCOME);
  static final Metric DURATION =
      histogram(
          "ponder_upstream_duration_seconds",
          TrafficMetrics.SECONDS_LONG,
          "From asking for a connection to the last byte.",
          Label.PROVIDER,
          Label.MODEL);
  static final Metric FIRST =
      histogram(
          "ponder_upstream_ttft_seconds",
          SECONDS_FIRST,
          "From asking for a connection to the first delta of a stream.",
          Label.PROVIDER,
          Label.MODEL,
          Label.FIRST);
  static final Metric TOKEN_TIME =
      histogram(
          "ponder_upstream_time_per_output_token_seconds",
          SECONDS_TOKEN,
          "Of a whole stream: from its first delta to its last, by the tokens in between.",
          Label.PROVIDER,
          Label.MODEL);
  static final Metric TOKENS_BILLED =
      counter(
          "ponder_tokens_total",
          "Tokens that upstreams reported, by disjoint type: their sum is the total.",
          Label.PROVIDER,
          Label.MODEL,
          Label.TIER,
          Label.TYPE);
  static final Metric COST =
      money(
          "ponder_cost_usd_total",
          "What those tokens cost. A series is exact to the nano-dollar up to 4 million dollars.",
          Label.PROVIDER,
          Label.MODEL,
          Label.KIND_OF_MODEL,
          Label.TYPE);
  static final Metric TENANT_COST =
      money(
          "ponder_tenant_cost_usd_total",
          "The same by team of the key. Off with `telemetry.tenants: false`.",
          Label.TENANT,
          Label.KIND_OF_MODEL);
  static final Metric USAGE_REPORTS =
      counter(
          "ponder_usage_reports_total",
          "Answers by where their usage came from; `estimated` is counted from the text, and in no"
              + " tokens or cost here, but in what budgets spent.",
          Label.PROVIDER,
          Label.USAGE_SOURCE);
  static final Metric ANOMALIES =
      counter(
          "ponder_usage_anomalies_total",
          "Usage that contradicts itself or is no number; it is read the dearer way.",
          Label.PROVIDER,
          Label.MODEL);
  static final Metric COST_REPORTS =
      counter(
          "ponder_cost_reports_total",
          "Answers whose usage told their cost: it counts (`used`), or is no amount of money or"
              + " beyond belief, and the price counts (`ignored`).",
          Label.PROVIDER,
          Label.COST_REPORT);
  static final Metric UNPRICED =
      counter(
          "ponder_unpriced_tokens_total",
          "Tokens at a price of zero, or at none that is known: no budget notices them.",
          Label.MODEL);
  static final Metric UNPRICED_CALLS =
      counter(
          "ponder_unpriced_calls_total",
          "Calls that went through unread, succeeded and may be billed: nobody here knows their"
              + " price.",
          Label.PROVIDER);
  static final Metric REQUEST_TOKENS =
      histogram(
          "ponder_request_tokens",
          TOKENS,
          "Tokens of one answer, for percentiles; for sums take the counter.",
          Label.KIND_OF_MODEL,
          Label.TYPE);
  static final Metric REASONING_SHARE =
      histogram(
          "ponder_reasoning_share",
          SHARES,
          "Hidden tokens of all output tokens of an answer, of reasoning models.",
          Label.MODEL);
  static final Metric REASONING_SURPRISE =
      histogram(
          "ponder_reasoning_surprise_ratio",
          RATIOS,
          "Hidden tokens of an answer by those that were expected of it; 1: as expected.",
          Label.MODEL);
  static final Metric CAPPED =
      counter("ponder_capped_calls_total", "Calls whose output the gateway limited.", Label.MODEL);
  static final Metric TRUNCATED =
      counter("ponder_truncated_answers_total", "Answers that such a limit cut off.", Label.MODEL);
  static final Metric VIOLATIONS =
      counter(
          "ponder_cap_violations_total", "Answers longer than their limit allowed.", Label.MODEL);

  static final Metric RETRIES =
      counter(
          "ponder_upstream_retries_total",
          "Calls made again at the deployment that failed; `http_4xx` is 408.",
          Label.PROVIDER,
          Label.MODEL,
          Label.RETRY_REASON);
  static final Metric CIRCUIT =
      gauge(
          "ponder_upstream_circuit_state",
          "1 for the state of the breaker; of two deployments at one upstream the worse one's.",
          Label.PROVIDER,
          Label.MODEL,
          Label.CIRCUIT);
  static final Metric IN_FLIGHT =
      gauge("ponder_upstream_in_flight", "Calls that run now.", Label.PROVIDER, Label.MODEL);
  static final Metric RATE_LIMIT_LEFT =
      gauge(
          "ponder_upstream_ratelimit_remaining_ratio",
          "What is left of the upstream's own rate limit by its `x-ratelimit-*`, 0 to 1; absent"
              + " where it is not told.",
          Label.PROVIDER,
          Label.MODEL,
          Label.RATE_LIMIT);

  private CallMetrics() {}

  static List<Metric> all() {
    return List.of(
        CALLS,
        DURATION,
        FIRST,
        TOKEN_TIME,
        TOKENS_BILLED,
        COST,
        TENANT_COST,
        USAGE_REPORTS,
        ANOMALIES,
        COST_REPORTS,
        UNPRICED,
        UNPRICED_CALLS,
        REQUEST_TOKENS,
        REASONING_SHARE,
        REASONING_SURPRISE,
        CAPPED,
        TRUNCATED,
        VIOLATIONS,
        RETRIES,
        CIRCUIT,
        IN_FLIGHT,
        RATE_LIMIT_LEFT);
  }
}
