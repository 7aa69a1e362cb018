package dev.ponder.gateway.stub;

import static dev.ponder.gateway.stub.StubFixture.chat;
import static dev.ponder.gateway.stub.StubFixture.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.price.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stub as an upstream of everything but chat completions and responses. */
class StubDialectsTest {

  private static final String[] ANTHROPIC = {"anthropic-version", "2023-06-01"};

  private StubFixture fixture;

  @BeforeEach
  void start() {
    fixture = new StubFixture(StubOptions.standard());
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static JsonObject message(String script, String text) {
    return chat("claude", "stub: " + script + "\n" + text).put("max_tokens", 1_000);
  }

  private HttpResponse<String> messages(JsonObject body) throws Exception {
    return fixture.post("/v1/messages", body.encode(), ANTHROPIC);
  }

  private static List<String> types(String stream) {
    List<String> types =
        events(stream).stream().map(event -> new JsonObject(event).getString("type")).toList();
    assertThat(stream.lines().filter(line -> line.startsWith("event: ")))
        .containsExactlyElementsOf(types.stream().map(type -> "event: " + type).toList());
    return types;
  }

  private Usage logged() {
    List<StubCall> calls = fixture.stub.log().calls();
    return calls.get(calls.size() - 1).usage();
  }

  @Test
  void messages_plain_countsCachesBesideTheInput() throws Exception {
    HttpResponse<String> response =
        messages(message("tokens=3; reasoning=7; cached=2; cache_write=4", "hi there"));
    JsonObject body = new JsonObject(response.body());
    JsonArray content = body.getJsonArray("content");
    JsonObject usage = body.getJsonObject("usage");
    assertThat(response.headers().firstValue("request-id")).isPresent();
    assertThat(body.getString("type")).isEqualTo("message");
    assertThat(body.getString("stop_reason")).isEqualTo("end_turn");
    assertThat(content.getJsonObject(0).getString("type")).isEqualTo("thinking");
    assertThat(content.getJsonObject(0).getString("signature")).isNotEmpty();
    assertThat(content.getJsonObject(1).getString("text")).hasSize(12);
    assertThat(usage.getLong("cache_read_input_tokens")).isEqualTo(2);
    assertThat(usage.getLong("cache_creation_input_tokens")).isEqualTo(4);
    assertThat(logged()).isEqualTo(new Usage(usage.getLong("input_tokens") + 6, 2, 4, 10, 7));
  }

  @Test
  void messages_cacheWrite_isKeptForAnHour_inPart() throws Exception {
    String script = "tokens=3; cache_write=4; cache_write_1h=3";
    JsonObject usage =
        new JsonObject(messages(message(script, "hi there")).body()).getJsonObject("usage");
    assertThat(usage.getLong("cache_creation_input_tokens")).isEqualTo(4);
    assertThat(usage.getJsonObject("cache_creation"))
        .isEqualTo(
            new JsonObject()
                .put("ephemeral_5m_input_tokens", 1)
                .put("ephemeral_1h_input_tokens", 3));
    assertThat(logged()).isEqualTo(new Usage(usage.getLong("input_tokens") + 4, 0, 4, 3, 3, 0));
  }

  @Test
  void messages_stream_hasTheEventsInOrder() throws Exception {
    String stream = messages(message("tokens=2; reasoning=1", "hi").put("stream", true)).body();
    assertThat(types(stream))
        .containsExactly(
            "message_start",
            "content_block_start",
            "ping",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
    assertThat(stream).contains("\"thinking_delta\"", "\"signature_delta\"", "\"text_delta\"");
    JsonObject end = new JsonObject(events(stream).get(10));
    assertThat(end.getJsonObject("usage").getLong("output_tokens")).isEqualTo(3);
    assertThat(logged().outputTokens()).isEqualTo(3);
  }

  @Test
  void messages_tool_isCalledOnceAndItsAnswerTaken() throws Exception {
    JsonObject schema =
        new JsonObject()
            .put("type", "object")
            .put("properties", new JsonObject().put("n", new JsonObject().put("type", "integer")))
            .put("required", new JsonArray().add("n"));
    JsonArray tools =
        new JsonArray().add(new JsonObject().put("name", "look").put("input_schema", schema));
    JsonObject body = message("", "call the tool").put("tools", tools);
    JsonObject answer = new JsonObject(messages(body).body());
    JsonObject call = answer.getJsonArray("content").getJsonObject(0);
    assertThat(answer.getString("stop_reason")).isEqualTo("tool_use");
    assertThat(call.getString("type")).isEqualTo("tool_use");
    assertThat(call.getJsonObject("input")).isEqualTo(new JsonObject().put("n", 1));
    assertThat(types(messages(body.copy().put("stream", true)).body())).contains("message_stop");

    JsonObject result =
        new JsonObject()
            .put("type", "tool_result")
            .put("tool_use_id", call.getString("id"))
            .put("content", "42");
    body.getJsonArray("messages")
        .add(new JsonObject().put("role", "assistant").put("content", answer.getValue("content")))
        .add(new JsonObject().put("role", "user").put("content", new JsonArray().add(result)));
    answer = new JsonObject(messages(body).body());
    assertThat(answer.getString("stop_reason")).isEqualTo("end_turn");
  }

  @Test
  void messages_errors_haveAnthropicsEnvelope() throws Exception {
    HttpResponse<String> busy = messages(message("fail=529", "no"));
    assertThat(busy.statusCode()).isEqualTo(529);
    JsonObject error = new JsonObject(busy.body());
    assertThat(error.getString("type")).isEqualTo("error");
    assertThat(error.getJsonObject("error").getString("type")).isEqualTo("overloaded_error");
    assertThat(messages(chat("claude", "no cap")).body()).contains("max_tokens: Field required");
    assertThat(fixture.post("/v1/messages", message("", "x").encode()).body())
        .contains("anthropic-version");
    String broken =
        messages(message("tokens=9; error_event=after_events:4", "x").put("stream", true)).body();
    assertThat(types(broken)).last().isEqualTo("error");
    assertThat(logged().outputTokens()).isEqualTo(1);
  }

  @Test
  void messages_countTokens_isFree() throws Exception {
    JsonObject body = chat("claude", "12345678").put("system", "1234");
    String count = fixture.post("/v1/messages/count_tokens", body.encode(), ANTHROPIC).body();
    assertThat(count).isEqualTo("{\"input_tokens\":11}"); // 2 messages of 4, 12 bytes
    assertThat(logged()).isEqualTo(Usage.NONE);
  }

  @Test
  void completions_severalPrompts_areAllAnswered() throws Exception {
    JsonObject body =
        new JsonObject()
            .put("model", "m")
            .put("prompt", new JsonArray().add("one").add("two"))
            .put("n", 2)
            .put("stub", new JsonObject().put("tokens", 3));
    JsonObject answer = new JsonObject(fixture.post("/v1/completions", body.encode()).body());
    assertThat(answer.getString("object")).isEqualTo("text_completion");
    assertThat(answer.getJsonArray("choices")).hasSize(4);
    assertThat(answer.getJsonObject("usage").getLong("completion_tokens")).isEqualTo(12);
    assertThat(logged()).isEqualTo(Usage.of(2, 12));

    body.put("prompt", new JsonArray().add(1).add(2).add(3)).put("n", 1).put("stream", true);
    body.put("stream_options", new JsonObject().put("include_usage", true));
    List<String> chunks = events(fixture.post("/v1/completions", body.encode()).body());
    assertThat(chunks).hasSize(6).last().isEqualTo("[DONE]");
    assertThat(new JsonObject(chunks.get(4)).getJsonObject("usage").getLong("prompt_tokens"))
        .isEqualTo(3);
  }

  @Test
  void embeddings_floatAndBase64_areTheSameVectors() throws Exception {
    JsonObject body =
        new JsonObject()
            .put("model", "m")
            .put("input", new JsonArray().add("one").add("other"))
            .put("dimensions", 8);
    JsonArray data = embed(body).getJsonArray("data");
    JsonArray numbers = data.getJsonObject(1).getJsonArray("embedding");
    String base64 =
        embed(body.put("encoding_format", "base64"))
            .getJsonArray("data")
            .getJsonObject(1)
            .getString("embedding");
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
    double squares = 0;
    for (int i = 0; i < 8; i++) {
      float number = numbers.getFloat(i);
      assertThat(bytes.getFloat()).isEqualTo(number);
      squares += number * number;
    }
    assertThat(squares).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5));
    assertThat(numbers).isNotEqualTo(data.getJsonObject(0).getJsonArray("embedding"));
    assertThat(logged()).isEqualTo(Usage.of(2, 0));
  }

