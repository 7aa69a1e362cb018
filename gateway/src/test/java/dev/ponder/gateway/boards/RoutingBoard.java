package dev.ponder.gateway.boards;

import static dev.ponder.gateway.boards.Panel.heatmap;
import static dev.ponder.gateway.boards.Panel.lines;
import static dev.ponder.gateway.boards.Unit.COUNT;
import static dev.ponder.gateway.boards.Unit.PER_SECOND;
import static dev.ponder.gateway.boards.Unit.REQUESTS_PER_SECOND;
import static dev.ponder.gateway.boards.Unit.SECONDS;
import static dev.ponder.gateway.boards.Unit.SHARE;
import static dev.ponder.gateway.boards.Unit.USD;

import dev.ponder.gateway.boards.Board.Row;
import dev.ponder.gateway.boards.Board.Variable;
import dev.ponder.gateway.boards.Panel.Scale;
import java.util.List;

/** Decisions: who reasons, why, and whether that is a good idea. */
final class RoutingBoard {

  private static final String ROUTE = "{route=~\"$route\"}";

  private RoutingBoard() {}

  static Board board() {
    return new Board(
        "ponder-routing",
        "Routing",
        "Who gets a reasoning model, why, and whether that is a good idea.",
        List.of(new Variable("route", "Route", "ponder_route_decisions_total")),
        List.of(decisions(), callers(), scores(), reasoning(), quality()));
  }

  private static Row decisions() {
    return Row.of(
        "Decisions",
        lines(
                "LRM share, now and over a day",
                SHARE,
                "Decisions for a reasoning model. A jump is another traffic mix, another scorer or"
                    + " another configuration.")
            .query(
                "{{route}}",
                "sum by (route) (rate(ponder_route_decisions_total{route=~\"$route\",tier=\"lrm\"}"
                    + "[$__rate_interval])) / sum by (route) (rate(ponder_route_decisions_total"
                    + ROUTE
                    + "[$__rate_interval]))")
            .query("all, 1 d", "job:ponder_lrm_share:ratio_rate1d"),
        lines(
                "Decisions by reason",
                REQUESTS_PER_SECOND,
                "score and hint decide by need; paced and exhausted by money; explicit named a"
                    + " model; capability: the model wanted could not take the request.")
            .onTop()
            .query(
                "{{tier}} {{reason}}",
                "sum by (tier, reason) (rate(ponder_route_decisions_total"
                    + ROUTE
                    + "[$__rate_interval])) > 0"),
        lines(
                "Close decisions",
                SHARE,
                "Decisions within 0.1 of the threshold: there a moved threshold changes most.")
            .wide(8)
            .query(
                "{{route}}",
                "sum by (route) (rate(ponder_route_decisions_total"
                    + "{route=~\"$route\",confidence=\"low\"}[$__rate_interval])) / sum by (route)"
                    + " (rate(ponder_route_decisions_total"
                    + ROUTE
                    + "[$__rate_interval]))"),
        lines(
                "Thresholds",
                COUNT,
                "The score that reaches a tier while money is no object. It moves where a route"
                    + " asks for a share.")
            .wide(8)
            .query(
                "{{route}} tier {{tier}}",
                "max by (route, tier) (ponder_route_threshold" + ROUTE + ")"),
        lines(
                "Scores that reach a tier",
                SHARE,
                "Of the last 500 scored requests. Hints are left out.")
            .wide(8)
            .query(
                "{{route}} tier {{tier}}",
                "max by (route, tier) (ponder_route_share_ratio" + ROUTE + ")"));
  }

  private static Row callers() {
    return Row.of(
        "Callers",
        lines(
                "Highest share of any caller",
                SHARE,
                "Of the last 200 requests of each key, those that a reasoning model answered; and"
                    + " of each owner of a policy's lrm_share.")
            .wide(8)
            .query("any key", "max(ponder_key_lrm_share_highest_ratio)")
            .query("{{policy}}", "max by (policy) (ponder_lrm_share_highest_ratio)"),
        lines("Callers at their share", COUNT, "Owners of a policy's lrm_share that have had it.")
            .wide(8)
            .query("{{policy}}", "max by (policy) (ponder_lrm_share_held_owners)"),
        lines(
                "Signs of regret",
                SHARE,
                "Of all decisions: a reasoning model that hardly thought, or a plain one that was"
                    + " cut off by its limit.")
            .wide(8)
            .query(
                "{{route}} {{kind}}",
                "sum by (route, kind) (rate(ponder_route_regret_total"
                    + ROUTE
                    + "[$__rate_interval])) / on (route) group_left sum by (route)"
                    + " (rate(ponder_route_decisions_total"
                    + ROUTE
                    + "[$__rate_interval]))"));
  }

