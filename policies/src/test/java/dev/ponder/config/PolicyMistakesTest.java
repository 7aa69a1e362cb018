package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The mistakes in policies, and what policies say against each other. */
class PolicyMistakesTest {

  private static final String MONEY =
      " (expected: more than 0 and less than 1000000000 USD, such as 0.50 USD)";

  private static final String BUDGET =
      " (expected: more than 0 and less than 1000000000 USD per hour, day, week or month, such as"
          + " 500 USD per month)";

  private final Mistakes mistakes = new Mistakes();

  @TestFactory
  Stream<DynamicTest> read_mistake_isReportedAtItsPlace() {
    shape();
    amounts();
    members();
    each();
    replaced();
    warnings();
    return mistakes.tests();
  }

  private void shape() {
    mistakes.extra("policies: {}", "6:11 policies: a mapping (expected: a list of policies)");
    mistakes.extra(
        "policies: [ everyone ]",
        "6:13 policies[0]: everyone (expected: a policy with name and budget)");
    policies(
        "- { budget: 5 USD per month }",
        "8:3 policies[0].name: missing (expected: a name of its own)");
    policies(
        "- { name: a, budget: 5 USD per day }\n- { name: a, budget: 5 USD per day }",
        "9:11 policies[1].name: a (expected: a name of its own: another policy has it)");
    mistakes.extra(
        "policies: [" + " {},".repeat(1_001) + " ]",
        "6:11 policies: 1001 policies (expected: at most 1000)");
  }

  private void amounts() {
    for (String amount :
        new String[] {
          "0 USD per day",
          "-5 USD per day",
          "9223372036854775808 USD per day",
          "9223372036.854775807 USD per day",
          "1000000000 USD per day",
          "0.0000000001 USD per day",
          "5 EUR per month",
          "5 USD per year",
          "5 USD",
          "1e3 USD per day"
        }) {
      policies(
          "- { name: a, budget: " + amount + " }", "8:22 policies[0].budget: " + amount + BUDGET);
    }
    for (String amount :
        new String[] {"0 USD", "-1 USD", "5", "5 EUR", "9223372036854775808 USD"}) {
      policies(
          "- { name: a, budget: { limit: " + amount + ", window: day } }",
          "8:31 policies[0].budget.limit: " + amount + MONEY);
      policies(
          "- { name: a, max_request_cost: " + amount + " }",
          "8:32 policies[0].max_request_cost: " + amount + MONEY);
    }
    policies(
        "- { name: a, budget: { limit: 5 USD, window: year } }",
        "8:46 policies[0].budget.window: year (expected: hour, day, week or month)");
    policies(
        "- { name: a, budget: { limit: 5 USD, window: day, time_zone: Europe/Berln } }",
        "8:62 policies[0].budget.time_zone: unknown time zone Europe/Berln (did you mean"
            + " Europe/Berlin?)");
    policies(
        "- { name: a, budget: { limit: 5 USD, window: day, time_zone: UTC+99 } }",
        "8:62 policies[0].budget.time_zone: unknown time zone UTC+99 (expected: a time zone, such"
            + " as Europe/Berlin)");
  }

  private void members() {
    policies(
        "- { name: a, budget: 1 USD per day, applies_to: { route: auto, modle: x }, alert_at: 0% }",
        "8:58 policies[0].applies_to.route: unknown route auto (there are none)",
        "8:64 policies[0].applies_to.modle: unknown key (did you mean model?)",
        "8:86 policies[0].alert_at: 0% (expected: a share of 1% to 1000%, such as 80%)");
    policies(
        "- { name: a, applies_to: { tier: dear }, at_exhaustion: stop, max_effort: more }",
        "8:34 policies[0].applies_to.tier: dear (expected: llm or lrm)",
        "8:57 policies[0].at_exhaustion: stop (expected: reject, downgrade or warn)",
        "8:75 policies[0].max_effort: more (expected: none, minimal, low, medium, high, xhigh or"
            + " max)");
    policies(
        "- { name: a, budget: 1 USD per day, pacing: on, wait: 6m }",
        "8:45 policies[0].pacing: on (expected: off or adaptive)",
        "8:55 policies[0].wait: 6m (expected: a time of 0s to 300s, such as 30s)");
    policies(
        "- { name: a, requests_per_minute: 10, pacing: adaptive }",
        "8:47 policies[0].pacing: adaptive (expected: off, or a budget in this policy that is"
            + " paced)");
    policies(
        "- { name: a, requests_per_minute: 0, tokens_per_minute: 1000000001 }",
        "8:35 policies[0].requests_per_minute: 0 (expected: a whole number, 1..1000000000)",
        "8:57 policies[0].tokens_per_minute: 1000000001 (expected: a whole number,"
            + " 1..1000000000)");
    policies(
        "- { name: a, cap_output: always, on_disconnect: finish }",
        "8:26 policies[0].cap_output: always (expected: auto or never)",
        "8:49 policies[0].on_disconnect: finish (expected: auto, drain or abort)");
  }

  private void each() {
    policies(
        "- { name: a, each: key, budget: { limit: 5 USD, window: day, each: team } }",
        "8:68 policies[0].budget.each: team (expected: what each says in line 8, or only one of"
            + " them)");
    policies(
        "- { name: a, each: user, budget: 1 USD per day }",
        "8:20 policies[0].each: user (expected: all, team or key)");
    policies("- { name: a, each: key, budget: { limit: 5 USD, window: day, each: key } }");
  }