  private JsonObject embed(JsonObject body) throws Exception {
    return new JsonObject(fixture.post("/v1/embeddings", body.encode()).body());
  }

  @Test
  void azure_deploymentIsTheModelAndTheFirstChunkIsOdd() throws Exception {
    String path = "/openai/deployments/gpt/chat/completions";
    JsonObject body = chat("ignored", "stub: tokens=2").put("stream", true);
    assertThat(fixture.post(path, body.encode()).statusCode()).isEqualTo(404);
    HttpResponse<String> response =
        fixture.post(path + "?api-version=2024-10-21", body.encode(), "api-key", "k");
    List<String> chunks = events(response.body());
    JsonObject first = new JsonObject(chunks.get(0));
    assertThat(first.getJsonArray("choices")).isEmpty();
    assertThat(first.getString("id")).isEmpty();
    assertThat(first.containsKey("prompt_filter_results")).isTrue();
    assertThat(new JsonObject(chunks.get(1)).getString("model")).isEqualTo("gpt");
    assertThat(chunks).hasSize(6);
    assertThat(logged().outputTokens()).isEqualTo(2);
  }

  @Test
  void chat_showReasoning_comesBeforeTheText() throws Exception {
    JsonObject body = chat("m", "stub: tokens=1; reasoning=2; show_reasoning");
    JsonObject message =
        fixture.ask(body).getJsonArray("choices").getJsonObject(0).getJsonObject("message");
    assertThat(message.getString("reasoning_content")).hasSize(8);
    List<String> chunks = events(fixture.post(body.put("stream", true)).body());
    assertThat(chunks).hasSize(6); // role, two of reasoning, one of text, finish, [DONE]
    assertThat(chunks.get(1)).contains("\"delta\":{\"reasoning_content\":\"");
    assertThat(logged()).isEqualTo(new Usage(logged().inputTokens(), 0, 0, 3, 2));
  }