  private static Row scores() {
    return Row.of(
        "Scorer",
        heatmap("Scores", COUNT, "How many requests got which score. 0.5 is where reasoning pays.")
            .query(
                "{{le}}",
                "sum by (le) (increase(ponder_classifier_score_bucket[$__rate_interval]))"),
        lines("Score quantiles", COUNT, "By scorer. http is your own.")
            .quantiles("ponder_classifier_score", "classifier", 10, 50, 90),
        lines(
                "Distance from ordinary traffic",
                COUNT,
                "Above 0.2 look at your thresholds, or ask for shares. Absent for a scorer of your"
                    + " own.")
            .query("{{route}}", "max by (route) (ponder_classifier_drift" + ROUTE + ")"),
        lines("Time of the scorer, p99", SECONDS, "Once a request, before anything is sent.")
            .quantiles("ponder_classifier_duration_seconds", "classifier", 99),
        lines(
                "Scores that your own scorer did not give",
                PER_SECOND,
                "By why. The built-in scorer's counted; no request failed.")
            .query(
                "{{classifier}} {{reason}}",
                "sum by (classifier, reason) (rate(ponder_classifier_errors_total"
                    + "[$__rate_interval]))"),
        lines("Answers of your own scorer that were remembered", SHARE, "Of all that were needed.")
            .query(
                "{{cache}}",
                "sum by (cache) (rate(ponder_cache_requests_total{result=\"hit\"}"
                    + "[$__rate_interval])) / sum by (cache)"
                    + " (rate(ponder_cache_requests_total[$__rate_interval]))"));
  }

  private static Row reasoning() {
    return Row.of(
        "Reasoning",
        lines(
                "Hidden tokens of an answer",
                COUNT,
                "Of reasoning models. They are billed as output.")
            .quantiles("ponder_request_tokens{tier=\"lrm\",type=\"output_reasoning\"}", "", 50, 95),
        lines("Visible tokens of an answer", COUNT, "By kind of model.")
            .quantiles("ponder_request_tokens{type=\"output\"}", "tier", 50, 95),
        lines("Hidden part of the output", SHARE, "The mean over answers, by model.")
            .query(
                "{{model}}",
                "sum by (model) (rate(ponder_reasoning_share_sum[$__rate_interval])) / sum by"
                    + " (model) (rate(ponder_reasoning_share_count[$__rate_interval]))"),
        lines(
                "Thinks longer than expected",
                COUNT,
                "Hidden tokens by those that were expected; 1: as expected. Above 2 the estimates"
                    + " that routing goes by are wrong.")
            .warns(Scale.BURN)
            .quantiles("ponder_reasoning_surprise_ratio", "model", 50, 90));
  }

  private static Row quality() {
    return Row.of(
        "What it brings",
        lines(
                "Avoided per hour",
                USD,
                "An estimate: what the same requests would have cost more at the dearest tier. Kept"
                    + " answers: what they would have cost anew.")
            .query(
                "{{route}}",
                "sum by (route) (rate(ponder_cost_avoided_usd_total"
                    + ROUTE
                    + "[$__rate_interval])) * 3600")
            .query(
                "kept answers", "sum(rate(ponder_cache_saved_usd_total[$__rate_interval])) * 3600"),
        lines(
                "Answered by another deployment",
                PER_SECOND,
                "Calls that went on to the next deployment, by why.")
            .query(
                "{{from_tier}} to {{to_tier}}: {{reason}}",
                "sum by (from_tier, to_tier, reason) (rate(ponder_fallbacks_total"
                    + "[$__rate_interval]))"));
  }
}
