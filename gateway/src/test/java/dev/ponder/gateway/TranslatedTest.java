package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients and upstreams that speak different dialects: plain and streamed, billed the same. */
class TranslatedTest {

  private static final String MESSAGES = "/v1/messages";
  private static final String MESSAGE =
      "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-x\","
          + "\"content\":[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"Eq\"},"
          + "{\"type\":\"text\",\"text\":\"Grüße\"}],\"stop_reason\":\"end_turn\","
          + "\"stop_sequence\":null,\"usage\":{\"input_tokens\":10,"
          + "\"cache_creation_input_tokens\":30,\"cache_read_input_tokens\":60,"
          + "\"output_tokens\":50,\"output_tokens_details\":{\"thinking_tokens\":20}}}";
  private static final String EVENTS =
      event(
              "message_start",
              "\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\","
                  + "\"content\":[],\"model\":\"claude-x\",\"stop_reason\":null,"
                  + "\"usage\":{\"input_tokens\":100,\"output_tokens\":1}}")
          + event("content_block_start", "\"index\":0,\"content_block\":" + textBlock())
          + event(
              "content_block_delta",
              "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Grüße\"}")
          + event("content_block_stop", "\"index\":0");
  private static final String END =
      event(
              "message_delta",
              "\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":50}")
          + event("message_stop", "\"x\":1");
  private static final String COMPLETION =
      "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"gpt-x\","
          + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Grüße\"},"
          + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,"
          + "\"completion_tokens\":50,\"total_tokens\":150,"
          + "\"prompt_tokens_details\":{\"cached_tokens\":60}}}";
  private static final String CHUNK =
      "data: {\"id\":\"chatcmpl-1\",\"model\":\"gpt-x\",\"choices\":[{\"index\":0,"
          + "\"delta\":{\"role\":\"assistant\",\"content\":\"Grüße\"},"
          + "\"finish_reason\":null}]}\n\n";
  private static final String CHUNK_USAGE =
      "data: {\"id\":\"chatcmpl-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":100,"
          + "\"completion_tokens\":50,\"total_tokens\":150}}\n\n";

  @TempDir private static Path folder;

  private static Pair pair;

  private static String textBlock() {
    return "{\"type\":\"text\",\"text\":\"\"}";
  }

