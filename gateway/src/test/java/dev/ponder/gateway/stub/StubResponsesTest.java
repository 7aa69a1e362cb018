package dev.ponder.gateway.stub;

import static dev.ponder.gateway.stub.StubFixture.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.price.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stub as an upstream of the Responses API. */
class StubResponsesTest {

  private static final String PATH = "/v1/responses";

  private StubFixture fixture;

  @BeforeEach
  void start() {
    fixture = new StubFixture(StubOptions.standard());
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static JsonObject ask(String script, String text) {
    return new JsonObject().put("model", "m").put("input", "stub: " + script + "\n" + text);
  }

  private JsonObject post(JsonObject body) throws Exception {
    HttpResponse<String> response = fixture.post(PATH, body.encode());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new JsonObject(response.body());
  }

  private JsonObject get(String path) throws Exception {
    return new JsonObject(fixture.get(path).body());
  }

  private List<JsonObject> stream(JsonObject body) throws Exception {
    String text = fixture.post(PATH, body.put("stream", true).encode()).body();
    List<JsonObject> events = new ArrayList<>();
    for (String event : events(text)) {
      events.add(new JsonObject(event));
    }
    List<String> names = text.lines().filter(line -> line.startsWith("event: ")).toList();
    assertThat(names)
        .isEqualTo(events.stream().map(event -> "event: " + event.getString("type")).toList());
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).getInteger("sequence_number")).isEqualTo(i);
    }
    return events;
  }

  private static List<String> types(List<JsonObject> events) {
    return events.stream().map(event -> event.getString("type")).toList();
  }

  @Test
  void plain_hasReasoningMessageAndUsage() throws Exception {
    JsonObject response = post(ask("tokens=3; reasoning=40; cached=2; cache_write=3", "hello"));
    JsonArray output = response.getJsonArray("output");
    assertThat(response.getString("object")).isEqualTo("response");
    assertThat(response.getString("status")).isEqualTo("completed");
    assertThat(output.getJsonObject(0).getString("type")).isEqualTo("reasoning");
    assertThat(output.getJsonObject(0).getString("encrypted_content")).isNotEmpty();
    assertThat(output.getJsonObject(1).getJsonArray("content").getJsonObject(0).getString("text"))
        .hasSize(12);
    JsonObject usage = response.getJsonObject("usage");
    long input = usage.getLong("input_tokens");
    assertThat(usage.getLong("output_tokens")).isEqualTo(43);
    assertThat(usage.getLong("total_tokens")).isEqualTo(input + 43);
    StubCall call = fixture.stub.log().calls().get(0);
    assertThat(call.usage()).isEqualTo(new Usage(input, 2, 3, 43, 40));
    assertThat(call.target()).isEqualTo("POST /v1/responses");
    assertThat(call.id()).isEqualTo(response.getString("id")).startsWith("resp_");
  }

  @Test
  void stream_ofText_hasTheEventsInOrderAndNoDone() throws Exception {
    List<JsonObject> events = stream(ask("tokens=2", "hello"));
    assertThat(types(events))
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
    JsonObject last = events.get(9).getJsonObject("response");
    assertThat(last.getJsonObject("usage").getLong("output_tokens")).isEqualTo(2);
    assertThat(events.get(4).getString("delta") + events.get(5).getString("delta"))
        .isEqualTo(events.get(6).getString("text"));
    assertThat(events.get(0).getJsonObject("response").getValue("usage")).isNull();
  }

  @Test
  void stream_ofReasoningAndTool_hasTheirEvents() throws Exception {
    JsonObject tool =
        new JsonObject()
            .put("type", "function")
            .put("name", "weather")
            .put("parameters", new JsonObject().put("type", "object"));
    JsonObject body =
        ask("reasoning=2", "please call the tool")
            .put("tools", new JsonArray().add(tool))
            .put("reasoning", new JsonObject().put("summary", "auto"));
    List<JsonObject> events = stream(body);
    assertThat(types(events))
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.reasoning_summary_part.added",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done",
            "response.reasoning_summary_part.done",
            "response.output_item.done",
            "response.output_item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "response.completed");
    JsonObject call = events.get(12).getJsonObject("item");
    assertThat(call.getString("type")).isEqualTo("function_call");
    assertThat(call.getString("name")).isEqualTo("weather");
    assertThat(call.getString("arguments")).isEqualTo("{}");
    assertThat(fixture.stub.log().calls().get(0).finish()).isEqualTo("tool_calls");
  }

  @Test
  void toolAnswered_isNotCalledAgain() throws Exception {
    JsonArray input =
        new JsonArray()
            .add(new JsonObject().put("role", "user").put("content", "please call the tool"))
            .add(new JsonObject().put("type", "function_call").put("call_id", "c"))
            .add(new JsonObject().put("type", "function_call_output").put("output", "sunny"));
    JsonObject tool = new JsonObject().put("type", "function").put("name", "weather");
    JsonObject body =
        new JsonObject()
            .put("model", "m")
            .put("input", input)
            .put("tools", new JsonArray().add(tool));
    JsonObject item = post(body).getJsonArray("output").getJsonObject(0);
    assertThat(item.getString("type")).isEqualTo("message");
    input.remove(2);
    item = post(body).getJsonArray("output").getJsonObject(0);
    assertThat(item.getString("type")).isEqualTo("function_call");
  }

  @Test
  void capAndFailure_endAsIncompleteAndFailed() throws Exception {
    JsonObject capped = post(ask("tokens=9", "long").put("max_output_tokens", 2));
    assertThat(capped.getString("status")).isEqualTo("incomplete");
    assertThat(capped.getJsonObject("incomplete_details").getString("reason"))
        .isEqualTo("max_output_tokens");
    List<String> types = types(stream(ask("tokens=1; end=failed", "fail")));
    assertThat(types).last().isEqualTo("response.failed");
    types = types(stream(ask("tokens=5; error_event=after_events:3", "break")));
    assertThat(types).hasSize(4).last().isEqualTo("error");
    types = types(stream(ask("tokens=1; end=clean", "stop")));
    assertThat(types).last().isEqualTo("response.output_item.done");
    assertThat(fixture.stub.log().calls())
        .extracting(StubCall::finish)
        .containsExactly("length", "cut", "cut", "cut");
  }

  @Test
  void background_isCompletedByPollsAndBilledOnce() throws Exception {
    JsonObject queued = post(ask("tokens=5; polls=2", "think").put("background", true));
    String path = PATH + "/" + queued.getString("id");
    assertThat(queued.getString("status")).isEqualTo("queued");
    assertThat(queued.getJsonArray("output")).isEmpty();
    assertThat(get(path).getString("status")).isEqualTo("in_progress");
    assertThat(fixture.stub.log().total().completionTokens()).isZero();
    assertThat(get(path).getString("status")).isEqualTo("completed");
    assertThat(get(path).getJsonObject("usage").getLong("output_tokens")).isEqualTo(5);
    assertThat(fixture.stub.log().total().completionTokens()).isEqualTo(5);
    assertThat(fixture.stub.log().calls())
        .extracting(StubCall::target)
        .containsExactly("POST " + PATH, "GET " + path, "GET " + path, "GET " + path);
    List<String> rest = events(fixture.get(path + "?stream=true&starting_after=2").body());
    assertThat(new JsonObject(rest.get(0)).getInteger("sequence_number")).isEqualTo(3);
  }

  @Test
  void background_cancelled_isNotBilled() throws Exception {
    String id = post(ask("tokens=5", "think").put("background", true)).getString("id");
    HttpResponse<String> response = fixture.post(PATH + "/" + id + "/cancel", "");
    assertThat(new JsonObject(response.body()).getString("status")).isEqualTo("cancelled");
    assertThat(get(PATH + "/" + id).getString("status")).isEqualTo("cancelled");
    assertThat(fixture.stub.log().total().completionTokens()).isZero();
  }

  @Test
  void stored_canBeFetchedListedContinuedAndDeleted() throws Exception {
    JsonObject first = post(ask("tokens=5", "one"));
    String path = PATH + "/" + first.getString("id");
    assertThat(get(path)).isEqualTo(first);
    JsonObject item = get(path + "/input_items").getJsonArray("data").getJsonObject(0);
    assertThat(item.getJsonArray("content").getJsonObject(0).getString("text")).contains("one");

    JsonObject next = ask("tokens=1", "two").put("previous_response_id", first.getString("id"));
    long alone = post(ask("tokens=1", "two")).getJsonObject("usage").getLong("input_tokens");
    assertThat(post(next).getJsonObject("usage").getLong("input_tokens"))
        .isEqualTo(alone + first.getJsonObject("usage").getLong("total_tokens"));

    assertThat(fixture.delete(path).body()).contains("\"deleted\":true");
    assertThat(fixture.get(path).statusCode()).isEqualTo(404);
    HttpResponse<String> lost = fixture.post(PATH, next.encode());
    assertThat(lost.statusCode()).isEqualTo(400);
    assertThat(lost.body()).contains("\"code\":\"previous_response_not_found\"");
    String unstored = post(ask("", "three").put("store", false)).getString("id");
    assertThat(fixture.get(PATH + "/" + unstored).statusCode()).isEqualTo(404);
  }

  @Test
  void countAndCompaction_answerInTheirShape() throws Exception {
    String body = ask("tokens=4", "count").encode();
    JsonObject count = new JsonObject(fixture.post(PATH + "/input_tokens", body).body());
    assertThat(count.getLong("input_tokens")).isEqualTo(4 + 5); // a message of 20 bytes
    assertThat(fixture.stub.log().total().promptTokens()).isZero();
    JsonObject compact = new JsonObject(fixture.post(PATH + "/compact", body).body());
    assertThat(compact.getJsonArray("output").getJsonObject(0).getString("type"))
        .isEqualTo("compaction");
    assertThat(fixture.stub.log().total().completionTokens()).isEqualTo(4);
  }
}
