package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.classify.PromptText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which conversation a request belongs to. */
class ConversationTest {

  private static final String START =
      "{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"q\"}";

  private static Conversation of(String messages, String... more) {
    String body = "{\"model\":\"m\"," + String.join("", more) + "\"messages\":[" + messages + "]}";
    byte[] bytes = body.getBytes(UTF_8);
    return Conversation.of(
        new JsonScan(64).scan(Dialect.CHAT, bytes, bytes.length, new PromptText()), 64);
  }

  @Test
  void opening_isThatOfTheFirstTurn() {
    String first = of(START).opening();
    assertThat(first).matches("[0-9a-f]{32}");
    assertThat(of(START + ",{\"role\":\"assistant\",\"content\":\"a\"}").opening())
        .isEqualTo(first);
    assertThat(of(START, "\"temperature\":0,").opening()).isEqualTo(first);
    assertThat(of(START.replace("\"q\"", "\"r\"")).opening()).isNotEqualTo(first);
    assertThat(of(START.replace("\"s\"", "\"t\"")).opening()).isNotEqualTo(first);
    assertThat(of("{\"role\":\"user\",\"content\":\"q\"}").opening()).isNotEqualTo(first);
  }

  @Test
  void opening_ofABook_isTellingByItsStartAndLength() {
    String book = "{\"role\":\"user\",\"content\":\"" + "x".repeat(70_000) + "\"}";
    String other = "{\"role\":\"user\",\"content\":\"" + "x".repeat(70_001) + "\"}";
    assertThat(of(book).opening()).isEqualTo(of(book + "," + START).opening());
    assertThat(of(book).opening()).isNotEqualTo(of(other).opening());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"role\":\"tool\",\"tool_call_id\":\"t\",\"content\":\"3\"}",
        "{\"content\":\"3\",\"name\":\"f\",\"role\":\"function\"}",
        "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t\"}]}"
      })
  void tools_thatHaveAnswered_bind_untilTheUserSpeaks(String result) {
    assertThat(of(START + "," + result).bound()).isTrue();
    assertThat(of(START + "," + result + ",{\"role\":\"user\",\"content\":\"ok\"}").bound())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"extra_content\":{\"google\":{\"thought_signature\":\"a\"}}",
        "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"signature\": \"a\"}]",
        "\"reasoning\":[{\"encrypted_content\":\"a\"}]"
      })
  void signedThoughts_bind(String member) {
    String thought = ",{\"role\":\"assistant\",\"content\":\"a\"," + member + "}";
    String after = ",{\"role\":\"user\",\"content\":\"ok\"}";
    assertThat(of(START + thought + after).bound()).isTrue();
    String escaped = member.replace("\"", "\\\"");
    assertThat(of(START + ",{\"role\":\"user\",\"content\":\"" + escaped + "\"}").bound())
        .isFalse();
  }
}
