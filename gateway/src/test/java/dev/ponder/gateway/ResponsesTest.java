package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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

/** {@code POST /v1/responses}: relayed as it is, plain and streamed, and billed. */
class ResponsesTest {

  private static final String PATH = "/v1/responses";
  private static final String USAGE =
      "\"usage\":{\"input_tokens\":100,\"input_tokens_details\":{\"cached_tokens\":60,"
          + "\"cache_write_tokens\":0},\"output_tokens\":50,\"output_tokens_details\":"
          + "{\"reasoning_tokens\":20},\"total_tokens\":150}";
  private static final String OUTPUT =
      "\"output\":[{\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":"
          + "\"hm\"}],\"encrypted_content\":\"gAAAAB\"},{\"type\":\"message\",\"role\":"
          + "\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"Hi!\"}]}]";

  private static final String CREATED = event("response.created", 0, response("in_progress", ""));
  private static final String THOUGHT =
      event("response.reasoning_summary_text.delta", 1, "\"delta\":\"well\"");
  private static final String WORD = event("response.output_text.delta", 2, "\"delta\":\"é!\"");
  private static final String CALL =
      event("response.function_call_arguments.delta", 3, "\"delta\":\"{}\"");
  private static final String END =
      event("response.completed", 4, response("completed", "," + OUTPUT + "," + USAGE));
  private static final String WHOLE = CREATED + THOUGHT + WORD + CALL + END;

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
              mini: { served_by: a/mini-1, price: { input: 1, output: 4 } }
              sage:
                served_by: a/sage-1
                reasoning: true
                price: { input: 2, cached_input: 0.2, output: 8 }
              wide:
                served_by: a/wide-1
                context_tokens: 100000
                price: { input: 1, output: 4 }
            routes:
              auto: [ mini, { model: sage, effort: high, min_score: 0.5 } ]
            policies: [ { name: all, budget: 99 USD per day, at_exhaustion: reject } ]
            """,
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static String response(String status, String more) {
    return "\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\""
        + status
        + "\",\"error\":null,\"incomplete_details\":null"
        + more
        + "}";
  }

  private static String event(String type, int number, String more) {
    return "event: "
        + type
        + "\ndata: {\"type\":\""
        + type
        + "\",\"sequence_number\":"
        + number
        + ","
        + more
        + "}\n\n";
  }

  private static String ask(String model, String more) {
    return "{\"model\":\"" + model + "\",\"input\":\"hello\"" + more + "}";
  }

  private static void assertBilled(Pair.Told told) {
    assertThat(told.outcome()).isEqualTo("success");
    JsonObject decision = told.decision();
    assertThat(decision.getString("operation")).isEqualTo("responses");
    assertThat(decision.getInteger("input_tokens")).isEqualTo(100);
    assertThat(decision.getInteger("cached_input_tokens")).isEqualTo(60);
    assertThat(decision.getInteger("reasoning_tokens")).isEqualTo(20);
    // 40 × 2 + 60 × 0.2 + 50 × 8, in millionths
    assertThat(decision.getString("posted_usd")).isEqualTo("0.000492");
    assertThat(decision.getString("finish_reason")).isEqualTo("completed");
  }

  @Test
  void plain_isRelayedAsItIs_andBilled() throws IOException {
    String whole = response("completed", "," + OUTPUT + "," + USAGE);
    String answer = whole.substring(whole.indexOf('{'));
    String body = ask("sage", ", \"store\" : false,\"max_output_tokens\":900");
    Pair.Told told = pair.first(Pair.json(200, answer)).askAt(PATH, body);
    assertThat(told.text()).isEqualTo(answer);
    assertThat(pair.lastHead()).startsWith("POST /v1/responses HTTP/1.1\r\n");
    assertThat(pair.lastBody()).isEqualTo(body.replace("\"sage\"", "\"sage-1\""));
    assertThat(told.response().header("x-ponder-cost-usd")).contains("0.000492");
    assertBilled(told);
  }

  @Test
  void stream_isRelayedAsItIs_andNotAskedForUsage() throws IOException {
    String body = ask("sage", ",\"stream\":true,\"max_output_tokens\":900");
    Pair.Told told = pair.first(Pair.stream(WHOLE)).askAt(PATH, body);
    assertThat(told.text()).isEqualTo(WHOLE);
    assertThat(pair.lastBody()).isEqualTo(body.replace("\"sage\"", "\"sage-1\""));
    assertBilled(told);
  }

  @Test
  void stream_cutAnywhere_isTheSame() throws IOException {
    List<Pair.Told> all = pair.askCutEverywhere(PATH, ask("sage", ",\"stream\":true"), WHOLE);
    assertThat(all).hasSize(WHOLE.getBytes(UTF_8).length - 1);
    for (Pair.Told told : all) {
      assertThat(told.text()).isEqualTo(WHOLE);
      assertBilled(told);
    }
  }

  /** The last event repeats the answer, and alone says what it cost. */
  @Test
  void stream_withALongLastEvent_isBilledAllTheSame() throws IOException {
    String text = "x".repeat(300_000);
    String end = END.replace("Hi!", text);
    Pair.Told told =
        pair.first(Pair.stream(CREATED + WORD, end)).askAt(PATH, ask("sage", ",\"stream\":true"));
    assertThat(told.text()).isEqualTo(CREATED + WORD + end);
    assertBilled(told);
  }

  /** There is no [DONE]: who waits for one waits for ever. */
  @Test
  void stream_thatStaysOpen_endsWithItsLastEvent() throws IOException {
    pair.first(call -> call.beginStream().chunk(WHOLE).awaitLeaving());
    Pair.Told told = pair.askAt(PATH, ask("sage", ",\"stream\":true"));
    assertThat(told.text()).isEqualTo(WHOLE);
    assertBilled(told);
  }

  @Test
  void stream_incomplete_saysWhy() throws IOException {
    String end =
        event(
            "response.incomplete",
            4,
            response("incomplete", "," + USAGE)
                .replace(
                    "\"incomplete_details\":null",
                    "\"incomplete_details\":{\"reason\":\"max_output_tokens\"}"));
    Pair.Told told =
        pair.first(Pair.stream(CREATED + end)).askAt(PATH, ask("sage", ",\"stream\":true"));
    assertThat(told.outcome()).isEqualTo("success");
    assertThat(told.decision().getString("finish_reason")).isEqualTo("max_output_tokens");
    assertThat(told.decision().getString("settled_by")).isEqualTo("reported");
  }

  @Test
  void stream_thatDies_endsWithAFlatError_numberedOn() throws IOException {
    pair.first(call -> call.beginStream().chunk(CREATED + THOUGHT + WORD).reset());
    Pair.Told told = pair.askAt(PATH, ask("sage", ",\"stream\":true"));
    String before = CREATED + THOUGHT + WORD;
    assertThat(told.text()).startsWith(before + "event: error\ndata: {\"type\":\"error\",");
    JsonObject error = new JsonObject(told.text().substring(told.text().lastIndexOf("{\"type\"")));
    assertThat(error.fieldNames())
        .containsExactly("type", "code", "message", "param", "sequence_number");
    assertThat(error.getString("code")).isEqualTo("upstream_error");
    assertThat(error.getInteger("sequence_number")).isEqualTo(3);
    assertThat(told.decision().getString("settled_by")).isEqualTo("presumed");
  }

  @Test
  void stream_thatFails_isPassedOn() throws IOException {
    String failed =
        event(
            "response.failed",
            1,
            response("failed", "")
                .replace("\"error\":null", "\"error\":{\"code\":\"server_error\"}"));
    Pair.Told told =
        pair.first(Pair.stream(CREATED + failed)).askAt(PATH, ask("sage", ",\"stream\":true"));
    assertThat(told.text()).isEqualTo(CREATED + failed);
    assertThat(told.outcome()).isEqualTo("upstream_error");
  }

  @Test
  void effort_isInsideReasoning() throws IOException {
    String answer = "{" + USAGE + "}";
    String more = ",\"reasoning\":{\"summary\":\"auto\"},\"temperature\":1";
    pair.first(Pair.json(200, answer)).askAt(PATH, ask("auto", more), "x-ponder-effort: high");
    assertThat(pair.lastBody())
        .contains("\"reasoning\":{\"effort\":\"high\",\"summary\":\"auto\"}")
        .doesNotContain("temperature", "reasoning_effort");
    String low = ",\"reasoning\":{\"effort\":\"low\"}";
    Pair.Told told = pair.first(Pair.json(200, answer)).askAt(PATH, ask("auto", low));
    assertThat(told.response().header("x-ponder-model")).contains("mini");
    assertThat(told.response().header("x-ponder-reason")).contains("hint");
    assertThat(pair.lastBody()).doesNotContain("reasoning");
    String high = ",\"reasoning\":{\"effort\": \"xhigh\" }";
    told = pair.first(Pair.json(200, answer)).askAt(PATH, ask("auto", high));
    assertThat(told.response().header("x-ponder-model")).contains("sage");
    assertThat(pair.lastBody()).contains("\"reasoning\":{\"effort\": \"xhigh\" }");
  }

  @Test
  void items_areRead_andTheLastQuestionScored() throws IOException {
    String hard = "Prove that there are infinitely many primes p with p = 3 mod 4.";
    String items =
        "{\"model\":\"auto\",\"instructions\":\"be exact\",\"input\":[{\"role\":\"user\","
            + "\"content\":[{\"type\":\"input_text\",\"text\":\""
            + hard
            + "\"}]},"
            + "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"{}\"},"
            + "{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"hello\"}]}";
    String answer = "{" + USAGE + "}";
    Pair.Told told = pair.first(Pair.json(200, answer)).askAt(PATH, items);
    String text = items.substring(0, items.indexOf(",{\"type\":\"function_call\"")) + "]}";
    Pair.Told same = pair.first(Pair.json(200, answer)).askAt(PATH, text);
    double score = told.decision().getDouble("classifier_score");
    assertThat(score).isEqualTo(same.decision().getDouble("classifier_score")).isGreaterThan(0.3);
    Pair.Told easy = pair.first(Pair.json(200, answer)).askAt(PATH, ask("auto", ""));
    assertThat(easy.decision().getDouble("classifier_score")).isLessThan(score);
  }

  private static String param(Pair.Told told) {
    return told.json().getJsonObject("error").getString("param");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'input': 7 | input",
        "'input': ['x'] | input[0]",
        "'input': [{'role': 'user', 'content': 'x'}, 7] | input[1]",
        "'instructions': {} | instructions",
        "'max_output_tokens': 0 | max_output_tokens",
        "'previous_response_id': 7 | previous_response_id",
        "'conversation': 7 | conversation",
        "'conversation': {'id': 7} | conversation.id",
        "'prompt': 7 | prompt",
        "'reasoning': 7 | reasoning",
        "'reasoning': {'effort': 7} | reasoning.effort",
        "'tools': 7 | tools",
        "'stream': 7 | stream",
        "'background': 7 | background",
        "'service_tier': 7 | service_tier"
      })
  void member_wrong_isNamed(String member, String param) throws IOException {
    String body = "{\"model\":\"mini\"," + member.replace('\'', '"') + "}";
    Pair.Told told = pair.askAt(PATH, body);
    assertThat(told.response().status()).isEqualTo(400);
    assertThat(param(told)).isEqualTo(param);
  }

  @Test
  void whatLiesElsewhere_needsAKnownContext() throws IOException {
    for (String more :
        new String[] {
          ",\"previous_response_id\":\"resp_0\"",
          ",\"conversation\":{\"id\":\"conv_0\"}",
          ",\"prompt\":{\"id\":\"pmpt_0\"}"
        }) {
      Pair.Told told = pair.first(Pair.json(200, "{}")).askAt(PATH, ask("mini", more));
      assertThat(told.response().status()).describedAs(more).isEqualTo(400);
      assertThat(told.text()).contains("context_tokens of mini are not known");
      assertThat(param(told)).isEqualTo(more.substring(2, more.indexOf("\":")));
    }
    String hosted = ",\"tools\":[{\"type\":\"web_search\"}]";
    Pair.Told told = pair.first(Pair.json(200, "{}")).askAt(PATH, ask("mini", hosted));
    assertThat(told.text()).contains("web_search is not covered");
    String own = ",\"tools\":[{\"type\":\"function\",\"name\":\"f\"},{\"type\":\"local_shell\"}]";
    told = pair.first(Pair.json(200, "{" + USAGE + "}")).askAt(PATH, ask("mini", own));
    assertThat(told.response().status()).isEqualTo(200);
  }
}
