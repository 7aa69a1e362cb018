package dev.ponder.gateway.boards;

import static dev.ponder.gateway.boards.Panel.heatmap;
import static dev.ponder.gateway.boards.Panel.lines;
import static dev.ponder.gateway.boards.Panel.states;
import static dev.ponder.gateway.boards.Unit.COUNT;
import static dev.ponder.gateway.boards.Unit.PER_SECOND;
import static dev.ponder.gateway.boards.Unit.SECONDS;
import static dev.ponder.gateway.boards.Unit.SHARE;

import dev.ponder.gateway.boards.Board.Row;
import dev.ponder.gateway.boards.Board.Variable;
import dev.ponder.gateway.boards.Panel.Scale;
import java.util.List;

/** Upstreams: how fast they answer, and how often they do not. */
final class UpstreamsBoard {

  private static final String CALLS = "{provider=~\"$provider\",model=~\"$model\"}";

  private UpstreamsBoard() {}

  static Board board() {
    return new Board(
        "ponder-upstreams",
        "Upstreams",
        "How fast upstreams answer, and how often they do not.",
        List.of(
            new Variable("provider", "Upstream", "ponder_upstream_requests_total"),
            new Variable("model", "Model", "ponder_upstream_requests_total")),
        List.of(health(), latency()));
  }

  private static Row health() {
    return Row.of(
        "Health",
        lines(
                "Calls by outcome",
                PER_SECOND,
                "Each attempt counts. cancelled: the caller left, which is no fault of the"
                    + " upstream's.")
            .query(
                "{{provider}} {{model}} {{outcome}}",
                "sum by (provider, model, outcome) (rate(ponder_upstream_requests_total"
                    + CALLS
                    + "[$__rate_interval])) > 0"),
        lines(
                "Failed calls, 5 m",
                SHARE,
                "Of all but those whose caller left. 4xx are answers, 429 is a failure.")
            .warns(Scale.ERRORS)
            .query("{{provider}} {{model}}", "model:ponder_upstream_errors:ratio_rate5m" + CALLS),
        lines(
                "Streams that begin late",
                SHARE,
                "First visible delta after more than 2.5 s, of models that do not reason. The goal"
                    + " is 1 %.")
            .warns(Scale.ERRORS)
            .query("{{model}} 5 m", "model:ponder_ttft_slow:ratio_rate5m{model=~\"$model\"}")
            .query("{{model}} 1 h", "model:ponder_ttft_slow:ratio_rate1h{model=~\"$model\"}"),
        lines(
                "Streams cut short",
                PER_SECOND,
                "client: the caller left. upstream: it died or fell silent. gateway: we had to.")
            .rates("ponder_stream_aborts_total", "tier, by"),
        breakers(),
        lines("Calls made again", PER_SECOND, "At the deployment that failed, by why.")
            .rates("ponder_upstream_retries_total" + CALLS, "provider, model, reason"),
        lines("Calls in flight", COUNT, "Against max_concurrency of the upstream.")
            .query(
                "{{provider}} {{model}}",
                "sum by (provider, model) (ponder_upstream_in_flight" + CALLS + ")"),
        lines(
                "Rate limit left",
                SHARE,
                "By the upstream's own x-ratelimit headers; absent where it sends none.")
            .query(
                "{{provider}} {{model}} {{kind}}",
                "min by (provider, model, kind) (ponder_upstream_ratelimit_remaining_ratio"
                    + CALLS
                    + ")"));
  }

  private static Panel breakers() {
    return states(
            "Breakers",
            "open: the upstream is left alone for a while; half open: one call tries whether it"
                + " is back.",
            "closed",
            "half open",
            "open")
        .query(
            "{{provider}} {{model}}",
            "max by (provider, model) (ponder_upstream_circuit_state"
                + "{provider=~\"$provider\",model=~\"$model\",state=\"open\"} * 2 or"
                + " ponder_upstream_circuit_state"
                + "{provider=~\"$provider\",model=~\"$model\",state=\"half_open\"})");
  }

  private static Row latency() {
    return Row.of(
        "Latency",
        lines(
                "First content",
                SECONDS,
                "From sending a call to its first visible delta. Of a reasoning model that includes"
                    + " the thinking.")
            .quantiles(
                "ponder_upstream_ttft_seconds"
                    + "{provider=~\"$provider\",model=~\"$model\",kind=\"content\"}",
                "provider, model",
                50)
            .query("{{provider}} {{model}} p95, 5 m", "model:ponder_ttft:p95_5m" + CALLS),
        heatmap("First content, all", SECONDS, "How many streams began after which time.")
            .query(
                "{{le}}",
                "sum by (le) (increase(ponder_upstream_ttft_seconds_bucket"
                    + "{provider=~\"$provider\",model=~\"$model\",kind=\"content\"}"
                    + "[$__rate_interval]))"),
        lines(
                "Thinking before the first word",
                SECONDS,
                "What lies between the first hidden and the first visible delta, at p95. Only of"
                    + " models that stream their reasoning.")
            .query(
                "{{model}}",
                "clamp_min(" + quantile("content") + " - " + quantile("reasoning") + ", 0)"),
        lines(
                "Time of a token",
                SECONDS,
                "Of whole streams: from the first delta to the last, by the tokens in between.")
            .quantiles(
                "ponder_upstream_time_per_output_token_seconds" + CALLS, "provider, model", 50, 95),
        lines(
                "Duration",
                SECONDS,
                "From asking for a connection to the last byte, plain answers included.")
            .wide(24)
            .quantiles("ponder_upstream_duration_seconds" + CALLS, "provider, model", 95));
  }

  private static String quantile(String kind) {
    return "histogram_quantile(0.95, sum by (le, model) (rate(ponder_upstream_ttft_seconds_bucket"
        + "{provider=~\"$provider\",model=~\"$model\",kind=\"%s\"}[$__rate_interval])))"
            .formatted(kind);
  }
}
