package dev.ponder.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.ponder.gateway.stub.StubOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scorer of the user's own, asked over HTTP in place of the built-in one. */
class OwnClassifierTest {

  private static final String ERRORS = "ponder_classifier_errors_total";

  private WireMockServer scorer;
  private int port;

  @BeforeEach
  void start() {
    scorer = new WireMockServer(options().dynamicPort());
    scorer.start();
    port = scorer.port();
  }

  @AfterEach
  void stop() {
    scorer.stop();
  }

  private void answers(ResponseDefinitionBuilder response) {
    scorer.resetMappings();
    scorer.stubFor(post(anyUrl()).willReturn(response));
  }

  private RunningGateway gateway(String more) {
    return RunningGateway.start(yaml(more), StubOptions.standard());
  }

  private String yaml(String more) {
    return Scenes.TWO_TIERS
        + "classifier: { http: \"http://127.0.0.1:"
        + port
        + "/score?v=1\", "
        + more
        + " }\n";
  }

  private static RawHttp.Response ask(RunningGateway gateway, String prompt, String... headers)
      throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      RawHttp.Response response = client.chat(RawHttp.ask("auto", prompt), headers).read();
      assertThat(response.status()).describedAs(response.text()).isEqualTo(200);
      return response;
    }
  }

  private List<LoggedRequest> asked() {
    return scorer.findAll(postRequestedFor(anyUrl()));
  }

  private static void assertModel(RawHttp.Response response, String model, String score) {
    assertThat(response.header("x-ponder-model")).hasValue(model);
    assertThat(response.header("x-ponder-reason")).hasValue("score");
    assertThat(response.header("x-ponder-score")).hasValue(score);
  }

  private static String builtIn(String prompt) {
    return String.format(Locale.ROOT, "%.3f", Scenes.score(prompt));
  }

  @Test
  void score_isTheScorers() throws IOException {
    answers(okJson("{\"score\": 0.91, \"model\": \"mine\"}"));
    try (RunningGateway gateway = gateway("timeout: 5s, api_key: env:STUB_KEY")) {
      assertModel(ask(gateway, "Hi"), "thinker", "0.910");
      answers(okJson("{\"score\": 0}"));
      assertModel(ask(gateway, "Hello"), "mini", "0.000");

      LoggedRequest request = asked().get(0);
      assertThat(request.getUrl()).isEqualTo("/score?v=1");
      assertThat(request.getHeader("authorization")).isEqualTo("Bearer stub-secret");
      assertThat(request.getHeader("content-type")).isEqualTo("application/json");
      Scrape now = Scrape.of(gateway);
      assertThat(now.sum("ponder_classifier_score_count", "classifier=\"http\"")).isEqualTo(2);
      assertThat(now.sum(ERRORS)).isZero();
      assertThat(now.sum("ponder_classifier_drift")).as("of somebody else's scores").isZero();
    }
  }

  @Test
  void question_features_hasNoWord() throws IOException {
    answers(okJson("{\"score\": 0.1}"));
    try (RunningGateway gateway = gateway("timeout: 5s")) {
      ask(gateway, "The password is swordfish: is 7 > 5?");

      String body = asked().get(0).getBodyAsString();
      assertThat(body).doesNotContain("swordfish").doesNotContain("password");
      JsonObject question = new JsonObject(body);
      assertThat(question.fieldNames()).containsOnly("version", "route", "request", "features");
      assertThat(question.getInteger("version")).isEqualTo(1);
      assertThat(question.getString("route")).isEqualTo("auto");
      JsonObject request = question.getJsonObject("request");
      assertThat(request.getInteger("user_turns")).isEqualTo(1);
      assertThat(request.getInteger("input_tokens")).isBetween(8, 20);
      assertThat(request.getValue("max_output_tokens")).isNull();
      assertThat(question.getJsonObject("features").size()).isGreaterThan(10);
      assertThat(question.getJsonObject("features").stream())
          .allSatisfy(
              e -> {
                assertThat(e.getKey()).matches("[a-z0-9_]+");
                assertThat(e.getValue()).isInstanceOf(Number.class);
              });
    }
  }

  @Test
  void question_textByChoice() throws IOException {
    answers(okJson("{\"score\": 0.1}"));
    String body =
        """
        {"model": "auto", "max_tokens": 900, "messages": [
          {"role": "system", "content": "Be \\"brief\\"."},
          {"role": "user", "content": "First"}, {"role": "assistant", "content": "One"},
          {"role": "user", "content": "Zweitens: ä€😀"}]}
        """;
    for (String send : List.of("text", "both")) {
      scorer.resetRequests();
      try (RunningGateway gateway = gateway("timeout: 5s, send: " + send);
          RawHttp client = new RawHttp(gateway.apiUrl())) {
        assertThat(client.chat(body).read().status()).isEqualTo(200);
        JsonObject question = new JsonObject(asked().get(0).getBodyAsString());
        assertThat(question.getJsonObject("text"))
            .isEqualTo(
                new JsonObject().put("system", "Be \"brief\".").put("user", "Zweitens: ä€😀"));
        assertThat(question.containsKey("features")).isEqualTo(send.equals("both"));
        assertThat(question.getJsonObject("request").getInteger("max_output_tokens"))
            .isEqualTo(900);
        assertThat(question.getJsonObject("request").getInteger("assistant_turns")).isEqualTo(1);
      }
    }
  }

  @Test
  void cache_asksOnce() throws IOException {
    answers(okJson("{\"score\": 0.7}"));
    String yaml = yaml("timeout: 5s, cache: 100, send: text");
    try (RunningGateway gateway = RunningGateway.start(yaml)) {
      for (int i = 0; i < 3; i++) {
        assertModel(ask(gateway, "The same"), "thinker", "0.700");
      }
      assertThat(asked()).hasSize(1);
      ask(gateway, "Another");
      assertThat(asked()).hasSize(2);
      Scrape now = Scrape.of(gateway);
      String cache = "ponder_cache_requests_total";
      assertThat(now.sum(cache, "cache=\"classifier\"", "result=\"hit\"")).isEqualTo(2);
      assertThat(now.sum(cache, "cache=\"classifier\"", "result=\"miss\"")).isEqualTo(2);

      gateway.reload(yaml + "responses: { annotate: false }\n");
      ask(gateway, "The same");
      assertThat(asked()).as("the same scorer after a reload").hasSize(2);
      gateway.reload(yaml.replace("v=1", "v=2"));
      ask(gateway, "The same");
      assertThat(asked()).as("another scorer").hasSize(3);
    }
  }

  @Test
  void cache_off_asksEachTime() throws IOException {
    answers(okJson("{\"score\": 0.7}"));
    try (RunningGateway gateway = gateway("timeout: 5s, cache: 0")) {
      ask(gateway, "The same");
      ask(gateway, "The same");
      assertThat(asked()).hasSize(2);
    }
  }

  @Test
  void hintsAndPins_askNobody() throws IOException {
    answers(okJson("{\"score\": 0.7}"));
    try (RunningGateway gateway = gateway("timeout: 5s");
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      RawHttp.Response hinted = ask(gateway, "Hi", "x-ponder-effort: low");
      assertThat(hinted.header("x-ponder-reason")).hasValue("hint");
      assertThat(client.chat(RawHttp.ask("mini", "Hi")).read().status()).isEqualTo(200);
      assertThat(asked()).isEmpty();
    }
  }

  @Test
  void slow_theBuiltInScores() throws IOException {
    answers(okJson("{\"score\": 0.99}").withFixedDelay(5_000));
    try (RunningGateway gateway = gateway("timeout: 50ms")) {
      long begun = System.nanoTime();
      assertModel(ask(gateway, "Hi"), "mini", builtIn("Hi"));
      assertThat((System.nanoTime() - begun) / 1_000_000).isLessThan(4_000);
      assertThat(Scrape.of(gateway).sum(ERRORS, "classifier=\"http\"", "reason=\"timeout\""))
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[0.5]",
        "{}",
        "{\"score\": NaN}",
        "{\"score\": 1e999}",
        "{\"score\": 1.0001}",
        "{\"score\": -0.0001}",
        "{\"score\": \"0.9\"}",
        "{\"score\": null}",
        "{\"score\": [0.9]}",
        "{\"score\": 0.9"
      })
  void nonsense_theBuiltInScores(String body) throws IOException {
    answers(okJson(body));
    assertFallsBack("bad_answer");
  }

  @Test
  void faults_theBuiltInScores() throws IOException {
    Map<String, ResponseDefinitionBuilder> faults =
        Map.of(
            "status", aResponse().withStatus(500).withBody("{\"score\": 0.99}"),
            "too_large", okJson("{\"score\": 0.99, \"x\": \"" + "y".repeat(70_000) + "\"}"),
            "connect", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
    for (Map.Entry<String, ResponseDefinitionBuilder> fault : faults.entrySet()) {
      answers(fault.getValue());
      assertFallsBack(fault.getKey());
    }
    answers(aResponse().withStatus(302).withHeader("location", "/elsewhere"));
    assertFallsBack("status");
    scorer.stop();
    assertFallsBack("connect");
  }

  private void assertFallsBack(String reason) throws IOException {
    try (RunningGateway gateway = gateway("timeout: 5s")) {
      assertModel(ask(gateway, "Hi"), "mini", builtIn("Hi"));
      Scrape now = Scrape.of(gateway);
      assertThat(now.sum(ERRORS, "reason=\"" + reason + "\"")).as(reason).isEqualTo(1);
      assertThat(now.sum(ERRORS)).isEqualTo(1);
      assertThat(now.sum("ponder_classifier_score_count", "classifier=\"http\"")).isZero();
    }
  }

  @Test
  void manyAtOnce_areBounded() throws Exception {
    answers(okJson("{\"score\": 0.9}").withFixedDelay(700));
    try (RunningGateway gateway = gateway("timeout: 5s, max_concurrency: 2")) {
      int busy =
          atOnce(
              12,
              i -> {
                RawHttp.Response response = ask(gateway, "Question " + i);
                return response.header("x-ponder-score").orElse("").equals("0.900") ? 0 : 1;
              });
      assertThat(asked().size()).isBetween(1, 2);
      assertThat(busy).isEqualTo(12 - asked().size());
      assertThat(Scrape.of(gateway).sum(ERRORS, "reason=\"busy\"")).isEqualTo(busy);
    }
  }

  private interface Step {
    int run(int number) throws IOException;
  }

  private static int atOnce(int requests, Step step) throws InterruptedException {
    List<Integer> results = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    Function<Integer, Thread> thread =
        i ->
            new Thread(
                () -> {
                  try {
                    int result = step.run(i);
                    synchronized (results) {
                      results.add(result);
                    }
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    for (int i = 0; i < requests; i++) {
      threads.add(thread.apply(i));
    }
    threads.forEach(Thread::start);
    for (Thread running : threads) {
      running.join();
    }
    assertThat(results).hasSize(requests);
    return results.stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void down_isLeftAlone() throws IOException {
    answers(aResponse().withStatus(503));
    try (RunningGateway gateway = gateway("timeout: 5s");
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (int i = 0; i < 14; i++) { // on one connection, so on one event loop
        assertThat(client.chat(RawHttp.ask("auto", "Hi " + i)).read().status()).isEqualTo(200);
      }
      Scrape now = Scrape.of(gateway);
      assertThat(now.sum(ERRORS)).isEqualTo(14);
      assertThat(now.sum(ERRORS, "reason=\"status\"")).isBetween(10.0, 12.0);
      assertThat(now.sum(ERRORS, "reason=\"paused\"")).isBetween(2.0, 4.0);
      answers(okJson("{\"score\": 0.9}"));
      Eventually.holds(
          "it is asked again",
          () -> {
            try {
              return client.chat(RawHttp.ask("auto", "Hi")).read().text().contains("thinker")
                  || Scrape.of(gateway).sum("ponder_classifier_score_count", "\"http\"") > 0;
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  @Test
  void dryRun_asksToo() throws IOException {
    answers(okJson("{\"score\": 0.85}"));
    try (RunningGateway gateway = gateway("timeout: 5s")) {
      JsonObject decision = ask(gateway, "Hi", "x-ponder-dry-run: true").json();
      assertThat(decision.getString("model")).isEqualTo("thinker");
      assertThat(decision.getString("classifier")).isEqualTo("http");
      assertThat(decision.getDouble("score")).isEqualTo(.85);
    }
  }
}
