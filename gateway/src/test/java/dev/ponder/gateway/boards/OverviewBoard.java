package dev.ponder.gateway.boards;

import static dev.ponder.gateway.boards.Panel.bars;
import static dev.ponder.gateway.boards.Panel.gauge;
import static dev.ponder.gateway.boards.Panel.lines;
import static dev.ponder.gateway.boards.Panel.stat;
import static dev.ponder.gateway.boards.Unit.COUNT;
import static dev.ponder.gateway.boards.Unit.REQUESTS_PER_SECOND;
import static dev.ponder.gateway.boards.Unit.SECONDS;
import static dev.ponder.gateway.boards.Unit.SHARE;
import static dev.ponder.gateway.boards.Unit.USD;

import dev.ponder.gateway.boards.Board.Row;
import dev.ponder.gateway.boards.Panel.Scale;
import java.util.List;

/** The first page: is it well, how much is asked, what does it cost? */
final class OverviewBoard {

  private OverviewBoard() {}

  static Board board() {
    return new Board(
        "ponder-overview",
        "Overview",
        "Is it well, how much is asked, what does it cost?",
        List.of(),
        List.of(now(), traffic(), money()));
  }

  private static Row now() {
    return Row.of(
        "Right now",
        stat("Requests", REQUESTS_PER_SECOND, "Requests that ended, refused ones included.")
            .query("requests", "sum(rate(ponder_requests_total[$__rate_interval]))"),
        stat(
                "Error share",
                SHARE,
                "Requests that failed by our or an upstream's fault. Refusals by policy and"
                    + " callers' own mistakes do not count.")
            .warns(Scale.ERRORS)
            .query(
                "errors",
                "sum(rate(ponder_requests_total"
                    + "{outcome=~\"upstream_error|timeout|internal_error|overloaded\"}"
                    + "[$__rate_interval])) / sum(rate(ponder_requests_total[$__rate_interval]))"),
        stat("LRM share", SHARE, "Decisions for a reasoning model, of all decisions.")
            .query(
                "LRM",
                "sum(rate(ponder_route_decisions_total{tier=\"lrm\"}[$__rate_interval]))"
                    + " / sum(rate(ponder_route_decisions_total[$__rate_interval]))"),
        stat("Spend per hour", USD, "At the rate of just now, over all models.")
            .query("spend", "sum(rate(ponder_cost_usd_total[$__rate_interval])) * 3600"),
        stat(
                "Avoided per hour",
                USD,
                "An estimate: what the same requests would have cost more at the dearest tier.")
            .query("avoided", "sum(rate(ponder_cost_avoided_usd_total[$__rate_interval])) * 3600"),
        gauge(
                "Tightest budget",
                SHARE,
                "The budget that is nearest to its limit: spent and set aside, of the limit.")
            .warns(Scale.BUDGET)
            .query("used", "max(ponder_budget_highest_used_ratio)"),
        stat("Firing alerts", COUNT, "Alerts of Ponder's own rules that fire now.")
            .warns(Scale.ANY)
            .query(
                "alerts",
                "count(ALERTS{alertname=~\"Ponder.*\",alertstate=\"firing\"}) or vector(0)"),
        stat("Replicas", COUNT, "Gateways that answered their last scrape.")
            .query("replicas", "count(ponder_build_info)"));
  }

  private static Row traffic() {
    return Row.of(
        "Traffic",
        lines(
                "Requests by kind of model",
                REQUESTS_PER_SECOND,
                "llm and lrm: who answered; none: it ended before a model was decided on.")
            .onTop()
            .rates("ponder_requests_total", "tier"),
        lines(
                "Requests by outcome",
                REQUESTS_PER_SECOND,
                "As callers saw it. budget_denied, policy_denied and rate_limited are rules at"
                    + " work; upstream_error and timeout are not.")
            .onTop()
            .rates("ponder_requests_total", "outcome"),
        lines(
                "Duration",
                SECONDS,
                "From a request's head to its last byte. Reasoning takes its time: look at llm and"
                    + " lrm apart.")
            .quantiles("ponder_request_duration_seconds", "tier", 50, 95, 99),
        lines("In flight", COUNT, "Requests being answered now: what a deployment has to drain.")
            .query("{{tier}}", "sum by (tier) (ponder_requests_in_flight)"));
  }

  private static Row money() {
    return Row.of(
        "Money and tokens",
        lines("Spend per hour by model", USD, "At the rate of each moment.")
            .onTop()
            .query(
                "{{model}}",
                "sum by (model) (rate(ponder_cost_usd_total[$__rate_interval])) * 3600"),
        lines(
                "Tokens per second by type",
                COUNT,
                "The types are disjoint: together they are all tokens billed.")
            .onTop()
            .rates("ponder_tokens_total", "type"),
        lines(
                "Hidden reasoning in the bill",
                SHARE,
                "What of the money went into tokens that nobody reads.")
            .query(
                "reasoning",
                "sum(rate(ponder_cost_usd_total{type=\"output_reasoning\"}[$__rate_interval]))"
                    + " / sum(rate(ponder_cost_usd_total[$__rate_interval]))"),
        lines(
                "Cost of a successful request",
                USD,
                "All spending by kind of model, failed calls included, over what succeeded.")
            .query(
                "{{tier}}",
                "sum by (tier) (rate(ponder_cost_usd_total[$__rate_interval])) / sum by (tier)"
                    + " (rate(ponder_requests_total{outcome=\"success\"}[$__rate_interval]))")
            .query("{{tier}} 1 h", "tier:ponder_cost_usd_per_request:rate1h"),
        bars("Teams that spend most", USD, "In the time shown. _none: keys without a team.")
            .wide(24)
            .query(
                "{{tenant}}",
                "topk(10, sum by (tenant) (increase(ponder_tenant_cost_usd_total[$__range])))"));
  }
}
