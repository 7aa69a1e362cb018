package dev.ponder.gateway.boards;

import static dev.ponder.gateway.boards.Panel.bars;
import static dev.ponder.gateway.boards.Panel.lines;
import static dev.ponder.gateway.boards.Panel.stat;
import static dev.ponder.gateway.boards.Panel.states;
import static dev.ponder.gateway.boards.Panel.table;
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

/** Money: what is left, how fast it goes, and what budgets do to requests. */
final class BudgetsBoard {

  private static final String BUDGET = "{budget=~\"$budget\"}";

  private BudgetsBoard() {}

  static Board board() {
    return new Board(
        "ponder-budgets",
        "Budgets",
        "What is left, how fast it goes, and what budgets do to requests.",
        List.of(new Variable("budget", "Budget", "ponder_budget_limit_usd")),
        List.of(summary(), owners(), burn(), enforcement(), teams(), bills()));
  }

  private static Row summary() {
    return Row.of(
        "Summary",
        table(
                "Budgets",
                USD,
                "Each budget over all its owners. Burn: 1 lands exactly on the limit when the"
                    + " window ends. Spent in: at the rate of the last hour.")
            .query("limit", USD, "budget:ponder_limit_usd:sum" + BUDGET)
            .query("spent and set aside", USD, "budget:ponder_used_usd:sum" + BUDGET)
            .query("used", SHARE, "budget:ponder_used:ratio" + BUDGET)
            .query("elapsed", SHARE, "budget:ponder_elapsed:ratio" + BUDGET)
            .query("burn (1 h)", COUNT, "budget:ponder_burn:ratio1h" + BUDGET)
            .query("spent in", SECONDS, "budget:ponder_exhaustion_eta:seconds" + BUDGET)
            .query("at window's end", USD, "budget:ponder_forecast_usd:window_end" + BUDGET),
        lines(
                "Used against elapsed",
                SHARE,
                "A budget is ahead of its window where its used share is above the elapsed one.")
            .query("{{budget}} used", "budget:ponder_used:ratio" + BUDGET)
            .query("{{budget}} elapsed", "budget:ponder_elapsed:ratio" + BUDGET),
        bars(
                "Forecast at the window's end, of the limit",
                SHARE,
                "What will be spent if it goes on as in the last hour. Above 100 % the limit will"
                    + " hold calls back.")
            .warns(Scale.BUDGET)
            .query(
                "{{budget}} {{window}}",
                "budget:ponder_forecast_usd:window_end"
                    + BUDGET
                    + " / budget:ponder_limit_usd:sum"
                    + BUDGET));
  }

  private static Row owners() {
    return Row.of(
        "Owners",
        lines(
                "Used by owner",
                SHARE,
                "Spent and set aside, of the limit. Owner is the team, and empty where all share"
                    + " the budget; _sum is the fullest of all keys' budgets.")
            .warns(Scale.BUDGET)
            .query(
                "{{budget}} {{owner}}",
                "max by (budget, owner) (ponder_budget_highest_used_ratio" + BUDGET + ")"),
        states(
                "State",
                "warning: past the first of alert_at. throttled: dear models must earn their money."
                    + " exhausted: it has refused a call in this window.",
                "ok",
                "warning",
                "throttled",
                "exhausted")
            .query(
                "{{budget}} {{owner}}",
                "max by (budget, owner)"
                    + " (ponder_budget_state{budget=~\"$budget\",state=\"exhausted\"}"
                    + " * 3 or ponder_budget_state{budget=~\"$budget\",state=\"throttled\"} * 2"
                    + " or ponder_budget_state{budget=~\"$budget\",state=\"warning\"})"),
        lines(
                "Budgets that refused a call in this window",
                SHARE,
                "Of all budgets of a policy, which are one for all, or one for each team or key.")
            .wide(24)
            .query(
                "{{budget}}",
                "sum by (budget) (max by (budget, owner) (ponder_budget_exhausted_accounts"
                    + BUDGET
                    + ")) / sum by (budget) (max by (budget, owner) (ponder_budget_accounts"
                    + BUDGET
                    + "))"));
  }

  private static Row burn() {
    return Row.of(
        "Burn",
        lines(
                "Burn rate",
                COUNT,
                "How many times faster than its limit allows a budget is spent; 1 lands on the"
                    + " limit. The alerts look at a short and a long time together.")
            .warns(Scale.BURN)
            .query("{{budget}} 5 m", "budget:ponder_burn:ratio5m" + BUDGET)
            .query("{{budget}} 1 h", "budget:ponder_burn:ratio1h" + BUDGET)
            .query("{{budget}} 6 h", "budget:ponder_burn:ratio6h" + BUDGET),
        lines("Spend per hour by kind of model", USD, "Money posted to each budget.")
            .query(
                "{{budget}} {{tier}}",
                "sum by (budget, tier) (rate(ponder_budget_spend_usd_total"
                    + BUDGET
                    + "[$__rate_interval])) * 3600"),
        lines("Spend per hour by type of token", USD, "Over all models and budgets.")
            .onTop()
            .query(
                "{{type}}", "sum by (type) (rate(ponder_cost_usd_total[$__rate_interval])) * 3600"),
        lines(
                "Shadow price",
                COUNT,
                "The probability of a gain that a dollar must buy now; 0: money is no object. It"
                    + " rises while a paced budget runs ahead of its window.")
            .query(
                "{{budget}} {{owner}}",
                "max by (budget, owner) (ponder_budget_shadow_price" + BUDGET + ")"));
  }

