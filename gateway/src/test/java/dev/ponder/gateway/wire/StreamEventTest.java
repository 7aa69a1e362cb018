package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.price.Usage;
import org.junit.jupiter.api.Test;

class StreamEventTest {

  private static final String USAGE = "{\"prompt_tokens\":3,\"completion_tokens\":2}";

  private final StreamEvent event = new StreamEvent();

  private StreamEvent read(String text) {
    byte[] bytes = ("~" + text + "~").getBytes(UTF_8);
    event.read(bytes, 1, bytes.length - 1);
    return event;
  }

  private StreamEvent delta(String members) {
    return read(
        "data: {\"choices\":[{\"index\":0,\"delta\":{"
            + members
            + "},\"finish_reason\":null}]}\n\n");
  }

  @Test
  void done_isFound() {
    assertThat(read("data: [DONE]\n\n").done()).isTrue();
    assertThat(read("data:[DONE]\r\n\r\n").done()).isTrue();
    assertThat(read("data: [DONE").done()).isFalse();
    assertThat(read(": [DONE]\n\n").done()).isFalse();
    assertThat(read("data: {\"x\":\"[DONE]\"}\n\n").done()).isFalse();
  }

  @Test
  void content_isTextRefusalOrToolCall() {
    assertThat(delta("\"content\":\"x\"").content()).isTrue();
    assertThat(delta("\"content\":\" \"").content()).isTrue();
    assertThat(delta("\"refusal\":\"no\"").content()).isTrue();
    assertThat(delta("\"tool_calls\":[{\"index\":0}]").content()).isTrue();
    assertThat(delta("\"content\":[{\"type\":\"text\",\"text\":\"x\"}]").content()).isTrue();
    assertThat(delta("\"content\":\"\"").content()).isFalse();
    assertThat(delta("\"content\":null,\"tool_calls\":[ ]").content()).isFalse();
    assertThat(delta("\"role\":\"assistant\"").content()).isFalse();
    assertThat(read("data: {\"choices\":[{\"text\":\"x\"}]}\n\n").content()).isTrue();
  }

  @Test
  void reasoning_isToldFromContent() {
    assertThat(delta("\"reasoning_content\":\"x\",\"content\":\"\"").reasoning()).isTrue();
    assertThat(event.content()).isFalse();
    assertThat(delta("\"reasoning\":\"x\"").reasoning()).isTrue();
    assertThat(delta("\"reasoning\":null,\"reasoning_content\":\"\"").reasoning()).isFalse();
    String thought = "\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"text\":\"x\"}]}]";
    assertThat(delta(thought).reasoning()).isTrue();
    assertThat(event.content()).isFalse();
  }

  @Test
  void finish_isFound() {
    read("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"len\\u0067th\"}]}\n\n");
    assertThat(event.finished()).isTrue();
    assertThat(event.finishReason()).isEqualTo("length");
    assertThat(delta("\"finish_reason\":\"stop\"").finished()).isFalse();
    assertThat(event.finishReason()).isNull();
  }

  @Test
  void usageChunk_isFound() {
    String text = "data: {\"id\":1,\"choices\":[ ],\"usage\": " + USAGE + " }\n\n";
    read(text);
    assertThat(event.emptyChoices()).isTrue();
    assertThat(event.usage()).isEqualTo(Usage.of(3, 2));
    assertThat(event.objectEnd()).isEqualTo(text.lastIndexOf('}') + 1);
    assertThat(event.error()).isFalse();
  }

  @Test
  void groqUsage_isFound() {
    assertThat(read("data: {\"choices\":[{}],\"x_groq\":{\"usage\":" + USAGE + "}}\n\n").usage())
        .isEqualTo(Usage.of(3, 2));
    assertThat(event.emptyChoices()).isFalse();
    read("data: {\"usage\":" + USAGE + ",\"x_groq\":{\"usage\":{\"prompt_tokens\":9}}}\n\n");
    assertThat(event.usage()).isEqualTo(Usage.of(3, 2));
  }

  @Test
  void textThatLooksLikeUsage_foolsNobody() {
    delta("\"content\":\"\\\"usage\\\":{\\\"prompt_tokens\\\":9},\\\"error\\\":{}\"");
    assertThat(event.usage()).isNull();
    assertThat(event.error()).isFalse();
    delta("\"content\":\"x\",\"usage\":" + USAGE + ",\"error\":{\"a\":1}");
    assertThat(event.usage()).isNull();
    assertThat(event.error()).isFalse();
    assertThat(read("data: {\"usage\":null,\"choices\":[{}]}\n\n").usage()).isNull();
  }

  @Test
  void errors_areFoundByNameOrInTheData() {
    assertThat(read("data: {\"error\":{\"message\":\"x\"}}\n\n").error()).isTrue();
    assertThat(read("data: {\"error\":\"x\"}\n\n").error()).isTrue();
    assertThat(read("event: error\ndata: {}\n\n").error()).isTrue();
    assertThat(read("event: error\r\rdata").error()).isTrue();
    assertThat(read("data: {\"error\":null}\n\n").error()).isFalse();
    assertThat(read("event: errors\ndata: {}\n\n").error()).isFalse();
  }

  @Test
  void dataOverSeveralLines_isReadAsOne() {
    String text =
        "\ufeffid: 7\ndata: {\"choices\":[],\n: note\ndata:\ndata: \"usage\":\r\ndata:"
            + USAGE
            + "}\n\n";
    read(text);
    assertThat(event.usage()).isEqualTo(Usage.of(3, 2));
    byte[] bytes = ("~" + text).getBytes(UTF_8);
    assertThat(bytes[event.objectEnd()]).isEqualTo((byte) '}');
    assertThat(event.objectEnd()).isEqualTo(bytes.length - 3);
    assertThat(read("data: {\"a\":\"x\ndata: y\"}\n\n").objectEnd()).isEqualTo(-1);
  }

  @Test
  void whatIsNoJson_saysNothing() {
    for (String text : new String[] {"", "\n", ": ping\n\n", "data\n\n", "data: : ping\n\n"}) {
      assertThat(read(text).objectEnd()).isEqualTo(-1);
    }
    read("data: {\"error\":{\"a\":1},\"usage\":" + USAGE + "\n\n");
    assertThat(event.error()).isFalse();
    assertThat(event.usage()).isNull();
    assertThat(read("data: {}\n\n").objectEnd()).isEqualTo(-1);
    assertThat(read("data: 5\n\n").objectEnd()).isEqualTo(-1);
  }

  @Test
  void eachEvent_forgetsTheOneBefore() {
    read("event: error\ndata: {\"choices\":[],\"usage\":" + USAGE + "}\n\n");
    read(": ping\n\n");
    assertThat(event.error()).isFalse();
    assertThat(event.usage()).isNull();
    assertThat(event.emptyChoices()).isFalse();
  }
}
