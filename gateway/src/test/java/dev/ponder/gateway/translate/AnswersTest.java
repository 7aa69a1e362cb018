package dev.ponder.gateway.translate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.gateway.wire.ApiError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswersTest {

  private static Place toMessages(String completion) {
    byte[] json = completion.getBytes(UTF_8);
    byte[] out = MessagesAnswer.ofChat(json, 0, json.length);
    return Place.ofBody(out, 0, out.length);
  }

  private static Place toChat(String message) {
    byte[] json = message.getBytes(UTF_8);
    byte[] out = ChatAnswer.ofMessages(json, 0, json.length, 1_700_000_000);
    return Place.ofBody(out, 0, out.length);
  }

  @ParameterizedTest
  @CsvSource({
    "end_turn, stop",
    "stop_sequence, stop",
    "pause_turn, stop",
    "max_tokens, length",
    "model_context_window_exceeded, length",
    "tool_use, tool_calls",
    "refusal, content_filter"
  })
  void stopReasons_areFinishReasons(String stopReason, String finishReason) {
    Place out =
        toChat(
            "{\"id\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}],\"stop_reason\":\""
                + stopReason
                + "\"}");
    assertThat(out.get("choices").elements().get(0).get("finish_reason").text())
        .isEqualTo(finishReason);
  }

  @ParameterizedTest
  @CsvSource({
    "stop, end_turn",
    "length, max_tokens",
    "content_filter, refusal",
    "tool_calls, end_turn",
    "STOP, end_turn",
    "eos, end_turn",
    "'', end_turn",
    "model_length, max_tokens",
    "error, max_tokens",
    "insufficient_system_resource, max_tokens"
  })
  void finishReasons_areStopReasons(String finishReason, String stopReason) {
    Place out =
        toMessages(
            "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\""
                + finishReason
                + "\"}]}");
    assertThat(out.get("stop_reason").text()).isEqualTo(stopReason);
  }

  @Test
  void usage_countsTheCacheInOneAndNotInTheOther() {
    Place usage =
        toChat(
                "{\"id\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":7,"
                    + "\"cache_read_input_tokens\":100,\"cache_creation_input_tokens\":50,"
                    + "\"output_tokens\":1699,"
                    + "\"output_tokens_details\":{\"thinking_tokens\":139}}}")
            .get("usage");
    assertThat(JsonTree.text(usage.value()))
        .isEqualTo(
            "{\"prompt_tokens\":157,\"completion_tokens\":1699,\"total_tokens\":1856,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":100,\"cache_write_tokens\":50},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":139}}");
  }

  @Test
  void usage_saysForHowLongACacheIsKept_whereThatIsAnHour() {
    String kept =
        "\"cache_creation\":{\"ephemeral_5m_input_tokens\":20,"
            + "\"ephemeral_1h_input_tokens\":30}";
    Place chat =
        toChat(
            "{\"id\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":7,"
                + "\"cache_creation_input_tokens\":50,"
                + kept
                + ",\"output_tokens\":9}}");
    assertThat(JsonTree.text(chat.get("usage").get("prompt_tokens_details").value()))
        .isEqualTo("{\"cached_tokens\":0,\"cache_write_tokens\":50," + kept + "}");
    assertThat(JsonTree.text(toMessages(JsonTree.text(chat.value())).get("usage").value()))
        .isEqualTo(
            "{\"input_tokens\":7,\"cache_creation_input_tokens\":50,"
                + "\"cache_read_input_tokens\":0,\"output_tokens\":9,"
                + kept
                + "}");
  }

  @Test
  void usage_ofAProviderThatLeavesReasoningOut_includesIt() {
    Place usage =
        toMessages(
                "{\"choices\":[{\"message\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":12,"
                    + "\"completion_tokens\":2,\"total_tokens\":334,"
                    + "\"completion_tokens_details\":{\"reasoning_tokens\":320}}}")
            .get("usage");
    assertThat(JsonTree.text(usage.value()))
        .isEqualTo(
            "{\"input_tokens\":12,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,"
                + "\"output_tokens\":322,\"output_tokens_details\":{\"thinking_tokens\":320}}");
  }

  @Test
  void contentInParts_isReadWithItsThoughts() {
    Place out =
        toMessages(
            "{\"id\":\"x\",\"choices\":[{\"message\":{\"content\":[{\"type\":\"thinking\","
                + "\"thinking\":[{\"type\":\"text\",\"text\":\"hm\"}]},"
                + "{\"type\":\"text\",\"text\":\"yes\"},{\"type\":\"reference\"}]},"
                + "\"finish_reason\":\"stop\"}]}");
    assertThat(JsonTree.text(out.get("content").value()))
        .isEqualTo(
            "[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"\"},"
                + "{\"type\":\"text\",\"text\":\"yes\"}]");
  }

  @Test
  void refusal_isTextAndAReason() {
    Place out =
        toMessages(
            "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"no\"},"
                + "\"finish_reason\":\"stop\"}]}");
    assertThat(out.get("stop_reason").text()).isEqualTo("refusal");
    assertThat(out.get("content").elements().get(0).get("text").text()).isEqualTo("no");
  }

  @Test
  void blocksThatAChatCannotHaveAskedFor_areLeftOut() {
    Place out =
        toChat(
            "{\"id\":\"m\",\"content\":[{\"type\":\"server_tool_use\",\"id\":\"s\"},"
                + "{\"type\":\"text\",\"text\":\"a\",\"citations\":[{}]}],"
                + "\"stop_reason\":\"end_turn\"}");
    assertThat(JsonTree.text(out.get("choices").elements().get(0).get("message").value()))
        .isEqualTo("{\"role\":\"assistant\",\"content\":\"a\",\"refusal\":null}");
  }

  @Test
  void whatIsNoAnswer_isTheUpstreamsFault() {
    for (String odd : new String[] {"<html>", "{}", "{\"choices\":[]}", "[1]", ""}) {
      assertThatThrownBy(() -> toMessages(odd))
          .extracting(e -> ((ApiError) e).status())
          .isEqualTo(502);
      assertThatThrownBy(() -> toChat(odd)).extracting(e -> ((ApiError) e).status()).isEqualTo(502);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid_request_error, 400, invalid_request_error, null",
    "401, authentication_error, 401, invalid_request_error, invalid_api_key",
    "402, billing_error, 402, insufficient_quota, insufficient_quota",
    "403, permission_error, 403, invalid_request_error, permission_denied",
    "404, not_found_error, 404, invalid_request_error, model_not_found",
    "413, request_too_large, 413, invalid_request_error, request_too_large",
    "429, rate_limit_error, 429, rate_limit_error, rate_limit_exceeded",
    "500, api_error, 500, server_error, upstream_error",
    "504, timeout_error, 504, server_error, upstream_timeout",
    "529, overloaded_error, 503, server_error, overloaded"
  })
  void messagesErrors_areChatErrors(
      int status, String type, int chatStatus, String chatType, String code) {
    byte[] body =
        ("{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"why\"}}")
            .getBytes(UTF_8);
    ErrorEnvelopes.Translated out = ErrorEnvelopes.forChat(status, body);
    assertThat(out.status()).isEqualTo(chatStatus);
    String quoted = code.equals("null") ? code : "\"" + code + "\"";
    assertThat(out.json())
        .isEqualTo(
            "{\"error\":{\"message\":\"why\",\"type\":\"%s\",\"param\":null,\"code\":%s}}"
                .formatted(chatType, quoted));
  }

  @ParameterizedTest
  @CsvSource({
    "400, 400, invalid_request_error",
    "401, 401, authentication_error",
    "402, 402, billing_error",
    "403, 403, permission_error",
    "404, 404, not_found_error",
    "408, 408, timeout_error",
    "409, 409, invalid_request_error",
    "413, 413, request_too_large",
    "422, 422, invalid_request_error",
    "429, 429, rate_limit_error",
    "500, 500, api_error",
    "503, 529, overloaded_error",
    "504, 504, timeout_error"
  })
  void chatErrors_areMessagesErrors(int status, int newStatus, String type) {
    byte[] body =
        "{\"error\":{\"message\":\"why\",\"type\":\"t\",\"param\":null,\"code\":null}}"
            .getBytes(UTF_8);
    ErrorEnvelopes.Translated out = ErrorEnvelopes.forMessages(status, body, "req_1");
    assertThat(out.status()).isEqualTo(newStatus);
    assertThat(out.json())
        .isEqualTo(
            "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"why\"},".formatted(type)
                + "\"request_id\":\"req_1\"}");
  }

  @Test
  void errorsWithoutAnEnvelope_areShownAsTheyAre() {
    byte[] html = "<h1>Bad gateway</h1>".getBytes(UTF_8);
    assertThat(ErrorEnvelopes.forChat(502, html).json())
        .contains("<h1>Bad gateway</h1>")
        .contains("upstream_error");
    assertThat(ErrorEnvelopes.forMessages(502, new byte[0], "req_1").json())
        .contains("The upstream answered with the status 502.");
    byte[] tooLong =
        ("{\"error\":{\"type\":\"invalid_request_error\","
                + "\"message\":\"prompt is too long: 5 tokens > 4\"}}")
            .getBytes(UTF_8);
    assertThat(ErrorEnvelopes.forChat(400, tooLong).json())
        .contains("\"code\":\"context_length_exceeded\"");
  }
}
