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
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of reasoning models that are all thought and no word, and what becomes of them. */
class LrmEmptyTest {

  private static final String KEY = "authorization: Bearer k";
  private static final String CHAT = "/v1/chat/completions";

  @TempDir private static Path folder;

  private static Path ledger;
  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    ledger = folder.resolve("ponder.db");
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", retries: { max: 0 }, breaker: { failures: 1000, rate: 100%% } }
              claude: { provider: anthropic, base_url: "${A}", retries: { max: 0 } }
            models:
              mini: { served_by: a/mini, max_output_tokens: 9000,
                      price: &p { input: 1, output: 10 } }
              thinker: { served_by: a/thinker, reasoning: true, max_output_tokens: 9000, price: *p }
              sonnet: { served_by: claude/claude-sonnet-4-5, reasoning: true,
                        max_output_tokens: 9000, price: *p }
            routes:
              plain: { tiers: [ thinker ] }
              keep: { tiers: [ thinker ], escalate: { when: lrm_empty } }
              raise: { tiers: [ thinker ], escalate: { when: lrm_empty, callers_cap: raise } }
              claude: { tiers: [ sonnet ], escalate: { when: lrm_empty, callers_cap: raise } }
              cheap: { tiers: [ mini ], escalate: { when: lrm_empty, callers_cap: raise } }
            policies:
              - { name: all, budget: 900 USD per month, at_exhaustion: reject, alert_at: [] }
              - { name: tight, applies_to: { key: tight }, budget: 0.46 USD per month,
                  at_exhaustion: reject, alert_at: [] }
              - { name: poor, applies_to: { key: poor }, budget: 0.007 USD per month,
                  at_exhaustion: reject, alert_at: [] }
            keys:
              - { name: k, sha256: %s }
              - { name: tight, sha256: %s }
              - { name: poor, sha256: %s }
            ledger: "sqlite:%s"
            """
                .formatted(
                    Keyring.sha256("k"), Keyring.sha256("tight"), Keyring.sha256("poor"), ledger),
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    assertThat(Audit.pending(pair.gateway(), "all").nanos()).isZero();
    assertThat(Scrape.of(pair.gateway()).sum("ponder_requests_in_flight")).isZero();
    pair.close();
  }

  private static String ask(String model, int cap, boolean stream) {
    return "{\"model\":\""
        + model
        + "\""
        + (cap < 0 ? "" : ",\"max_tokens\":" + cap)
        + ",\"stream\":"
        + stream
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
  }

  private static String chat(String message, String finish, int tokens) {
    return "{\"choices\":[{\"index\":0,\"message\":{"
        + message
        + "},\"finish_reason\":\""
        + finish
        + "\"}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":"
        + tokens
        + "}}";
  }

  private static final String EMPTY =
      chat("\"content\":\"\",\"reasoning_content\":\"hm\"", "length", 300);
  private static final String GOOD = chat("\"content\":\"good\"", "stop", 400);

  /** Nothing but thought at the first call, a good answer at the second. */
  private static RawUpstream.Script twice(String first, String second) {
    return call -> Pair.json(200, pair.firstCalls() > 1 ? second : first).answer(call);
  }

  private static double counted(String route) throws IOException {
    return Scrape.of(pair.gateway())
        .sum("ponder_route_regret_total", "kind=\"lrm_empty\"", "route=\"" + route + "\"");
  }

  private static long wireCap() {
    JsonObject body = new JsonObject(pair.lastBody());
    for (String name : List.of("max_tokens", "max_completion_tokens", "max_output_tokens")) {
      if (body.containsKey(name)) {
        return body.getLong(name);
      }
    }
    return -1;
  }

  private static String event(String type, String members) {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + members + "}\n\n";
  }

  private static RawUpstream.Script empty(String path, boolean stream) {
    boolean atAnthropic = path.endsWith("messages");
    if (atAnthropic && stream) {
      return Pair.stream(
          event(
              "message_start",
              "\"message\":{\"id\":\"m\",\"model\":\"s\",\"type\":\"message\",\"role\":"
                  + "\"assistant\",\"content\":[],\"usage\":{\"input_tokens\":9}}"),
          event(
              "content_block_start",
              "\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}"),
          event(
              "content_block_delta",
              "\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}"),
          event("content_block_stop", "\"index\":0"),
          event(
              "message_delta",
              "\"delta\":{\"stop_reason\":\"max_tokens\"},\"usage\":{\"output_tokens\":300}"),
          "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    }
    if (atAnthropic) {
      return Pair.json(
          200,
          "{\"id\":\"m\",\"model\":\"s\",\"type\":\"message\",\"role\":\"assistant\",\"content\":"
              + "[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"s\"}],"
              + "\"stop_reason\":\"max_tokens\","
              + "\"usage\":{\"input_tokens\":9,\"output_tokens\":300}}");
    }
    if (path.endsWith("responses")) {
      String response =
          "{\"id\":\"r1\",\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":"
              + "\"max_output_tokens\"},\"output\":[{\"type\":\"reasoning\",\"summary\":"
              + "[{\"type\":\"summary_text\",\"text\":\"hm\"}]}],\"usage\":{\"input_tokens\":9,"
              + "\"output_tokens\":300,\"total_tokens\":309}}";
      return stream
          ? Pair.stream(event("response.incomplete", "\"response\":" + response))
          : Pair.json(200, response);
    }
    if (stream) {
      String delta = path.endsWith("/completions") && !path.contains("chat") ? "text" : "delta";
      String said = delta.equals("text") ? "\"\"" : "{\"reasoning_content\":\"hm\"}";
      return Pair.stream(
          "data: {\"choices\":[{\"index\":0,\"" + delta + "\":" + said + "}]}\n\n",
          "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"length\"}]}\n\n",
          Pair.DONE);
    }
    return Pair.json(
        200,
        path.contains("chat")
            ? EMPTY
            : "{\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"length\"}]}");
  }

  /** Wherever it is said, and where the provider speaks another dialect, too. */
  @ParameterizedTest
  @CsvSource({
    "false, thinker, " + CHAT + ", messages, " + CHAT,
    "true, thinker, " + CHAT + ", messages, " + CHAT,
    "false, thinker, /v1/responses, input, /v1/responses",
    "true, thinker, /v1/responses, input, /v1/responses",
    "false, thinker, /v1/completions, prompt, /v1/completions",
    "true, thinker, /v1/completions, prompt, /v1/completions",
    "false, sonnet, /v1/messages, messages, /v1/messages",
    "true, sonnet, /v1/messages, messages, /v1/messages",
    "false, sonnet, " + CHAT + ", messages, /v1/messages",
    "true, sonnet, " + CHAT + ", messages, /v1/messages",
  })
  void allThought_isSeenInEveryDialect(
      boolean stream, String model, String path, String member, String upstream)
      throws IOException {
    pair.first(empty(upstream, stream));
    double before = counted("pinned");
    String said = member.equals("messages") ? RawHttp.messages("x") : "\"x\"";
    String cap = path.endsWith("responses") ? "max_output_tokens" : "max_tokens";
    String body =
        "{\"model\":\"%s\",\"stream\":%s,\"%s\":300,\"%s\":%s}"
            .formatted(model, stream, cap, member, said);
    Pair.Told told = pair.askAt(path, body, KEY);
    assertThat(told.response().status()).describedAs(told.text()).isEqualTo(200);
    assertThat(told.decision().getBoolean("lrm_empty")).isTrue();
    assertThat(counted("pinned")).isEqualTo(before + 1);
    assertThat(pair.firstCalls()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"content\":\"a\" | length",
        "\"content\":\"\" | stop",
        "\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\"}}] | length",
        "\"refusal\":\"no\" | length"
      })
  void aWord_aToolCall_orAProperEnd_isNone(String answer) throws IOException {
    String[] parts = answer.split(" \\| ", 0);
    pair.first(Pair.json(200, chat(parts[0], parts[1], 300)));
    Pair.Told told = pair.ask(ask("raise", 300, false), KEY);
    assertThat(told.decision().containsKey("lrm_empty")).isFalse();
    assertThat(pair.firstCalls()).isEqualTo(1);
  }

  @Test
  void plainModel_isNone() throws IOException {
    pair.first(Pair.json(200, EMPTY));
    assertThat(pair.ask(ask("cheap", 300, false), KEY).decision().containsKey("lrm_empty"))
        .isFalse();
    assertThat(pair.firstCalls()).isEqualTo(1);
  }

  @Test
  void gatewaysLimit_isRaisedOnce_andBothAreBilled() throws IOException {
    pair.first(twice(EMPTY, GOOD));
    String tight = "authorization: Bearer tight";
    double before = counted("keep");
    Pair.Told told = pair.ask(ask("keep", -1, false), tight);
    assertThat(told.text()).isEqualTo(GOOD);
    JsonObject decision = told.decision();
    List<Row> rows = Audit.rows(ledger, decision.getString("request_id"), 2);
    assertThat(rows).extracting(Row::nanos).containsExactly(3_010_000L, 4_010_000L);
    long first = rows.get(0).cap();
    assertThat(first).isBetween(500L, 8_000L);
    assertThat(rows.get(1).cap()).isBetween(first + 500, Math.min(9_000, 4 * first));
    assertThat(wireCap()).isEqualTo(rows.get(1).cap());
    assertThat(told.response().header("x-ponder-cost-usd")).hasValue("0.00702");
    assertThat(told.response().header("x-ponder-model")).hasValue("thinker");
    assertThat(decision.getString("escalated_because")).isEqualTo("lrm_empty");
    assertThat(decision.getString("escalated_from")).isEqualTo("thinker");
    assertThat(decision.getString("escalated_cost_usd")).isEqualTo("0.00301");
    assertThat(decision.getString("finish_reason")).isEqualTo("stop");
    assertThat(decision.containsKey("lrm_empty")).isFalse();
    assertThat(decision.getInteger("attempts")).isEqualTo(2);
    assertThat(counted("keep")).isEqualTo(before + 1);
  }

  @Test
  void callersLimit_isKept_unlessTheOwnerSaysOtherwise() throws IOException {
    pair.first(twice(EMPTY, GOOD));
    Pair.Told kept = pair.ask(ask("keep", 300, false), KEY);
    assertThat(kept.text()).isEqualTo(EMPTY);
    assertThat(kept.decision().getBoolean("lrm_empty")).isTrue();
    assertThat(pair.firstCalls()).isEqualTo(1);
    pair.first(twice(EMPTY, GOOD));
    assertThat(pair.ask(ask("raise", 300, false), KEY).text()).isEqualTo(GOOD);
    assertThat(wireCap()).isEqualTo(300 + 2048);
    pair.first(twice(EMPTY, GOOD));
    assertThat(pair.ask(ask("raise", 2000, false), KEY).text()).isEqualTo(GOOD);
    assertThat(wireCap()).isEqualTo(8000);
    pair.first(twice(EMPTY, GOOD));
    assertThat(pair.ask(ask("raise", 8000, false), KEY).text()).isEqualTo(GOOD);
    assertThat(wireCap()).isEqualTo(9000);
    pair.first(twice(EMPTY, GOOD));
    assertThat(pair.ask(ask("raise", 9000, false), KEY).text()).isEqualTo(EMPTY);
    assertThat(pair.firstCalls()).isEqualTo(1);
  }

  @Test
  void secondAnswer_isGivenWhateverItIs_andAFailureIsNone() throws IOException {
    pair.first(twice(EMPTY, EMPTY));
    double before = counted("raise");
    Pair.Told told = pair.ask(ask("raise", 300, false), KEY);
    assertThat(told.text()).isEqualTo(EMPTY);
    assertThat(told.decision().getBoolean("lrm_empty")).isTrue();
    assertThat(told.decision().getString("escalated_because")).isEqualTo("lrm_empty");
    assertThat(pair.firstCalls()).isEqualTo(2);
    assertThat(counted("raise")).isEqualTo(before + 2);
    pair.first(
        call ->
            Pair.json(pair.firstCalls() > 1 ? 500 : 200, pair.firstCalls() > 1 ? "{}" : EMPTY)
                .answer(call));
    told = pair.ask(ask("raise", 300, false), KEY);
    assertThat(told.response().status()).isEqualTo(200);
    assertThat(told.text()).isEqualTo(EMPTY);
    assertThat(told.decision().getBoolean("lrm_empty")).isTrue();
    assertThat(told.decision().getString("finish_reason")).isEqualTo("length");
  }

  @Test
  void noMoney_noRoute_orAStream_isNotAskedAgain() throws IOException {
    pair.first(twice(EMPTY, GOOD));
    String poor = "authorization: Bearer poor";
    assertThat(pair.ask(ask("raise", 300, false), poor).text()).isEqualTo(EMPTY);
    assertThat(pair.firstCalls()).isEqualTo(1);
    pair.first(twice(EMPTY, GOOD));
    assertThat(pair.ask(ask("plain", 300, false), KEY).text()).isEqualTo(EMPTY);
    assertThat(pair.firstCalls()).isEqualTo(1);
    pair.first(empty(CHAT, true));
    Pair.Told told = pair.ask(ask("raise", 300, true), KEY);
    assertThat(told.decision().getBoolean("lrm_empty")).isTrue();
    assertThat(pair.firstCalls()).isEqualTo(1);
  }

  @Test
  void otherDialects_areAskedAgain_too() throws IOException {
    pair.first(
        call ->
            pair.firstCalls() == 1
                ? empty("/v1/responses", false).answer(call)
                : Pair.json(200, "{\"id\":\"r2\",\"status\":\"completed\",\"output\":[]}")
                    .answer(call));
    String body = "{\"model\":\"raise\",\"max_output_tokens\":300,\"input\":\"x\"}";
    assertThat(pair.askAt("/v1/responses", body, KEY).text()).contains("r2");
    assertThat(wireCap()).isEqualTo(2348);
    String good =
        "{\"id\":\"m\",\"model\":\"s\",\"type\":\"message\",\"role\":\"assistant\",\"content\":"
            + "[{\"type\":\"text\",\"text\":\"fine\"}],\"stop_reason\":\"end_turn\","
            + "\"usage\":{\"input_tokens\":9,\"output_tokens\":30}}";
    for (String path : List.of("/v1/messages", CHAT)) {
      pair.first(
          call ->
              pair.firstCalls() == 1
                  ? empty("/v1/messages", false).answer(call)
                  : Pair.json(200, good).answer(call));
      assertThat(pair.askAt(path, ask("claude", 300, false), KEY).text()).contains("fine");
      assertThat(wireCap()).isEqualTo(2348);
    }
  }
}