  private static Row enforcement() {
    return Row.of(
        "Enforcement",
        lines(
                "Actions",
                REQUESTS_PER_SECOND,
                "What budgets did to requests: covered, overdrew, limited the output, let wait,"
                    + " sent to a cheaper model, or refused.")
            .rates("ponder_budget_actions_total" + BUDGET, "budget, action"),
        lines("Sent to something cheaper", SHARE, "Of all that a budget was asked for.")
            .query(
                "{{budget}}",
                "sum by (budget) (rate(ponder_budget_actions_total"
                    + "{budget=~\"$budget\",action=\"downgrade\"}[$__rate_interval])) / sum by"
                    + " (budget) (rate(ponder_budget_actions_total"
                    + BUDGET
                    + "[$__rate_interval]))"),
        lines("Set aside now", USD, "What running calls may still be billed at most.")
            .query(
                "{{budget}} {{owner}}",
                "max by (budget, owner) (ponder_budget_reserved_usd" + BUDGET + ")"),
        lines(
                "Bills against what was set aside, per hour",
                USD,
                "under: what came back. over: what was missing; anything above 0 means that a model"
                    + " or its price is not as configured.")
            .query(
                "{{direction}}",
                "sum by (direction) (rate(ponder_budget_reconciliation_usd_total"
                    + "[$__rate_interval])) * 3600"),
        lines(
                "Answers limited, and cut off by it",
                PER_SECOND,
                "Calls whose output the gateway limited to save money, and answers that reached the"
                    + " limit. Many cut off: the budget is too tight, or cap_output: never.")
            .query(
                "{{model}} limited",
                "sum by (model) (rate(ponder_capped_calls_total[$__rate_interval]))")
            .query(
                "{{model}} cut off",
                "sum by (model) (rate(ponder_truncated_answers_total[$__rate_interval]))"),
        lines(
                "Requests held to a share of LRM requests",
                REQUESTS_PER_SECOND,
                "Sent to a cheaper model because their caller had its share, by policy.")
            .rates("ponder_lrm_share_held_total", "policy"));
  }

  private static Row teams() {
    return Row.of(
        "Teams",
        lines("Spend per hour by team", USD, "The team of the key; _none: keys without one.")
            .onTop()
            .query(
                "{{tenant}}",
                "sum by (tenant) (rate(ponder_tenant_cost_usd_total[$__rate_interval])) * 3600"),
        lines(
                "Refused for want of money, by team",
                REQUESTS_PER_SECOND,
                "No budget of theirs covered even the cheapest model, or their policy says reject.")
            .query(
                "{{tenant}}",
                "sum by (tenant) (rate(ponder_tenant_requests_total{outcome=\"budget_denied\"}"
                    + "[$__rate_interval]))"));
  }

  private static Row bills() {
    return Row.of(
        "Bills",
        stat(
                "Answers without usage",
                SHARE,
                "Of all answers in the time shown. Their bills are counted or presumed.")
            .warns(Scale.ERRORS)
            .wide(4)
            .query(
                "missing",
                "sum(increase(ponder_usage_reports_total{source!=\"reported\"}[$__range]))"
                    + " / sum(increase(ponder_usage_reports_total[$__range]))"),
        stat(
                "Odd usage",
                COUNT,
                "Answers in the time shown whose usage contradicts itself or is no number, and"
                    + " whose cost, as the upstream tells it, is beyond belief.")
            .warns(Scale.ANY)
            .wide(4)
            .query("usage", "sum(increase(ponder_usage_anomalies_total[$__range]))")
            .query("cost", "sum(increase(ponder_cost_reports_total{use=\"ignored\"}[$__range]))"),
        stat(
                "Limits broken",
                COUNT,
                "Answers in the time shown that were longer than their limit: the model is not"
                    + " capped from then on, and its maximum is set aside.")
            .warns(Scale.ANY)
            .wide(4)
            .query("broken", "sum(increase(ponder_cap_violations_total[$__range]))"),
        stat(
                "Tokens at no price",
                COUNT,
                "In the time shown. No budget notices them: free models, or a price of 0 by"
                    + " mistake.")
            .wide(4)
            .query("tokens", "sum(increase(ponder_unpriced_tokens_total[$__range]))"),
        stat("Pacers begun anew", COUNT, "In the time shown: what they had learnt was unreadable.")
            .warns(Scale.ANY)
            .wide(4)
            .query("pacers", "sum(increase(ponder_pacer_resets_total[$__range]))"),
        stat(
                "Calls at no known price",
                COUNT,
                "In the time shown: passed through unread, and maybe billed.")
            .warns(Scale.ANY)
            .wide(4)
            .query("calls", "sum(increase(ponder_unpriced_calls_total[$__range])) or vector(0)"),
        lines(
                "Calls settled, by where the amount was from",
                PER_SECOND,
                "reported: the upstream's own usage. counted, estimated: ours. presumed: nobody"
                    + " knows, so all that was set aside is taken for spent.")
            .rates("ponder_settlements_total", "source"),
        alerts());
  }

  private static Panel alerts() {
    return lines(
            "Alert shares passed",
            COUNT,
            "Budgets that passed one of their alert_at shares, once in each window.")
        .query(
            "{{budget}} {{percent}} %",
            "sum by (budget, percent) (increase(ponder_budget_alerts_total"
                + BUDGET
                + "[$__rate_interval]))");
  }
}
