package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /v1/messages} before an upstream of Anthropic's: relayed as it is, and billed. */
class MessagesTest {

  private static final String PATH = "/v1/messages";
  private static final String ANSWER =
      "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-x\","
          + "\"content\":[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"Eq\"},"
          + "{\"type\":\"text\",\"text\":\"Hi!\"}],\"stop_reason\":\"end_turn\","
          + "\"stop_sequence\":null,\"usage\":{\"input_tokens\":10,"
          + "\"cache_creation_input_tokens\":30,\"cache_read_input_tokens\":60,"
          + "\"output_tokens\":50,\"output_tokens_details\":{\"thinking_tokens\":20}}}";

  @TempDir private static Path folder;

  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", api_key: env:STUB_KEY, provider: anthropic }
              root: { base_url: "${A}/..", provider: anthropic }
              other: { base_url: "${B}" }
            models:
              small: { served_by: a/claude-small, price: { input: 1, output: 4 } }
              sage:
                served_by: a/claude-sage-4-5
                reasoning: true
                price: { input: 2, cached_input: 0.2, cache_write: 2.5, output: 8 }
              new: { served_by: a/claude-opus-4-7, reasoning: true, price: { input: 2, output: 8 } }
              deep: { served_by: root/claude-x, price: { input: 1, output: 4 } }
              gpt: { served_by: other/gpt, price: { input: 1, output: 4 } }
            routes:
              auto: [ small, { model: sage, effort: high, min_score: 0.5 } ]
              word: [ small, { model: new, effort: low, min_score: 0.5 } ]
              mixed: [ gpt, { model: small, min_score: 0.9 } ]
            policies: [ { name: all, budget: 99 USD per day, at_exhaustion: reject } ]
            """,
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static String ask(String model, String more) {
    return "{\"model\":\""
        + model
        + "\",\"max_tokens\":30000,\"messages\":"
        + RawHttp.messages("hello")
        + more
        + "}";
  }

  private static JsonObject sent() {
    return new JsonObject(pair.lastBody());
  }

  @Test
  void query_goesOn() throws IOException {
    pair.first(Pair.json(200, ANSWER)).askAt(PATH + "?beta=true&x=%2Fa", ask("small", ""));
    assertThat(pair.lastHead()).startsWith("POST /v1/messages?beta=true&x=%2Fa HTTP/1.1\r\n");
    pair.first(Pair.json(200, "{\"input_tokens\":7}"));
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      client.post(PATH + "/count_tokens?beta=true", ask("small", ""));
      assertThat(client.read().header("request-id")).isPresent();
    }
    assertThat(pair.lastHead()).startsWith("POST /v1/messages/count_tokens?beta=true HTTP/1.1");
    pair.first(Pair.json(200, "{\"input_tokens\":7}"));
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      client.post(PATH + "/count_tokens", ask("small", ""), "x-ponder-dry-run: true");
      assertThat(client.read().status()).isEqualTo(400);
    }
    assertThat(pair.firstCalls()).isZero();
    assertThat(pair.logText()).doesNotContain("beta=true");
  }

  @Test
  void plain_isRelayedAsItIs_andBilledWithItsCache() throws IOException {
    String body = ask("sage", ",  \"system\": [{\"type\":\"text\",\"text\":\"be brief\"}]");
    Pair.Told told =
        pair.first(Pair.json(200, ANSWER))
            .askAt(PATH, body, "anthropic-beta: x-1", "anthropic-version: 2099-01-01");
    assertThat(told.text()).isEqualTo(ANSWER);
    assertThat(pair.lastBody()).isEqualTo(body.replace("\"sage\"", "\"claude-sage-4-5\""));
    assertThat(pair.lastHead())
        .startsWith("POST /v1/messages HTTP/1.1\r\n")
        .contains("anthropic-version: 2099-01-01", "anthropic-beta: x-1", "x-api-key: stub-secret")
        .doesNotContainIgnoringCase("authorization");
    JsonObject told1 = told.decision();
    assertThat(told1.getString("operation")).isEqualTo("messages");
    assertThat(told1.getInteger("input_tokens")).isEqualTo(100);
    assertThat(told1.getInteger("cached_input_tokens")).isEqualTo(60);
    assertThat(told1.getInteger("cache_write_tokens")).isEqualTo(30);
    assertThat(told1.getInteger("output_tokens")).isEqualTo(50);
    assertThat(told1.getInteger("reasoning_tokens")).isEqualTo(20);
    // 10 × 2 + 60 × 0.2 + 30 × 2.5 + 50 × 8, in millionths
    assertThat(told1.getString("posted_usd")).isEqualTo("0.000507");
    assertThat(told1.getString("finish_reason")).isEqualTo("end_turn");
  }

  @Test
  void version_isNamed_whereTheClientNamesNone() throws IOException {
    pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("small", ""));
    assertThat(pair.lastHead()).contains("anthropic-version: 2023-06-01\r\n");
    pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("deep", ""));
    assertThat(pair.lastHead()).startsWith("POST /v1/../v1/messages HTTP/1.1\r\n");
  }

  @Test
  void effort_isThinkingByTokens_orByAWord() throws IOException {
    String more = ",\"temperature\":0.5";
    pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("auto", more), "x-ponder-effort: high");
    assertThat(sent().getJsonObject("thinking"))
        .isEqualTo(new JsonObject("{\"type\":\"enabled\",\"budget_tokens\":16384}"));
    assertThat(sent().containsKey("temperature")).isFalse();
    assertThat(sent().containsKey("reasoning_effort")).isFalse();
    String format = ",\"output_config\":{\"format\":{\"type\":\"json_schema\"}}";
    pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("word", format), "x-ponder-effort: high");
    assertThat(sent().getJsonObject("thinking").getString("type")).isEqualTo("adaptive");
    assertThat(pair.lastBody())
        .contains("\"output_config\":{\"effort\":\"low\",\"format\":{\"type\":\"json_schema\"}}");
  }

  @Test
  void effort_leavesAnAnswerThatIsBegunAlone() throws IOException {
    String asked = "{\"role\":\"user\",\"content\":\"prove it\"}";
    String begun = "{\"role\":\"assistant\",\"content\":\"First,\"}";
    for (String turns :
        new String[] {asked, asked + "," + begun, asked + "," + begun + "," + asked}) {
      String body = "{\"model\":\"auto\",\"max_tokens\":9000,\"messages\":[" + turns + "]}";
      pair.first(Pair.json(200, ANSWER)).askAt(PATH, body, "x-ponder-effort: high");
      assertThat(sent().containsKey("thinking")).as(turns).isEqualTo(!turns.endsWith(begun));
    }
  }

  @Test
  void effort_leavesAToolsTurnAlone() throws IOException {
    String forced = ",\"tool_choice\":{\"type\":\"any\"},\"tools\":[{\"name\":\"t\"}]";
    pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("auto", forced), "x-ponder-effort: high");
    assertThat(sent().containsKey("thinking")).isFalse();
    String asked = "{\"role\":\"user\",\"content\":\"prove it\"}";
    String called =
        "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\","
            + "\"name\":\"f\",\"input\":{}}]}";
    String told =
        "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\","
            + "\"content\":\"7\"}]}";
    String turn =
        "{\"model\":\"auto\",\"max_tokens\":9000,\"messages\":["
            + String.join(",", asked, called, told)
            + "]}";
    pair.first(Pair.json(200, ANSWER)).askAt(PATH, turn, "x-ponder-effort: high");
    assertThat(sent().containsKey("thinking")).isFalse();
  }

  @Test
  void thinking_isAHint_andLeftOutForAModelThatDoesNot() throws IOException {
    String much = ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":20000}";
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("auto", much));
    assertThat(told.response().header("x-ponder-model")).contains("sage");
    assertThat(told.response().header("x-ponder-reason")).contains("hint");
    String little = ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}";
    told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("auto", little));
    assertThat(told.response().header("x-ponder-model")).contains("small");
    assertThat(sent().containsKey("thinking")).isFalse();
  }

  @Test
  void tools_andImages_areSeen() throws IOException {
    String body =
        "{\"model\":\"sage\",\"max_tokens\":900,\"tools\":[{\"type\":\"web_search_20250305\","
            + "\"name\":\"web_search\"}],\"messages\":"
            + RawHttp.messages("x")
            + "}";
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, body);
    assertThat(told.response().status()).isEqualTo(400);
    assertThat(told.text()).contains("web_search_20250305 is not covered by your budget");
    String own = body.replace("web_search_20250305", "bash_20250124");
    assertThat(pair.first(Pair.json(200, ANSWER)).askAt(PATH, own).response().status())
        .isEqualTo(200);
    String document =
        "{\"model\":\"sage\",\"max_tokens\":900,\"messages\":[{\"role\":\"user\",\"content\":"
            + "[{\"type\":\"document\",\"source\":{\"type\":\"url\",\"url\":\"http://x/\"}}]}]}";
    told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, document);
    assertThat(told.text()).contains("context_tokens of sage are not known");
    String picture = document.replace("document", "image");
    assertThat(pair.first(Pair.json(200, ANSWER)).askAt(PATH, picture).response().status())
        .isEqualTo(200);
  }

  @Test
  void dialectsThatAreNotTranslated_areNotAskedOfIt() throws IOException {
    String body = "{\"model\":\"small\",\"input\":\"x\"}";
    Pair.Told told = pair.first(Pair.json(200, "{}")).askAt("/v1/responses", body);
    assertThat(told.response().status()).isEqualTo(400);
    assertThat(told.json().getJsonObject("error").getString("param")).isEqualTo("model");
    assertThat(told.json().getJsonObject("error").getString("message"))
        .contains("`small`", "/v1/responses");
    assertThat(pair.firstCalls()).isZero();
    String mixed = body.replace("small", "mixed");
    pair.first(Pair.json(200, "{}")).second(Pair.json(200, "{}"));
    told = pair.askAt("/v1/responses", mixed, "x-ponder-effort: high");
    assertThat(told.response().header("x-ponder-model")).contains("gpt");
    assertThat(told.response().header("x-ponder-reason")).contains("capability");
  }

  @Test
  void errors_haveAnthropicsEnvelope() throws IOException {
    assertError(pair.askAt(PATH, "{"), 400, "invalid_request_error");
    assertError(
        pair.askAt(PATH, ask("small", "").replace("\"max_tokens\":30000,", "")),
        400,
        "invalid_request_error");
    assertError(pair.askAt(PATH, ask("unknown", "")), 404, "not_found_error");
    String theirs =
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"full\"}}";
    Pair.Told told = pair.first(Pair.json(529, theirs)).askAt(PATH, ask("small", ""));
    assertThat(told.response().status()).isEqualTo(529);
    assertThat(told.text()).isEqualTo(theirs);
    assertThat(told.decision().getString("posted_usd")).isEqualTo("0");
    pair.first(RawUpstream.Call::reset);
    assertError(pair.askAt(PATH, ask("small", "")), 502, "api_error");
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      RawHttp.Response answer = client.bare("GET", "/v1/messages/batches").read();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.json().getJsonObject("error").getString("type"))
          .isEqualTo("not_found_error");
      assertThat(answer.header("request-id")).hasValue(answer.json().getString("request_id"));
    }
  }

  private static void assertError(Pair.Told told, int status, String type) {
    assertThat(told.response().status()).describedAs(told.text()).isEqualTo(status);
    assertThat(told.json().fieldNames()).containsExactly("type", "error", "request_id");
    assertThat(told.response().header("x-request-id"))
        .hasValue(told.json().getString("request_id"));
    assertThat(told.json().getString("type")).isEqualTo("error");
    JsonObject error = told.json().getJsonObject("error");
    assertThat(error.fieldNames()).containsExactly("type", "message");
    assertThat(error.getString("type")).isEqualTo(type);
  }

  @Test
  void tokens_areCountedByTheProvider_orEstimated() throws IOException {
    String counted = "{\"input_tokens\":17}";
    String body = ask("small", "").replace("\"max_tokens\":30000,", "");
    String path = PATH + "/count_tokens";
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      pair.first(Pair.json(200, counted));
      assertThat(client.post(path, body).read().text()).isEqualTo(counted);
      assertThat(pair.lastHead()).startsWith("POST /v1/messages/count_tokens HTTP/1.1\r\n");
      assertThat(pair.lastBody()).isEqualTo(body.replace("\"small\"", "\"claude-small\""));
      pair.first(Pair.json(400, "{\"type\":\"error\"}"));
      RawHttp.Response wrong = client.post(path, body).read();
      assertThat(wrong.status()).isEqualTo(400);
      assertThat(wrong.text()).isEqualTo("{\"type\":\"error\"}");
      pair.first(RawUpstream.Call::reset);
      RawHttp.Response estimate = client.post(path, body).read();
      assertThat(estimate.text()).isEqualTo("{\"input_tokens\":5}"); // 5 letters
      String gpt = body.replace("small", "gpt").replace("hello", "hello".repeat(100));
      estimate = client.post(path, gpt).read();
      assertThat(estimate.text()).isEqualTo("{\"input_tokens\":129}");
      assertThat(pair.firstCalls()).isEqualTo(1);
      RawHttp.Response unknown = client.post(path, body.replace("small", "nobody")).read();
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(unknown.json().getString("type")).isEqualTo("error");
      assertThat(client.bare("GET", path).read().status()).isEqualTo(405);
    }
  }
}
