package dev.ponder.gateway.stub;

import static dev.ponder.gateway.stub.StubFixture.await;
import static dev.ponder.gateway.stub.StubFixture.chat;
import static dev.ponder.gateway.stub.StubFixture.events;
import static dev.ponder.gateway.stub.StubFixture.readUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.price.Usage;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StubScriptedTest {

  private StubFixture fixture;

  @BeforeEach
  void start() {
    fixture = new StubFixture(StubOptions.standard().withDefaults(StubScript.parse("tokens=4")));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void stream_withUsage_hasRoleDeltasFinishUsageAndDone() throws Exception {
    HttpResponse<String> response = fixture.post(streamed("hi", true));
    assertThat(response.headers().firstValue("content-type"))
        .hasValue("text/event-stream; charset=utf-8");
    List<String> events = events(response.body());
    assertThat(events).hasSize(8); // role, four deltas, finish, usage, [DONE]
    JsonObject first = new JsonObject(events.get(0));
    assertThat(first.getString("object")).isEqualTo("chat.completion.chunk");
    assertThat(delta(events.get(0)).getString("role")).isEqualTo("assistant");
    assertThat(first.containsKey("usage")).isTrue();
    assertThat(first.getValue("usage")).isNull();
    StringBuilder text = new StringBuilder();
    events.subList(1, 5).forEach(event -> text.append(delta(event).getString("content")));
    assertThat(text).hasSize(16);
    assertThat(events.get(5)).contains("\"delta\":{},").contains("\"finish_reason\":\"stop\"");
    assertThat(new JsonObject(events.get(6)).getJsonArray("choices")).isEmpty();
    assertThat(new JsonObject(events.get(6)).getJsonObject("usage").getInteger("total_tokens"))
        .isEqualTo(9);
    assertThat(events.get(7)).isEqualTo("[DONE]");
    assertThat(fixture.stub.log().calls().get(0).usage()).isEqualTo(Usage.of(5, 4));
  }

  @Test
  void stream_withoutIncludeUsage_hasNone() throws Exception {
    String body = fixture.post(streamed("hi", false)).body();
    assertThat(events(body)).hasSize(7);
    assertThat(body).doesNotContain("usage");
  }

  @Test
  void stream_toolCall_sendsIdAndNameOnce() throws Exception {
    String tools =
        "[{\"type\":\"function\",\"function\":{\"name\":\"go\",\"parameters\":{\"type\":\"object\","
            + "\"required\":[\"to\"],\"properties\":{\"to\":{\"type\":\"string\"}}}}}]";
    JsonObject body = streamed("call the tool", false);
    List<String> events = events(fixture.post(body.put("tools", new JsonArray(tools))).body());
    assertThat(events.get(1)).contains("\"id\":\"call_").contains("\"name\":\"go\"");
    StringBuilder arguments = new StringBuilder();
    for (String event : events.subList(2, events.size() - 2)) {
      JsonObject call = delta(event).getJsonArray("tool_calls").getJsonObject(0);
      assertThat(call.containsKey("id")).isFalse();
      arguments.append(call.getJsonObject("function").getString("arguments"));
    }
    assertThat(arguments.toString()).isEqualTo("{\"to\":\"stub\"}");
    assertThat(events.get(events.size() - 2)).contains("\"finish_reason\":\"tool_calls\"");
  }

  @Test
  void stream_paced_arrivesWholeAndNotBeforeItsTime() throws Exception {
    long before = System.nanoTime();
    String body = fixture.post(script(streamed("hi", true), "tps", 100)).body();
    assertThat(events(body)).hasSize(8);
    assertThat(System.nanoTime() - before).isGreaterThan(39_000_000L);
  }

  @Test
  void stream_lineEndsAndComments_asScripted() throws Exception {
    String crlf = fixture.post(streamed("stub: eol=crlf\nhi", true)).body();
    assertThat(crlf.replace("\r\n", "")).doesNotContain("\n").doesNotContain("\r");
    assertThat(events(crlf)).hasSize(8);
    String cr = fixture.post(streamed("stub: eol=cr; comments\nhi", true)).body();
    assertThat(cr).doesNotContain("\n").startsWith(": keep-alive\r\r").endsWith("\r\r");
    assertThat(events(cr)).hasSize(8);
  }

  @Test
  void usage_shapes_asTheProvidersHaveThem() throws Exception {
    String knobs = "reasoning=100;cached=3;usage=";
    assertThat(usage(knobs + "openai").getInteger("completion_tokens")).isEqualTo(104);
    JsonObject xai = usage(knobs + "xai");
    assertThat(xai.getInteger("completion_tokens")).isEqualTo(4);
    assertThat(xai.getInteger("total_tokens") - xai.getInteger("prompt_tokens")).isEqualTo(104);
    assertThat(xai.getJsonObject("completion_tokens_details").getInteger("reasoning_tokens"))
        .isEqualTo(100);
    JsonObject deepseek = usage(knobs + "deepseek");
    assertThat(deepseek.getInteger("prompt_cache_hit_tokens")).isEqualTo(3);
    assertThat(
            deepseek.getInteger("prompt_cache_miss_tokens")
                + deepseek.getInteger("prompt_cache_hit_tokens"))
        .isEqualTo(deepseek.getInteger("prompt_tokens"));
    JsonObject gemini = usage(knobs + "gemini");
    assertThat(gemini.fieldNames())
        .containsExactly("prompt_tokens", "completion_tokens", "total_tokens");
    assertThat(gemini.getInteger("total_tokens") - gemini.getInteger("prompt_tokens"))
        .isEqualTo(104);
    List<String> events = events(fixture.post(streamed("stub: usage=deepseek\nhi", true)).body());
    assertThat(new JsonObject(events.get(5)).getJsonObject("usage")).isNotNull();
    assertThat(events).hasSize(7);
    assertThat(fixture.post(streamed("stub: no_usage\nhi", true)).body()).doesNotContain("usage");
  }

  @Test
  void fail_scripted_hasEnvelopeAndRetryAfter() throws Exception {
    HttpResponse<String> response =
        fixture.post(chat("m", "hi"), "x-stub-script", "fail=429; retry_after=7");
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("retry-after")).hasValue("7");
    assertThat(response.body()).contains("\"code\":\"rate_limit_exceeded\"");
    StubCall call = fixture.stub.log().calls().get(0);
    assertThat(call.finish()).isEqualTo("error");
    assertThat(call.usage()).isEqualTo(Usage.NONE);
  }

  @Test
  void failFirst_countsAttemptsOfThePrompt() throws Exception {
    JsonObject body = script(chat("m", "hi"), "fail_first", 2);
    assertThat(fixture.post(body).statusCode()).isEqualTo(503);
    assertThat(fixture.post(body).statusCode()).isEqualTo(503);
    assertThat(fixture.post(body).statusCode()).isEqualTo(200);
    assertThat(fixture.post(script(chat("m", "other"), "fail_first", 2)).statusCode())
        .isEqualTo(503);
  }

  @Test
  void script_nearerWins() throws Exception {
    JsonObject body = script(chat("m", "stub: fail=404"), "fail", 403);
    assertThat(fixture.post(body, "x-stub-script", "fail=402").statusCode()).isEqualTo(404);
    JsonObject member = script(chat("m", "hi"), "fail", 403);
    assertThat(fixture.post(member, "x-stub-script", "fail=402").statusCode()).isEqualTo(403);
  }

  @Test
  void die_afterEvents_closesInTheMiddle() throws Exception {
    String raw = fixture.raw(streamed("stub: die=after_events:3\nhi", true));
    assertThat(events(raw)).hasSize(3);
    assertThat(raw).doesNotContain("[DONE]").doesNotEndWith("0\r\n\r\n");
    assertThat(fixture.stub.log().calls().get(0).usage().outputTokens()).isEqualTo(2);
    assertThatThrownBy(() -> fixture.post(streamed("stub: die=after_events:3\nhi", true)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void die_afterBytes_closesAtTheByte() throws Exception {
    String raw = fixture.raw(chat("m", "stub: die=after_bytes:25"));
    assertThat(raw.substring(raw.indexOf("\r\n\r\n") + 4)).hasSize(25);
    assertThat(fixture.stub.log().calls().get(0).finish()).isEqualTo("cut");
    String streamed = fixture.raw(streamed("stub: die=after_bytes:25", true));
    assertThat(streamed).contains("\r\n\r\n19\r\ndata: {\"id\":\"chatcmpl-"); // 0x19 bytes
    assertThat(streamed.substring(streamed.indexOf("data:"))).hasSize(25 + 2);
  }

  @Test
  void die_beforeAnyEvent_sendsTheHeadOnly() throws Exception {
    String raw = fixture.raw(streamed("stub: die=after_events:0", true));
    assertThat(raw).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n").doesNotContain("data:");
  }

  @Test
  void end_clean_leavesOutFinishAndDone() throws Exception {
    List<String> events = events(fixture.post(streamed("stub: end=clean", true)).body());
    assertThat(events).hasSize(5);
    assertThat(String.join("", events)).doesNotContain("stop");
  }

  @Test
  void stall_untilTheClientLeaves_isLoggedAsAborted() throws Exception {
    try (Socket socket = fixture.connect(streamed("stub: stall=after_events:3", true))) {
      readUntil(socket, "data: ");
      readUntil(socket, "data: ");
      readUntil(socket, "data: ");
      readUntil(socket, "}\n\n");
    }
    StubCall call = await(fixture.stub.log().whenCalls(1)).get(0);
    assertThat(call.aborted()).isTrue();
    assertThat(call.status()).isEqualTo(200);
    assertThat(call.usage().outputTokens()).isEqualTo(2);
  }

  @Test
  void latency_clientGivesUp_isLoggedWithoutOutput() throws Exception {
    Socket socket = fixture.connect(chat("o3", "stub: latency=1h"));
    socket.close();
    StubCall call = await(fixture.stub.log().whenCalls(1)).get(0);
    assertThat(call.aborted()).isTrue();
    assertThat(call.status()).isZero();
    assertThat(call.usage().outputTokens()).isZero();
  }

  @Test
  void firstByte_headComesFirst() throws Exception {
    try (Socket socket = fixture.connect(streamed("stub: first_byte=1h", true))) {
      assertThat(readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 200 OK");
    }
    assertThat(await(fixture.stub.log().whenCalls(1)).get(0).aborted()).isTrue();
  }

  @Test
  void stream_pacedAndLeft_stopsGenerating() throws Exception {
    JsonObject body = streamed("stub: tps=1; tokens=100000; reasoning=50", true);
    try (Socket socket = fixture.connect(body)) {
      readUntil(socket, "data: ");
    }
    StubCall call = await(fixture.stub.log().whenCalls(1)).get(0);
    assertThat(call.aborted()).isTrue();
    assertThat(call.usage().reasoningTokens()).isEqualTo(50);
    assertThat(call.usage().visibleOutputTokens()).isLessThan(20);
  }

  @Test
  void errors_insideA200_asScripted() throws Exception {
    List<String> events =
        events(fixture.post(streamed("stub: error_event=after_events:2", true)).body());
    assertThat(events).hasSize(3);
    assertThat(events.get(2)).startsWith("{\"error\":{");
    HttpResponse<String> body = fixture.post(chat("m", "stub: status200_error"));
    assertThat(body.statusCode()).isEqualTo(200);
    assertThat(body.body()).startsWith("{\"error\":{");
    assertThatThrownBy(() -> new JsonObject(fixture.post(chat("m", "stub: garbage")).body()))
        .isInstanceOf(DecodeException.class);
    HttpResponse<String> html = fixture.post(chat("m", "stub: content_type=text/html"));
    assertThat(html.headers().firstValue("content-type")).hasValue("text/html");
  }

  @Test
  void length_lies_bothWays() throws Exception {
    String longer = fixture.raw(chat("m", "stub: length=longer"));
    String body = longer.substring(longer.indexOf("\r\n\r\n") + 4);
    assertThat(longer).contains("content-length: " + (body.length() + 10));
    String shorter = fixture.raw(chat("m", "stub: length=shorter"));
    String whole = shorter.substring(shorter.indexOf("\r\n\r\n") + 4);
    assertThat(shorter).contains("content-length: " + (whole.length() - 10));
    assertThat(whole).endsWith("}}");
  }

  private JsonObject usage(String script) throws Exception {
    return new JsonObject(fixture.post(chat("m", "hi"), "x-stub-script", script).body())
        .getJsonObject("usage");
  }

  private static JsonObject streamed(String prompt, boolean includeUsage) {
    JsonObject body = chat("m", prompt).put("stream", true);
    return includeUsage
        ? body.put("stream_options", new JsonObject().put("include_usage", true))
        : body;
  }

  private static JsonObject script(JsonObject body, String knob, Object value) {
    return body.put("stub", new JsonObject().put(knob, value));
  }

  private static JsonObject delta(String event) {
    return new JsonObject(event).getJsonArray("choices").getJsonObject(0).getJsonObject("delta");
  }
}
