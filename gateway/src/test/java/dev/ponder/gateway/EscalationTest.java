package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.Audit.Row;
import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cheap answer that would not do, and what becomes of the question. */
class EscalationTest {

  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":%d,\"total_tokens\":%d}";

  private static final String BETTER = answer("{\"content\":\"better\"}", "stop", 100);
  private static final String KEY = "authorization: Bearer k";

  @TempDir private static Path folder;

  private static Path ledger;
  private static Pair pair;

  private static String answer(String message, String finish, int tokens) {
    return "{\"choices\":[{\"index\":0,\"message\":"
        + message
        + ",\"logprobs\":{\"content\":[{\"token\":\"a\",\"logprob\":-0.1}]},\"finish_reason\":\""
        + finish
        + "\"}],"
        + USAGE.formatted(tokens, 10 + tokens)
        + "}";
  }

  @BeforeAll
  static void start() throws IOException {
    ledger = folder.resolve("ponder.db");
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", retries: { max: 0 } }
              b: { base_url: "${B}", retries: { max: 0 }, breaker: { failures: 1000, rate: 100%% } }
            models:
              mini: { served_by: a/mini, max_output_tokens: 50, price: { input: 1, output: 2 } }
              big: { served_by: b/big, max_output_tokens: 200, price: { input: 10, output: 20 } }
            routes:
              wary:
                tiers: [ { model: mini }, { model: big, min_score: 0.9 } ]
                escalate:
                  when: [ refusal, empty, truncated, invalid_json, low_confidence ]
                  min_logprob: -0.5
              strict:
                tiers: [ { model: mini }, { model: big, min_score: 0.9 } ]
                escalate: { when: empty }
              calm: [ { model: mini }, { model: big, min_score: 0.9 } ]
            policies:
              - { name: all, budget: 100 USD per month, at_exhaustion: reject, alert_at: [] }
              - { name: tight, applies_to: { key: poor, model: big }, budget: 0.0001 USD per month,
                  at_exhaustion: reject, alert_at: [] }
            keys: [ { name: k, sha256: %s }, { name: poor, sha256: %s } ]
            ledger: "sqlite:%s"
            """
                .formatted(Keyring.sha256("k"), Keyring.sha256("poor"), ledger),
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    assertThat(Audit.pending(pair.gateway(), "all").nanos()).isZero();
    assertThat(Scrape.of(pair.gateway()).sum("ponder_requests_in_flight")).isZero();
    pair.close();
  }

  private static String ask(String route, boolean stream, String more) {
    return "{\"model\":\""
        + route
        + "\",\"stream\":"
        + stream
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]"
        + more
        + "}";
  }

  private static Pair.Told tell(String route, String more) throws IOException {
    return pair.ask(ask(route, false, more), KEY, "x-ponder-effort: low");
  }

  private static double escalations() throws IOException {
    return Scrape.of(pair.gateway()).sum("ponder_route_regret_total", "kind=\"llm_escalated\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"content\":null,\"refusal\":\"no\"} | stop | | refusal",
        "{\"content\":\"\"} | stop | | empty",
        "{\"content\":\"half an\"} | length | | truncated",
        "{\"content\":\"Sure!\"} | stop | ,\"response_format\":{\"type\":\"json_object\"}"
            + " | invalid_json",
      })
  void answer_wouldNotDo_theNextTierIsAsked(String message, String finish, String more, String why)
      throws IOException {
    pair.first(Pair.json(200, answer(message, finish, 5))).second(Pair.json(200, BETTER));
    double before = escalations();
    Pair.Told told = tell("wary", more == null ? "" : more);
    assertThat(told.response().status()).isEqualTo(200);
    assertThat(told.text()).isEqualTo(BETTER);
    assertThat(told.response().header("x-ponder-model")).hasValue("big");
    assertThat(told.response().header("x-ponder-reason")).hasValue("escalated");
    // 10 + 5 tokens at 1 and 2 USD a million, and 10 + 100 at 10 and 20.
    assertThat(told.response().header("x-ponder-cost-usd")).hasValue("0.00212");
    JsonObject decision = told.decision();
    assertThat(decision.getString("cost_usd")).isEqualTo("0.00212");
    assertThat(decision.getString("escalated_from")).isEqualTo("mini");
    assertThat(decision.getString("escalated_because")).isEqualTo(why);
    assertThat(decision.getString("escalated_cost_usd")).isEqualTo("0.00002");
    assertThat(decision.getString("model")).isEqualTo("big");
    assertThat(decision.getInteger("attempts")).isEqualTo(2);
    assertThat(decision.getString("outcome")).isEqualTo("success");
    List<Row> rows = Audit.rows(ledger, decision.getString("request_id"), 2);
    assertThat(rows).extracting(Row::nanos).containsExactly(20_000L, 2_100_000L);
    assertThat(escalations()).isEqualTo(before + 1);
  }

  @Test
  void answer_isDoubtful_byItsLogprobs() throws IOException {
    String unsure = answer("{\"content\":\"hm\"}", "stop", 5).replace("-0.1", "-0.6");
    pair.first(Pair.json(200, unsure)).second(Pair.json(200, BETTER));
    Pair.Told told = tell("wary", "");
    assertThat(told.text()).isEqualTo(BETTER);
    assertThat(told.decision().getString("escalated_because")).isEqualTo("low_confidence");
  }

  @ParameterizedTest
  @CsvSource({"wary, stop", "strict, length", "calm, length"})
  void answer_willDo_andNobodyElseIsAsked(String route, String finish) throws IOException {
    String answer = answer("{\"content\":\"fine\"}", finish, 5);
    pair.first(Pair.json(200, answer));
    Pair.Told told = tell(route, "");
    assertThat(told.text()).isEqualTo(answer);
    assertThat(told.response().header("x-ponder-reason")).hasValue("hint");
    assertThat(told.decision().containsKey("escalated_from")).isFalse();
    assertThat(pair.secondCalls()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"503", "400", "200"})
  void nextTier_fails_theFirstAnswerIsGiven(int status) throws IOException {
    String answer = answer("{\"content\":\"\"}", "stop", 5);
    pair.first(Pair.json(200, answer))
        .second(Pair.json(status, "{\"error\":{\"message\":\"no\"}}"));
    Pair.Told told = tell("wary", "");
    assertThat(told.response().status()).isEqualTo(200);
    assertThat(told.text()).isEqualTo(answer);
    assertThat(told.response().header("x-ponder-model")).hasValue("mini");
    assertThat(told.response().header("x-ponder-reason")).hasValue("hint");
    assertThat(told.response().header("x-ponder-cost-usd")).hasValue("0.00002");
    assertThat(told.outcome()).isEqualTo("success");
    assertThat(told.decision().getString("deployment")).isEqualTo("a/mini");
    assertThat(pair.secondCalls()).isEqualTo(1);
  }

  @Test
  void nextTier_breaksOff_theFirstAnswerIsGiven() throws IOException {
    String answer = answer("{\"content\":\"\"}", "stop", 5);
    pair.first(Pair.json(200, answer)).second(RawUpstream.Call::reset);
    Pair.Told told = tell("wary", "");
    assertThat(told.response().status()).isEqualTo(200);
    assertThat(told.text()).isEqualTo(answer);
    assertThat(told.decision().getInteger("attempts")).isEqualTo(2);
  }

  @Test
  void nextTier_isNotPaidFor_theFirstAnswerIsGiven() throws IOException {
    String answer = answer("{\"content\":\"\"}", "stop", 5);
    pair.first(Pair.json(200, answer));
    String body = ask("wary", false, "");
    Pair.Told told = pair.ask(body, "authorization: Bearer poor", "x-ponder-effort: low");
    assertThat(told.text()).isEqualTo(answer);
    assertThat(told.decision().containsKey("escalated_from")).isFalse();
    assertThat(pair.secondCalls()).isZero();
  }

  @Test
  void onceOnly_andNeverForStreams_orTheDearestTier() throws IOException {
    String empty = answer("{\"content\":\"\"}", "stop", 5);
    pair.first(Pair.json(200, empty)).second(Pair.json(200, empty));
    assertThat(tell("wary", "").text()).isEqualTo(empty);
    assertThat(pair.secondCalls()).isEqualTo(1);
    pair.first(Pair.stream(Pair.STOP, Pair.DONE));
    assertThat(pair.ask(ask("wary", true, ""), KEY, "x-ponder-effort: low").text())
        .isEqualTo(Pair.STOP + Pair.DONE);
    pair.first(Pair.json(200, empty)).second(Pair.json(200, empty));
    assertThat(pair.ask(ask("wary", false, ""), KEY, "x-ponder-effort: high").text())
        .isEqualTo(empty);
    assertThat(pair.firstCalls()).isZero();
  }
}
