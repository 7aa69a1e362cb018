package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import dev.ponder.price.Money;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What policies say, as callers and the upstream see it. */
class PolicyTest {

  /** 1,000 and 10,000 nano-dollars a token, and a hundredth of it. */
  private static final String MODELS =
      """
      upstreams: { stub: { base_url: "${STUB}" } }
      models:
        mini: { served_by: stub/stub-mini, price: { input: 0.01, output: 0.10 } }
        thinker: { served_by: stub/stub-thinker, reasoning: true, max_output_tokens: 65536,
                   price: { input: 1, output: 10 } }
        twice: { served_by: [ stub/stub-mini, stub/other ], max_output_tokens: 1000,
                 price: { input: 0, output: 1 } }
      routes:
        auto: [ mini, { model: thinker, effort: high, min_score: 0.5 } ]
        plain: [ mini, { model: thinker, min_score: 0.5 } ]
      """;

  private static final StubOptions STUB =
      StubOptions.standard()
          .withModel("stub-mini", StubScript.parse("tokens=20"))
          .withModel("stub-thinker", StubScript.parse("tokens=20; reasoning=80"));

  private static RunningGateway start(String policies) {
    return RunningGateway.start(MODELS + policies, STUB);
  }

  private static String key(String name, String more) {
    return "  - { name: " + name + ", sha256: " + Keyring.sha256(name) + more + " }\n";
  }

