package dev.ponder.gateway.sdk;

import static dev.ponder.gateway.sdk.SdkGateway.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseOutputItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.ResponseUsage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official Java SDK beyond chat completions: responses, completions, embeddings, models. */
class OpenAiResponsesTest {

  private static SdkGateway gateway;
  private static OpenAIClient client;

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
    client = OpenAIOkHttpClient.builder().baseUrl(gateway.url()).apiKey(SdkGateway.KEY).build();
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

  private static ResponseCreateParams.Builder ask(String prompt) {
    return ResponseCreateParams.builder().model("auto").input(prompt);
  }

  private static String text(Response response) {
    return response.output().stream()
        .flatMap(item -> item.message().stream())
        .flatMap(message -> message.content().stream())
        .map(content -> content.asOutputText().text())
        .collect(Collectors.joining());
  }

  private static List<ResponseStreamEvent> stream(
      ResponseCreateParams.Builder request, ResponseAccumulator whole) {
    List<ResponseStreamEvent> events = new ArrayList<>();
    try (StreamResponse<ResponseStreamEvent> stream =
        client.responses().createStreaming(request.build())) {
      stream.stream().map(whole::accumulate).forEach(events::add);
    }
    return events;
  }

  @Test
  void plain_hasTextUsageAndCost() {
    String prompt = prompt("tokens=12; reasoning=30; cached=5", "Say hello.");
    try (HttpResponseFor<Response> raw =
        client.responses().withRawResponse().create(ask(prompt).build())) {
      Response response = raw.parse().validate();
      ResponseUsage usage = response.usage().orElseThrow();

      assertThat(response.status()).hasValue(ResponseStatus.COMPLETED);
      assertThat(text(response)).hasSize(12 * SdkGateway.PIECE_CHARS);
      assertThat(response.output().get(0).asReasoning().encryptedContent()).isPresent();
      assertThat(usage.outputTokens()).isEqualTo(42);
      assertThat(usage.outputTokensDetails().reasoningTokens()).isEqualTo(30);
      SdkGateway.assertDecision(name -> String.join(",", raw.headers().values(name)));
      assertThat(new BigDecimal(raw.headers().values("x-ponder-cost-usd").get(0)))
          .isEqualByComparingTo(SdkGateway.cost(usage.inputTokens(), 5, 42));
    }
  }

  @Test
  void streamed_isTheSameResponse() {
    String prompt = prompt("tokens=12; reasoning=30", "Say it slowly.");
    ResponseAccumulator whole = ResponseAccumulator.create();
    List<ResponseStreamEvent> events = stream(ask(prompt), whole);

    assertThat(events.get(0).isCreated()).isTrue();
    assertThat(events.get(events.size() - 1).isCompleted()).isTrue();
    assertThat(text(whole.response()))
        .isEqualTo(text(client.responses().create(ask(prompt).build())));
    assertThat(whole.response().usage().orElseThrow().outputTokens()).isEqualTo(42);
  }

  @Test
  void toolCall_isMadeAndItsResultIsTakenWithTheReasoning() {
    String prompt = prompt("reasoning=3", "Call the tool.");
    ResponseAccumulator whole = ResponseAccumulator.create();
    stream(ask(prompt).addTool(GetWeather.class), whole);
    List<ResponseOutputItem> output = whole.response().output();
    ResponseFunctionToolCall call = output.get(1).asFunctionCall();
    GetWeather arguments = call.arguments(GetWeather.class);
    assertThat(arguments.place).isEqualTo("stub");
    assertThat(arguments.days).isEqualTo(1);

    List<ResponseInputItem> conversation =
        List.of(
            ResponseInputItem.ofEasyInputMessage(
                com.openai.models.responses.EasyInputMessage.builder()
                    .role(com.openai.models.responses.EasyInputMessage.Role.USER)
                    .content(prompt)
                    .build()),
            ResponseInputItem.ofReasoning(output.get(0).asReasoning()),
            ResponseInputItem.ofFunctionCall(call),
            ResponseInputItem.ofFunctionCallOutput(
                ResponseInputItem.FunctionCallOutput.builder()
                    .callId(call.callId())
                    .output("sunny")
                    .build()));
    Response answer =
        client
            .responses()
            .create(
                ResponseCreateParams.builder()
                    .model("auto")
                    .inputOfResponse(conversation)
                    .addTool(GetWeather.class)
                    .build());
    assertThat(text(answer)).isNotEmpty();
    assertThat(
            gateway.lastBody().getJsonArray("input").getJsonObject(1).getValue("encrypted_content"))
        .isEqualTo(output.get(0).asReasoning().encryptedContent().orElseThrow());
  }

