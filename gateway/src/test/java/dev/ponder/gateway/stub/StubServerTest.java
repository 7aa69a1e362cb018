package dev.ponder.gateway.stub;

import static dev.ponder.gateway.stub.StubFixture.await;
import static dev.ponder.gateway.stub.StubFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StubServerTest {

  private StubFixture fixture;

  @BeforeEach
  void start() {
    fixture =
        new StubFixture(
            StubOptions.standard()
                .withModel("mini", StubScript.parse("tokens=10,cached=2"))
                .withModel("big:8b", StubScript.parse("tokens=5,reasoning=1500")));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void chat_plain_looksLikeOpenAi() throws Exception {
    HttpResponse<String> response =
        fixture.post(chat("mini", "Hello there, stub"), "x-request-id", "r-1");
    JsonObject body = new JsonObject(response.body());
    JsonObject choice = body.getJsonArray("choices").getJsonObject(0);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(response.headers().map())
        .containsKeys("x-request-id", "openai-processing-ms", "x-ratelimit-remaining-tokens");
    assertThat(body.getString("id")).startsWith("chatcmpl-");
    assertThat(body.getString("object")).isEqualTo("chat.completion");
    assertThat(body.getString("model")).isEqualTo("mini");
    assertThat(choice.getString("finish_reason")).isEqualTo("stop");
    assertThat(choice.getJsonObject("message").getString("content")).hasSize(40);
    JsonObject usage = body.getJsonObject("usage");
    assertThat(usage.getInteger("prompt_tokens")).isEqualTo(9); // 4 + ceil(17 / 4)
    assertThat(usage.getInteger("completion_tokens")).isEqualTo(10);
    assertThat(usage.getInteger("total_tokens")).isEqualTo(19);
    assertThat(usage.getJsonObject("prompt_tokens_details").getInteger("cached_tokens"))
        .isEqualTo(2);
    StubCall call = fixture.stub.log().calls().get(0);
    assertThat(call.id()).isEqualTo(body.getString("id"));
    assertThat(call.requestId()).isEqualTo("r-1");
    assertThat(call.usage()).isEqualTo(new Usage(9, 2, 0, 10, 0));
  }

  @Test
  void chat_samePromptModelAndSeed_sameAnswer() throws Exception {
    String first = content(fixture.ask(chat("other", "why?")));
    assertThat(content(fixture.ask(chat("other", "why?")))).isEqualTo(first);
    assertThat(content(fixture.ask(chat("other", "why not?")))).isNotEqualTo(first);
    assertThat(content(fixture.ask(chat("another", "why?")))).isNotEqualTo(first);
    try (StubFixture seeded = new StubFixture(StubOptions.standard().withSeed(7))) {
      assertThat(content(seeded.ask(chat("other", "why?")))).isNotEqualTo(first);
    }
  }

  @Test
  void chat_reasoningModel_billsHiddenTokens() throws Exception {
    JsonObject usage = fixture.ask(chat("big:8b", "hi")).getJsonObject("usage");
    assertThat(usage.getInteger("completion_tokens")).isEqualTo(1505);
    assertThat(usage.getJsonObject("completion_tokens_details").getInteger("reasoning_tokens"))
        .isEqualTo(1500);
    JsonObject byName = fixture.ask(chat("o3-mini", "hi")).getJsonObject("usage");
    assertThat(byName.getJsonObject("completion_tokens_details").getInteger("reasoning_tokens"))
        .isPositive();
  }

  @Test
  void chat_capBelowReasoning_answersNothingAndBillsTheCap() throws Exception {
    JsonObject capped =
        fixture.ask(chat("big:8b", "hi").put("max_tokens", 9).put("max_completion_tokens", 700));
    JsonObject choice = capped.getJsonArray("choices").getJsonObject(0);
    assertThat(choice.getString("finish_reason")).isEqualTo("length");
    assertThat(choice.getJsonObject("message").getString("content")).isEmpty();
    assertThat(capped.getJsonObject("usage").getInteger("completion_tokens")).isEqualTo(700);
  }

  @Test
  void chat_capWithinText_truncates() throws Exception {
    JsonObject capped = fixture.ask(chat("mini", "hi").put("max_tokens", 3));
    assertThat(content(capped)).hasSize(12);
    assertThat(capped.getJsonObject("usage").getInteger("completion_tokens")).isEqualTo(3);
  }

  @Test
  void chat_toolAskedFor_callsItWithArgumentsOfItsSchema() throws Exception {
    JsonObject body = fixture.ask(chat("mini", "please call the tool").put("tools", tools()));
    JsonObject choice = body.getJsonArray("choices").getJsonObject(0);
    JsonObject call = choice.getJsonObject("message").getJsonArray("tool_calls").getJsonObject(0);
    assertThat(choice.getString("finish_reason")).isEqualTo("tool_calls");
    assertThat(choice.getJsonObject("message").getValue("content")).isNull();
    assertThat(call.getJsonObject("function").getString("name")).isEqualTo("weather");
    assertThat(new JsonObject(call.getJsonObject("function").getString("arguments")))
        .isEqualTo(new JsonObject().put("city", "Gießen").put("days", 2));
    assertThat(content(fixture.ask(chat("mini", "hello").put("tools", tools())))).hasSize(40);
    assertThat(
            fixture
                .ask(chat("mini", "hello").put("tools", tools()).put("tool_choice", "required"))
                .encode())
        .contains("tool_calls");
  }

  @Test
  void chat_jsonSchema_answersWithinIt() throws Exception {
    JsonObject schema =
        new JsonObject(
            "{\"type\":\"object\",\"required\":[\"ok\",\"list\",\"kind\"],\"properties\":{"
                + "\"ok\":{\"type\":\"boolean\"},\"kind\":{\"enum\":[\"b\",\"a\"]},"
                + "\"list\":{\"type\":\"array\",\"minItems\":2,"
                + "\"items\":{\"$ref\":\"#/$defs/n\"}}},"
                + "\"$defs\":{\"n\":{\"type\":\"integer\",\"minimum\":5}}}");
    JsonObject format =
        new JsonObject()
            .put("type", "json_schema")
            .put("json_schema", new JsonObject().put("name", "x").put("schema", schema));
    String content = content(fixture.ask(chat("mini", "hi").put("response_format", format)));
    assertThat(content).isEqualTo("{\"ok\":true,\"list\":[5,5],\"kind\":\"b\"}");
  }

  @Test
  void chat_severalChoices_billsAll() throws Exception {
    JsonObject body = fixture.ask(chat("mini", "hi").put("n", 3));
    assertThat(body.getJsonArray("choices")).hasSize(3);
    assertThat(body.getJsonObject("usage").getInteger("completion_tokens")).isEqualTo(30);
  }

  @Test
  void chat_notWellFormed_isRefusedInTheEnvelope() throws Exception {
    for (String bad :
        List.of(
            "{\"model\":",
            "[]",
            "{\"model\":\"m\"}",
            "{\"messages\":[]} x",
            "{\"model\":\"m\",\"messages\":[1]}",
            chat("m", "call the tool")
                .put("tools", new JsonArray("[{\"function\":{\"parameters\":1}}]"))
                .encode(),
            chat("m", "hi")
                .put(
                    "response_format",
                    new JsonObject("{\"type\":\"json_schema\",\"json_schema\":7}"))
                .encode())) {
      HttpResponse<String> response = fixture.post("/v1/chat/completions", bad);
      assertThat(response.statusCode()).as(bad).isEqualTo(400);
      assertThat(new JsonObject(response.body()).getJsonObject("error").fieldNames())
          .containsExactly("message", "type", "param", "code");
    }
    HttpResponse<String> unknown = fixture.post(chat("mini", "stub: latenzy=2s\nhi"));
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(unknown.body()).contains("latenzy (expected: one of latency, first_byte");
    HttpResponse<String> wrong = fixture.post(chat("mini", "hi"), "x-stub-script", "latency=2x");
    assertThat(wrong.body()).contains("latency: 2x (expected: such as 200ms");
  }

  @Test
  void chat_bodyOverTheLimit_is413() throws Exception {
    try (StubFixture small = new StubFixture(StubOptions.standard().withBodyMax(100))) {
      assertThat(small.post(chat("mini", "x".repeat(200))).statusCode()).isEqualTo(413);
    }
  }

  @Test
  void chat_anyPrefix_isServed() throws Exception {
    assertThat(
            fixture
                .post("/openai/x/chat/completions?api-version=1", chat("m", "q").encode())
                .statusCode())
        .isEqualTo(200);
    assertThat(fixture.post("/other", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void key_required_refusesOthers() throws Exception {
    try (StubFixture locked = new StubFixture(StubOptions.standard().withRequireKey("k1"))) {
      HttpResponse<String> refused = locked.post(chat("m", "q"), "authorization", "Bearer k2");
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.body()).contains("\"code\":\"invalid_api_key\"");
      assertThat(locked.post(chat("m", "q"), "authorization", "Bearer k1").statusCode())
          .isEqualTo(200);
      assertThat(locked.get("/v1/models").statusCode()).isEqualTo(401);
      assertThat(locked.get("/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void models_lists_profiles() throws Exception {
    JsonArray data = new JsonObject(fixture.get("/v1/models").body()).getJsonArray("data");
    assertThat(data.stream().map(model -> ((JsonObject) model).getString("id")))
        .containsExactly("big:8b", "mini");
    assertThat(new JsonObject(fixture.get("/v1/models/a%2Fb").body()).getString("id"))
        .isEqualTo("a/b");
  }

  @Test
  void log_keepsBodyBytesAndTheirHash() throws Exception {
    String body =
        "{ \"model\" : \"mini\", \"seed\":12345678901234567890, \"messages\":"
            + "[{\"role\":\"user\",\"content\":\"\\u00e4 ä 日本\"}] }\n";
    fixture.post("/v1/chat/completions", body);
    StubCall call = fixture.stub.log().calls().get(0);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    assertThat(call.bodySha256())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    assertThat(fixture.get("/stub/log/" + call.id() + "/body").body()).isEqualTo(body);
    assertThat(fixture.get("/stub/log/none/body").statusCode()).isEqualTo(404);
  }

  @Test
  void log_overHttp_hasTotalsLastCallsAndLines() throws Exception {
    for (int i = 0; i < 3; i++) {
      fixture.ask(chat("mini", "q" + i));
    }
    JsonObject log = new JsonObject(fixture.get("/stub/log?last=2").body());
    assertThat(log.getJsonObject("totals").getInteger("completion_tokens")).isEqualTo(30);
    assertThat(log.getJsonArray("calls")).hasSize(2);
    assertThat(fixture.get("/stub/log?format=jsonl").body().lines()).hasSize(3);
    fixture.post("/stub/reset", "");
    assertThat(fixture.stub.log().total()).isEqualTo(StubTotal.ZERO);
  }

  @Test
  void totals_withPrices_sumsEachCallRoundedUp() throws Exception {
    fixture.ask(chat("mini", "Hello there, stub")); // 9 in (2 cached), 10 out
    fixture.ask(chat("mini", "Hello there, stub"));
    fixture.post(chat("big:8b", "stub: fail=500"));
    ModelPrice price =
        new ModelPrice(
            Money.ofNanos(1), Money.ofNanos(0), Money.ofNanos(1), Money.ofNanos(1), Money.ZERO);
    Map<String, StubTotal> totals =
        fixture.stub.log().totals(Map.of("mini", price, "big:8b", price));
    assertThat(totals)
        .containsOnly( // 2 nano-dollars, not 1: each call is rounded up
            Map.entry("mini", new StubTotal(2, 0, 0, 18, 4, 0, 20, 0, Money.ofNanos(2))),
            Map.entry("big:8b", new StubTotal(1, 1, 0, 0, 0, 0, 0, 0, Money.ZERO)));
    assertThat(fixture.stub.log().cost(Map.of("mini", price))).isEqualTo(Money.ofNanos(2));
    assertThatThrownBy(() -> fixture.stub.log().totals(Map.of()))
        .hasMessageContaining("none for mini");
  }

  @Test
  void totals_afterTheLogForgot_refuses() throws Exception {
    try (StubFixture small = new StubFixture(StubOptions.standard().withKeep(1, 0))) {
      small.ask(chat("mini", "a"));
      small.ask(chat("mini", "b"));
      assertThat(small.stub.log().calls()).hasSize(1);
      assertThatThrownBy(() -> small.stub.log().totals(Map.of()))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void start_severalInstances_shareThePort() throws Exception {
    try (StubFixture many = new StubFixture(StubOptions.standard().withInstances(3))) {
      List<Integer> statuses =
          Stream.generate(() -> chat("mini", "hi"))
              .limit(12)
              .parallel()
              .map(body -> status(many, body))
              .toList();
      assertThat(statuses).hasSize(12).containsOnly(200);
      assertThat(await(many.stub.log().whenCalls(12))).hasSize(12);
    }
  }

  @Test
  void start_twoStubsOfOneVertx_areStrangers() throws Exception {
    StubOptions options = StubOptions.standard().withInstances(2);
    try (StubFixture one = new StubFixture(options)) {
      StubServer other = await(one.startAnother(options));
      assertThat(other.port()).isNotEqualTo(one.stub.port());
      for (int i = 0; i < 4; i++) {
        one.ask(chat("mini", "hi"));
      }
      assertThat(one.stub.log().calls()).hasSize(4);
      await(other.close());
      assertThat(one.get("/health").statusCode()).isEqualTo(200);
    }
  }

  private static int status(StubFixture fixture, JsonObject body) {
    try {
      return fixture.post(body).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static JsonArray tools() {
    return new JsonArray(
        "[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":{"
            + "\"type\":\"object\",\"required\":[\"city\",\"days\"],\"properties\":{"
            + "\"city\":{\"const\":\"Gießen\"},\"days\":{\"type\":\"integer\",\"minimum\":2}}}}}]");
  }

  private static String content(JsonObject body) {
    return body.getJsonArray("choices")
        .getJsonObject(0)
        .getJsonObject("message")
        .getString("content");
  }
}
