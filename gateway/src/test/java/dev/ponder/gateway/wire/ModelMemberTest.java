package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelMemberTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":1,\"model\":\"m\"} | m",
        "data: {\"choices\":[{\"model\":\"no\"}],\"model\":\"m\"} | m",
        "data: {\"type\":\"message_start\",\"message\":{\"usage\":{},\"model\":\"m\"}} | m",
        "data: {\"response\":{\"id\":\"a\"},\"model\":\"m\"} | m",
        "{\"other\":{\"model\":\"no\"}} | ",
        "{\"message\":{\"message\":{\"model\":\"no\"}}} | ",
        "{\"model\":7} | ",
        "{\"model\":\"m | ",
        "[DONE] | "
      })
  void of_findsTheModel(String text, String model) {
    byte[] bytes = text.getBytes(UTF_8);
    assertThat(ModelMember.of(bytes, 0, bytes.length)).isEqualTo(model);
  }
}