  @Test
  void structuredOutput_fitsTheClass() {
    Weather weather =
        client
            .responses()
            .create(
                ResponseCreateParams.builder()
                    .model("auto")
                    .input(prompt("reasoning=3", "What is the weather?"))
                    .text(Weather.class)
                    .build())
            .output()
            .stream()
            .flatMap(item -> item.message().stream())
            .flatMap(message -> message.content().stream())
            .map(content -> content.asOutputText())
            .findFirst()
            .orElseThrow();
    assertThat(weather.place).isEqualTo("stub");
    assertThat(weather.degrees).isEqualTo(1);
  }

  @Test
  void cap_leavesTheResponseIncomplete() {
    Response response =
        client
            .responses()
            .create(ask(prompt("tokens=90", "Say much.")).maxOutputTokens(16).build());
    assertThat(response.status()).hasValue(ResponseStatus.INCOMPLETE);
    assertThat(response.incompleteDetails().orElseThrow().reason().orElseThrow().asString())
        .isEqualTo("max_output_tokens");
    assertThat(response.usage().orElseThrow().outputTokens()).isEqualTo(16);
  }

  @Test
  void errors_areOfTheRightClass() {
    assertThatThrownBy(
            () ->
                client.responses().create(ask(prompt("", "Who are you?")).model("nobody").build()))
        .isInstanceOfSatisfying(
            NotFoundException.class, e -> assertThat(e.code()).hasValue("model_not_found"));
    assertThatThrownBy(() -> client.responses().create(ask(prompt("fail=400", "No.")).build()))
        .isInstanceOf(BadRequestException.class);
    assertThat(gateway.attempts()).containsExactly(400);
  }

  @Test
  void upstreamThatDies_isNoCompletedResponse() {
    ResponseAccumulator whole = ResponseAccumulator.create();
    String prompt = prompt("tokens=40; die=after_events:9", "Do not end.");
    List<ResponseStreamEvent> events = new ArrayList<>();
    Throwable thrown =
        org.assertj.core.api.Assertions.catchThrowable(
            () -> events.addAll(stream(ask(prompt), whole)));
    boolean told = thrown != null || events.get(events.size() - 1).isError();
    assertThat(told).as("%s, then %s", events, thrown).isTrue();
    assertThat(gateway.attempts()).containsExactly(200);
  }

  @Test
  void embeddings_asBytesAndAsNumbers_areTheSame() {
    EmbeddingCreateParams.Builder request =
        EmbeddingCreateParams.builder()
            .model("embed")
            .inputOfArrayOfStrings(List.of("one", "other"))
            .dimensions(8);
    CreateEmbeddingResponse bytes = client.embeddings().create(request.build()).validate();
    assertThat(gateway.lastBody().getString("encoding_format")).isEqualTo("base64");
    CreateEmbeddingResponse numbers =
        client
            .embeddings()
            .create(request.encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT).build());

    assertThat(bytes.usage().totalTokens()).isEqualTo(2);
    assertThat(bytes.data()).hasSize(2);
    assertThat(bytes.data().get(1).embedding()).hasSize(8);
    assertThat(bytes.data().get(1).embedding()).isEqualTo(numbers.data().get(1).embedding());
  }

  @Test
  void completion_plainAndStreamed_areTheSame() {
    CompletionCreateParams request =
        CompletionCreateParams.builder()
            .model(CompletionCreateParams.Model.of("mini"))
            .prompt(prompt("tokens=4", "Once upon a time"))
            .maxTokens(9)
            .build();
    Completion whole = client.completions().create(request).validate();
    try (StreamResponse<Completion> stream = client.completions().createStreaming(request)) {
      assertThat(
              stream.stream()
                  .map(chunk -> chunk.choices().get(0).text())
                  .collect(Collectors.joining()))
          .isEqualTo(whole.choices().get(0).text())
          .hasSize(16);
    }
    assertThat(whole.usage().orElseThrow().completionTokens()).isEqualTo(4);
  }

  @Test
  void models_areFoundAlsoWithSlashes() {
    assertThat(client.models().list().data()).extracting(Model::id).contains("auto", "mini");
    assertThat(client.models().retrieve("stub/org/slash").id()).isEqualTo("stub/org/slash");
    Response answer =
        client
            .responses()
            .create(ask(prompt("tokens=1", "By id.")).model("stub/org/slash").build());
    assertThat(answer.model().asString()).isEqualTo("org/slash");
  }
}