  @Test
  void calls_areMadeAtOnce_plainAndStreamed() throws Exception {
    JsonArray tools =
        new JsonArray("[{\"name\":\"f\",\"input_schema\":{},\"function\":{\"name\":\"f\"}}]");
    String prompt = "stub: calls=3\ncall the tool";
    JsonObject chat = chat("m", prompt).put("tools", tools);
    JsonObject message =
        fixture.ask(chat).getJsonArray("choices").getJsonObject(0).getJsonObject("message");
    assertThat(message.getJsonArray("tool_calls")).hasSize(3);
    assertThat(logged().outputTokens()).isEqualTo(3);
    List<String> chunks = events(fixture.post(chat.put("stream", true)).body());
    assertThat(chunks).hasSize(9); // role, three times head and arguments, finish, [DONE]
    assertThat(chunks.get(5)).contains("\"index\":2,\"id\":\"call_").contains("_2\",");
    assertThat(chunks.get(6)).contains("{\"index\":2,\"function\":{\"arguments\":\"{}\"}}");
    assertThat(logged().outputTokens()).isEqualTo(3);

    JsonObject ask = message("calls=3", "call the tool").put("tools", tools);
    JsonObject answer = new JsonObject(messages(ask).body());
    assertThat(answer.getJsonArray("content")).hasSize(3);
    String events = messages(ask.put("stream", true)).body();
    assertThat(events).contains("\"index\":2,\"content_block\":{\"type\":\"tool_use\"");
    assertThat(logged().outputTokens()).isEqualTo(3);
  }

  @Test
  void unknownPath_isEchoed() throws Exception {
    String body = "--b\r\n\u00e4\u0000\r\n--b--";
    HttpResponse<String> response =
        fixture.post("/v1/files?x=%2F1", body, "content-type", "multipart/form-data; boundary=b");
    assertThat(response.body()).isEqualTo(body);
    assertThat(response.headers().firstValue("content-type"))
        .hasValue("multipart/form-data; boundary=b");
    assertThat(response.headers().firstValue("x-stub-target")).hasValue("POST /v1/files?x=%2F1");
    JsonObject seen = new JsonObject(fixture.get("/v1/files/f%2F1?a=b").body());
    assertThat(seen.getString("path")).isEqualTo("/v1/files/f%2F1");
    assertThat(seen.getString("query")).isEqualTo("a=b");
    assertThat(seen.getJsonArray("headers").encode()).contains("[\"Host\",");
    assertThat(fixture.post("/v1/files", body, "x-stub-script", "fail=503").statusCode())
        .isEqualTo(503);
    assertThat(fixture.stub.log().calls()).hasSize(3);
  }

  @Test
  void models_inAnthropicsShape_whenAskedInIt() throws Exception {
    JsonObject list = new JsonObject(fixture.get("/v1/models", ANTHROPIC).body());
    assertThat(list.getBoolean("has_more")).isFalse();
    assertThat(list.getJsonArray("data").getJsonObject(0).getString("type")).isEqualTo("model");
  }
}
