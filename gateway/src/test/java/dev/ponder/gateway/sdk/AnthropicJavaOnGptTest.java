package dev.ponder.gateway.sdk;

import static dev.ponder.gateway.sdk.SdkGateway.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.core.JsonValue;
import com.anthropic.core.http.HttpResponseFor;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.SseException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Base64ImageSource;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.ImageBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.TextBlockParam;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.anthropic.models.messages.Usage;
import io.vertx.core.json.JsonArray;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Anthropic's official Java SDK before a model that speaks OpenAI's chat completions. */
class AnthropicJavaOnGptTest extends AnthropicJava {

  private static final String THINKS = "tokens=6; reasoning=3; cached=5; show_reasoning";

  private static MessageCreateParams.Builder ask(String prompt) {
    return ask("mini", prompt);
  }

  private static Message streamed(MessageCreateParams request) {
    MessageAccumulator whole = MessageAccumulator.create();
    stream(request, whole);
    return whole.message();
  }

  @Test
  void plain_hasThinkingTextUsageAndCost() {
    MessageCreateParams request = ask(prompt(THINKS, "Say hello.")).enabledThinking(1_024).build();
    try (HttpResponseFor<Message> raw = client.messages().withRawResponse().create(request)) {
      Message message = raw.parse().validate();
      Usage usage = message.usage();
      assertThat(message.content()).hasSize(2);
      assertThat(message.content().get(0).asThinking().thinking()).hasSize(12);
      assertThat(message.content().get(1).asText().text()).hasSize(24);
      assertThat(message.stopReason()).hasValue(StopReason.END_TURN);
      assertThat(usage.outputTokens()).isEqualTo(9);
      assertThat(usage.cacheReadInputTokens()).hasValue(5L);
      assertThat(new BigDecimal(raw.headers().values("x-ponder-cost-usd").get(0)))
          .isEqualByComparingTo(SdkGateway.cost(usage.inputTokens() + 5, 5, 9));
    }
  }

  @Test
  void streamed_isTheSameMessage() {
    MessageCreateParams request = ask(prompt(THINKS, "Say it slowly.")).build();
    Message streamed = streamed(request).validate();
    Message plain = client.messages().create(request);
    assertThat(streamed.content()).isEqualTo(plain.content()).hasSize(2);
    assertThat(streamed.stopReason()).isEqualTo(plain.stopReason());
    assertThat(streamed.usage().outputTokens()).isEqualTo(9);
    assertThat(streamed.usage().cacheReadInputTokens()).hasValue(5L);
  }

  @Test
  void twoCalls_areMade_andTheirResultsAreTwoMessages() {
    MessageCreateParams.Builder request =
        ask(prompt("calls=2", "Call the tool.")).addTool(GET_WEATHER);
    Message streamed = streamed(request.build());
    Message plain = client.messages().create(request.build());
    for (Message message : List.of(plain, streamed)) {
      assertThat(message.stopReason()).hasValue(StopReason.TOOL_USE);
      List<ToolUseBlock> calls = calls(message);
      assertThat(calls).hasSize(2);
      assertThat(calls.get(0).id()).isNotEqualTo(calls.get(1).id());
      assertThat(calls)
          .allSatisfy(
              call -> assertThat(call._input()).isEqualTo(JsonValue.from(Map.of("days", 1))));
    }

    List<ContentBlockParam> results =
        calls(streamed).stream()
            .map(call -> ToolResultBlockParam.builder().toolUseId(call.id()).content("sunny"))
            .map(result -> ContentBlockParam.ofToolResult(result.build()))
            .toList();
    request.addMessage(streamed).addUserMessageOfContentBlockParams(results);
    assertThat(client.messages().create(request.build()).stopReason())
        .hasValue(StopReason.END_TURN);
    JsonArray messages = gateway.lastBody().getJsonArray("messages");
    assertThat(messages.getJsonObject(1).getJsonArray("tool_calls")).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(messages.getJsonObject(2 + i).getString("role")).isEqualTo("tool");
      assertThat(messages.getJsonObject(2 + i).getString("tool_call_id"))
          .isEqualTo(calls(streamed).get(i).id());
    }
  }

  private static List<ToolUseBlock> calls(Message message) {
    return message.content().stream()
        .filter(ContentBlock::isToolUse)
        .map(ContentBlock::asToolUse)
        .toList();
  }

  @Test
  void image_isAPart() {
    Base64ImageSource source =
        Base64ImageSource.builder()
            .mediaType(Base64ImageSource.MediaType.IMAGE_PNG)
            .data(SdkGateway.PNG)
            .build();
    MessageCreateParams.Builder request =
        MessageCreateParams.builder()
            .model("mini")
            .maxTokens(2_000)
            .addUserMessageOfContentBlockParams(
                List.of(
                    ContentBlockParam.ofText(
                        TextBlockParam.builder().text(prompt("tokens=2", "What is this?")).build()),
                    ContentBlockParam.ofImage(ImageBlockParam.builder().source(source).build())));
    assertThat(client.messages().create(request.build()).content().get(0).asText().text())
        .hasSize(8);
    assertThat(gateway.lastBody().encode())
        .contains("{\"url\":\"data:image/png;base64," + SdkGateway.PNG + "\"}");
  }

  @Test
  void errors_areOfTheRightClass() {
    MessageCreateParams refused = ask(prompt("fail=400", "No.")).build();
    assertThatThrownBy(() -> client.messages().create(refused))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("invalid_request_error");
    String prompt = prompt("fail=503; fail_first=1; retry_after=0; tokens=2", "Once more.");
    assertThat(client.messages().create(ask(prompt).build()).content().get(0).asText().text())
        .hasSize(8);
    assertThat(gateway.attempts()).containsExactly(400, 503, 200);
  }

  @Test
  void brokenStream_isAnError() {
    for (String script : SdkGateway.BROKEN) {
      MessageCreateParams request = ask(prompt(script, "Do not end.")).build();
      assertThatThrownBy(() -> streamed(request)).as(script).isInstanceOf(SseException.class);
    }
    assertThat(gateway.attempts()).containsExactly(200, 200, 200);
  }
}
