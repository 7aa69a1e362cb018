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

/** Streams of Anthropic's dialect: what they bill, and how they end. */
class MessagesStreamTest {

  private static final String PATH = "/v1/messages";

  static final String START =
      event(
          "message_start",
          "\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],"
              + "\"stop_reason\":null,\"usage\":{\"input_tokens\":25,"
              + "\"cache_read_input_tokens\":75,\"cache_creation_input_tokens\":0,"
              + "\"output_tokens\":1}}");
  private static final String BLOCK =
      event(
          "content_block_start", "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}");
  private static final String WORD =
      event(
          "content_block_delta", "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"é!\"}");
  private static final String THOUGHT =
      event(
          "content_block_delta",
          "\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"well\"}");
  private static final String PING = event("ping", "\"x\":1");
  private static final String BLOCK_END = event("content_block_stop", "\"index\":0");
  private static final String DELTA =
      event(
          "message_delta",
          "\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},"
              + "\"usage\":{\"output_tokens\":40}");
  static final String STOP = event("message_stop", "\"x\":1").replace(",\"x\":1", "");
  private static final String ASK =
      "{\"model\":\"sage\",\"max_tokens\":900,\"stream\":true,\"messages\":"
          + RawHttp.messages("hello")
          + "}";
  private static final String WHOLE =
      START + BLOCK + PING + THOUGHT + WORD + BLOCK_END + DELTA + STOP;

  @TempDir private static Path folder;

  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", provider: anthropic }
            models:
              sage:
                served_by: a/claude-x
                reasoning: true
                price: { input: 2, cached_input: 0.2, output: 8 }
            policies: [ { name: all, budget: 9 USD per day, at_exhaustion: reject } ]
            """,
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static String event(String type, String more) {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + more + "}\n\n";
  }

  private static void assertBilled(Pair.Told told) {
    assertThat(told.outcome()).isEqualTo("success");
    JsonObject decision = told.decision();
    assertThat(decision.getInteger("input_tokens")).isEqualTo(100);
    assertThat(decision.getInteger("output_tokens")).isEqualTo(40);
    // 25 × 2 + 75 × 0.2 + 40 × 8, in millionths
    assertThat(decision.getString("posted_usd")).isEqualTo("0.000385");
    assertThat(decision.getString("settled_by")).isEqualTo("reported");
    assertThat(decision.getString("finish_reason")).isEqualTo("end_turn");
  }

  @Test
  void whole_isRelayedAsItIs_andBilledByItsLastWord() throws IOException {
    Pair.Told told = pair.first(Pair.stream(WHOLE)).askAt(PATH, ASK);
    assertThat(told.text()).isEqualTo(WHOLE);
    assertThat(pair.lastBody()).isEqualTo(ASK.replace("\"sage\"", "\"claude-x\""));
    assertBilled(told);
  }

  @Test
  void cutAtEveryByte_isTheSame() throws IOException {
    List<Pair.Told> all = pair.askCutEverywhere(PATH, ASK, WHOLE);
    assertThat(all).hasSize(WHOLE.getBytes(UTF_8).length - 1);
    for (Pair.Told told : all) {
      assertThat(told.text()).isEqualTo(WHOLE);
      assertBilled(told);
    }
  }

  @Test
  void oneByteAtATime_isTheSame() throws IOException {
    pair.first(
        call -> {
          call.beginStream();
          for (byte b : WHOLE.getBytes(UTF_8)) {
            call.chunk(new byte[] {b});
          }
          return call.end();
        });
    Pair.Told told = pair.askAt(PATH, ASK);
    assertThat(told.text()).isEqualTo(WHOLE);
    assertBilled(told);
  }

  @Test
  void death_isAnErrorEventInTheirShape_andIsNotBilledByTheBeginningAlone() throws IOException {
    pair.first(call -> call.beginStream().chunk(START + BLOCK + WORD).reset());
    Pair.Told told = pair.askAt(PATH, ASK);
    String before = START + BLOCK + WORD;
    assertThat(told.text()).startsWith(before + "event: error\ndata: {\"type\":\"error\",");
    JsonObject error =
        new JsonObject(told.text().substring(told.text().indexOf('{', before.length())));
    assertThat(error.getJsonObject("error").getString("type")).isEqualTo("api_error");
    assertThat(error.getString("request_id"))
        .isEqualTo(told.response().header("x-request-id").orElseThrow());
    assertThat(told.outcome()).isEqualTo("upstream_error");
    assertThat(told.decision().getString("settled_by")).isEqualTo("presumed");
    assertThat(told.decision().getString("posted_usd"))
        .isEqualTo(told.decision().getString("reserved_usd"));
  }

  @Test
  void endWithoutAnEnd_isAFailure() throws IOException {
    Pair.Told told = pair.first(Pair.stream(START + BLOCK + WORD)).askAt(PATH, ASK);
    assertThat(told.text()).contains("event: error\n");
    assertThat(told.outcome()).isEqualTo("upstream_error");
  }

  @Test
  void theirError_endsIt_andIsNotBilledByTheBeginningAlone() throws IOException {
    String error = event("error", "\"error\":{\"type\":\"overloaded_error\",\"message\":\"m\"}");
    Pair.Told told = pair.first(Pair.stream(START + BLOCK + WORD + error)).askAt(PATH, ASK);
    assertThat(told.text()).isEqualTo(START + BLOCK + WORD + error);
    assertThat(told.outcome()).isEqualTo("upstream_error");
    assertThat(told.decision().getString("settled_by")).isEqualTo("presumed");
  }

  @Test
  void stop_thenOpen_endsAtOnce() throws IOException {
    pair.first(call -> call.beginStream().chunk(WHOLE).awaitLeaving());
    Pair.Told told = pair.askAt(PATH, ASK);
    assertThat(told.text()).isEqualTo(WHOLE);
    assertBilled(told);
  }
}
