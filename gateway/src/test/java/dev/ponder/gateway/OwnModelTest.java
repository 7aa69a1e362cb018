package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.classify.ModelText;
import dev.ponder.config.ShippedClassifier;
import dev.ponder.gateway.stub.StubOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of the user's own is served, and one that is none is refused. */
class OwnModelTest {

  @TempDir private Path folder;

  /** The shipped model under another name, which needs reasoning for nearly everything. */
  private String eager() throws IOException {
    try (InputStream in = ShippedClassifier.class.getResourceAsStream("reasoning-v1.model")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.replace("name reasoning-v1", "name eager")
          .replaceFirst("threshold [0-9.e-]+", "threshold 0.000001");
    }
  }

  private String configured(Path file) {
    return Scenes.TWO_TIERS + "classifier: file:" + file + "\n";
  }

  @Test
  void file_model_decides() throws IOException {
    Path file = Files.writeString(folder.resolve("eager.model"), eager());
    assertThat(ModelText.read(Files.readString(file)).name()).isEqualTo("eager");
    try (RunningGateway gateway = RunningGateway.start(configured(file), StubOptions.standard());
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      RawHttp.Response response = client.chat(RawHttp.ask("auto", "Hi")).read();

      assertThat(response.header("x-ponder-model")).hasValue("thinker");
      assertThat(Scrape.of(gateway).sum("ponder_classifier_score_count", "classifier=\"eager\""))
          .isEqualTo(1);
    }
  }

  @Test
  void file_noModel_isRefusedAndTheOneBeforeServesOn() throws IOException {
    Path file = Files.writeString(folder.resolve("none.model"), "hello");
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS, StubOptions.standard());
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      assertThatThrownBy(() -> gateway.reload(configured(file)))
          .hasStackTraceContaining(
              "classifier: file:" + file + ": line 1: hello (expected: ponder-model 1)");
      assertThatThrownBy(() -> gateway.reload(configured(folder.resolve("nowhere"))))
          .hasStackTraceContaining("no such file (expected: a model of ponder train)");

      assertThat(client.chat(RawHttp.ask("auto", "Hi")).read().header("x-ponder-model"))
          .hasValue("mini");
    }
  }
}
