package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ExplainCommandTest {

  private static final String YAML =
      """
      upstreams:
        local: { base_url: http://127.0.0.1:9/v1, api_key: env:NOT_FETCHED }
      models:
        mini: { served_by: local/mini, price: { input: 0.40, output: 1.60 } }
        thinker: { served_by: local/thinker, reasoning: true, price: { input: 2, output: 8 } }
      routes:
        auto: [ mini, { model: thinker, effort: high, min_score: 0.5 } ]
        part: [ mini, { model: thinker, lrm_share: 20% } ]
      policies: [ { name: all, budget: 5 USD per month } ]
      keys:
        - name: ci
          sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
          models: [ mini ]
      """;

  @TempDir private Path folder = Path.of(".");
  private Path yaml = Path.of(".");
  private Path request = Path.of(".");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws IOException {
    yaml = folder.resolve("ponder.yaml");
    request = folder.resolve("request.json");
    Files.writeString(yaml, YAML + "ledger: sqlite:" + folder.resolve("none.db") + "\n");
    ask("auto", "Say hello.");
  }

  private void ask(String model, String prompt) throws IOException {
    Files.writeString(
        request,
        "{\"model\":\""
            + model
            + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + prompt
            + "\"}]}");
  }

  private int run(String... more) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    String[] arguments = new String[more.length + 4];
    arguments[0] = "explain";
    arguments[1] = request.toString();
    arguments[2] = "--config";
    arguments[3] = yaml.toString();
    System.arraycopy(more, 0, arguments, 4, more.length);
    return line.execute(arguments);
  }

  @Test
  void explain_text_tellsModelScoreTiersAndBudgets() {
    assertThat(run()).describedAs(err.toString()).isZero();
    assertThat(out.toString())
        .startsWith("auto -> mini (local/mini), reason score\n\nscore 0.")
        .contains("probability of a gain")
        .containsPattern("0 +mini +- +0\\.000 +0\\.000 +0\\.[0-9]+ +0\\.[0-9]+ +chosen: the score")
        .containsPattern("1 +thinker +high +0\\.500 +0\\.500 .* below_threshold: the score 0\\.")
        .containsPattern("all +m:[0-9-]+ +5 +5 +downgrade +0\\.000");
    assertThat(folder.resolve("none.db")).as("nothing is written").doesNotExist();
  }

  @Test
  void explain_json_isOneDocument() throws IOException {
    ask("part", "Say hello.");
    assertThat(run("--json", "--effort", "high")).isZero();
    JsonObject explanation = new JsonObject(out.toString());
    assertThat(explanation.getString("model")).isEqualTo("thinker");
    assertThat(explanation.getString("reason")).isEqualTo("hint");
    assertThat(explanation.getJsonArray("tiers").getJsonObject(1).getDouble("lrm_share"))
        .isEqualTo(.2);
  }

  @Test
  void explain_dialect_isSeen_orNamed() throws IOException {
    Files.writeString(request, "{\"model\":\"auto\",\"input\":\"Say hello.\"}");
    assertThat(run("--json")).describedAs(err.toString()).isZero();
    assertThat(new JsonObject(out.toString()).getString("dialect")).isEqualTo("responses");
    out.getBuffer().setLength(0);
    assertThat(run("--json", "--dialect", "embeddings")).isZero();
    assertThat(new JsonObject(out.toString()).getString("dialect")).isEqualTo("embeddings");
    assertThat(run("--dialect", "klingon")).isEqualTo(2);
    assertThat(err.toString()).contains("dialect: no such dialect (expected: one of chat, ");
  }

  @Test
  void explain_key_seesWhatItMayUse() {
    assertThat(run("--key", "ci")).isEqualTo(1);
    assertThat(err.toString()).contains("request.json: The model `auto` does not exist");
    assertThat(run("--key", "other")).isEqualTo(2);
    assertThat(err.toString()).contains("key: none of that name");
    assertThat(run("--effort", "foo")).isEqualTo(2);
    assertThat(err.toString()).contains("x-ponder-effort: foo (expected: low, medium, high or");
  }

  @Test
  void explain_wrongUse() throws IOException {
    Files.writeString(request, "not json");
    assertThat(run()).isEqualTo(1);
    Files.delete(request);
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("no such file");
    Files.writeString(yaml, "routes: {}");
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("upstreams: missing");
  }
}
