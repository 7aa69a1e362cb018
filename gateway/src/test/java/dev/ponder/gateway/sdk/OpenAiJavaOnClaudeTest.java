package dev.ponder.gateway.sdk;

import static dev.ponder.gateway.sdk.SdkGateway.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponseFor;
import com.openai.errors.BadRequestException;
import com.openai.errors.SseException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionUsage;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The official Java SDK of OpenAI before a model that speaks Anthropic's Messages API. */
class OpenAiJavaOnClaudeTest extends OpenAiJava {

  private static ChatCompletionCreateParams.Builder ask(String prompt) {
    return ask("claude", prompt);
  }

  private static ChatCompletion.Choice choice(ChatCompletionCreateParams.Builder request) {
    return client.chat().completions().create(request.build()).choices().get(0);
  }

  @Test
  void plain_hasTextReasoningUsageAndCost() {
    String prompt = prompt("tokens=12; reasoning=3; cached=5; cache_write=4", "Say hello.");
    try (HttpResponseFor<ChatCompletion> raw =
        client.chat().completions().withRawResponse().create(ask(prompt).build())) {
      ChatCompletion answer = raw.parse().validate();
      ChatCompletion.Choice choice = answer.choices().get(0);
      CompletionUsage usage = answer.usage().orElseThrow();

      assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
      assertThat(choice.message().content().orElseThrow()).hasSize(12 * SdkGateway.PIECE_CHARS);
      assertThat(thought(choice.message()._allProperties())).hasSize(3 * SdkGateway.PIECE_CHARS);
      assertThat(usage.completionTokens()).isEqualTo(15);
      assertThat(usage.completionTokensDetails().orElseThrow().reasoningTokens()).hasValue(3L);
      assertThat(usage.promptTokensDetails().orElseThrow().cachedTokens()).hasValue(5L);
      assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + 15);
      assertThat(new BigDecimal(raw.headers().values("x-ponder-cost-usd").get(0)))
          .isEqualByComparingTo(SdkGateway.claudeCost(usage.promptTokens() - 9, 5, 4, 15));
    }
  }

  @Test
  void streamed_isTheSameAnswer() {
    ChatCompletionCreateParams.Builder request =
        ask(prompt("tokens=6; reasoning=3", "Say it slowly."))
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build());
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    List<ChatCompletionChunk> chunks = stream(request, whole);
    ChatCompletion.Choice plain = choice(ask(prompt("tokens=6; reasoning=3", "Say it slowly.")));

    ChatCompletion.Choice streamed = whole.chatCompletion().choices().get(0);
    assertThat(streamed.message().content()).isEqualTo(plain.message().content());
    assertThat(streamed.finishReason()).isEqualTo(plain.finishReason());
    assertThat(whole.chatCompletion().usage().orElseThrow().completionTokens()).isEqualTo(9);
    assertThat(thoughts(chunks)).isEqualTo(thought(plain.message()._allProperties()));
  }

  private static String thoughts(List<ChatCompletionChunk> chunks) {
    return chunks.stream()
        .flatMap(chunk -> chunk.choices().stream())
        .map(choice -> thought(choice.delta()._allProperties()))
        .collect(Collectors.joining());
  }

  /** The reasoning in words, of which this SDK knows nothing; empty if there is none. */
  private static String thought(Map<String, JsonValue> members) {
    JsonValue thought = members.get("reasoning_content");
    return thought == null ? "" : thought.convert(String.class);
  }

  @Test
  void twoCalls_areMade_andTheirResultsAreOneTurn() {
    ChatCompletionCreateParams.Builder conversation =
        ask(prompt("calls=2; reasoning=3", "Call the tool.")).addTool(GetWeather.class);
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    stream(conversation, whole);
    ChatCompletion.Choice streamed = whole.chatCompletion().choices().get(0);
    ChatCompletion.Choice plain = choice(conversation);

    for (ChatCompletion.Choice choice : List.of(plain, streamed)) {
      assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
      List<ChatCompletionMessageToolCall> calls = choice.message().toolCalls().orElseThrow();
      assertThat(calls)
          .hasSize(2)
          .allSatisfy(
              call -> {
                GetWeather arguments = call.asFunction().function().arguments(GetWeather.class);
                assertThat(arguments.place).isEqualTo("stub");
                assertThat(call.asFunction().id()).startsWith("toolu_");
              });
      assertThat(calls.get(0).asFunction().id()).isNotEqualTo(calls.get(1).asFunction().id());
    }
    conversation.addMessage(plain.message());
    for (ChatCompletionMessageToolCall call : plain.message().toolCalls().orElseThrow()) {
      conversation.addMessage(
          ChatCompletionToolMessageParam.builder()
              .toolCallId(call.asFunction().id())
              .content("sunny")
              .build());
    }
    assertThat(choice(conversation).message().content().orElseThrow()).isNotEmpty();
    gateway.assertClaudeGotTheResults(2);
  }

  @Test
  void image_isABlock() {
    ChatCompletionContentPartImage.ImageUrl url =
        ChatCompletionContentPartImage.ImageUrl.builder()
            .url("data:image/png;base64," + SdkGateway.PNG)
            .build();
    ChatCompletionCreateParams.Builder request =
        ChatCompletionCreateParams.builder()
            .model("claude")
            .addUserMessageOfArrayOfContentParts(
                List.of(
                    ChatCompletionContentPart.ofText(
                        ChatCompletionContentPartText.builder()
                            .text(prompt("tokens=2", "What is this?"))
                            .build()),
                    ChatCompletionContentPart.ofImageUrl(
                        ChatCompletionContentPartImage.builder().imageUrl(url).build())));
    assertThat(choice(request).message().content().orElseThrow()).hasSize(8);
    gateway.assertClaudeSawTheImage();
  }

  @Test
  void structuredOutput_fitsTheClass() {
    Weather weather =
        client
            .chat()
            .completions()
            .create(ask(prompt("", "The weather?")).responseFormat(Weather.class).build())
            .choices()
            .get(0)
            .message()
            .content()
            .orElseThrow();
    assertThat(weather.place).isEqualTo("stub");
    assertThat(weather.degrees).isEqualTo(1);
    assertThat(gateway.lastBody().getJsonObject("output_config").getJsonObject("format").getMap())
        .containsEntry("type", "json_schema");
  }

  @Test
  void errors_areOfTheRightClass_andWhatCannotBeSaidIsNamed() {
    ChatCompletionCreateParams refused = ask(prompt("fail=400", "No.")).build();
    assertThatThrownBy(() -> client.chat().completions().create(refused))
        .asInstanceOf(type(BadRequestException.class))
        .satisfies(e -> assertThat(e.type()).hasValue("invalid_request_error"));
    assertThat(gateway.attempts()).containsExactly(400);
    ChatCompletionCreateParams unsayable = ask("How sure?").logprobs(true).build();
    assertThatThrownBy(() -> client.chat().completions().create(unsayable))
        .asInstanceOf(type(BadRequestException.class))
        .satisfies(e -> assertThat(e.param()).hasValue("logprobs"));
    assertThat(gateway.attempts()).containsExactly(400);
  }

  @Test
  void overloadedUpstream_isAskedAgain() {
    String prompt = prompt("fail=529; fail_first=1; retry_after=0; tokens=2", "Once more.");
    assertThat(choice(ask(prompt)).message().content().orElseThrow()).hasSize(8);
    assertThat(gateway.attempts()).containsExactly(529, 200);
  }

  @Test
  void brokenStream_isAnException() {
    for (String script : SdkGateway.BROKEN) {
      ChatCompletionCreateParams.Builder request = ask(prompt(script, "Do not end."));
      assertThatThrownBy(() -> stream(request, ChatCompletionAccumulator.create()))
          .as(script)
          .isInstanceOf(SseException.class);
    }
    assertThat(gateway.attempts()).containsExactly(200, 200, 200);
  }
}
