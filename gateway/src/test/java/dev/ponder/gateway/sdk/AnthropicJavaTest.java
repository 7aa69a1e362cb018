package dev.ponder.gateway.sdk;

import static dev.ponder.gateway.sdk.SdkGateway.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.core.http.HttpResponseFor;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.SseException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.anthropic.models.messages.Usage;
import com.anthropic.models.models.ModelListParams;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Anthropic's official Java SDK before a model that speaks its own dialect. */
class AnthropicJavaTest extends AnthropicJava {

  private static MessageCreateParams.Builder ask(String prompt) {
    return ask("claude", prompt);
  }

  @Test
  void plain_hasThinkingTextUsageAndCost() {
    String prompt = prompt("tokens=12; reasoning=30; cached=5; cache_write=4", "Say hello.");
    MessageCreateParams request = ask(prompt).enabledThinking(1_024).build();
    try (HttpResponseFor<Message> raw = client.messages().withRawResponse().create(request)) {
      Message message = raw.parse().validate();
      Usage usage = message.usage();

      assertThat(message.content().get(0).asThinking().signature()).isNotEmpty();
      assertThat(message.content().get(1).asText().text()).hasSize(12 * SdkGateway.PIECE_CHARS);
      assertThat(message.stopReason()).hasValue(StopReason.END_TURN);
      assertThat(usage.outputTokens()).isEqualTo(42);
      assertThat(usage.cacheReadInputTokens()).hasValue(5L);
      assertThat(usage.cacheCreationInputTokens()).hasValue(4L);
      assertThat(new BigDecimal(raw.headers().values("x-ponder-cost-usd").get(0)))
          .isEqualByComparingTo(SdkGateway.claudeCost(usage.inputTokens(), 5, 4, 42));
      assertThat(raw.headers().values("x-ponder-model")).containsExactly("claude");
      assertThat(raw.requestId()).isPresent();
    }
  }

  @Test
  void streamed_isTheSameMessage() {
    MessageCreateParams request =
        ask(prompt("tokens=6; reasoning=3", "Say it slowly.")).enabledThinking(1_024).build();
    MessageAccumulator whole = MessageAccumulator.create();
    List<RawMessageStreamEvent> events = stream(request, whole);

    assertThat(events.get(0).isMessageStart()).isTrue();
    assertThat(events.get(events.size() - 1).isMessageStop()).isTrue();
    Message plain = client.messages().create(request);
    assertThat(whole.message().content().get(1).asText().text())
        .isEqualTo(plain.content().get(1).asText().text());
    assertThat(whole.message().content().get(0).asThinking().signature()).isNotEmpty();
    assertThat(whole.message().usage().outputTokens()).isEqualTo(9);
  }

  @Test
  void toolCall_isMadeAndItsResultIsTaken() {
    MessageCreateParams.Builder request = ask(prompt("", "Call the tool.")).addTool(GET_WEATHER);
    MessageAccumulator whole = MessageAccumulator.create();
    stream(request.build(), whole);
    Message asked = whole.message();
    ToolUseBlock call =
        asked.content().stream()
            .filter(ContentBlock::isToolUse)
            .findFirst()
            .orElseThrow()
            .asToolUse();
    assertThat(asked.stopReason()).hasValue(StopReason.TOOL_USE);
    assertThat(call.name()).isEqualTo("get_weather");

    Message answer =
        client
            .messages()
            .create(
                request
                    .addMessage(asked)
                    .addUserMessageOfContentBlockParams(
                        List.of(
                            ContentBlockParam.ofToolResult(
                                ToolResultBlockParam.builder()
                                    .toolUseId(call.id())
                                    .content("sunny")
                                    .build())))
                    .build());
    assertThat(answer.stopReason()).hasValue(StopReason.END_TURN);
  }

  @Test
  void countTokens_costsNothing() {
    String prompt = "How long is this?";
    long tokens =
        client
            .messages()
            .countTokens(
                MessageCountTokensParams.builder().model("claude").addUserMessage(prompt).build())
            .inputTokens();
    assertThat(tokens).isEqualTo(4 + (prompt.length() + 3) / 4);
    assertThat(gateway.attempts()).containsExactly(200);
  }

  @Test
  void models_areListedPageByPage_andFound() {
    List<String> ids =
        client.models().list(ModelListParams.builder().limit(4).build()).autoPager().stream()
            .map(model -> model.validate().id())
            .toList();
    assertThat(ids).containsExactly("auto", "mini", "deep", "slash", "embed", "claude");
    assertThat(client.models().retrieve("claude").validate().displayName()).isEqualTo("claude");
    assertThatThrownBy(() -> client.models().retrieve("nobody"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("not_found_error");
  }

  @Test
  void errors_areOfTheRightClass() {
    AnthropicClient stranger = client("sk-wrong");
    assertThatThrownBy(() -> stranger.messages().create(ask("Let me in.").build()))
        .isInstanceOf(UnauthorizedException.class)
        .hasMessageContaining("API key");
    stranger.close();
    assertThatThrownBy(() -> client.messages().create(ask("Who?").model("nobody").build()))
        .isInstanceOfSatisfying(
            NotFoundException.class, e -> assertThat(e.headers().values("request-id")).hasSize(1))
        .hasMessageContaining("nobody");
    assertThat(gateway.attempts()).isEmpty();
    assertThatThrownBy(() -> client.messages().create(ask(prompt("fail=400", "No.")).build()))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void overloadedUpstream_isAskedAgain() {
    String prompt = prompt("fail=529; fail_first=1; retry_after=0; tokens=2", "Once more.");
    Message message = client.messages().create(ask(prompt).build());
    assertThat(message.content().get(0).asText().text()).hasSize(8);
    assertThat(gateway.attempts()).containsExactly(529, 200);
  }

  @Test
  void brokenStream_isAnError() {
    for (String script :
        List.of("tokens=9; error_event=after_events:5", "tokens=9; die=after_events:5")) {
      MessageCreateParams request = ask(prompt(script, "Do not end.")).build();
      assertThatThrownBy(() -> stream(request, MessageAccumulator.create()))
          .isInstanceOf(SseException.class);
    }
    assertThat(gateway.attempts()).containsExactly(200, 200);
  }
}
