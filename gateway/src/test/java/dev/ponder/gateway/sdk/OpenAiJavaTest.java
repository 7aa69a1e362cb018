package dev.ponder.gateway.sdk;

import static dev.ponder.gateway.sdk.SdkGateway.pieces;
import static dev.ponder.gateway.sdk.SdkGateway.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionUsage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The official Java SDK before models that speak its own dialect. */
class OpenAiJavaTest extends OpenAiJava {

  private static ChatCompletionCreateParams.Builder ask(String prompt) {
    return ask("auto", prompt);
  }

  private static String plainText(String prompt) {
    ChatCompletion answer = client.chat().completions().create(ask(prompt).build());
    return answer.choices().get(0).message().content().orElseThrow();
  }

  @Test
  void plain_hasTextUsageAndHeaders() {
    String prompt = prompt("tokens=12; reasoning=30; cached=5", "Say hello.");
    try (HttpResponseFor<ChatCompletion> raw =
        client.chat().completions().withRawResponse().create(ask(prompt).build())) {
      ChatCompletion answer = raw.parse().validate();
      CompletionUsage usage = answer.usage().orElseThrow();

      assertThat(answer.model()).isEqualTo("mini");
      assertThat(answer.choices()).hasSize(1);
      assertThat(answer.choices().get(0).finishReason())
          .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
      assertThat(answer.choices().get(0).message().content().orElseThrow())
          .hasSize(12 * SdkGateway.PIECE_CHARS);
      assertThat(usage.completionTokens()).isEqualTo(42);
      assertThat(usage.completionTokensDetails().orElseThrow().reasoningTokens()).hasValue(30L);
      assertThat(usage.promptTokensDetails().orElseThrow().cachedTokens()).hasValue(5L);
      assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + 42);

      SdkGateway.assertDecision(values(raw.headers()));
      assertThat(raw.requestId()).isPresent();
      assertThat(new BigDecimal(values(raw.headers()).apply("x-ponder-cost-usd")))
          .isEqualByComparingTo(SdkGateway.cost(usage.promptTokens(), 5, 42));
      assertThat(gateway.attempts()).containsExactly(200);
    }
  }

  @Test
  void streamed_hasTheSameTextInOrder() {
    String prompt = prompt("tokens=12", "Say it slowly.");
    List<ChatCompletionChunk> chunks = new ArrayList<>();
    try (HttpResponseFor<StreamResponse<ChatCompletionChunk>> raw =
        client.chat().completions().withRawResponse().createStreaming(ask(prompt).build())) {
      SdkGateway.assertDecision(values(raw.headers()));
      try (StreamResponse<ChatCompletionChunk> stream = raw.parse()) {
        stream.stream().forEach(chunks::add);
      }
    }

    assertThat(texts(chunks)).isEqualTo(pieces(plainText(prompt))).hasSize(12);
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.choices()).hasSize(1));
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
  }

  @Test
  void streamed_hasUsageWhenAsked() {
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    List<ChatCompletionChunk> chunks =
        stream(
            ask(prompt("tokens=12; reasoning=30", "Say it slowly and count."))
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()),
            whole);

    ChatCompletionChunk last = chunks.get(chunks.size() - 1);
    CompletionUsage usage = last.usage().orElseThrow();
    assertThat(last.choices()).isEmpty();
    assertThat(usage.completionTokens()).isEqualTo(42);
    assertThat(usage.completionTokensDetails().orElseThrow().reasoningTokens()).hasValue(30L);
    assertThat(chunks.subList(0, chunks.size() - 1))
        .allSatisfy(chunk -> assertThat(chunk.choices()).hasSize(1))
        .allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
    assertThat(last._allProperties()).containsKey("ponder");
    assertThat(whole.chatCompletion().usage()).hasValue(usage);
  }

  @Test
  void toolCall_isMadeAndItsResultIsTaken() {
    ChatCompletionCreateParams.Builder conversation =
        ask(prompt("reasoning=3", "Call the tool.")).addTool(GetWeather.class);
    ChatCompletion.Choice choice =
        client.chat().completions().create(conversation.build()).choices().get(0);
    assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    ChatCompletionMessageFunctionToolCall call = onlyCall(choice.message());
    assertWeatherCall(call);

    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(
                conversation
                    .addMessage(choice.message())
                    .addMessage(
                        ChatCompletionToolMessageParam.builder()
                            .toolCallId(call.id())
                            .content("sunny")
                            .build())
                    .addUserMessage(prompt("tokens=3", "And now in words."))
                    .build());
    assertThat(answer.choices().get(0).message().content().orElseThrow()).hasSize(12);
    assertThat(gateway.lastBody().getJsonArray("messages").getJsonObject(2).getString("role"))
        .isEqualTo("tool");
  }

  @Test
  void toolCall_streamed_isPutTogether() {
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    stream(ask(prompt("reasoning=3", "Call the tool slowly.")).addTool(GetWeather.class), whole);

    ChatCompletion.Choice choice = whole.chatCompletion().choices().get(0);
    assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    assertWeatherCall(onlyCall(choice.message()));
  }

  @Test
  void structuredOutput_fitsTheClass() {
    Weather weather =
        client
            .chat()
            .completions()
            .create(
                ask(prompt("reasoning=3", "What is the weather?"))
                    .responseFormat(Weather.class)
                    .build())
            .choices()
            .get(0)
            .message()
            .content()
            .orElseThrow();

    assertThat(weather.place).isEqualTo("stub");
    assertThat(weather.degrees).isEqualTo(1);
    assertThat(gateway.lastBody().getJsonObject("response_format").getString("type"))
        .isEqualTo("json_schema");
  }

  @Test
  void wrongKey_isUnauthorized() {
    OpenAIClient stranger = client("sk-wrong");
    ChatCompletionCreateParams params = ask("Let me in.").build();
    assertThatThrownBy(() -> stranger.chat().completions().create(params))
        .asInstanceOf(type(UnauthorizedException.class))
        .satisfies(
            e -> {
              assertThat(e.statusCode()).isEqualTo(401);
              assertThat(e.code()).hasValue("invalid_api_key");
              assertThat(e.type()).hasValue("invalid_request_error");
              assertThat(e).hasMessageStartingWith("401: ").hasMessageContaining("API key");
              assertThat(e.headers().values("x-request-id")).hasSize(1);
            });
    stranger.close();
    assertThat(gateway.attempts()).isEmpty();
  }

  @Test
  void unknownModel_isNotFound() {
    ChatCompletionCreateParams params = ask("Who are you?").model("nobody").build();
    assertThatThrownBy(() -> client.chat().completions().create(params))
        .asInstanceOf(type(NotFoundException.class))
        .satisfies(
            e -> {
              assertThat(e.code()).hasValue("model_not_found");
              assertThat(e.param()).hasValue("model");
              assertThat(e).hasMessageStartingWith("404: ").hasMessageContaining("`nobody`");
            });
    assertThat(gateway.attempts()).isEmpty();
  }

  @Test
  void rateLimited_isRetried() {
    String prompt = prompt("fail=429; fail_first=1; retry_after=0; tokens=2", "Once more.");
    assertThat(plainText(prompt)).hasSize(8);
    assertThat(gateway.attempts()).containsExactly(429, 200);
  }

  @Test
  void rateLimited_givesUpAfterItsRetries() {
    ChatCompletionCreateParams params =
        ask(prompt("fail=429; retry_after=0", "Never again.")).build();
    assertThatThrownBy(() -> client.chat().completions().create(params))
        .asInstanceOf(type(RateLimitException.class))
        .satisfies(e -> assertThat(e.statusCode()).isEqualTo(429));
    // Two retries of the gateway, and two of the SDK's own, on top of which there are none.
    assertThat(gateway.attempts()).containsExactly(429, 429, 429, 429, 429);
  }

  @Test
  void upstreamDeath_inMidStream_isAnException() {
    List<ChatCompletionChunk> chunks = new ArrayList<>();
    ChatCompletionCreateParams params =
        ask(prompt("tokens=40; die=after_events:5", "Do not end.")).build();
    assertThatThrownBy(
            () -> {
              try (StreamResponse<ChatCompletionChunk> stream =
                  client.chat().completions().createStreaming(params)) {
                stream.stream().forEach(chunks::add);
              }
            })
        .asInstanceOf(type(SseException.class))
        .satisfies(e -> assertThat(e.code()).hasValue("upstream_error"));
    assertThat(texts(chunks)).hasSize(4); // what came before is not lost
    assertThat(gateway.attempts()).containsExactly(200);
  }
}
