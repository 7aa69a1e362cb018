package dev.ponder.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;

/**
 * What the tests of LangChain4j share. It has its defaults: the JDK's HTTP client, which offers
 * HTTP/2 by an {@code Upgrade: h2c} header on every first call, and two retries of what is not
 * streamed.
 */
abstract class LangChain4j {

  static final ToolSpecification GET_WEATHER =
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

  static final ResponseFormat WEATHER =
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

  static SdkGateway gateway;

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

  static OpenAiChatModel.OpenAiChatModelBuilder plain(String model) {
    return OpenAiChatModel.builder().baseUrl(gateway.url()).apiKey(SdkGateway.KEY).modelName(model);
  }

  static OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder streaming(String model) {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(gateway.url())
        .apiKey(SdkGateway.KEY)
        .modelName(model);
  }

  static ChatRequest.Builder ask(String prompt) {
    return ChatRequest.builder().messages(UserMessage.from(prompt));
  }

  static Function<String, String> header(OpenAiChatResponseMetadata metadata) {
    Map<String, List<String>> headers = metadata.rawHttpResponse().headers();
    return name ->
        headers.entrySet().stream()
            .filter(header -> header.getKey().toLowerCase(Locale.ROOT).equals(name))
            .map(header -> String.join(",", header.getValue()))
            .findFirst()
            .orElse("");
  }

  static void assertWeatherCall(ToolExecutionRequest call) {
    assertThat(call.id()).startsWith("call_");
    assertThat(call.name()).isEqualTo("get_weather");
    assertThat(new JsonObject(call.arguments()))
        .isEqualTo(new JsonObject().put("place", "stub").put("days", 1));
  }

  /** Keeps what a stream says; its lists are read once the stream is over. */
  static final class Listener implements StreamingChatResponseHandler {

    final List<String> texts = new ArrayList<>();
    final List<String> thoughts = new ArrayList<>();
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
    public void onPartialThinking(PartialThinking thought) {
      thoughts.add(thought.text());
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