  private void replaced() {
    String b = "- { name: b, budget: 5 USD per day }\n";
    policies(
        b + "- { name: a, replaces: [ b, b, a, c ] }",
        "9:29 policies[1].replaces[1]: b stands here twice",
        "9:32 policies[1].replaces[2]: a (expected: another policy than this one)",
        "9:35 policies[1].replaces[3]: unknown policy c (did you mean b?)");
    policies(
        "- { name: a, replaces: b }\n- { name: b, replaces: a }",
        "9:24 policies[1].replaces: a circle: b (line 9) replaces a (line 8) replaces b (line 9)"
            + " (expected: none that replace each other)");
    policies(
        "- { name: a, replaces: c }\n- { name: b, replaces: a }\n- { name: c, replaces: b }",
        "10:24 policies[2].replaces: a circle: c (line 10) replaces b (line 9) replaces a (line 8)"
            + " replaces c (line 10) (expected: none that replace each other)");
    String overlap = " does for the same calls (expected: applies_to that exclude each other)";
    policies(
        b
            + "- { name: x, applies_to: { team: x }, replaces: b }\n"
            + "- { name: y, applies_to: { route: r }, replaces: [ b ] }\nroutes: { r: mini }",
        "10:50 policies[2].replaces: replaces b, as x (line 9)" + overlap);
    policies(
        b
            + "- { name: x, applies_to: { team: x }, replaces: b }\n"
            + "- { name: y, applies_to: { team: y, model: o3 }, replaces: b }");
    policies(
        b
            + "- { name: x, applies_to: { tier: llm }, replaces: b }\n"
            + "- { name: y, applies_to: { model: o3 }, replaces: b }\n"
            + "- { name: z, applies_to: { model: mini }, replaces: b }",
        "11:53 policies[3].replaces: replaces b, as x (line 9)" + overlap);
    // A key has its team, and its tags before those of a request.
    policies(
        b
            + "- { name: x, applies_to: { key: k }, replaces: b }\n"
            + "- { name: y, applies_to: { team: x }, replaces: b }\n"
            + "- { name: z, applies_to: { team: y, tags: { t: w } }, replaces: b }\n"
            + "keys: [ { name: k, team: y, tags: { t: v }, sha256: "
            + "0".repeat(64)
            + " } ]");
    // Where z applies, x does not: nothing is in doubt.
    policies(
        b
            + "- { name: x, replaces: b }\n"
            + "- { name: z, applies_to: { team: z }, replaces: [ b, x ] }");
  }

  private void warnings() {
    String nowhere =
        " warning: policies[0].applies_to: fits no call: its key is of another team, or its model"
            + " of another tier";
    mistakes.extra(
        "policies: [ { name: a, budget: 1 USD per day } ]",
        "6:1 warning: policies: no ledger: budgets begin at zero with every start (expected:"
            + " ledger: sqlite:PATH)");
    mistakes.extra("policies: [ { name: a, requests_per_minute: 1 } ]");
    policies(
        "- { name: a, applies_to: { team: x } }",
        "8:3 warning: policies[0]: does nothing (expected: a budget, a rate, or max_effort)");
    policies(
        "- { name: a, max_effort: low, applies_to: { model: o3, tier: llm } }", "8:31" + nowhere);
    policies(
        "- { name: a, max_effort: low, applies_to: { key: k, team: x } }\n"
            + "keys: [ { name: k, team: y, sha256: "
            + "0".repeat(64)
            + " } ]",
        "8:31" + nowhere);
    policies(
        "- { name: a, max_effort: low, each: key, wait: 1s, alert_at: 5% }",
        "8:31 warning: policies[0].each: has no effect without a budget, a rate or an"
            + " lrm_share",
        "8:42 warning: policies[0].wait: has no effect without a budget",
        "8:52 warning: policies[0].alert_at: has no effect without a budget");
  }

  @Test
  void read_thirteenBudgetsOfOneCall_areTooMany() {
    String budget = ", budget: 1 USD per day";

    assertThat(Examples.read(numbered(12, budget)).problems()).isEmpty();
    assertThat(Examples.read(numbered(13, budget)).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "ponder.yaml:7:1 policies: more than 12 budgets may apply to one call (expected: at"
                + " most 12, or applies_to that exclude each other)");
    assertThat(Examples.read(numbered(13, ", max_effort: low")).problems()).isEmpty();
  }

  @Test
  void read_hundredsOfBudgetsForDifferentCalls_areServed() {
    String teams = ", budget: 1 USD per day, applies_to: { team: t# }";
    String company = "- { name: company, budget: 9 USD per day }\n";

    assertThat(Examples.read(numbered(300, teams) + company).problems()).isEmpty();
    // Twelve that any team may meet make thirteen with the team's own.
    StringBuilder yaml = new StringBuilder(numbered(300, teams));
    for (int i = 0; i < 12; i++) {
      yaml.append("- { name: x").append(i).append(", budget: 1 USD per day, ");
      yaml.append("applies_to: { tags: { g").append(i).append(": v } } }\n");
    }
    assertThat(Examples.read(yaml.toString()).problems()).hasSize(1);
  }

  private static String numbered(int count, String members) {
    StringBuilder yaml = new StringBuilder(Examples.BASE).append("ledger: memory\npolicies:\n");
    IntStream.range(0, count)
        .forEach(
            i ->
                yaml.append("- { name: p")
                    .append(i)
                    .append(members.replace("#", "" + i))
                    .append(" }\n"));
    return yaml.toString();
  }

  /** A list that begins in line 8, with a ledger. */
  private void policies(String lines, String... expected) {
    mistakes.extra("ledger: memory\npolicies:\n" + lines, expected);
  }
}
