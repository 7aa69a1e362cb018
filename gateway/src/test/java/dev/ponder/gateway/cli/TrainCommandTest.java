package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainCommandTest {

  private static final String LABELLED = "{\"prompt\": \"Hi\", \"needs_reasoning\": 0}";

  @TempDir private Path folder;

  @Test
  void train_ownPrompts_needNoRecipeAndNoKind() throws IOException {
    Path model = folder.resolve("own.model");
    CommandRun trained = CommandRun.of("train", own().toString(), "--out", model.toString());

    assertThat(trained.err()).isEmpty();
    assertThat(trained.code()).isZero();
    assertThat(score(model, "How many whales swim there, if no two may meet?"))
        .isGreaterThan(score(model, "Sparrows in our town, a nice poem"));
  }

  @Test
  void train_sameInputs_giveTheSameBytes() throws IOException {
    Path first = folder.resolve("1.model");
    Path second = folder.resolve("2.model");
    CommandRun.of("train", own().toString(), "--out", first.toString());
    CommandRun.of("train", own().toString(), "--out", second.toString());

    assertThat(first).hasSameBinaryContentAs(second);
  }

  @Test
  void train_recipe_changesTheFingerprintWithItsWeights() throws IOException {
    write("easy.jsonl", LABELLED, "{\"prompt\": \"Hello\", \"needs_reasoning\": 0}");
    write("hard.jsonl", "{\"prompt\": \"Find the least n\", \"needs_reasoning\": 1}");
    Path one = write("one.json", recipe(1).encode());
    Path two = write("two.json", recipe(2).encode());

    String first = CommandRun.of("train", "--recipe", one.toString(), "--out", model()).out();
    String again = CommandRun.of("train", "--recipe", one.toString(), "--out", model()).out();
    String second = CommandRun.of("train", "--recipe", two.toString(), "--out", model()).out();

    assertThat(first).startsWith("3 prompts, fingerprint ");
    assertThat(again).isEqualTo(first);
    assertThat(second.lines().findFirst()).isNotEqualTo(first.lines().findFirst());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'needs_reasoning': 1}                  | prompt: missing (expected: a string)",
        "{'prompt': 7, 'needs_reasoning': 1}     | prompt: no string (expected: a string)",
        "{'prompt': 'x', 'gain': 3}              | gain: 3.0 (expected: 0..1)",
        "{'prompt': 'x', 'needs_reasoning': 'y'} | needs_reasoning: y (expected: true, false"
      })
  void train_wrongRow_saysWhere(String row, String message) throws IOException {
    Path file = write("l.jsonl", LABELLED, row.strip().replace('\'', '"'));
    CommandRun result = CommandRun.of("train", file.toString(), "--out", model());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith(file + ":2: " + message);
  }

  @Test
  void train_nothingLabelled_isWrongUse() throws IOException {
    Path file = write("l.jsonl", "{\"prompt\": \"Hi\"}");
    CommandRun result = CommandRun.of("train", file.toString(), "--out", model());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith("0 labelled prompts in 0 groups (expected: two groups");
  }

  @Test
  void train_outInNoFolder_isSaidBeforeAnythingIsRead() {
    String out = folder.resolve("none").resolve("m.model").toString();
    CommandRun result = CommandRun.of("train", "nowhere.jsonl", "--out", out);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith("--out: " + out + ": cannot be written (expected: ");
  }

  @Test
  void train_recipeWithoutTokens_saysWhatIsMissing() throws IOException {
    Path recipe = write("r.json", "{\"name\": \"x\"}");
    CommandRun result = CommandRun.of("train", "--recipe", recipe.toString(), "--out", model());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith(recipe + ": tokens: missing (expected: a JSON object)");
  }

  @Test
  void evaluate_unknownLeftOut_saysWhichThereAre() throws IOException {
    write("easy.jsonl", LABELLED);
    write("hard.jsonl", "{\"prompt\": \"Find the least n\", \"needs_reasoning\": 1}");
    Path recipe = write("r.json", recipe(1).encode());
    String file = own().toString();

    CommandRun source =
        CommandRun.of("evaluate", file, "--leave-out", "esay", "--recipe", recipe.toString());
    CommandRun kind =
        CommandRun.of("evaluate", file, "--leave-out-kind", "chat", "--recipe", recipe.toString());

    assertThat(source.code()).isEqualTo(2);
    assertThat(source.err()).startsWith("--leave-out: esay (expected: one of easy, hard)");
    assertThat(kind.code()).isEqualTo(2);
    assertThat(kind.err()).startsWith("--leave-out-kind: chat (expected: one of ");
  }

  @Test
  void evaluate_leaveOutEach_fitsWithoutEachSourceAndHoldsTheGate() throws IOException {
    List<String> easy = new ArrayList<>();
    List<String> hard = new ArrayList<>();
    List<String> measured = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      easy.add(labelled("Tell me about tea no " + i, i % 2, 0));
      hard.add(labelled("Find the least n over " + i, i % 2, 1));
      measured.add(outcome("easy", "Tell me about milk no " + i, 1));
      measured.add(outcome("hard", "Find the least m over " + i, 0));
    }
    write("easy.jsonl", easy.toArray(new String[0]));
    write("hard.jsonl", hard.toArray(new String[0]));
    JsonObject grouped = recipe(1);
    grouped.getJsonArray("sources").forEach(source -> ((JsonObject) source).put("group", "kind"));
    Path recipe = write("r.json", grouped.encode());
    Path file = write("measured.jsonl", measured.toArray(new String[0]));
    String[] wanted = {
      "evaluate",
      file.toString(),
      "--leave-out-each",
      "--recipe",
      recipe.toString(),
      "--data",
      folder.toString(),
      "--require-apgr",
      "1.1"
    };
    CommandRun result = CommandRun.of(wanted);

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("left out", "mean of the hard ones");
    assertThat(result.out().lines().filter(line -> line.endsWith(" hard"))).hasSize(1);
    assertThat(result.err()).contains("(required: 1.100)");
  }

  private static String labelled(String prompt, int kind, int needed) {
    JsonObject row = new JsonObject().put("prompt", prompt).put("kind", "k" + kind);
    return row.put("needs_reasoning", needed).encode();
  }

  private static String outcome(String source, String prompt, int cheap) {
    return new JsonObject()
        .put("source", source)
        .put("prompt", prompt)
        .put("cheap_ok", cheap)
        .put("strong_ok", 1)
        .encode();
  }

  @ParameterizedTest
  @CsvSource({"intercept, NaN", "threshold, Infinity"})
  void score_modelWithoutNumbers_isRefused(String word, String value) throws IOException {
    Path model = folder.resolve("own.model");
    CommandRun.of("train", own().toString(), "--out", model.toString());
    String text = Files.readString(model).replaceFirst(word + " [^\n]*", word + " " + value);
    Path wrong = write("wrong.model", text);
    CommandRun result =
        CommandRun.of("score", write("p", LABELLED).toString(), "--model", wrong.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(": " + value + " (expected: a number)");
  }

  private Path own() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      boolean hard = i % 2 == 0;
      String prompt = hard ? "How many whales swim " + i : "Sparrows in our town no " + i;
      rows.add(new JsonObject().put("prompt", prompt).put("needs_reasoning", hard).encode());
    }
    return write("own.jsonl", rows.toArray(new String[0]));
  }

  private static JsonObject recipe(int weight) {
    JsonArray curve = new JsonArray("[100, 200, 0.5, 4]");
    JsonObject tokens = new JsonObject();
    List.of("OUTPUT", "VISIBLE_OUTPUT", "REASONING").forEach(kind -> tokens.put(kind, curve));
    JsonArray rules = new JsonArray().add(new JsonObject().put("labelled", true));
    JsonArray sources = new JsonArray();
    for (String name : List.of("easy", "hard")) {
      JsonObject source = new JsonObject().put("file", "./" + name + ".jsonl");
      sources.add(source.put("weight", weight).put("traffic", 1).put("rules", rules));
      weight = 1;
    }
    return new JsonObject()
        .put("name", "x")
        .put("value_penalty", 1)
        .put("word_penalty", 1)
        .put("folds", 2)
        .put("lrm_share", 0.3)
        .put("tokens", tokens)
        .put("sources", sources);
  }

  private double score(Path model, String prompt) throws IOException {
    Path file = write("p.jsonl", new JsonObject().put("prompt", prompt).encode());
    String line = CommandRun.of("score", file.toString(), "--model", model.toString()).out();
    return new JsonObject(line).getDouble("score");
  }

  private String model() {
    return folder.resolve("m.model").toString();
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines));
  }
}
