package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** Budgets as callers and operators see them: headers, refusals, the admin API. */
class BudgetTest {

  /** 10 USD per million tokens of output: 2,048 tokens, the least cap, are 0.02 USD. */
  static final String MODELS =
      """
      upstreams:
        stub: { base_url: "${STUB}" }
      models:
        mini: { served_by: stub/stub-mini, price: { input: 0.10, output: 0.40 } }
        thinker:
          served_by: stub/stub-thinker
          reasoning: true
          price: { input: 1, output: 10 }
          max_output_tokens: 65536
          context_tokens: 200000
      routes:
        auto: [ mini, { model: thinker, min_score: 0.5 } ]
      """;

  private static final StubOptions STUB =
      StubOptions.standard()
          .withModel("stub-mini", StubScript.parse("tokens=20"))
          .withModel("stub-thinker", StubScript.parse("tokens=100; reasoning=900"));

  private static RunningGateway start(String policies) {
    return RunningGateway.start(MODELS + policies, STUB);
  }

  private static RawHttp.Response ask(RunningGateway gateway, String body, String... headers)
      throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(body, headers);
      return client.read();
    }
  }

  private static String header(RawHttp.Response answer, String name) {
    return answer.header(name).orElseThrow(() -> new AssertionError(name + ": " + answer));
  }

  private static JsonObject budget(RunningGateway gateway) throws IOException {
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      admin.send("GET /admin/v1/budgets HTTP/1.1\r\nhost: admin\r\n\r\n");
      return admin.read().json().getJsonArray("budgets").getJsonObject(0);
    }
  }

  @Test
  void call_isPostedExactly_andTheRestGivenBack() throws IOException {
    try (RunningGateway gateway =
        start("policies: [ { name: all, budget: 5 USD per day, at_exhaustion: reject } ]")) {
      RawHttp.Response answer = ask(gateway, RawHttp.ask("thinker", "hard"));
      assertThat(answer.status()).describedAs(answer.text()).isEqualTo(200);
      JsonObject budget = budget(gateway);
      assertThat(budget.getString("name")).isEqualTo("all");
      assertThat(budget.getString("posted_usd")).isEqualTo(header(answer, "x-ponder-cost-usd"));
      assertThat(budget.getString("pending_usd")).isEqualTo("0");
      BigDecimal left =
          new BigDecimal("5").subtract(new BigDecimal(budget.getString("posted_usd")));
      assertThat(new BigDecimal(header(answer, "x-ponder-budget-remaining-usd")))
          .isEqualByComparingTo(left);
      assertThat(new BigDecimal(budget.getString("remaining_usd"))).isEqualByComparingTo(left);
    }
  }

  @Test
  void fullPurse_leavesTheRequestAsItCame() throws IOException {
    try (RunningGateway gateway = start("policies: [ { name: all, budget: 500 USD per day } ]")) {
      RawHttp.Response answer = ask(gateway, RawHttp.ask("thinker", "hard"));
      assertThat(answer.header("x-ponder-capped")).isEmpty();
      assertThat(upstreamBody(gateway)).doesNotContain("max_");
    }
  }

  @Test
  void tightPurse_capsTheOutput() throws IOException {
    try (RunningGateway gateway =
        start("policies: [ { name: all, budget: 0.5 USD per day, at_exhaustion: reject } ]")) {
      RawHttp.Response answer = ask(gateway, RawHttp.ask("thinker", "hard"));
      assertThat(answer.status()).describedAs(answer.text()).isEqualTo(200);
      long cap = Long.parseLong(header(answer, "x-ponder-capped"));
      assertThat(cap).isBetween(2_048L, 50_000L);
      assertThat(new JsonObject(upstreamBody(gateway)).getLong("max_completion_tokens"))
          .isEqualTo(cap);
    }
  }

  @Test
  void exhausted_reject_isInsufficientQuota() throws IOException {
    try (RunningGateway gateway =
        start("policies: [ { name: all, budget: 0.01 USD per day, at_exhaustion: reject } ]")) {
      RawHttp.Response answer = ask(gateway, RawHttp.ask("thinker", "hard"));
      assertThat(answer.status()).isEqualTo(429);
      assertThat(new JsonObject(answer.text()).getJsonObject("error").getString("code"))
          .isEqualTo("insufficient_quota");
      assertThat(header(answer, "x-should-retry")).isEqualTo("false");
      assertThat(answer.header("retry-after")).isEmpty();
      assertThat(header(answer, "x-ponder-budget-resets")).matches("\\d{4}-.*T00:00:00Z");
      assertThat(header(answer, "x-ponder-reason")).isEqualTo("exhausted");
      assertThat(gateway.stub().log().calls()).isEmpty();
      assertThat(budget(gateway).getString("exhausted_at")).isNotNull();
    }
  }

  @Test
  void exhausted_downgrade_goesToTheCheapModel() throws IOException {
    try (RunningGateway gateway =
        start("policies: [ { name: all, budget: 0.004 USD per day, at_exhaustion: downgrade } ]")) {
      RawHttp.Response answer = ask(gateway, RawHttp.ask("auto", "hard"), "x-ponder-effort: high");
      assertThat(answer.status()).describedAs(answer.text()).isEqualTo(200);
      assertThat(header(answer, "x-ponder-model")).isEqualTo("mini");
      assertThat(header(answer, "x-ponder-reason")).isEqualTo("exhausted");
    }
  }

  @Test
  void warn_goesOn() throws IOException {
    try (RunningGateway gateway =
        start("policies: [ { name: all, budget: 0.000001 USD per day, at_exhaustion: warn } ]")) {
      RawHttp.Response answer = ask(gateway, RawHttp.ask("thinker", "hard"));
      assertThat(answer.status()).describedAs(answer.text()).isEqualTo(200);
      assertThat(header(answer, "x-ponder-budget-remaining-usd")).startsWith("-");
    }
  }

  /** What nobody limits is not cut off, however little is known of the model. */
  @Test
  void withoutABudget_aLongStreamIsLeftAlone() throws IOException {
    String models =
        """
        upstreams:
          stub: { base_url: "${STUB}" }
        models:
          local: { served_by: stub/stub-long, price: { input: 0, output: 1 } }
        """;
    StubOptions options =
        StubOptions.standard().withModel("stub-long", StubScript.parse("tokens=20000"));
    try (RunningGateway gateway = RunningGateway.start(models, options)) {
      assertThat(ask(gateway, RawHttp.askStream("local", "go on")).text()).endsWith("[DONE]\n\n");
      assertThat(Scrape.of(gateway).sum("ponder_cap_violations_total")).isZero();
    }
  }

  @Test
  void pacing_makesTheDearTierHarderToReach() throws IOException {
    try (RunningGateway gateway =
        start(
            "policies: [ { name: all, budget: 0.30 USD per day, pacing: adaptive, wait: 0s } ]")) {
      int paced = 0;
      for (int i = 0; i < 100; i++) {
        RawHttp.Response answer =
            ask(gateway, RawHttp.ask("auto", "hard " + i), "x-ponder-effort: 0.55");
        assertThat(answer.status()).describedAs(answer.text()).isEqualTo(200);
        paced += header(answer, "x-ponder-reason").equals("paced") ? 1 : 0;
        if (header(answer, "x-ponder-reason").equals("paced")) {
          assertThat(header(answer, "x-ponder-model")).isEqualTo("mini");
          assertThat(Double.parseDouble(header(answer, "x-ponder-threshold"))).isGreaterThan(0.55);
        }
      }
      assertThat(paced).isPositive();
      assertThat(Double.parseDouble(budget(gateway).getValue("shadow_price").toString()))
          .isPositive();
    }
  }

  private static String upstreamBody(RunningGateway gateway) {
    String id = gateway.stub().log().calls().get(0).id();
    return new String(
        gateway.stub().log().body(id).orElseThrow(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
