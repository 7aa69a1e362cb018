package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /v1/completions}: relayed as it is, scored, limited and billed like chat. */
class CompletionsTest {

  private static final String PATH = "/v1/completions";
  private static final String ANSWER =
      "{\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"created\":1,\"model\":\"real\","
          + "\"choices\":[{\"text\":\" there was\",\"index\":0,\"logprobs\":null,"
          + "\"finish_reason\":\"length\"}],"
          + "\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":16,\"total_tokens\":20}}";
  private static final String WORD = chunk("[{\"text\":\" there\",\"index\":0}]", "");
  private static final String STOP =
      chunk("[{\"text\":\"\",\"index\":0,\"finish_reason\":\"stop\"}]", "");
  private static final String USAGE =
      chunk("[]", ",\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":5,\"total_tokens\":9}");

  @TempDir private static Path folder;

  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", api_key: env:STUB_KEY }
            models:
              base: { served_by: a/real, price: { input: 1, output: 2 } }
              thinker: { served_by: a/lrm, reasoning: true, price: { input: 2, output: 8 } }
            routes:
              auto: [ base, { model: thinker, effort: high, min_score: 0.5 } ]
            policies: [ { name: all, budget: 1 USD per day, at_exhaustion: reject } ]
            """,
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static String chunk(String choices, String more) {
    return "data: {\"id\":\"c\",\"object\":\"text_completion\",\"choices\":"
        + choices
        + more
        + "}\n\n";
  }

  @Test
  void plain_isRelayedAsItIs_andBilled() throws IOException {
    String body = "{\"model\":\"base\", \"prompt\":\"Once upon a time\", \"max_tokens\": 16}";
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, body);
    assertThat(told.text()).isEqualTo(ANSWER);
    assertThat(pair.lastHead())
        .startsWith("POST /v1/completions HTTP/1.1\r\n")
        .containsIgnoringCase("authorization: Bearer stub-secret\r\n");
    assertThat(pair.lastBody()).isEqualTo(body.replace("\"base\"", "\"real\""));
    assertThat(told.decision().getString("operation")).isEqualTo("text_completion");
    assertThat(told.decision().getString("cost_usd")).isEqualTo("0.000036");
    assertThat(told.decision().getString("posted_usd")).isEqualTo("0.000036");
    assertThat(told.response().header("x-ponder-cost-usd")).contains("0.000036");
    assertThat(told.decision().getString("finish_reason")).isEqualTo("length");
  }

  @Test
  void stream_isRelayed_andItsUsageAskedForAndWithheld() throws IOException {
    String body = "{\"model\":\"base\",\"prompt\":\"Once\",\"max_tokens\":16,\"stream\":true}";
    pair.first(Pair.stream(WORD, STOP, USAGE, Pair.DONE));
    Pair.Told told = pair.askAt(PATH, body);
    assertThat(told.text()).isEqualTo(WORD + STOP + Pair.DONE);
    assertThat(new JsonObject(pair.lastBody()).getJsonObject("stream_options"))
        .isEqualTo(new JsonObject().put("include_usage", true));
    assertThat(told.decision().getInteger("output_tokens")).isEqualTo(5);
    assertThat(told.outcome()).isEqualTo("success");
  }

  @Test
  void stream_thatDies_endsWithAnErrorEvent() throws IOException {
    pair.first(call -> call.beginStream().chunk(WORD).reset());
    String body = "{\"model\":\"base\",\"prompt\":\"Once\",\"stream\":true}";
    Pair.Told told = pair.askAt(PATH, body);
    assertThat(told.text())
        .startsWith(WORD + "event: error\ndata: {\"error\":{")
        .doesNotContain("DONE");
    assertThat(told.outcome()).isEqualTo("upstream_error");
  }

  @Test
  void severalPrompts_areSeveralAnswers() throws IOException {
    String body =
        "{\"model\":\"base\",\"prompt\":[\"a\",\"b\",\"c\"],\"n\":2,"
            + "\"max_tokens\":100000,\"stream\":true}";
    pair.first(Pair.stream(WORD, STOP, STOP, STOP, STOP, STOP));
    Pair.Told told = pair.askAt(PATH, body); // ends after five of six, and without [DONE]
    assertThat(told.outcome()).isEqualTo("upstream_error");
    // six answers of 100,000 tokens would be 1.2 USD, so they are shortened
    assertThat(new JsonObject(pair.lastBody()).getLong("max_tokens")).isBetween(1L, 84_000L);
  }

  @Test
  void cap_isMaxTokens_evenWhereChatHasAnotherName() throws IOException {
    String body = "{\"model\":\"thinker\",\"prompt\":\"Once\"}";
    pair.first(Pair.json(200, ANSWER)).askAt(PATH, body);
    JsonObject sent = new JsonObject(pair.lastBody());
    assertThat(sent.getLong("max_tokens")).isPositive();
    assertThat(sent.fieldNames()).containsExactlyInAnyOrder("model", "prompt", "max_tokens");
  }

  @Test
  void route_isScored_andGetsNoEffort() throws IOException {
    String body = "{\"model\":\"auto\",\"prompt\":\"Once\",\"max_tokens\":400}";
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, body, "x-ponder-effort: high");
    assertThat(told.response().header("x-ponder-model")).contains("thinker");
    assertThat(told.response().header("x-ponder-score")).isPresent();
    assertThat(new JsonObject(pair.lastBody()).containsKey("reasoning_effort")).isFalse();
  }

  @Test
  void tokens_areTaken_andWrongPromptsRefused() throws IOException {
    pair.first(Pair.json(200, ANSWER));
    for (String good : new String[] {"[1,2,3]", "[[1,2],[3]]", "null", "[]", "\"x\""}) {
      Pair.Told told = pair.askAt(PATH, "{\"model\":\"base\",\"prompt\":" + good + "}");
      assertThat(told.response().status()).describedAs(good).isEqualTo(200);
    }
    for (String bad : new String[] {"7", "{}", "true"}) {
      Pair.Told told = pair.askAt(PATH, "{\"model\":\"base\",\"prompt\":" + bad + "}");
      assertThat(told.response().status()).isEqualTo(400);
      assertThat(told.text()).contains("\"param\":\"prompt\"");
    }
    Pair.Told none = pair.askAt(PATH, "{\"model\":\"base\",\"messages\":[]}");
    assertThat(none.text()).contains("\"param\":\"prompt\"");
  }
}
