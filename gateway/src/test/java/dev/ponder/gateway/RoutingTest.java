package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.stub.StubOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is asked, why, and what the answer's headers say of it. */
class RoutingTest {

  private static final String EASY = "Say hello.";
  private static final String HARD =
      """
      Prove that there are infinitely many primes congruent to 3 modulo 4. Then derive, step by \
      step, an algorithm that counts them below n, analyse its complexity, find the counterexample \
      to the naive claim about gaps, and explain why each step of the proof is necessary. \
      """
          .repeat(8);

  private static RunningGateway gateway;
  private static double threshold;

  @BeforeAll
  static void start() {
    double between = (Scenes.score(EASY) + Scenes.score(HARD)) / 2;
    String minScore = String.format(Locale.ROOT, "%.3f", between);
    threshold = Double.parseDouble(minScore);
    gateway =
        RunningGateway.start(
            """
            upstreams:
              stub: { base_url: "${STUB}", api_key: env:STUB_KEY }
            models:
              mini: { served_by: stub/stub-mini, price: { input: 0.40, output: 1.60 } }
              blind:
                served_by: stub/stub-blind
                vision: false
                tools: false
                context_tokens: 2000
                price: { input: 0.10, output: 0.20 }
              thinker:
                served_by: stub/stub-thinker
                reasoning: true
                price: { input: 2.00, output: 8.00 }
            routes:
              auto: [ mini, { model: thinker, min_score: %s } ]
              fine: [ blind, { model: thinker, effort: low, min_score: 0.45 },
                      { model: thinker, effort: high, min_score: 0.8 } ]
              deep: thinker
            """
                .formatted(minScore),
            StubOptions.standard().withRequireKey("stub-secret"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static RawHttp.Response ask(String body, String... headers) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      RawHttp.Response response = client.chat(body, headers).read();
      assertThat(response.status()).describedAs(response.text()).isEqualTo(200);
      return response;
    }
  }

  private static void assertRouted(RawHttp.Response response, String model, String reason) {
    assertThat(response.header("x-ponder-model")).hasValue(model);
    assertThat(response.header("x-ponder-reason")).hasValue(reason);
  }

  @Test
  void score_decides() throws IOException {
    assertThat(Scenes.score(EASY)).isLessThan(threshold);
    assertThat(Scenes.score(HARD)).isGreaterThanOrEqualTo(threshold);
    RawHttp.Response easy = ask(RawHttp.ask("auto", EASY));
    assertRouted(easy, "mini", "score");
    RawHttp.Response hard = ask(RawHttp.ask("auto", HARD));
    assertRouted(hard, "thinker", "score");
    assertThat(hard.header("x-ponder-route")).hasValue("auto");
    assertThat(hard.header("x-ponder-score")).hasValue(decimals(Scenes.score(HARD)));
    assertThat(hard.header("x-ponder-threshold")).hasValue(decimals(threshold));
    assertRouted(ask(RawHttp.askStream("auto", HARD)), "thinker", "score");
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", Math.round(value * 1_000) / 1_000d);
  }

  @ParameterizedTest
  @CsvSource({
    "low, blind, 0.000, 0.450",
    "medium, thinker, 0.500, 0.800",
    "high, thinker, 1.000, 0.800",
    "0, blind, 0.000, 0.450",
    "0.4499, blind, 0.450, 0.450",
    "0.45, thinker, 0.450, 0.800",
    "1.0, thinker, 1.000, 0.800"
  })
  void hint_ofTheHeader_decides(String hint, String model, String score, String next)
      throws IOException {
    RawHttp.Response response = ask(RawHttp.ask("fine", HARD), "x-ponder-effort: " + hint);
    assertRouted(response, model, "hint");
    assertThat(response.header("x-ponder-score")).hasValue(score);
    assertThat(response.header("x-ponder-threshold")).hasValue(next);
  }

  @ParameterizedTest
  @CsvSource({
    "none, mini, hint",
    "minimal, mini, hint",
    "low, mini, hint",
    "medium, thinker, score",
    "high, thinker, hint",
    "xhigh, thinker, hint",
    "unheard-of, thinker, score"
  })
  void effort_ofTheBody_isAHint(String effort, String model, String reason) throws IOException {
    String body = RawHttp.ask("auto", HARD);
    String hinted = "{\"reasoning_effort\":\"" + effort + "\"," + body.substring(1);
    assertRouted(ask(hinted), model, reason);
  }

  @ParameterizedTest
  @CsvSource({
    "mini, mini",
    "thinker, thinker",
    "stub/stub-mini, mini",
    "stub/stub-thinker, thinker",
    "deep, thinker"
  })
  void name_explicit(String name, String model) throws IOException {
    RawHttp.Response response = ask(RawHttp.ask(name, EASY));
    assertRouted(response, model, "explicit");
    assertThat(response.header("x-ponder-route")).hasValue(name);
    assertThat(response.header("x-ponder-score")).isEmpty();
    assertThat(response.json().getString("model")).isEqualTo("stub-" + model);
  }

  @Test
  void capability_overrulesTheScore() throws IOException {
    String image =
        "{\"model\":\"fine\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
            + "\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]}]}";
    assertRouted(ask(image, "x-ponder-effort: low"), "thinker", "capability");
    String tools =
        RawHttp.ask("fine", EASY)
            .replace(
                "{\"model\"",
                "{\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"model\"");
    assertRouted(ask(tools, "x-ponder-effort: low"), "thinker", "capability");
    String longText = RawHttp.ask("fine", "word ".repeat(4_000));
    assertRouted(ask(longText, "x-ponder-effort: low"), "thinker", "capability");
    String smallCap =
        RawHttp.ask("auto", EASY).replace("{\"model\"", "{\"max_tokens\":20,\"model\"");
    assertRouted(ask(smallCap, "x-ponder-effort: high"), "mini", "capability");
  }

  @Test
  void dryRun_callsNobody() throws IOException {
    long calls = gateway.stub().log().total().calls();
    RawHttp.Response response = ask(RawHttp.ask("auto", HARD), "x-ponder-dry-run: true");
    JsonObject decision = response.json();
    assertThat(decision.getString("object")).isEqualTo("ponder.decision");
    assertThat(decision.getString("model")).isEqualTo("thinker");
    assertThat(decision.getDouble("score")).isBetween(threshold, 1.0);
    assertThat(decision.getJsonArray("candidates")).isNotEmpty();
    assertThat(decision.getJsonArray("signals")).isNotEmpty();
    assertRouted(response, "thinker", "score");
    assertThat(response.header("x-ponder-cost-usd")).isEmpty();
    ask(RawHttp.askStream("mini", EASY), "x-ponder-dry-run: true");
    assertThat(gateway.stub().log().total().calls()).isEqualTo(calls);
  }

  @Test
  void money_isExact_andWithoutExponent() throws IOException {
    RawHttp.Response response = ask(RawHttp.ask("auto", "stub: tokens=1\n" + EASY));
    for (String name : List.of("cost", "estimated-cost", "baseline-cost")) {
      String value = response.header("x-ponder-" + name + "-usd").orElseThrow();
      assertThat(value).describedAs(name).matches("[0-9]+(\\.[0-9]{1,12})?");
    }
    JsonObject usage = response.json().getJsonObject("usage");
    BigDecimal cost =
        new BigDecimal("0.0000004")
            .multiply(new BigDecimal(usage.getInteger("prompt_tokens")))
            .add(
                new BigDecimal("0.0000016")
                    .multiply(new BigDecimal(usage.getInteger("completion_tokens"))));
    assertThat(new BigDecimal(response.header("x-ponder-cost-usd").orElseThrow()))
        .isEqualByComparingTo(cost);
    RawHttp.Response stream = ask(RawHttp.askStream("auto", EASY));
    assertThat(stream.header("x-ponder-cost-usd")).isEmpty();
    assertThat(stream.header("x-ponder-estimated-cost-usd")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "mini", "stub/stub-mini", "stub%2Fstub-mini", "stub%2fstub-mini"})
  void models_one(String name) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send("GET /v1/models/" + name + " HTTP/1.1\r\nhost: g\r\n\r\n");
      JsonObject model = client.read().json();
      assertThat(model.getString("id")).isEqualTo(name.replaceAll("%2[Ff]", "/"));
      assertThat(model.getString("object")).isEqualTo("model");
      client.send("GET /v1/models HTTP/1.1\r\nhost: g\r\n\r\n");
      JsonObject all = client.read().json();
      List<String> ids =
          all.getJsonArray("data").stream()
              .map(each -> ((JsonObject) each).getString("id"))
              .toList();
      assertThat(ids).containsExactly("auto", "fine", "deep", "mini", "blind", "thinker");
    }
  }
}
