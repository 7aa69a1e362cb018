package dev.ponder.gateway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoPromptsTest {

  @Test
  void prompts_all_areWellFormed() throws IOException {
    List<JsonObject> prompts = prompts();
    assertThat(prompts).hasSizeBetween(38, 60);
    assertThat(prompts.stream().map(prompt -> prompt.getString("id"))).doesNotHaveDuplicates();
    for (JsonObject prompt : prompts) {
      assertThat(prompt.getString("id")).matches("[a-z0-9-]+");
      assertThat(prompt.getString("kind")).isNotBlank();
      assertThat(prompt.getString("lang")).matches("[a-z]{2}");
      assertThat(prompt.getString("expect")).isIn("llm", "lrm");
      if (prompt.containsKey("request")) {
        JsonObject request = prompt.getJsonObject("request");
        assertThat(request.getString("model")).isEqualTo("auto");
        assertThat(request.getJsonArray("messages")).isNotEmpty();
      } else {
        assertThat(prompt.getString("prompt")).isNotBlank();
      }
    }
  }

  @Test
  void prompts_mix_hasManyLanguagesAndBothOpinions() throws IOException {
    assertThat(prompts().stream().map(prompt -> prompt.getString("lang")).distinct().count())
        .isGreaterThanOrEqualTo(8);
    assertThat(prompts().stream().filter(prompt -> prompt.getString("expect").equals("lrm")))
        .hasSizeGreaterThanOrEqualTo(12);
  }

  private static List<JsonObject> prompts() throws IOException {
    try (InputStream in =
        DemoPromptsTest.class.getResourceAsStream("/dev/ponder/gateway/demo/prompts.jsonl")) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), UTF_8).lines().map(JsonObject::new).toList();
    }
  }
}