  private static String event(String type, String more) {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + more + "}\n\n";
  }

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", api_key: env:STUB_KEY, provider: anthropic }
              o: { base_url: "${A}", api_key: env:STUB_KEY }
              b: { base_url: "${B}" }
            models:
              claude:
                served_by: a/claude-opus-4-5
                reasoning: true
                max_output_tokens: 64000
                price: { input: 2, cached_input: 0.2, cache_write: 2.5, output: 8 }
              haiku: { served_by: a/claude-haiku-4-5, price: { input: 1, output: 4 } }
              lean:
                served_by: a/claude-haiku-4-5
                refused_params: [ logprobs ]
                price: { input: 3, output: 9 }
              gpt:
                served_by: o/gpt
                context_tokens: 100000
                price: { input: 2, cached_input: 0.2, output: 8 }
              backup: { served_by: b/gpt-b, price: { input: 2, output: 8 } }
            routes:
              safe: { tiers: [ { model: haiku, fallbacks: [ backup ] } ] }
              hard: { tiers: [ { model: claude, effort: low } ] }
              mix: [ gpt, claude ]
              turned: { tiers: [ { model: haiku }, { model: backup } ] }
              foreign: [ haiku, claude ]
              lax: [ gpt, lean ]
            policies: [ { name: all, budget: 99 USD per day, at_exhaustion: reject } ]
            """,
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static String chat(String model, String more) {
    return "{\"model\":\"" + model + "\",\"messages\":" + RawHttp.messages("hello") + more + "}";
  }

  private static String message(String model, String more) {
    return chat(model, ",\"max_tokens\":3000" + more);
  }

  private static JsonObject sent() {
    return new JsonObject(pair.lastBody());
  }

  private static JsonObject error(Pair.Told told) {
    return told.json().getJsonObject("error");
  }

  @Test
  void chat_isAnsweredByClaude_andBilledWithItsCache() throws IOException {
    String more = ",\"max_completion_tokens\":3000,\"temperature\":1.5,\"user\":\"u1\"";
    Pair.Told told = pair.first(Pair.json(200, MESSAGE)).ask(chat("claude", more));
    assertThat(pair.lastHead())
        .startsWith("POST /v1/messages HTTP/1.1\r\n")
        .contains("x-api-key: stub-secret", "anthropic-version: 2023-06-01")
        .doesNotContainIgnoringCase("authorization");
    assertThat(sent())
        .isEqualTo(
            new JsonObject(
                "{\"model\":\"claude-opus-4-5\",\"max_tokens\":3000,\"messages\":"
                    + RawHttp.messages("hello")
                    + ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2400},"
                    + "\"metadata\":{\"user_id\":\"u1\"}}"));
    JsonObject said = told.json().getJsonArray("choices").getJsonObject(0).getJsonObject("message");
    assertThat(said.getString("content")).isEqualTo("Grüße");
    assertThat(said.getString("reasoning_content")).isEqualTo("hm");
    assertThat(told.json().getString("model")).isEqualTo("claude-x");
    assertThat(told.json().getJsonObject("usage").getInteger("prompt_tokens")).isEqualTo(100);
    assertThat(told.response().header("content-type")).contains("application/json");
    assertThat(told.response().header("x-ponder-cost-usd")).contains("0.000507");
    // 10 × 2 + 60 × 0.2 + 30 × 2.5 + 50 × 8, in millionths
    assertThat(told.decision().getString("posted_usd")).isEqualTo("0.000507");
    assertThat(told.decision().getInteger("reasoning_tokens")).isEqualTo(20);
    assertThat(told.decision().getString("settled_by")).isEqualTo("reported");
    assertThat(told.decision().getString("operation")).isEqualTo("chat");
  }

  @Test
  void chatStream_isTold_withItsUsageAndCost() throws IOException {
    String more = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
    Pair.Told told = pair.first(Pair.stream(EVENTS, END)).ask(chat("haiku", more));
    assertThat(sent().getBoolean("stream")).isTrue();
    assertThat(sent().containsKey("stream_options")).isFalse();
    assertThat(told.text())
        .contains("\"delta\":{\"content\":\"Grüße\"}")
        .contains("\"finish_reason\":\"stop\"")
        .contains("\"prompt_tokens\":100,\"completion_tokens\":50,\"total_tokens\":150")
        .contains("\"ponder\":{\"cost_usd\":0.0003}}")
        .endsWith("data: [DONE]\n\n");
    assertThat(told.decision().getString("posted_usd")).isEqualTo("0.0003");
    assertThat(told.decision().getString("settled_by")).isEqualTo("reported");
    Pair.Told quiet = pair.first(Pair.stream(EVENTS, END)).ask(chat("haiku", ",\"stream\":true"));
    assertThat(quiet.text()).doesNotContain("usage").endsWith("data: [DONE]\n\n");
    assertThat(quiet.decision().getString("posted_usd")).isEqualTo("0.0003");
  }

  @Test
  void messages_areAnsweredByGpt_andBilled() throws IOException {
    Pair.Told told =
        pair.first(Pair.json(200, COMPLETION)).askAt(MESSAGES, message("gpt", ",\"top_k\":3"));
    assertThat(pair.lastHead())
        .startsWith("POST /v1/chat/completions HTTP/1.1\r\n")
        .contains("authorization: Bearer stub-secret");
    assertThat(sent())
        .isEqualTo(
            new JsonObject(
                "{\"model\":\"gpt\",\"messages\":"
                    + RawHttp.messages("hello")
                    + ",\"max_tokens\":3000}"));
    assertThat(told.json().getString("type")).isEqualTo("message");
    assertThat(told.json().getString("stop_reason")).isEqualTo("end_turn");
    assertThat(told.json().getJsonObject("usage").getInteger("cache_read_input_tokens"))
        .isEqualTo(60);
    // 40 × 2 + 60 × 0.2 + 50 × 8, in millionths
    assertThat(told.decision().getString("posted_usd")).isEqualTo("0.000492");
  }

  @Test
  void messagesStream_isTold_andBilled() throws IOException {
    pair.first(Pair.stream(CHUNK, Pair.STOP, CHUNK_USAGE, Pair.DONE));
    Pair.Told told = pair.askAt(MESSAGES, message("gpt", ",\"stream\":true"));
    assertThat(sent().getJsonObject("stream_options").getBoolean("include_usage")).isTrue();
    assertThat(told.text())
        .startsWith("event: message_start\n")
        .contains("{\"type\":\"text_delta\",\"text\":\"Grüße\"}")
        .contains("\"stop_reason\":\"end_turn\"")
        .contains("\"input_tokens\":100,")
        .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    assertThat(told.outcome()).isEqualTo("success");
    assertThat(told.decision().getString("posted_usd")).isEqualTo("0.0006");
  }

  @Test
  void errors_areToldInTheClientsEnvelope() throws IOException {
    String overloaded =
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Busy\"}}";
    Pair.Told chat = pair.first(Pair.json(529, overloaded)).ask(chat("haiku", ""));
    assertThat(chat.response().status()).isEqualTo(503);
    assertThat(error(chat).getString("code")).isEqualTo("overloaded");
    assertThat(error(chat).getString("message")).isEqualTo("Busy");
    String wrong = "{\"error\":{\"message\":\"No\",\"type\":\"t\",\"param\":null,\"code\":null}}";
    Pair.Told messages = pair.first(Pair.json(400, wrong)).askAt(MESSAGES, message("gpt", ""));
    assertThat(messages.response().status()).isEqualTo(400);
    assertThat(messages.json().getString("type")).isEqualTo("error");
    assertThat(error(messages).getString("type")).isEqualTo("invalid_request_error");
  }

  @Test
  void whatCannotBeSaid_isRefused_andCostsNothing() throws IOException {
    Pair.Told told = pair.first(Pair.json(200, MESSAGE)).ask(chat("haiku", ",\"n\":2"));
    assertThat(told.response().status()).isEqualTo(400);
    assertThat(error(told).getString("param")).isEqualTo("n");
    assertThat(pair.firstCalls()).isZero();
    assertThat(told.decision().getString("posted_usd")).isIn(null, "0");
    String block = "[{\"role\":\"user\",\"content\":[{\"type\":\"container_upload\"}]}]";
    String body = "{\"model\":\"gpt\",\"max_tokens\":9,\"messages\":" + block + "}";
    Pair.Told messages = pair.first(Pair.json(200, COMPLETION)).askAt(MESSAGES, body);
    assertThat(messages.response().status()).isEqualTo(400);
    assertThat(messages.json().getString("type")).isEqualTo("error");
    assertThat(error(messages).getString("message")).contains("messages[0].content[0].type");
  }

  private static void answeredBy(Pair.Told told, String model, String reason) {
    assertThat(told.response().status()).describedAs(told.text()).isEqualTo(200);
    assertThat(told.response().header("x-ponder-model")).hasValue(model);
    assertThat(told.response().header("x-ponder-reason")).hasValue(reason);
  }

  /** It depends on the score who is asked, and not whether somebody can be. */
  @Test
  void whatATierCannotSay_isAskedOfAnotherTier() throws IOException {
    String hard = "x-ponder-effort: high";
    String easy = "x-ponder-effort: low";
    pair.first(Pair.json(200, MESSAGE));
    answeredBy(pair.ask(chat("mix", ""), hard), "claude", "hint");
    pair.first(Pair.json(200, COMPLETION)).second(Pair.json(200, COMPLETION));
    for (String member : new String[] {"\"logprobs\":true", "\"n\":2"}) {
      answeredBy(pair.ask(chat("mix", "," + member), hard), "gpt", "capability");
      answeredBy(pair.ask(chat("mix", "," + member), easy), "gpt", "hint");
      answeredBy(pair.ask(chat("turned", "," + member), easy), "backup", "capability");
    }
    String tool = ",\"tools\":[{\"type\":\"bash_20250124\",\"name\":\"bash\"}]";
    pair.first(Pair.json(200, MESSAGE));
    answeredBy(pair.askAt(MESSAGES, message("mix", tool), easy), "claude", "capability");
    Pair.Told dry = pair.ask(chat("mix", ",\"n\":2"), hard, "x-ponder-dry-run: true");
    assertThat(dry.json().getString("model")).isEqualTo("gpt");
    pair.first(Pair.json(200, MESSAGE)); // what is left out on the way is no hindrance
    answeredBy(pair.ask(chat("lax", ",\"logprobs\":true"), hard), "lean", "hint");
    Pair.Told none = pair.ask(chat("foreign", ",\"n\":2"), hard);
    assertThat(none.response().status()).isEqualTo(400);
    assertThat(error(none).getString("param")).isEqualTo("n");
  }

  @Test
  void whatOneCannotSay_anotherIsAsked() throws IOException {
    pair.first(Pair.json(200, MESSAGE)).second(Pair.json(200, COMPLETION));
    Pair.Told told = pair.ask(chat("safe", ",\"logprobs\":true"));
    assertThat(told.response().status()).isEqualTo(200);
    assertThat(told.json().getString("id")).isEqualTo("chatcmpl-1");
    assertThat(pair.firstCalls()).isZero();
    assertThat(pair.secondCalls()).isEqualTo(1);
  }

  @Test
  void failure_fallsBackToTheOtherDialect_andItsRefusalIsTheLastWord() throws IOException {
    pair.first(Pair.json(500, "{}")).second(Pair.json(200, COMPLETION));
    Pair.Told told = pair.ask(chat("safe", ""));
    assertThat(told.json().getString("id")).isEqualTo("chatcmpl-1");
    String busy =
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Busy\"}}";
    pair.first(Pair.json(529, busy)).second(call -> call.reset());
    Pair.Told refused = pair.ask(chat("safe", ""));
    assertThat(refused.response().status()).isEqualTo(503);
    assertThat(error(refused).getString("message")).isEqualTo("Busy");
  }

  @Test
  void routesEffort_isABudgetThere() throws IOException {
    pair.first(Pair.json(200, MESSAGE)).ask(chat("hard", ""));
    assertThat(sent().getJsonObject("thinking").getInteger("budget_tokens")).isEqualTo(2048);
    assertThat(sent().getInteger("max_tokens")).isEqualTo(64_000);
    String own = ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":20000}";
    pair.first(Pair.json(200, MESSAGE)).ask(chat("hard", own));
    assertThat(sent().getJsonObject("thinking").getInteger("budget_tokens")).isEqualTo(20_000);
  }

  @Test
  void answers_areNamedForTheClientsSdk_andQueriesStayHere() throws IOException {
    String streamed = ",\"stream\":true";
    pair.first(Pair.stream(CHUNK));
    Pair.Told told = pair.askAt(MESSAGES + "?beta=true", message("gpt", streamed));
    String id = told.response().header("x-request-id").orElseThrow();
    assertThat(told.response().header("request-id")).hasValue(id);
    assertThat(pair.lastHead()).startsWith("POST /v1/chat/completions HTTP/1.1");
    told = pair.first(Pair.json(200, COMPLETION)).askAt(MESSAGES, message("gpt", ""));
    id = told.response().header("x-request-id").orElseThrow();
    assertThat(told.response().header("request-id")).hasValue(id);
  }

  @Test
  void death_isAnErrorEventInTheClientsShape() throws IOException {
    pair.first(call -> call.beginStream().chunk(EVENTS).reset());
    Pair.Told chat = pair.ask(chat("haiku", ",\"stream\":true"));
    assertThat(chat.text()).contains("event: error\ndata: {\"error\":").doesNotContain("[DONE]");
    assertThat(chat.outcome()).isEqualTo("upstream_error");
    assertThat(chat.decision().getString("settled_by")).isEqualTo("presumed");
    pair.first(Pair.stream(CHUNK));
    Pair.Told messages = pair.askAt(MESSAGES, message("gpt", ",\"stream\":true"));
    assertThat(messages.text())
        .contains("event: error\ndata: {\"type\":\"error\",")
        .doesNotContain("message_stop");
    assertThat(messages.outcome()).isEqualTo("upstream_error");
    assertThat(messages.text()).contains(requestId(messages));
    pair.first(Pair.stream(CHUNK, "data: {\"error\":{\"message\":\"no\",\"code\":500}}\n\n"));
    messages = pair.askAt(MESSAGES, message("gpt", ",\"stream\":true"));
    assertThat(messages.text()).contains(requestId(messages));
    messages = pair.first(Pair.json(400, "{}")).askAt(MESSAGES, message("gpt", ""));
    assertThat(messages.text()).contains(requestId(messages));
  }

  private static String requestId(Pair.Told told) {
    String id = told.response().header("x-request-id").orElseThrow();
    return "\"request_id\":\"" + id + "\"}";
  }

  @Test
  void upstreamsErrorEvent_isToldOnce() throws IOException {
    String broken =
        event("error", "\"error\":{\"type\":\"overloaded_error\",\"message\":\"Busy\"}");
    Pair.Told told = pair.first(Pair.stream(EVENTS, broken)).ask(chat("haiku", ",\"stream\":true"));
    assertThat(told.text())
        .endsWith(
            "event: error\ndata: {\"error\":{\"message\":\"Busy\",\"type\":\"server_error\","
                + "\"param\":null,\"code\":\"overloaded\"}}\n\n");
    assertThat(told.outcome()).isEqualTo("upstream_error");
  }

  @Test
  void largeBodies_areTranslatedAsWell() throws IOException {
    String text = "long ".repeat(300_000);
    String body =
        "{\"model\":\"haiku\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
    Pair.Told told = pair.first(Pair.json(200, MESSAGE.replace("Grüße", text))).ask(body);
    assertThat(told.response().status()).isEqualTo(200);
    assertThat(pair.lastBody()).contains(text).contains("\"max_tokens\":64000");
    assertThat(told.text()).contains(text);
  }

  @Test
  void answerThatIsNone_isABadGateway() throws IOException {
    Pair.Told told = pair.first(Pair.json(200, "{\"hello\":1}")).ask(chat("haiku", ""));
    assertThat(told.response().status()).isEqualTo(502);
    assertThat(error(told).getString("code")).isEqualTo("upstream_error");
  }

  @Test
  void stream_cutAnywhere_isTheSame_eitherWay() throws IOException {
    String chat = chat("claude", ",\"stream\":true");
    String message = message("gpt", ",\"stream\":true");
    String chunks = CHUNK + CHUNK_USAGE + "data: [DONE]\n\n";
    assertSameWhereverCut("/v1/chat/completions", chat, EVENTS + END);
    assertSameWhereverCut(MESSAGES, message, chunks);
  }

  private static void assertSameWhereverCut(String path, String body, String stream)
      throws IOException {
    String whole = ownParts(pair.first(Pair.stream(stream)).askAt(path, body));
    assertThat(whole).contains("Grüße");
    for (Pair.Told told : pair.askCutEverywhere(path, body, stream)) {
      assertThat(ownParts(told)).isEqualTo(whole);
      assertThat(told.outcome()).isEqualTo("success");
    }
  }

  /** The answer without what differs between calls: the second that it was made in. */
  private static String ownParts(Pair.Told told) {
    return told.text().replaceAll("\"created\":[0-9]+", "\"created\":0");
  }
}
