package dev.ponder.gateway.sdk;

import static dev.ponder.gateway.sdk.SdkGateway.pieces;
import static dev.ponder.gateway.sdk.SdkGateway.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * LangChain4j with its defaults: the JDK's HTTP client, which offers HTTP/2 by an {@code Upgrade:
 * h2c} header on every first call, and two retries of what is not streamed.
 */
class LangChain4jTest {

  private static final ToolSpecification GET_WEATHER =
      ToolSpecification.builder()
          .name("get_weather")
          .description("Looks up the weather")
          .parameters(
              JsonObjectSchema.builder()
                  .addStringProperty("place")
                  .addIntegerProperty("days")
                  .required("place", "days")
                  .build())
          .build();

  private static SdkGateway gateway;

  @BeforeAll
  static void start() {
    // It warns of each retry with a whole stack; here, a retry is what is wanted.
    Logger retries = (Logger) LoggerFactory.getLogger("dev.langchain4j.internal.RetryUtils");
    retries.setLevel(Level.ERROR);
    gateway = new SdkGateway();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void forget() {
    gateway.forgetCalls();
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder plain() {
    return OpenAiChatModel.builder()
        .baseUrl(gateway.url())
        .apiKey(SdkGateway.KEY)
        .modelName("auto");
  }

  private static OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder streaming() {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(gateway.url())
        .apiKey(SdkGateway.KEY)
        .modelName("auto");
  }

  private static ChatRequest.Builder ask(String prompt) {
    return ChatRequest.builder().messages(UserMessage.from(prompt));
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
    ResponseFormat format =
        ResponseFormat.builder()
            .type(ResponseFormatType.JSON)
            .jsonSchema(
                JsonSchema.builder()
                    .name("weather")
                    .rootElement(
                        JsonObjectSchema.builder()
                            .addStringProperty("place")
                            .addIntegerProperty("degrees")
                            .required("place", "degrees")
                            .build())
                    .build())
            .build();
    ChatResponse answer =
        plain()
            .strictJsonSchema(true)
            .build()
            .chat(
                ask(prompt("reasoning=3", "What is the weather?")).responseFormat(format).build());

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

  private static Function<String, String> header(OpenAiChatResponseMetadata metadata) {
    Map<String, List<String>> headers = metadata.rawHttpResponse().headers();
    return name ->
        headers.entrySet().stream()
            .filter(header -> header.getKey().toLowerCase(Locale.ROOT).equals(name))
            .map(header -> String.join(",", header.getValue()))
            .findFirst()
            .orElse("");
  }

  private static void assertWeatherCall(ToolExecutionRequest call) {
    assertThat(call.id()).startsWith("call_");
    assertThat(call.name()).isEqualTo("get_weather");
    assertThat(new JsonObject(call.arguments()))
        .isEqualTo(new JsonObject().put("place", "stub").put("days", 1));
  }

  /** Keeps what a stream says; its lists are read once the stream is over. */
  private static final class Listener implements StreamingChatResponseHandler {

    final List<String> texts = new ArrayList<>();
    final List<String> argumentPieces = new ArrayList<>();
    final List<ToolExecutionRequest> calls = new ArrayList<>();
    private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();

    /** The answer as a whole; fails as the stream did. */
    ChatResponse answer() throws Exception {
      return end.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void onPartialResponse(String text) {
      texts.add(text);
    }

    @Override
    public void onPartialToolCall(PartialToolCall part) {
      argumentPieces.add(part.partialArguments());
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall call) {
      calls.add(call.toolExecutionRequest());
    }

    @Override
    public void onCompleteResponse(ChatResponse answer) {
      end.complete(answer);
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }
  }
}
