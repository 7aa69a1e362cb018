package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of an answer that would not do: the better one, and nothing else. */
class EscalatedCacheTest {

  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}";
  private static final String EMPTY = answer("", "stop");
  private static final String BETTER = answer("better", "stop");

  @TempDir private static Path folder;

  private static Pair pair;

  private static String answer(String content, String finish) {
    return "{\"choices\":[{\"index\":0,\"message\":{\"content\":\""
        + content
        + "\"},\"finish_reason\":\""
        + finish
        + "\"}],"
        + USAGE
        + "}";
  }

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", retries: { max: 0 }, breaker: { failures: 1000, rate: 100% } }
              b: { base_url: "${B}", retries: { max: 0 }, breaker: { failures: 1000, rate: 100% } }
            models:
              mini: { served_by: a/mini, max_output_tokens: 50, price: { input: 1, output: 2 } }
              big: { served_by: b/big, max_output_tokens: 200, price: { input: 10, output: 20 } }
              sage: { served_by: b/sage, reasoning: true, price: { input: 10, output: 20 } }
            routes:
              wary:
                tiers: [ { model: mini }, { model: big, min_score: 0.9 } ]
                escalate: { when: empty }
            cache: {}
            """,
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static Pair.Told ask(int seed) throws IOException {
    String body =
        "{\"model\":\"wary\",\"seed\":" + seed + ",\"messages\":" + RawHttp.messages("x") + "}";
    return pair.ask(body, "x-ponder-effort: low");
  }

  @Test
  void betterAnswer_isKept_andAHitAsksNobody() throws IOException {
    pair.first(Pair.json(200, EMPTY)).second(Pair.json(200, BETTER));
    assertThat(ask(1).text()).isEqualTo(BETTER);
    assertThat(pair.secondCalls()).isEqualTo(1);
    pair.first(Pair.json(200, EMPTY)).second(Pair.json(200, BETTER));
    double saved = Scrape.of(pair.gateway()).sum("ponder_cache_saved_usd_total");
    double regret = Scrape.of(pair.gateway()).sum("ponder_route_regret_total");
    Pair.Told hit = ask(1);
    assertThat(hit.text()).isEqualTo(BETTER);
    assertThat(hit.response().header("x-ponder-cache")).hasValue("hit");
    assertThat(hit.response().header("x-ponder-model")).hasValue("big");
    assertThat(hit.response().header("x-ponder-reason")).hasValue("escalated");
    assertThat(hit.response().header("x-ponder-cost-usd")).hasValue("0");
    assertThat(hit.decision().getString("cache")).isEqualTo("hit");
    assertThat(hit.decision().getString("model")).isEqualTo("big");
    assertThat(hit.decision().containsKey("escalated_from")).isFalse();
    assertThat(pair.firstCalls() + pair.secondCalls()).isZero();
    // 10 + 5 tokens at 1 and 2 USD a million, and the same at 10 and 20.
    assertThat(Scrape.of(pair.gateway()).sum("ponder_cache_saved_usd_total") - saved)
        .isCloseTo(0.00022, within(1e-12));
    assertThat(Scrape.of(pair.gateway()).sum("ponder_route_regret_total")).isEqualTo(regret);
  }

  @Test
  void answerThatWouldNotDo_isGivenIfItMust_andNeverKept() throws IOException {
    for (int i = 0; i < 2; i++) {
      pair.first(Pair.json(200, EMPTY)).second(Pair.json(503, "{}"));
      Pair.Told told = ask(2);
      assertThat(told.text()).isEqualTo(EMPTY);
      assertThat(told.response().header("x-ponder-cache")).isEmpty();
      assertThat(pair.firstCalls()).isEqualTo(1);
    }
    pair.first(Pair.json(200, EMPTY)).second(Pair.json(200, BETTER));
    assertThat(ask(2).text()).isEqualTo(BETTER);
  }

  @Test
  void goodAnswer_isKept_asEver() throws IOException {
    pair.first(Pair.json(200, BETTER));
    ask(3);
    Pair.Told hit = ask(3);
    assertThat(hit.response().header("x-ponder-model")).hasValue("mini");
    assertThat(hit.response().header("x-ponder-reason")).hasValue("hint");
    assertThat(pair.firstCalls()).isEqualTo(1);
  }

  @Test
  void nothingButThought_isNotKept() throws IOException {
    String body = "{\"model\":\"sage\",\"seed\":4,\"messages\":" + RawHttp.messages("x") + "}";
    for (int i = 0; i < 2; i++) {
      pair.first(call -> true).second(Pair.json(200, answer("", "length")));
      pair.ask(body);
      assertThat(pair.secondCalls()).isEqualTo(1);
    }
  }
}
