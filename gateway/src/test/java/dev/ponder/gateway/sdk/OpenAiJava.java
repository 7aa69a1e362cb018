package dev.ponder.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.Headers;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the tests of the official Java SDK share: a gateway, a client with its defaults (OkHttp, two
 * retries) and a tool.
 */
abstract class OpenAiJava {

  static SdkGateway gateway;
  static OpenAIClient client;

  /** What the model is to fill in, as an answer. */
  @JsonClassDescription("The weather at a place")
  static final class Weather {
    public String place = "";
    public int degrees;
  }

  /** What the model is to fill in, as a call. */
  @JsonTypeName("get_weather")
  @JsonClassDescription("Looks up the weather")
  static final class GetWeather {
    public String place = "";
    public int days;
  }

  @BeforeAll
  static void start() {
    gateway = new SdkGateway();
    client = client(SdkGateway.KEY);
  }

  @AfterAll
  static void stop() {
    client.close();
    gateway.close();
  }

  @BeforeEach
  void forget() {
    gateway.forgetCalls();
  }

  static OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder().baseUrl(gateway.url()).apiKey(key).build();
  }

  static ChatCompletionCreateParams.Builder ask(String model, String prompt) {
    return ChatCompletionCreateParams.builder().model(model).addUserMessage(prompt);
  }

  static Function<String, String> values(Headers headers) {
    return name -> String.join(",", headers.values(name));
  }

  static List<ChatCompletionChunk> stream(
      ChatCompletionCreateParams.Builder request, ChatCompletionAccumulator whole) {
    List<ChatCompletionChunk> chunks = new ArrayList<>();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(request.build())) {
      stream.stream().map(whole::accumulate).forEach(chunks::add);
    }
    return chunks;
  }

  /** The texts of the deltas that have any. */
  static List<String> texts(List<ChatCompletionChunk> chunks) {
    return chunks.stream()
        .flatMap(chunk -> chunk.choices().stream())
        .flatMap(choice -> choice.delta().content().stream())
        .filter(text -> !text.isEmpty())
        .toList();
  }

  static ChatCompletionMessageFunctionToolCall onlyCall(ChatCompletionMessage message) {
    assertThat(message.toolCalls().orElseThrow()).hasSize(1);
    return message.toolCalls().orElseThrow().get(0).asFunction();
  }

  static void assertWeatherCall(ChatCompletionMessageFunctionToolCall call) {
    GetWeather arguments = call.function().arguments(GetWeather.class);
    assertThat(call.id()).startsWith("call_");
    assertThat(call.function().name()).isEqualTo("get_weather");
    assertThat(arguments.place).isEqualTo("stub");
    assertThat(arguments.days).isEqualTo(1);
  }
}
