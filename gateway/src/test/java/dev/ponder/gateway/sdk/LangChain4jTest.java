package dev.ponder.gateway.sdk;

import static dev.ponder.gateway.sdk.SdkGateway.pieces;
import static dev.ponder.gateway.sdk.SdkGateway.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** LangChain4j before models that speak the dialect of its OpenAI module. */
class LangChain4jTest extends LangChain4j {

  private static OpenAiChatModel.OpenAiChatModelBuilder plain() {
    return plain("auto");
  }

  private static OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder streaming() {
    return streaming("auto");
  }

  @Test
  void plain_hasTextUsageAndHeaders() {
    String prompt = prompt("tokens=12; reasoning=30; cached=5", "Say hello.");
    ChatResponse answer = plain().build().chat(ask(prompt).build());
    OpenAiChatResponseMetadata metadata = (OpenAiChatResponseMetadata) answer.metadata();
    OpenAiTokenUsage usage = metadata.tokenUsage();

    assertThat(answer.aiMessage().text()).hasSize(12 * SdkGateway.PIECE_CHARS);
    assertThat(metadata.modelName()).isEqualTo("mini");
    assertThat(metadata.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(usage.outputTokenCount()).isEqualTo(42);
    assertThat(usage.outputTokensDetails().reasoningTokens()).isEqualTo(30);
    assertThat(usage.inputTokensDetails().cachedTokens()).isEqualTo(5);
    assertThat(usage.totalTokenCount()).isEqualTo(usage.inputTokenCount() + 42);

    SdkGateway.assertDecision(header(metadata));
    assertThat(new BigDecimal(header(metadata).apply("x-ponder-cost-usd")))
        .isEqualByComparingTo(SdkGateway.cost(usage.inputTokenCount(), 5, 42));
    assertThat(gateway.attempts()).containsExactly(200);
  }

  @Test
  void streamed_hasTheSameTextInOrderAndUsage() throws Exception {
    String prompt = prompt("tokens=12; reasoning=30", "Say it slowly.");
    Listener listener = new Listener();
    streaming().build().chat(ask(prompt).build(), listener);
    ChatResponse answer = listener.answer();
    OpenAiChatResponseMetadata metadata = (OpenAiChatResponseMetadata) answer.metadata();

    String whole = plain().build().chat(ask(prompt).build()).aiMessage().text();
    assertThat(listener.texts).isEqualTo(pieces(whole)).hasSize(12);
    assertThat(answer.aiMessage().text()).isEqualTo(whole);
    assertThat(metadata.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(metadata.tokenUsage().outputTokenCount()).isEqualTo(42);
    assertThat(metadata.tokenUsage().outputTokensDetails().reasoningTokens()).isEqualTo(30);
    SdkGateway.assertDecision(header(metadata));
  }

  @Test
  void toolCall_isMadeAndItsResultIsTaken() {
    UserMessage question = UserMessage.from(prompt("reasoning=3", "Call the tool."));
    ChatResponse call =
        plain()
            .build()
            .chat(ChatRequest.builder().messages(question).toolSpecifications(GET_WEATHER).build());
    assertThat(call.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
    assertThat(call.aiMessage().toolExecutionRequests()).hasSize(1);
    ToolExecutionRequest request = call.aiMessage().toolExecutionRequests().get(0);
    assertWeatherCall(request);

    ChatResponse answer =
        plain()
            .build()
            .chat(
                ChatRequest.builder()
                    .messages(
                        question,
                        call.aiMessage(),
                        ToolExecutionResultMessage.from(request, "sunny"),
                        UserMessage.from(prompt("tokens=3", "And now in words.")))
                    .toolSpecifications(GET_WEATHER)
                    .build());
    assertThat(answer.aiMessage().text()).hasSize(12);
    assertThat(gateway.lastBody().getJsonArray("messages").getJsonObject(2).getString("role"))
        .isEqualTo("tool");
  }

  @Test
  void toolCall_streamed_isPutTogether() throws Exception {
    Listener listener = new Listener();
    ChatRequest request =
        ask(prompt("reasoning=3", "Call the tool slowly.")).toolSpecifications(GET_WEATHER).build();
    streaming().build().chat(request, listener);
    ChatResponse answer = listener.answer();

    assertThat(answer.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
    assertThat(answer.aiMessage().toolExecutionRequests()).isEqualTo(listener.calls).hasSize(1);
    assertWeatherCall(listener.calls.get(0));
    assertThat(String.join("", listener.argumentPieces))
        .isEqualTo(listener.calls.get(0).arguments());
  }

  @Test
  void structuredOutput_fitsTheSchema() {
    ChatResponse answer =
        plain()
            .strictJsonSchema(true)
            .build()
            .chat(
                ask(prompt("reasoning=3", "What is the weather?")).responseFormat(WEATHER).build());

    assertThat(new JsonObject(answer.aiMessage().text()))
        .isEqualTo(new JsonObject().put("place", "stub").put("degrees", 1));
    assertThat(gateway.lastBody().getJsonObject("response_format").getString("type"))
        .isEqualTo("json_schema");
  }

  @Test
  void wrongKey_isAnAuthenticationFailure() {
    OpenAiChatModel stranger = plain().apiKey("sk-wrong").build();
    ChatRequest request = ask("Let me in.").build();
    assertThatThrownBy(() -> stranger.chat(request))
        .isInstanceOf(AuthenticationException.class)
        .hasMessageContaining("\"code\":\"invalid_api_key\"")
        .hasMessageContaining("API key");
    assertThat(gateway.attempts()).isEmpty();
  }

  @Test
  void wrongKey_streamed_isAnAuthenticationFailure() {
    Listener listener = new Listener();
    streaming().apiKey("sk-wrong").build().chat(ask("Let me in.").build(), listener);
    assertThatThrownBy(listener::answer)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(AuthenticationException.class);
  }

  @Test
  void unknownModel_isNotFound() {
    OpenAiChatModel nobody = plain().modelName("nobody").build();
    ChatRequest request = ask("Who are you?").build();
    assertThatThrownBy(() -> nobody.chat(request))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageContaining("\"code\":\"model_not_found\"")
        .hasMessageContaining("`nobody`");
    assertThat(gateway.attempts()).isEmpty();
  }

  @Test
  void rateLimited_isRetried() {
    String prompt = prompt("fail=429; fail_first=1; tokens=2", "Once more.");
    assertThat(plain().build().chat(ask(prompt).build()).aiMessage().text()).hasSize(8);
    assertThat(gateway.attempts()).containsExactly(429, 200);
  }

  @Test
  void upstreamDeath_inMidStream_isAnError() {
    Listener listener = new Listener();
    ChatRequest request = ask(prompt("tokens=40; die=after_events:5", "Do not end.")).build();
    streaming().build().chat(request, listener);

    assertThatThrownBy(listener::answer)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("upstream_error");
    assertThat(listener.texts).hasSize(4); // what came before is not lost
    assertThat(gateway.attempts()).containsExactly(200);
  }
}
