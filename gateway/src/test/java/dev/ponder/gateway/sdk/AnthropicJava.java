package dev.ponder.gateway.sdk;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the tests of Anthropic's official Java SDK share: a gateway, a client with its defaults
 * (OkHttp, two retries) and a tool.
 */
abstract class AnthropicJava {

  static final Tool GET_WEATHER =
      Tool.builder()
          .name("get_weather")
          .inputSchema(
              Tool.InputSchema.builder()
                  .properties(
                      Tool.InputSchema.Properties.builder()
                          .putAdditionalProperty("days", JsonValue.from(Map.of("type", "integer")))
                          .build())
                  .required(List.of("days"))
                  .build())
          .build();

  static SdkGateway gateway;
  static AnthropicClient client;

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

  /** This SDK adds {@code /v1} by itself. */
  static AnthropicClient client(String key) {
    String root = gateway.url().replaceFirst("/v1$", "");
    return AnthropicOkHttpClient.builder().baseUrl(root).apiKey(key).build();
  }

  static MessageCreateParams.Builder ask(String model, String prompt) {
    return MessageCreateParams.builder().model(model).maxTokens(2_000).addUserMessage(prompt);
  }

  static List<RawMessageStreamEvent> stream(MessageCreateParams request, MessageAccumulator whole) {
    List<RawMessageStreamEvent> events = new ArrayList<>();
    try (StreamResponse<RawMessageStreamEvent> stream =
        client.messages().createStreaming(request)) {
      stream.stream().map(whole::accumulate).forEach(events::add);
    }
    return events;
  }
}
