package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreAndEvaluateTest {

  private static final String PUZZLE =
      "Find the minimum number of moves from A on B on C to C on B on A, one block at a time.";

  @TempDir private Path folder;

  @Test
  void score_promptAndRequest_giveTheSameScoreInOrder() throws IOException {
    Path file =
        write(
            "p.jsonl",
            "{\"id\": \"a\", \"prompt\": \"" + PUZZLE + "\"}",
            "",
            "{\"id\": 7, \"prompt\": \"How are you?\"}",
            "{\"id\": \"c\", \"request\": {\"messages\": ["
                + "{\"role\": \"system\", \"content\": \"x\"},"
                + " {\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \""
                + PUZZLE
                + "\"}]}]}}");
    CommandRun result = CommandRun.of("score", file.toString());

    List<JsonObject> lines = result.out().lines().map(JsonObject::new).toList();
    assertThat(result.code()).isZero();
    assertThat(lines).extracting(line -> line.getValue("id")).containsExactly("a", 7, "c");
    assertThat(lines.get(0).getDouble("score")).isEqualTo(lines.get(2).getDouble("score"));
    assertThat(lines.get(0).getBoolean("needs_reasoning")).isTrue();
    assertThat(lines.get(1).getBoolean("needs_reasoning")).isFalse();
    assertThat(lines.get(1).getInteger("reasoning_tokens")).isPositive();
    assertThat(lines.get(0).fieldNames())
        .containsExactly("id", "score", "needs_reasoning", "reasoning_tokens");
  }

  @Test
  void score_badLines_areNamedAndTheOthersScored() throws IOException {
    Path file =
        write(
            "p.jsonl", "nonsense", "{\"id\": 2, \"prompt\": 5}", "{\"id\": 3, \"prompt\": \"Hi\"}");
    CommandRun result = CommandRun.of("score", file.toString());

    List<JsonObject> lines = result.out().lines().map(JsonObject::new).toList();
    assertThat(result.code()).isEqualTo(1);
    assertThat(lines.get(0).getString("error")).startsWith(file + ":1: not a JSON object");
    assertThat(lines.get(1).getString("error"))
        .isEqualTo(file + ":2: prompt: 5 (expected: a string)");
    assertThat(lines.get(2).getDouble("score")).isBetween(0.0, 1.0);
  }

  @Test
  void score_unknownModel_saysWhatIsAccepted() throws IOException {
    CommandRun result = CommandRun.of("score", write("p.jsonl", "").toString(), "--model", "large");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("--model: large: no such file (expected: reasoning-v1 or a model file)");
  }

  @Test
  void score_noSuchFile_isWrongUse() {
    CommandRun result = CommandRun.of("score", folder.resolve("none.jsonl").toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("no such file");
  }

  @Test
  void score_folder_isWrongUseWithoutStackTrace() {
    CommandRun result = CommandRun.of("score", folder.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains(folder + ": cannot be read: Is a directory (expected: JSON lines, or -)")
        .doesNotContain("\tat ");
  }

  @Test
  void evaluate_labelledLines_printsAllBaselines() throws IOException {
    Path file =
        write(
            "l.jsonl",
            "{\"id\": 1, \"prompt\": \"" + PUZZLE + "\", \"cheap_ok\": 0, \"strong_ok\": 1}",
            "{\"id\": 2, \"prompt\": \"Hi there\", \"cheap_ok\": 1, \"strong_ok\": 1}");
    CommandRun result = CommandRun.of("evaluate", file.toString());

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("ponder     0.750", "random", "length", "keywords");
    assertThat(result.out()).contains("oracle     0.750");
  }

  @Test
  void evaluate_needOnly_hasAucButNoApgr() throws IOException {
    Path file =
        write(
            "n.jsonl",
            "{\"prompt\": \"" + PUZZLE + "\", \"needs_reasoning\": 1}",
            "{\"prompt\": \"Hi there\", \"needs_reasoning\": 0}");

    assertThat(CommandRun.of("evaluate", file.toString()).out())
        .containsPattern("ponder +- .*1\\.000");
  }

  @Test
  void evaluate_mixWithUnknownId_saysWhere() throws IOException {
    write("a.jsonl", "{\"id\": \"x\", \"prompt\": \"Hi\"}");
    Path mix =
        write(
            "m.json", "{\"rows\": [{\"id\": \"y\", \"weight\": 1, \"assumed_gain_zero\": true}]}");
    CommandRun result = CommandRun.of("evaluate", mix.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("rows[0].id: y (expected: an id in ");
  }

  @Test
  void evaluate_badLabel_saysWhere() throws IOException {
    Path file = write("l.jsonl", "{\"prompt\": \"Hi\", \"cheap_ok\": 1.5, \"strong_ok\": 1}");
    CommandRun result = CommandRun.of("evaluate", file.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(file + ":1: cheap: 1.5 (expected: 0..1)");
  }

  @Test
  void evaluate_developmentMix_beatsTheBaselines() {
    Path data = data();
    Path mix = data.resolve("rg_mix_valid.json");
    assumeThat(mix).as("routing data (system property ponder.data)").isRegularFile();
    CommandRun result = CommandRun.of("evaluate", mix.toString());

    assertThat(apgr(result.out(), "ponder")).isGreaterThanOrEqualTo(.82);
    assertThat(apgr(result.out(), "length")).isBetween(.709, .729);
    assertThat(apgr(result.out(), "oracle")).isBetween(.946, .966);
    assertThat(apgr(result.out(), "random")).isBetween(.46, .54);
  }

  private static double apgr(String table, String row) {
    String line = table.lines().filter(text -> text.startsWith(row)).findFirst().orElseThrow();
    return Double.parseDouble(line.substring(9).trim().split(" ", 2)[0]);
  }

  private static Path data() {
    return Stream.of(System.getProperty("ponder.data", ""), "../shared/data", "../../shared/data")
        .filter(name -> !name.isEmpty())
        .map(Path::of)
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(Path.of("no-routing-data"));
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines));
  }
}
