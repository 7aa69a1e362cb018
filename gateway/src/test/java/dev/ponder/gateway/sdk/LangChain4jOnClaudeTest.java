package dev.ponder.gateway.sdk;

import static dev.ponder.gateway.sdk.SdkGateway.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** LangChain4j's OpenAI module before a model that speaks Anthropic's Messages API. */
class LangChain4jOnClaudeTest extends LangChain4j {

  private static ChatResponse answer(ChatRequest.Builder request) {
    return plain("claude").returnThinking(true).build().chat(request.build());
  }

  private static Listener stream(ChatRequest.Builder request) {
    Listener listener = new Listener();
    streaming("claude").returnThinking(true).build().chat(request.build(), listener);
    return listener;
  }

  @Test
  void answer_plainAndStreamed_hasTextReasoningAndUsage() throws Exception {
    ChatRequest.Builder request = ask(prompt("tokens=12; reasoning=3", "Say hello."));
    Listener listener = stream(request);
    ChatResponse streamed = listener.answer();
    ChatResponse plain = answer(request);

    assertThat(plain.aiMessage().text()).hasSize(12 * SdkGateway.PIECE_CHARS);
    assertThat(plain.aiMessage().thinking()).hasSize(3 * SdkGateway.PIECE_CHARS);
    assertThat(String.join("", listener.thoughts)).isEqualTo(plain.aiMessage().thinking());
    assertThat(String.join("", listener.texts)).isEqualTo(plain.aiMessage().text());
    for (ChatResponse answer : List.of(plain, streamed)) {
      assertThat(answer.aiMessage().text()).isEqualTo(plain.aiMessage().text());
      assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(answer.tokenUsage().outputTokenCount()).isEqualTo(15);
      assertThat(answer.tokenUsage()).isEqualTo(plain.tokenUsage());
    }
  }

  @Test
  void twoCalls_areMade_andTheirResultsAreOneTurn() throws Exception {
    UserMessage question = UserMessage.from(prompt("calls=2", "Call the tool."));
    ChatRequest.Builder request =
        ChatRequest.builder().messages(question).toolSpecifications(GET_WEATHER);
    ChatResponse streamed = stream(request).answer();
    ChatResponse plain = answer(request);
    for (ChatResponse answer : List.of(plain, streamed)) {
      List<ToolExecutionRequest> calls = answer.aiMessage().toolExecutionRequests();
      assertThat(answer.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
      assertThat(calls)
          .hasSize(2)
          .allSatisfy(
              call ->
                  assertThat(new JsonObject(call.arguments()).getString("place"))
                      .isEqualTo("stub"));
      assertThat(calls.get(0).id()).isNotEqualTo(calls.get(1).id());
    }

    List<ChatMessage> conversation = new ArrayList<>(List.of(question, plain.aiMessage()));
    plain.aiMessage().toolExecutionRequests().stream()
        .map(call -> ToolExecutionResultMessage.from(call, "sunny"))
        .forEach(conversation::add);
    ChatResponse end =
        answer(ChatRequest.builder().messages(conversation).toolSpecifications(GET_WEATHER));
    assertThat(end.finishReason()).isEqualTo(FinishReason.STOP);
    gateway.assertClaudeGotTheResults(2);
  }

  @Test
  void image_isABlock() {
    UserMessage question =
        UserMessage.from(
            TextContent.from(prompt("tokens=2", "What is this?")),
            ImageContent.from(SdkGateway.PNG, "image/png"));
    assertThat(answer(ChatRequest.builder().messages(question)).aiMessage().text()).hasSize(8);
    gateway.assertClaudeSawTheImage();
  }

  @Test
  void structuredOutput_fitsTheSchema() {
    ChatRequest.Builder request = ask(prompt("", "The weather?")).responseFormat(WEATHER);
    ChatResponse answer = plain("claude").strictJsonSchema(true).build().chat(request.build());
    assertThat(new JsonObject(answer.aiMessage().text()))
        .isEqualTo(new JsonObject().put("place", "stub").put("degrees", 1));
    assertThat(gateway.lastBody().getJsonObject("output_config").containsKey("format")).isTrue();
  }

  @Test
  void refusal_isAnInvalidRequest() {
    ChatRequest.Builder request = ask(prompt("fail=400", "No."));
    assertThatThrownBy(() -> answer(request)).isInstanceOf(InvalidRequestException.class);
    assertThat(gateway.attempts()).containsExactly(400);
  }

  @Test
  void brokenStream_isAnError() {
    for (String script : SdkGateway.BROKEN) {
      Listener listener = stream(ask(prompt(script, "Do not end.")));
      assertThatThrownBy(listener::answer).as(script).isInstanceOf(ExecutionException.class);
    }
    assertThat(gateway.attempts()).containsExactly(200, 200, 200);
  }
}
