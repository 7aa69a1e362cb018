package dev.ponder.gateway.translate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.gateway.wire.ApiError;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChatRequestTest {

  private static final ChatTarget TARGET =
      new ChatTarget("gpt", "max_tokens", true, true, Optional.empty());
  private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

  private static Place translate(String members, ChatTarget target) {
    String some = members.contains("\"messages\"") ? members : HI + "," + members;
    String body = "{" + (some.contains("max_tokens") ? "" : "\"max_tokens\":9,") + some + "}";
    byte[] json = body.getBytes(UTF_8);
    byte[] out = ChatRequest.ofMessages(json, 0, json.length, target);
    return Place.ofBody(out, 0, out.length);
  }

  private static String text(Place place) {
    return JsonTree.text(place.value());
  }

  private static void refuses(String members, String param) {
    assertThatThrownBy(() -> translate(members, TARGET))
        .isInstanceOf(ApiError.class)
        .hasMessageStartingWith(param + ": ")
        .extracting(e -> ((ApiError) e).status() + " " + ((ApiError) e).param())
        .isEqualTo("400 " + param);
  }

  private static String user(String block) {
    return "\"messages\":[{\"role\":\"user\",\"content\":[" + block + "]}]";
  }

  @Test
  void whatCannotBeSaid_isRefusedByName() {
    refuses("\"container\":\"c\"", "container");
    refuses("\"mcp_servers\":[{}]", "mcp_servers");
    refuses("\"max_tokens\":0", "max_tokens");
    refuses("\"max_tokens\":null", "max_tokens");
    refuses(
        "\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]", "tools[0].type");
    refuses(
        "\"tool_choice\":{\"type\":\"x\"},\"tools\":[{\"name\":\"f\",\"input_schema\":{}}]",
        "tool_choice.type");
    refuses(user("{\"type\":\"container_upload\"}"), "messages[0].content[0].type");
    refuses(
        user("{\"type\":\"image\",\"source\":{\"type\":\"file\"}}"),
        "messages[0].content[0].source.type");
    refuses(
        user("{\"type\":\"document\",\"source\":{\"type\":\"url\"}}"),
        "messages[0].content[0].source.type");
    refuses(
        "\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"server_tool_use\"}]}]",
        "messages[0].content[0].type");
    refuses("\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]", "messages[0].role");
    refuses("\"output_config\":{\"format\":{\"type\":\"regex\"}}", "output_config.format.type");
  }

  @Test
  void whatOnlyTunes_isLeftOut() {
    Place out =
        translate(
            "\"top_k\":5,\"mcp_servers\":[],\"inference_geo\":\"eu\",\"cache_control\":{},"
                + "\"context_management\":{},\"service_tier\":\"auto\",\"stop_sequences\":[]",
            TARGET);
    assertThat(text(out)).isEqualTo("{\"model\":\"gpt\"," + HI + ",\"max_tokens\":9}");
  }

  @Test
  void system_isOneText_andMarksOfTheCacheGo() {
    Place out =
        translate(
            "\"system\":[{\"type\":\"text\",\"text\":\"a\",\"cache_control\":"
                + "{\"type\":\"ephemeral\"}},{\"type\":\"text\",\"text\":\"b\"}]",
            TARGET);
    assertThat(text(out.get("messages").elements().get(0)))
        .isEqualTo("{\"role\":\"system\",\"content\":\"a\\u000a\\u000ab\"}");
  }

  @Test
  void results_comeRightBehindTheirCalls_withTheirImagesAfterThem() {
    Place out =
        translate(
            user(
                "{\"type\":\"text\",\"text\":\"look\"},"
                    + "{\"type\":\"tool_result\",\"tool_use_id\":\"a\",\"is_error\":true,"
                    + "\"content\":\"no file\"},"
                    + "{\"type\":\"tool_result\",\"tool_use_id\":\"b\",\"content\":["
                    + "{\"type\":\"text\",\"text\":\"one\"},{\"type\":\"text\",\"text\":\"two\"},"
                    + "{\"type\":\"image\",\"source\":{\"type\":\"url\",\"url\":\"http://i\"}}]},"
                    + "{\"type\":\"tool_result\",\"tool_use_id\":\"c\"}"),
            TARGET);
    assertThat(text(out.get("messages")))
        .isEqualTo(
            "[{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"Error: no file\"},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"b\",\"content\":\"one\\u000atwo\\u000a"
                + "The result is in the next message.\"},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"\"},"
                + "{\"role\":\"user\",\"content\":["
                + "{\"type\":\"text\",\"text\":\"The result of the tool call b:\"},"
                + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://i\"}},"
                + "{\"type\":\"text\",\"text\":\"look\"}]}]");
  }

  @Test
  void thoughts_goToServersThatWantThem() {
    String turn =
        "\"messages\":[{\"role\":\"assistant\",\"content\":["
            + "{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"\"},"
            + "{\"type\":\"text\",\"text\":\"yes\"}]}]";
    assertThat(text(translate(turn, TARGET).get("messages")))
        .isEqualTo("[{\"role\":\"assistant\",\"content\":\"yes\",\"reasoning_content\":\"hm\"}]");
    ChatTarget openAi = new ChatTarget("gpt", "max_tokens", true, false, Optional.empty());
    assertThat(text(translate(turn, openAi).get("messages")))
        .isEqualTo("[{\"role\":\"assistant\",\"content\":\"yes\"}]");
  }

  @Test
  void budget_isAnEffort() {
    assertThat(effort("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}"))
        .isEqualTo("\"low\"");
    assertThat(effort("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4096}"))
        .isEqualTo("\"medium\"");
    assertThat(effort("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":12288}"))
        .isEqualTo("\"high\"");
    assertThat(effort("\"thinking\":{\"type\":\"adaptive\"}")).isEqualTo("null");
    assertThat(effort("\"thinking\":{\"type\":\"disabled\"}")).isEqualTo("null");
    assertThat(effort("\"output_config\":{\"effort\":\"max\"}")).isEqualTo("\"max\"");
    ChatTarget plain = new ChatTarget("gpt", "max_tokens", false, true, Optional.empty());
    String high = "\"output_config\":{\"effort\":\"high\"}";
    assertThat(translate(high, plain).get("reasoning_effort").isThere()).isFalse();
  }

  private static String effort(String members) {
    return text(translate(members, TARGET).get("reasoning_effort"));
  }

  @Test
  void longUserIds_areHashed() {
    assertThat(text(translate("\"metadata\":{\"user_id\":\"short\"}", TARGET).get("user")))
        .isEqualTo("\"short\"");
    String id = "user_" + "0".repeat(100);
    assertThat(translate("\"metadata\":{\"user_id\":\"" + id + "\"}", TARGET).get("user").text())
        .matches("[0-9a-f]{64}");
  }

  @Test
  void whatAProviderWantsBackWithACall_travelsInItsId() {
    String answer =
        "{\"id\":\"x\",\"model\":\"gemini\",\"choices\":[{\"message\":{\"content\":null,"
            + "\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
            + "\"arguments\":\"{}\"},\"extra_content\":{\"google\":"
            + "{\"thought_signature\":\"ab+/==\"}}}]},\"finish_reason\":\"tool_calls\"}]}";
    byte[] json = answer.getBytes(UTF_8);
    byte[] message = MessagesAnswer.ofChat(json, 0, json.length);
    String id =
        Place.ofBody(message, 0, message.length).get("content").elements().get(0).get("id").text();
    assertThat(id).matches("[a-zA-Z0-9_-]+");
    Place out =
        translate(
            "\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\""
                + id
                + "\",\"name\":\"f\",\"input\":{}}]},{\"role\":\"user\",\"content\":["
                + "{\"type\":\"tool_result\",\"tool_use_id\":\""
                + id
                + "\",\"content\":\"r\"}]}]",
            TARGET);
    assertThat(text(out.get("messages")))
        .contains("\"id\":\"c1\"", "\"tool_call_id\":\"c1\"")
        .contains("\"extra_content\":{\"google\":{\"thought_signature\":\"ab+/==\"}}");
  }

  @Test
  void stream_asksForItsUsage() {
    assertThat(text(translate("\"stream\":true", TARGET)))
        .endsWith("\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
  }
}
