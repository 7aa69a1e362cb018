package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What goes through unread is billed as soon as its answer tells what it used, and of which model.
 */
class PassthroughBillTest {

  private static final String COMPACT = "/v1/responses/compact";
  private static final String JSON = "content-type: application/json";
  private static final String USAGE =
      "\"usage\":{\"input_tokens\":1000,\"output_tokens\":50,\"total_tokens\":1050}";
  private static final String COST = "0.0014"; // 1000 at 1 USD, 50 at 8 USD the million

  @TempDir private static Path folder;

  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", api_key: env:STUB_KEY }
              b: { base_url: "${B}" }
            models:
              sage: { served_by: a/gpt-sage, price: { input: 1, output: 8 } }
              far: { served_by: b/gpt-far, price: { input: 9, output: 9 } }
            routes: { auto: [ far, sage ] }
            passthrough: a
            policies: [ { name: all, budget: 99 USD per day, at_exhaustion: reject } ]
            """,
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static double posted() throws IOException {
    try (RawHttp admin = new RawHttp(pair.gateway().adminUrl())) {
      admin.send("GET /admin/v1/budgets HTTP/1.1\r\nhost: admin\r\n\r\n");
      JsonObject budget = admin.read().json().getJsonArray("budgets").getJsonObject(0);
      return Double.parseDouble(budget.getString("posted_usd"));
    }
  }

  private static double unpriced() throws IOException {
    return Scrape.of(pair.gateway()).sum("ponder_unpriced_calls_total");
  }

  private static void assertBilled(Pair.Told told, double before) throws IOException {
    assertThat(told.decision().getString("model")).isEqualTo("sage");
    assertThat(told.decision().getString("deployment")).isEqualTo("a/gpt-sage");
    assertThat(told.decision().getString("cost_usd")).isEqualTo(COST);
    assertThat(Math.round((posted() - before) * 1e9)).isEqualTo(1_400_000);
  }

  private static String asks(String model) {
    return "{\"input\":\"long\",\"model\":\"" + model + "\"}";
  }

  @ParameterizedTest
  @CsvSource({"gpt-sage", "sage", "a/gpt-sage", "auto"})
  void compaction_isBilledByTheModelAskedFor(String model) throws IOException {
    double before = posted();
    double unpriced = unpriced();
    String answer = "{\"object\":\"response.compaction\",\"output\":[]," + USAGE + "}";
    Pair.Told told = pair.first(Pair.json(200, answer)).askAt(COMPACT, asks(model), JSON);
    assertThat(told.text()).isEqualTo(answer);
    assertThat(pair.lastBody()).isEqualTo(asks("gpt-sage"));
    assertBilled(told, before);
    assertThat(unpriced()).isEqualTo(unpriced);
    Scrape metrics = Scrape.of(pair.gateway());
    assertThat(metrics.sum("ponder_tokens_total", "model=\"sage\"")).isGreaterThan(0);
  }

  /** It comes in pieces, and only the name changes; what is not ours does not. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ 'x': {'model':'sage'}, 'm\\u006fdel' : 'sage', 'n':1.0 }"
            + "| { 'x': {'model':'sage'}, 'm\\u006fdel' : 'gpt-sage', 'n':1.0 }",
        "{'model':'far','input':1}   | {'model':'far','input':1}",
        "{'model':'other'}           | {'model':'other'}",
        "{'model':7}                 | {'model':7}",
        "['model','sage']            | ['model','sage']",
        "{'model':'sag               | {'model':'sag"
      })
  void nameOfAModel_isReplaced_andNothingElse(String body, String expected) throws IOException {
    String asked = body.replace('\'', '"');
    for (String path : new String[] {COMPACT, "/v1/responses/input_tokens?x=1"}) {
      pair.first(Pair.json(200, "{}")).askAt(path, asked, JSON);
      assertThat(pair.lastBody()).isEqualTo(expected.replace('\'', '"'));
    }
    pair.first(Pair.json(200, "{}")).askAt("/v1/images/generations", asked, JSON);
    assertThat(pair.lastBody()).isEqualTo(asked);
  }

  @Test
  void nameOfAModel_inPieces_isReplaced_ifItStandsAtTheBeginning() throws IOException {
    String rest = "\",\"input\":\"" + "x".repeat(200_000) + "\"}";
    String late = "{\"input\":\"" + "x".repeat(200_000) + "\",\"model\":\"sage\"}";
    pair.first(Pair.json(200, "{}")).askAt(COMPACT, "{\"model\":\"sage" + rest, JSON);
    assertThat(pair.lastBody()).isEqualTo("{\"model\":\"gpt-sage" + rest);
    pair.first(Pair.json(200, "{}")).askAt(COMPACT, late, JSON);
    assertThat(pair.lastBody()).isEqualTo(late);
    pair.first(Pair.json(200, "{}"));
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      client.send("POST " + COMPACT + " HTTP/1.1\r\nhost: x\r\ncontent-length: 16\r\n\r\n");
      for (String piece : new String[] {"{\"mod", "el\":\"", "sage", "\"", "}"}) {
        client.send(piece);
      }
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(pair.lastBody()).isEqualTo("{\"model\":\"gpt-sage\"}");
  }

  @Test
  void modelOfTheAnswer_countsMore() throws IOException {
    double before = posted();
    String answer = "{\"model\":\"gpt-sage\",\"data\":[]," + USAGE + "}";
    pair.first(Pair.json(200, answer));
    assertBilled(pair.askAt("/v1/images/generations", asks("other"), JSON), before);
  }

  @Test
  void longAnswer_isBilledByItsEnd_andQuotesFoolNobody() throws IOException {
    double before = posted();
    String fake = "\\\"usage\\\":{\\\"input_tokens\\\":9000000}";
    String answer =
        "{\"model\":\"gpt-sage\",\"data\":[\""
            + "x".repeat(700_000)
            + "\"],"
            + USAGE
            + ",\"more\":{\"usage\":{\"input_tokens\":7000000}},\"text\":\""
            + fake
            + "\"}";
    Pair.Told told = pair.first(Pair.json(200, answer)).askAt(COMPACT, asks("sage"), JSON);
    assertThat(told.text()).isEqualTo(answer);
    assertBilled(told, before);
  }

  @ParameterizedTest
  @CsvSource({"10", "700000"})
  void stream_isBilledByItsLastEvent(int length) throws IOException {
    double before = posted();
    String piece =
        "event: x\ndata: {\"type\":\"x.delta\",\"b64\":\"" + "y".repeat(length) + "\"}\n\n";
    String last = "event: x\ndata: {\"type\":\"x.completed\"," + USAGE + "}\n\n";
    Pair.Told told =
        pair.first(Pair.stream(piece, piece, last)).askAt("/v1/images/edits", asks("sage"), JSON);
    assertThat(told.text()).isEqualTo(piece + piece + last);
    assertBilled(told, before);
  }

  @Test
  void withoutUsage_withoutAPrice_orFailed_isUnpriced() throws IOException {
    double before = posted();
    double unpriced = unpriced();
    String answer = "{\"object\":\"x\"," + USAGE + "}";
    pair.first(Pair.json(200, answer)).askAt(COMPACT, asks("gpt-far"), JSON); // not of this one
    String images = "/v1/images/edits";
    pair.first(Pair.json(200, answer)).askAt(images, asks("sage"), "content-type: text/plain");
    pair.first(Pair.json(200, "{}")).askAt(COMPACT, asks("sage"), JSON);
    pair.first(Pair.json(500, answer)).askAt(COMPACT, asks("sage"), JSON);
    assertThat(posted()).isEqualTo(before);
    assertThat(unpriced() - unpriced).isEqualTo(3);
  }

  @Test
  void hardBudget_seesIt() throws IOException {
    String yaml =
        """
        upstreams:
          raw: { base_url: "%s" }
        models:
          sage: { served_by: raw/gpt-sage, price: { input: 1, output: 8 } }
        passthrough: raw
        policies:
          - { name: p, budget: 0.002 USD per month, at_exhaustion: reject }
        """;
    String answer = "{\"model\":\"gpt-sage\"," + USAGE + "}";
    try (RawUpstream upstream = new RawUpstream(Pair.json(200, answer));
        RunningGateway gateway = RunningGateway.start(yaml.formatted(upstream.baseUrl()));
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (int i = 0; i < 2; i++) { // the second one overdraws it
        assertThat(client.post(COMPACT, asks("sage")).read().status()).isEqualTo(200);
      }
      RawHttp.Response refused = client.post(COMPACT, asks("sage")).read();
      assertThat(refused.status()).isEqualTo(429);
      assertThat(upstream.calls()).isEqualTo(2);
    }
  }
}