  private static RawHttp.Response ask(RunningGateway gateway, String body, String... headers)
      throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.chat(body, headers).read();
    }
  }

  private static RawHttp.Response as(RunningGateway gateway, String key, String... headers)
      throws IOException {
    String[] all = new String[headers.length + 1];
    System.arraycopy(headers, 0, all, 1, headers.length);
    all[0] = "authorization: Bearer " + key;
    return ask(gateway, RawHttp.ask("thinker", "Hi"), all);
  }

  private static void refused(RawHttp.Response answer, int status, String code) {
    assertThat(answer.status()).describedAs(answer.text()).isEqualTo(status);
    assertThat(answer.json().getJsonObject("error").getString("code")).isEqualTo(code);
  }

  /** The body that reached the upstream last. */
  private static JsonObject upstream(RunningGateway gateway) {
    var calls = gateway.stub().log().calls();
    String id = calls.get(calls.size() - 1).id();
    return new JsonObject(new String(gateway.stub().log().body(id).orElseThrow(), UTF_8));
  }

  @Test
  void twoBudgets_oneOfThemFull_neitherIsDebited() throws IOException {
    try (RunningGateway gateway =
        start(
            """
            policies:
              - { name: wide, budget: 50 USD per month, at_exhaustion: reject }
              - { name: narrow, budget: 0.001 USD per month, at_exhaustion: reject }
            """)) {
      RawHttp.Response answer = ask(gateway, RawHttp.ask("thinker", "Hi"));
      refused(answer, 429, "insufficient_quota");
      assertThat(answer.text()).contains("budget narrow");
      for (String budget : new String[] {"wide", "narrow"}) {
        assertThat(Audit.posted(gateway, budget)).isEqualTo(Money.ZERO);
        assertThat(Audit.pending(gateway, budget)).isEqualTo(Money.ZERO);
      }
      RawHttp.Response cheap = ask(gateway, RawHttp.ask("mini", "Hi"));
      assertThat(cheap.status()).isEqualTo(200);
      Money cost = Ledger.usd(cheap.headers().get("x-ponder-cost-usd"));
      assertThat(cost.nanos()).isPositive();
      for (String budget : new String[] {"wide", "narrow"}) {
        assertThat(Audit.posted(gateway, budget)).isEqualTo(cost);
      }
    }
  }

  @Test
  void twoBudgets_oneOfThemSoft_bothAreDebited() throws IOException {
    try (RunningGateway gateway =
        start(
            """
            policies:
              - { name: soft, budget: 0.000001 USD per month, at_exhaustion: warn }
              - { name: hard, budget: 5 USD per month, at_exhaustion: reject }
            """)) {
      Money cost =
          Ledger.usd(ask(gateway, RawHttp.ask("thinker", "Hi")).headers().get("x-ponder-cost-usd"));
      assertThat(Audit.posted(gateway, "soft")).isEqualTo(cost);
      assertThat(Audit.posted(gateway, "hard")).isEqualTo(cost);
      Scrape now = Scrape.of(gateway);
      String name = "ponder_budget_actions_total";
      assertThat(now.sum(name, "budget=\"soft\"", "action=\"warn\"")).isEqualTo(1);
      assertThat(now.sum(name, "budget=\"hard\"", "action=\"allow\"")).isEqualTo(1);
    }
  }

  /** Of 0.0015 USD one call sets 0.001 aside: two at a time are too many, one after another not. */
  @Test
  void fallback_isPaidWithWhatTheFirstCallGivesBack() throws IOException {
    try (RunningGateway gateway =
        start(
            "policies: [ { name: all, budget: 0.0015 USD per month, at_exhaustion: reject,"
                + " cap_output: never } ]")) {
      RawHttp.Response answer =
          ask(gateway, RawHttp.ask("twice", "Hi"), "x-stub-script: fail_first=1; tokens=20");
      assertThat(answer.status()).describedAs(answer.text()).isEqualTo(200);
      assertThat(Audit.posted(gateway, "all").nanos()).isEqualTo(20_000);
      assertThat(Audit.pending(gateway, "all")).isEqualTo(Money.ZERO);
    }
  }

  @Test
  void maxRequestCost_refusesWhatMayCostMore_andCapsTheRest() throws IOException {
    try (RunningGateway gateway =
        start("policies: [ { name: each, max_request_cost: 0.03 USD, at_exhaustion: reject } ]")) {
      RawHttp.Response capped = ask(gateway, RawHttp.ask("thinker", "Hi"));
      assertThat(capped.status()).describedAs(capped.text()).isEqualTo(200);
      long cap = Long.parseLong(capped.headers().get("x-ponder-capped"));
      assertThat(cap).isBetween(2_048L, 3_000L);
      assertThat(upstream(gateway).getLong("max_completion_tokens")).isEqualTo(cap);
      String five = RawHttp.ask("thinker", "Hi").replace("{\"model\"", "{\"n\":5,\"model\"");
      RawHttp.Response dear = ask(gateway, five);
      refused(dear, 403, "request_too_expensive");
      assertThat(dear.text()).contains("at most 0.03 USD, by the policy each");
      assertThat(gateway.stub().log().calls()).hasSize(1);
      Scrape scrape = Scrape.of(gateway);
      assertThat(scrape.sum("ponder_budget_actions_total", "budget=\"each\"", "\"deny\""))
          .isEqualTo(1);
      assertThat(scrape.sum("ponder_label_overflow_total")).isZero();
      assertThat(scrape.names()).noneMatch(name -> name.contains("_spend_usd_total{"));
    }
  }

  @Test
  void maxRequestCost_downgrade_goesToTheCheapModel() throws IOException {
    try (RunningGateway gateway =
        start("policies: [ { name: each, max_request_cost: 0.001 USD } ]")) {
      RawHttp.Response answer = ask(gateway, RawHttp.ask("auto", "Hi"), "x-ponder-effort: high");
      assertThat(answer.status()).describedAs(answer.text()).isEqualTo(200);
      assertThat(answer.header("x-ponder-model")).hasValue("mini");
      assertThat(answer.header("x-ponder-reason")).hasValue("exhausted");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "auto, , low", // the tier's high
    "auto, minimal, minimal", // the caller's own counts more than the tier's
    "thinker, high, low",
    "thinker, minimal, minimal",
    "thinker, low, low",
    "thinker, , low", // as good as medium
    "plain, xhigh, low",
    "plain, none, none",
    "mini, high, high" // does not reason, and is asked as it was
  })
  void maxEffort_lowersTheEffort(String model, String asked, String sent) throws IOException {
    try (RunningGateway gateway = start("policies: [ { name: calm, max_effort: low } ]")) {
      String body = RawHttp.ask(model, "Hi");
      if (asked != null) {
        body = body.replace("{\"model\"", "{\"reasoning_effort\":\"" + asked + "\",\"model\"");
      }
      RawHttp.Response answer = ask(gateway, body, "x-ponder-effort: high");
      assertThat(answer.status()).describedAs(answer.text()).isEqualTo(200);
      assertThat(upstream(gateway).getString("reasoning_effort")).isEqualTo(sent);
    }
  }

  /** Less effort first, since it needs less room to think; then the other model; then nothing. */
  @ParameterizedTest
  @CsvSource({
    "auto, 0.0500, high",
    "auto, 0.0300, medium",
    "auto, 0.0150, low",
    "auto, 0.0050, mini",
    "auto, 0.000001, none",
    "plain, 0.0300, as it came",
    "plain, 0.0150, low",
    "plain, 0.0050, mini"
  })
  void ladder_lessMoney_lessEffort(String route, String limit, String step) throws IOException {
    try (RunningGateway gateway =
        start("policies: [ { name: all, budget: " + limit + " USD per month, alert_at: [] } ]")) {
      RawHttp.Response answer = ask(gateway, RawHttp.ask(route, "Hi"), "x-ponder-effort: high");
      if (step.equals("none")) {
        refused(answer, 429, "insufficient_quota");
        assertThat(gateway.stub().log().calls()).isEmpty();
        return;
      }
      assertThat(answer.status()).describedAs(answer.text()).isEqualTo(200);
      JsonObject sent = upstream(gateway);
      boolean asDecided = step.equals("high") || step.equals("as it came");
      assertThat(answer.header("x-ponder-reason")).hasValue(asDecided ? "hint" : "exhausted");
      if (step.equals("mini")) {
        assertThat(sent.getString("model")).isEqualTo("stub-mini");
        return;
      }
      assertThat(sent.getString("model")).isEqualTo("stub-thinker");
      assertThat(sent.getString("reasoning_effort"))
          .isEqualTo(step.equals("as it came") ? null : step);
      Scrape now = Scrape.of(gateway);
      assertThat(now.sum("ponder_budget_actions_total", "action=\"downgrade\""))
          .isEqualTo(asDecided ? 0 : 1);
    }
  }

  @Test
  void requestsPerMinute_oneTooMany_isToldWhenToComeAgain() throws IOException {
    try (RunningGateway gateway = start("policies: [ { name: slow, requests_per_minute: 2 } ]")) {
      for (int i = 0; i < 2; i++) {
        assertThat(ask(gateway, RawHttp.ask("mini", "Hi")).status()).isEqualTo(200);
      }
      RawHttp.Response third = ask(gateway, RawHttp.ask("mini", "Hi"));
      refused(third, 429, "rate_limit_exceeded");
      String seconds = third.headers().get("retry-after");
      assertThat(Integer.parseInt(seconds)).isBetween(1, 30);
      assertThat(third.text()).contains("Please try again in " + seconds + "s."); // as Codex reads
      assertThat(third.header("x-should-retry")).isEmpty();
      assertThat(gateway.stub().log().calls()).hasSize(2);
    }
  }

  /** The tokens of a dear call are known when it ends, and are then paid off. */
  @Test
  void tokensPerMinute_whatWasUsedCounts() throws IOException {
    try (RunningGateway gateway = start("policies: [ { name: slow, tokens_per_minute: 5000 } ]")) {
      String stub = "x-stub-script: tokens=9000";
      assertThat(ask(gateway, RawHttp.ask("mini", "Hi"), stub).status()).isEqualTo(200);
      Eventually.holds("the first is over", () -> succeeded(gateway) == 1);
      RawHttp.Response second = ask(gateway, RawHttp.ask("mini", "Hi"));
      refused(second, 429, "rate_limit_exceeded");
      assertThat(Integer.parseInt(second.headers().get("retry-after"))).isBetween(30, 60);
    }
  }

  private static double succeeded(RunningGateway gateway) {
    try {
      return Scrape.of(gateway).sum("ponder_requests_total", "outcome=\"success\"");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void tags_ofTheRequest_chooseThePolicy_butNotAgainstTheKey() throws IOException {
    try (RunningGateway gateway =
        start(
            """
            policies:
              - { name: batch, applies_to: { tags: { workload: batch } },
                  budget: 0.001 USD per month, at_exhaustion: reject }
            keys:
            """
                + key("free", "")
                + key("bound", ", tags: { workload: batch }"))) {
      assertThat(as(gateway, "free").status()).isEqualTo(200);
      assertThat(as(gateway, "free", "x-ponder-tags: workload=chat, x=y").status()).isEqualTo(200);
      assertThat(as(gateway, "free", "x-ponder-tags: x=y,workload=batch").status()).isEqualTo(429);
      assertThat(as(gateway, "bound").status()).isEqualTo(429);
      assertThat(as(gateway, "bound", "x-ponder-tags: workload=chat").status()).isEqualTo(429);
      RawHttp.Response wrong = as(gateway, "free", "x-ponder-tags: workload");
      assertThat(wrong.status()).isEqualTo(400);
      assertThat(wrong.json().getJsonObject("error").getString("param")).isEqualTo("x-ponder-tags");
    }
  }

  @Test
  void eachTeam_itsKeysShareOneBudget_andAnotherTeamHasItsOwn() throws IOException {
    try (RunningGateway gateway =
        start(
            """
            policies:
              - name: fair
                budget: { limit: 0.03 USD, window: month, each: team }
                at_exhaustion: reject
            keys:
            """
                + key("a1", ", team: a")
                + key("a2", ", team: a")
                + key("b1", ", team: b"))) {
      String stub = "x-stub-script: reasoning=1500";
      assertThat(as(gateway, "a1", stub).status()).isEqualTo(200);
      refused(as(gateway, "a2", stub), 429, "insufficient_quota");
      assertThat(as(gateway, "b1", stub).status()).isEqualTo(200);
      assertThat(Audit.usd(Audit.budget(gateway, "fair", "a"), "posted_usd"))
          .isEqualTo(Audit.usd(Audit.budget(gateway, "fair", "b"), "posted_usd"));
    }
  }

  @Test
  void replaces_takesTheOtherPolicysPlace() throws IOException {
    try (RunningGateway gateway =
        start(
            """
            policies:
              - { name: all, budget: 0.001 USD per month, at_exhaustion: reject }
              - { name: fire, applies_to: { key: fire }, replaces: [ all ],
                  budget: 9 USD per month, at_exhaustion: reject }
            keys:
            """
                + key("fire", "")
                + key("other", ""))) {
      assertThat(as(gateway, "other").status()).isEqualTo(429);
      RawHttp.Response answer = as(gateway, "fire");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(Audit.posted(gateway, "all")).isEqualTo(Money.ZERO);
      assertThat(Audit.posted(gateway, "fire"))
          .isEqualTo(Ledger.usd(answer.headers().get("x-ponder-cost-usd")));
    }
  }

  @Test
  void alerts_areTold_onceForEachShare() throws IOException {
    try (RunningGateway gateway =
        start(
            "policies: [ { name: all, budget: 0.01 USD per month, at_exhaustion: warn,"
                + " alert_at: [ 50%, 100% ] } ]")) {
      String stub = "x-stub-script: tokens=100; reasoning=200"; // 0.003 USD
      for (int i = 0; i < 6; i++) {
        assertThat(ask(gateway, RawHttp.ask("thinker", "Hi"), stub).status()).isEqualTo(200);
        Scrape now = Scrape.of(gateway);
        String name = "ponder_budget_alerts_total";
        assertThat(now.sum(name, "percent=\"50\"")).describedAs("%s", i).isEqualTo(i < 1 ? 0 : 1);
        assertThat(now.sum(name, "percent=\"100\"")).describedAs("%s", i).isEqualTo(i < 3 ? 0 : 1);
      }
    }
  }
}
