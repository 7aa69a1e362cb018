package dev.ponder.gateway.translate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamTranslationTest {

  private static final int TALKS = 200;

  /** Something of everything, and little of it: it is cut at each of its bytes. */
  private static final String SMALL =
      "{\"id\":\"m\",\"role\":\"assistant\",\"model\":\"c\",\"content\":["
          + "{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"Eq\"},"
          + "{\"type\":\"text\",\"text\":\"ü😀\"},"
          + "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"x\":\"é\"}},"
          + "{\"type\":\"tool_use\",\"id\":\"u\",\"name\":\"g\",\"input\":{}}],"
          + "\"stop_reason\":\"tool_use\",\"usage\":{\"input_tokens\":5,\"output_tokens\":7}}";

  private static ChatStream toChat() {
    return new ChatStream(1_700_000_000, true, null);
  }

  private static String text(@Nullable Object json) {
    return JsonTree.text(json);
  }

  @Test
  void messagesStream_saysInChunksWhatTheWholeAnswerSays() throws Exception {
    for (long seed = 0; seed < TALKS; seed++) {
      Map<String, @Nullable Object> message = RoundTripTest.message(new Talk(seed));
      String chunks = StreamTalk.translate(toChat(), StreamTalk.messagesStream(message));
      byte[] json = JsonTree.bytes(StreamTalk.completionOf(chunks));
      byte[] back = MessagesAnswer.ofChat(json, 0, json.length);
      assertThat(new String(back, UTF_8)).as("seed %s", seed).isEqualTo(text(message));
      assertThat(chunks).as("seed %s", seed).endsWith("data: [DONE]\n\n");
    }
  }

  @Test
  void chunks_sayInEventsWhatTheWholeAnswerSays() throws Exception {
    for (long seed = 0; seed < TALKS; seed++) {
      Map<String, @Nullable Object> message = RoundTripTest.message(new Talk(seed));
      byte[] chunks =
          StreamTalk.translate(toChat(), StreamTalk.messagesStream(message)).getBytes(UTF_8);
      MessagesStream translation = new MessagesStream("req_1");
      String events = StreamTalk.translate(translation, chunks);
      assertThat(text(StreamTalk.messageOf(events).get("content")))
          .as("seed %s", seed)
          .isEqualTo(text(message.get("content")));
      assertThat(StreamTalk.messageOf(events).get("stop_reason"))
          .isEqualTo(message.get("stop_reason"));
      assertThat(text(StreamTalk.messageOf(events).get("usage")))
          .isEqualTo(text(message.get("usage")));
      assertThat(translation.over()).isTrue();
    }
  }

  @Test
  void streams_cutAnywhere_areTheSame() throws Exception {
    byte[] events = StreamTalk.messagesStream(Place.of(JsonTree.read(SMALL)).object());
    String whole = StreamTalk.translate(toChat(), events);
    for (int cut = 1; cut < events.length; cut++) {
      assertThat(StreamTalk.translate(toChat(), events, cut)).as("cut at %s", cut).isEqualTo(whole);
    }
    int[] all = IntStream.range(1, events.length).toArray();
    assertThat(StreamTalk.translate(toChat(), events, all)).isEqualTo(whole);
    byte[] chunks = whole.getBytes(UTF_8);
    String back = StreamTalk.translate(new MessagesStream("req_1"), chunks);
    for (int cut = 1; cut < chunks.length; cut++) {
      assertThat(StreamTalk.translate(new MessagesStream("req_1"), chunks, cut)).isEqualTo(back);
    }
    assertThat(whole).contains("\"finish_reason\":\"").contains("\"usage\":{");
  }

  @Test
  void lineEnds_ofAnyKind_areTheSame() {
    byte[] events = StreamTalk.messagesStream(RoundTripTest.message(new Talk(5)));
    String whole = StreamTalk.translate(toChat(), events);
    for (String end : List.of("\r\n", "\r")) {
      byte[] other = new String(events, UTF_8).replace("\n", end).getBytes(UTF_8);
      assertThat(StreamTalk.translate(toChat(), other)).isEqualTo(whole);
    }
  }

  @Test
  void interleavedCalls_becomeBlocksOneAfterAnother() throws Exception {
    String stream =
        chunk("{\"role\":\"assistant\",\"content\":null}")
            + chunk(call(0, "a", "one", "{\\\"x\\\":"))
            + chunk(call(1, "b", "two", "{\\\"y\\\":"))
            + chunk(more(0, "1}"))
            + chunk(more(1, "2}"))
            + chunk(call(2, "c", "three", ""))
            + finish("tool_calls");
    Map<String, @Nullable Object> message =
        StreamTalk.messageOf(
            StreamTalk.translate(new MessagesStream("req_1"), stream.getBytes(UTF_8)));
    assertThat(text(message.get("content")))
        .isEqualTo(
            "[{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"one\",\"input\":{\"x\":1}},"
                + "{\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"two\",\"input\":{\"y\":2}},"
                + "{\"type\":\"tool_use\",\"id\":\"c\",\"name\":\"three\",\"input\":{}}]");
    assertThat(message.get("stop_reason")).isEqualTo("tool_use");
  }

  @Test
  void callsOfTheSameIndex_withIdsOfTheirOwn_areSeveral() throws Exception {
    String stream =
        chunk(call(0, "a", "one", "{}"))
            + chunk(call(0, "b", "two", "{\\\"y\\\":2}"))
            + chunk(call(0, "c", "three", "{}"))
            + finish("stop");
    Map<String, @Nullable Object> message =
        StreamTalk.messageOf(
            StreamTalk.translate(new MessagesStream("req_1"), stream.getBytes(UTF_8)));
    assertThat(Place.of(message).get("content").elements().stream().map(b -> b.get("name").text()))
        .containsExactly("one", "two", "three");
    assertThat(message.get("stop_reason")).isEqualTo("tool_use");
  }

  /** As Gemini's compatible endpoint streams them: each whole, and all with the same index. */
  @Test
  void callsOfTheSameIndex_withoutIds_areSeveral() throws Exception {
    String stream =
        chunk(call(0, "", "one", "{\\\"x\\\":1}"))
            + chunk(call(0, "", "one", "{\\\"x\\\":\\\"}\\\"}"))
            + chunk(call(0, "", "two", "{}"))
            + finish("stop");
    Map<String, @Nullable Object> message =
        StreamTalk.messageOf(
            StreamTalk.translate(new MessagesStream("req_1"), stream.getBytes(UTF_8)));
    assertThat(text(message.get("content")))
        .isEqualTo(
            "[{\"type\":\"tool_use\",\"id\":\"toolu_chatcmpl-1_0\",\"name\":\"one\","
                + "\"input\":{\"x\":1}},"
                + "{\"type\":\"tool_use\",\"id\":\"toolu_chatcmpl-1_1\",\"name\":\"one\","
                + "\"input\":{\"x\":\"}\"}},"
                + "{\"type\":\"tool_use\",\"id\":\"toolu_chatcmpl-1_2\",\"name\":\"two\","
                + "\"input\":{}}]");
    assertThat(message.get("stop_reason")).isEqualTo("tool_use");
  }

  @Test
  void nameThatIsRepeated_withEachPieceOfACall_beginsNoOther() throws Exception {
    for (String id : List.of("", "a")) {
      String stream =
          chunk(call(0, id, "one", ""))
              + chunk(call(0, id, "one", "{\\\"x\\\":\\\"{"))
              + chunk(call(0, id, "one", "}\\\""))
              + chunk(call(0, id, "one", "}"))
              + finish("tool_calls");
      Map<String, @Nullable Object> message =
          StreamTalk.messageOf(
              StreamTalk.translate(new MessagesStream("req_1"), stream.getBytes(UTF_8)));
      assertThat(Place.of(message).get("content").elements()).hasSize(1);
      assertThat(text(message.get("content"))).contains("\"input\":{\"x\":\"{}\"}");
    }
  }

  /** DeepSeek and OpenRouter end answers so that broke off. */
  @Test
  void endThatIsNoneOfOpenAis_doesNotLookFinished() throws Exception {
    for (String reason : List.of("insufficient_system_resource", "error")) {
      String stream = chunk(call(0, "a", "one", "{}")) + finish(reason);
      Map<String, @Nullable Object> message =
          StreamTalk.messageOf(
              StreamTalk.translate(new MessagesStream("req_1"), stream.getBytes(UTF_8)));
      assertThat(message.get("stop_reason")).isEqualTo("max_tokens");
    }
  }

  @Test
  void firstChunkOfAzure_startsNothing() throws Exception {
    String azure =
        "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\","
            + "\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n";
    MessagesStream translation = new MessagesStream("req_1");
    assertThat(translation.event(azure.getBytes(UTF_8), 0, azure.length())).isEmpty();
    String rest = chunk("{\"content\":\"hi\"}") + finish("stop");
    Map<String, @Nullable Object> message =
        StreamTalk.messageOf(StreamTalk.translate(translation, rest.getBytes(UTF_8)));
    assertThat(message.get("id")).isEqualTo("chatcmpl-1");
    assertThat(message.get("model")).isEqualTo("gpt");
  }

  @Test
  void unsignedThoughts_areThinkingWithAnEmptySignature() throws Exception {
    String stream =
        chunk("{\"reasoning_content\":\"hm\"}")
            + chunk("{\"reasoning\":\" well\"}")
            + chunk("{\"content\":\"yes\"}")
            + finish("stop");
    Map<String, @Nullable Object> message =
        StreamTalk.messageOf(
            StreamTalk.translate(new MessagesStream("req_1"), stream.getBytes(UTF_8)));
    assertThat(text(message.get("content")))
        .isEqualTo(
            "[{\"type\":\"thinking\",\"thinking\":\"hm well\",\"signature\":\"\"},"
                + "{\"type\":\"text\",\"text\":\"yes\"}]");
  }

  @Test
  void streamThatIsCutOff_doesNotLookComplete() {
    Map<String, @Nullable Object> message = RoundTripTest.message(new Talk(3));
    String events = new String(StreamTalk.messagesStream(message), UTF_8);
    ChatStream chat = toChat();
    String cut = events.substring(0, events.indexOf("event: message_delta"));
    assertThat(StreamTalk.translate(chat, cut.getBytes(UTF_8))).doesNotContain("[DONE]");
    assertThat(chat.over()).isFalse();
    MessagesStream messages = new MessagesStream("req_1");
    byte[] chunks = chunk("{\"content\":\"half\"}").getBytes(UTF_8);
    assertThat(StreamTalk.translate(messages, chunks)).doesNotContain("message_stop");
    assertThat(messages.over()).isFalse();
  }

  @Test
  void errorInAStream_isToldInTheOtherShape_andNothingFollows() {
    String error =
        "event: error\ndata: {\"type\":\"error\",\"error\":"
            + "{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    ChatStream chat = toChat();
    assertThat(StreamTalk.translate(chat, (error + error).getBytes(UTF_8)))
        .isEqualTo(
            "event: error\ndata: {\"error\":{\"message\":\"Overloaded\",\"type\":\"server_error\","
                + "\"param\":null,\"code\":\"overloaded\"}}\n\n");
    assertThat(chat.failed()).isTrue();
    MessagesStream messages = new MessagesStream("req_1");
    String limited =
        "data: {\"error\":{\"message\":\"slow\",\"code\":429}}\n\n"
            + chunk("{\"content\":\"late\"}");
    assertThat(StreamTalk.translate(messages, limited.getBytes(UTF_8)))
        .isEqualTo(
            "event: error\ndata: {\"type\":\"error\",\"error\":"
                + "{\"type\":\"rate_limit_error\",\"message\":\"slow\"},"
                + "\"request_id\":\"req_1\"}\n\n");
    assertThat(messages.failed()).isTrue();
  }

  @Test
  void whatIsNoEvent_isAnError() {
    for (String odd : List.of("data: {\n\n", "data: 5\n\n", "data: {\"type\":5}\n\n")) {
      ChatStream chat = toChat();
      assertThat(StreamTalk.translate(chat, odd.getBytes(UTF_8))).startsWith("event: error\n");
      assertThat(chat.failed()).isTrue();
    }
    MessagesStream messages = new MessagesStream("req_1");
    String late = chunk(more(3, "{}"));
    assertThat(StreamTalk.translate(messages, late.getBytes(UTF_8))).contains("event: error\n");
  }

  @Test
  void comments_areNotToldOn() {
    String comments = ": keep-alive\n\n: OPENROUTER PROCESSING\n\n";
    assertThat(StreamTalk.translate(toChat(), comments.getBytes(UTF_8))).isEmpty();
    assertThat(StreamTalk.translate(new MessagesStream("req_1"), comments.getBytes(UTF_8)))
        .isEmpty();
  }

  private static String chunk(String delta) {
    return "data: {\"id\":\"chatcmpl-1\",\"model\":\"gpt\",\"choices\":[{\"index\":0,\"delta\":"
        + delta
        + ",\"finish_reason\":null}]}\n\n";
  }

  private static String call(int index, String id, String name, String arguments) {
    return "{\"tool_calls\":[{\"index\":%d,\"id\":\"%s\",\"type\":\"function\",\"function\":"
            .formatted(index, id)
        + "{\"name\":\"%s\",\"arguments\":\"%s\"}}]}".formatted(name, arguments);
  }

  private static String more(int index, String arguments) {
    return "{\"tool_calls\":[{\"index\":%d,\"function\":{\"arguments\":\"%s\"}}]}"
        .formatted(index, arguments);
  }

  private static String finish(String reason) {
    return "data: {\"id\":\"chatcmpl-1\",\"model\":\"gpt\",\"choices\":[{\"index\":0,"
        + "\"delta\":{},\"finish_reason\":\""
        + reason
        + "\"}]}\n\ndata: [DONE]\n\n";
  }
}
