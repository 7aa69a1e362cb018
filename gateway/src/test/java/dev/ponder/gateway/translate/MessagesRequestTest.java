package dev.ponder.gateway.translate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.gateway.wire.ApiError;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessagesRequestTest {

  private static final MessagesTarget BUDGET = new MessagesTarget("claude-opus-4-5", 64_000, true);
  private static final MessagesTarget ADAPTIVE =
      new MessagesTarget("claude-opus-5-5", 128_000, true);
  private static final MessagesTarget PLAIN = new MessagesTarget("claude-opus-4-5", 0, false);

  private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

  private static Place translate(String chat, MessagesTarget target) {
    byte[] json = chat.getBytes(UTF_8);
    byte[] out = MessagesRequest.ofChat(json, 0, json.length, target);
    return Place.ofBody(out, 0, out.length);
  }

  private static String text(Place place) {
    return JsonTree.text(place.value());
  }

  private static void refuses(String members, String param) {
    String chat = "{" + (members.contains("messages") ? "" : HI + ",") + members + "}";
    assertThatThrownBy(() -> translate(chat, PLAIN))
        .isInstanceOf(ApiError.class)
        .hasMessageStartingWith(param + ": ")
        .extracting(e -> ((ApiError) e).status() + " " + ((ApiError) e).param())
        .isEqualTo("400 " + param);
  }

  private static String messages(String... messages) {
    return "\"messages\":[" + String.join(",", messages) + "]";
  }

  @Test
  void whatCannotBeSaid_isRefusedByName() {
    refuses("\"n\":2", "n");
    refuses("\"logprobs\":true", "logprobs");
    refuses("\"top_logprobs\":3", "top_logprobs");
    refuses("\"logit_bias\":{\"50256\":-100}", "logit_bias");
    refuses("\"modalities\":[\"text\",\"audio\"]", "modalities[1]");
    refuses("\"audio\":{\"voice\":\"x\"}", "audio");
    refuses("\"web_search_options\":{}", "web_search_options");
    refuses("\"functions\":[{\"name\":\"f\"}]", "functions");
    refuses("\"stop\":\"\\n\"", "stop");
    refuses("\"stop\":[\"a\",\" \"]", "stop[1]");
    refuses("\"response_format\":{\"type\":\"grammar\"}", "response_format.type");
    refuses("\"tools\":[{\"type\":\"custom\",\"custom\":{}}]", "tools[0].type");
    refuses("\"max_tokens\":0", "max_tokens");
    refuses("\"temperature\":\"hot\"", "temperature");
    refuses(messages(), "messages");
    refuses(messages("{\"role\":\"system\",\"content\":\"only\"}"), "messages");
    refuses(messages("{\"role\":\"function\",\"content\":\"x\"}"), "messages[0].role");
    refuses(
        messages("{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\"}]}"),
        "messages[0].content[0].type");
    refuses(
        messages(
            "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":"
                + "{\"url\":\"ftp://x\"}}]}"),
        "messages[0].content[0].image_url.url");
    refuses(
        messages(
            "{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":{\"file_id\":\"f\"}}]}"),
        "messages[0].content[0].file.file_id");
  }

  @Test
  void whatSaysNothing_isNotRefused() {
    Place out =
        translate(
            "{"
                + HI
                + ",\"n\":1,\"logprobs\":false,\"top_logprobs\":0,\"logit_bias\":{},\"audio\":null,"
                + "\"modalities\":[\"text\"],\"stop\":null,\"tool_choice\":null,\"seed\":7,"
                + "\"presence_penalty\":0.5,\"store\":true,\"metadata\":{\"a\":\"b\"},"
                + "\"prediction\":{},\"verbosity\":\"low\",\"min_p\":0.1,\"top_k\":0}",
            PLAIN);
    assertThat(text(out))
        .isEqualTo("{\"model\":\"claude-opus-4-5\",\"max_tokens\":16384," + HI + "}");
  }

  @Test
  void maxTokens_isTheCallers_orTheModels() {
    assertThat(text(translate("{" + HI + "}", ADAPTIVE).get("max_tokens"))).isEqualTo("128000");
    assertThat(text(translate("{" + HI + ",\"max_tokens\":5}", PLAIN).get("max_tokens")))
        .isEqualTo("5");
    String both = "{" + HI + ",\"max_tokens\":5,\"max_completion_tokens\":999999}";
    assertThat(text(translate(both, BUDGET).get("max_tokens"))).isEqualTo("64000");
  }

  @Test
  void effort_isABudgetThatLeavesRoom() {
    assertThat(thinking("\"reasoning_effort\":\"low\"", BUDGET)).contains(":2048}");
    assertThat(thinking("\"reasoning_effort\":\"high\"", BUDGET)).contains(":16384}");
    assertThat(thinking("\"reasoning_effort\":\"max\"", BUDGET)).contains(":51200}");
    assertThat(thinking("\"seed\":1", BUDGET)).contains(":8192}");
    assertThat(thinking("\"reasoning_effort\":\"none\"", BUDGET)).isEqualTo("null");
    assertThat(thinking("\"max_tokens\":2000", BUDGET)).contains(":1600}");
    assertThat(thinking("\"max_tokens\":1200", BUDGET)).isEqualTo("null");
    assertThat(thinking("\"reasoning_effort\":\"high\"", PLAIN)).isEqualTo("null");
    String own = "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":5000}";
    assertThat(thinking(own, BUDGET)).contains(":5000}");
    assertThat(thinking(own + ",\"max_tokens\":2000", BUDGET)).contains(":1999}");
  }

  private static String thinking(String members, MessagesTarget target) {
    return text(translate("{" + HI + "," + members + "}", target).get("thinking"));
  }

  @Test
  void effort_ofANewerModel_isItsOwnWord() {
    Place high = translate("{" + HI + ",\"reasoning_effort\":\"high\"}", ADAPTIVE);
    assertThat(text(high.get("thinking"))).isEqualTo("{\"type\":\"adaptive\"}");
    assertThat(text(high.get("output_config"))).isEqualTo("{\"effort\":\"high\"}");
    MessagesTarget older = new MessagesTarget("claude-sonnet-4-6", 0, true);
    Place extra = translate("{" + HI + ",\"reasoning_effort\":\"xhigh\"}", older);
    assertThat(text(extra.get("output_config"))).isEqualTo("{\"effort\":\"high\"}");
    Place none = translate("{" + HI + ",\"reasoning_effort\":\"none\"}", ADAPTIVE);
    assertThat(none.get("thinking").isThere()).isFalse();
    assertThat(none.get("output_config").isThere()).isFalse();
  }

  @Test
  void thinkingForm_goesByTheModelsVersion() {
    assertThat(form("claude-3-5-haiku-20241022")).isEqualTo(MessagesTarget.Thinking.NONE);
    assertThat(form("claude-3-7-sonnet-20250219")).isEqualTo(MessagesTarget.Thinking.BUDGET);
    assertThat(form("claude-opus-4-20250514")).isEqualTo(MessagesTarget.Thinking.BUDGET);
    assertThat(form("claude-haiku-4-5-20251001")).isEqualTo(MessagesTarget.Thinking.BUDGET);
    assertThat(form("anthropic.claude-opus-4-6-v1")).isEqualTo(MessagesTarget.Thinking.ADAPTIVE);
    assertThat(form("claude-fable-5")).isEqualTo(MessagesTarget.Thinking.ADAPTIVE);
    assertThat(form("claude-sonnet-4-5@20250929")).isEqualTo(MessagesTarget.Thinking.BUDGET);
    assertThat(form("MiniMax-M2")).isEqualTo(MessagesTarget.Thinking.BUDGET);
  }

  private static MessagesTarget.Thinking form(String modelId) {
    return new MessagesTarget(modelId, 0, true).thinking();
  }

  @Test
  void sampling_isWhatAnthropicTakes() {
    String hot = "{" + HI + ",\"temperature\":1.7,\"top_p\":0.5,\"top_k\":40}";
    Place plain = translate(hot, PLAIN);
    assertThat(text(plain.get("temperature"))).isEqualTo("1");
    assertThat(text(plain.get("top_p"))).isEqualTo("0.5");
    assertThat(text(plain.get("top_k"))).isEqualTo("40");
    Place thinking = translate(hot, BUDGET);
    assertThat(thinking.get("temperature").isThere()).isFalse();
    assertThat(thinking.get("top_p").isThere()).isFalse();
    assertThat(thinking.get("top_k").isThere()).isFalse();
  }

  @Test
  void beginningOfTheAnswer_turnsThinkingOff() {
    String given =
        messages(
            "{\"role\":\"user\",\"content\":\"q\"}",
            "{\"role\":\"assistant\",\"content\":\"The answer is\"}");
    for (MessagesTarget target : List.of(BUDGET, ADAPTIVE)) {
      for (String more : List.of("", ",\"reasoning_effort\":\"high\"")) {
        Place sent = translate("{" + given + more + "}", target);
        assertThat(sent.get("thinking").isThere()).isFalse();
        assertThat(sent.get("output_config").isThere()).isFalse();
      }
    }
    String answered = given.replace("]", ",{\"role\":\"user\",\"content\":\"why?\"}]");
    assertThat(translate("{" + answered + "}", BUDGET).get("thinking").isThere()).isTrue();
  }

  @Test
  void forcedTool_andThoughtsThatWereNotKept_turnThinkingOff() {
    String tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],";
    String forced = "{" + tools + HI + ",\"tool_choice\":\"required\"}";
    assertThat(translate(forced, BUDGET).get("thinking").isThere()).isFalse();
    String loop =
        messages(
            "{\"role\":\"user\",\"content\":\"q\"}",
            "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c:1\","
                + "\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}",
            "{\"role\":\"tool\",\"tool_call_id\":\"c:1\",\"content\":\"r\"}");
    Place budget = translate("{" + tools + loop + "}", BUDGET);
    assertThat(budget.get("thinking").isThere()).isFalse();
    assertThat(text(budget.get("messages")))
        .contains("\"id\":\"c_3a1\"")
        .contains("\"tool_use_id\":\"c_3a1\"")
        .contains("\"input\":{}");
    assertThat(translate("{" + tools + loop + "}", ADAPTIVE).get("thinking").isThere()).isTrue();
  }

  @Test
  void instructions_goToSystem_wherever() {
    String chat =
        "{"
            + messages(
                "{\"role\":\"developer\",\"content\":\"one\"}",
                "{\"role\":\"user\",\"content\":\"q\"}",
                "{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"two\","
                    + "\"cache_control\":{\"type\":\"ephemeral\"}}]}")
            + ",\"response_format\":{\"type\":\"json_object\"}}";
    assertThat(text(translate(chat, PLAIN).get("system")))
        .startsWith(
            "[{\"type\":\"text\",\"text\":\"one\"},{\"type\":\"text\",\"text\":\"two\","
                + "\"cache_control\":{\"type\":\"ephemeral\"}},"
                + "{\"type\":\"text\",\"text\":\"Answer with one JSON object");
  }

  @Test
  void emptyTurns_areLeftOut_andTextFilesAreText() {
    String chat =
        "{"
            + messages(
                "{\"role\":\"user\",\"content\":\"\"}",
                "{\"role\":\"assistant\",\"content\":\"\"}",
                "{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":"
                    + "{\"filename\":\"a.txt\",\"file_data\":\"data:text/plain;base64,w7w=\"}}]}")
            + "}";
    assertThat(text(translate(chat, PLAIN).get("messages")))
        .isEqualTo(
            "[{\"role\":\"user\",\"content\":[{\"type\":\"document\",\"source\":{\"type\":\"text\","
                + "\"media_type\":\"text/plain\",\"data\":\"ü\"},\"title\":\"a.txt\"}]}]");
  }

  @Test
  void thoughts_ofOtherProviders_stayBehind_andPiecesAreJoined() {
    String details =
        "[{\"type\":\"reasoning.text\",\"text\":\"a\",\"index\":0},"
            + "{\"type\":\"reasoning.text\",\"text\":\"b\",\"index\":0},"
            + "{\"type\":\"reasoning.text\",\"signature\":\"s\",\"index\":0},"
            + "{\"type\":\"reasoning.text\",\"text\":\"c\",\"signature\":\"t\",\"index\":1},"
            + "{\"type\":\"reasoning.encrypted\",\"data\":\"x\","
            + "\"format\":\"openai-responses-v1\"}]";
    String chat =
        "{"
            + messages(
                "{\"role\":\"user\",\"content\":\"q\"}",
                "{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"unsigned\"}",
                "{\"role\":\"assistant\",\"content\":\"b\",\"reasoning_details\":" + details + "}")
            + "}";
    assertThat(text(translate(chat, PLAIN).get("messages")))
        .isEqualTo(
            "[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"},"
                + "{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"ab\","
                + "\"signature\":\"s\"},{\"type\":\"thinking\",\"thinking\":\"c\","
                + "\"signature\":\"t\"},{\"type\":\"text\",\"text\":\"b\"}]}]");
  }

  @Test
  void labels_areKept() {
    String chat =
        "{" + HI + ",\"user\":\"u\",\"safety_identifier\":\"s\",\"service_tier\":\"default\"}";
    Place out = translate(chat, PLAIN);
    assertThat(text(out.get("metadata"))).isEqualTo("{\"user_id\":\"s\"}");
    assertThat(text(out.get("service_tier"))).isEqualTo("\"standard_only\"");
  }

  @Test
  void bodies_areBounded() {
    byte[] large = new byte[MessagesRequest.BYTES_MAX + 1];
    assertThatThrownBy(() -> MessagesRequest.ofChat(large, 0, large.length, PLAIN))
        .extracting(e -> ((ApiError) e).status())
        .isEqualTo(413);
    String many = "{" + HI + ",\"x\":[" + "0,".repeat(500_000) + "0]}";
    assertThatThrownBy(() -> translate(many, PLAIN)).isInstanceOf(ApiError.class);
    String deep = "{" + HI + ",\"x\":" + "[".repeat(300) + "]".repeat(300) + "}";
    assertThatThrownBy(() -> translate(deep, PLAIN)).isInstanceOf(ApiError.class);
  }

  @Test
  void halfAPairOfSurrogates_survives() {
    String chat = "{" + messages("{\"role\":\"user\",\"content\":\"\\ud83d!\"}") + "}";
    assertThat(text(translate(chat, PLAIN).get("messages"))).contains("\\ud83d!");
  }
}
