package dev.ponder.gateway.cli;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.PromptFeatures;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The verb {@code score}: JSON lines in, one JSON line out for each, in the same order. A line that
 * cannot be scored yields {@code {"id", "error"}} and exit code 1 at the end; the others are scored
 * all the same. Lines of white space are passed over.
 */
@Command(
    name = "score",
    description = "Score prompts: how much would each gain from reasoning?",
    mixinStandardHelpOptions = true)
final class ScoreCommand implements Callable<Integer> {

  @Spec private CommandSpec command = CommandSpec.create();

  @Mixin private ModelOption model = new ModelOption();

  @Parameters(
      paramLabel = "PROMPTS.jsonl",
      description = "JSON lines with `id` and `prompt` or `request`; `-` is standard input.")
  private String file = "-";

  private final PromptReader reader = new PromptReader();
  private final PromptFeatures features = new PromptFeatures();

  @Override
  public Integer call() {
    Classifier classifier = model.classifier();
    PrintWriter out = command.commandLine().getOut();
    String source = file.equals("-") ? "<stdin>" : file;
    boolean failed = false;
    try (BufferedReader lines = open()) {
      long number = 0;
      String line;
      while ((line = lines.readLine()) != null) {
        number++;
        if (!line.isBlank()) {
          JsonObject answer = answer(line, source + ":" + number, classifier);
          failed |= answer.containsKey("error");
          out.println(answer.encode());
        }
      }
    } catch (NoSuchFileException e) {
      throw wrongUse("no such file", e);
    } catch (AccessDeniedException e) {
      throw wrongUse("permission denied", e);
    } catch (IOException | InvalidPathException e) {
      throw wrongUse("cannot be read: " + e.getMessage(), e);
    } finally {
      out.flush(); // the lines before the one that could not be read are good
    }
    return failed ? 1 : 0;
  }

  private CommandLine.ParameterException wrongUse(String what, Exception cause) {
    return new CommandLine.ParameterException(
        command.commandLine(), file + ": " + what + " (expected: JSON lines, or -)", cause);
  }

  private JsonObject answer(String line, String place, Classifier classifier) {
    JsonObject answer = new JsonObject();
    try {
      JsonObject object = new JsonObject(line);
      answer.put("id", object.getValue("id"));
      features.read(reader.read(object));
      double score = classifier.score(features);
      return answer
          .put("score", rounded(score))
          .put("needs_reasoning", score >= classifier.shippedThreshold())
          .put("reasoning_tokens", classifier.expectedReasoningTokens(features, score));
    } catch (DecodeException | ClassCastException e) {
      return answer.put("error", place + ": not a JSON object (expected: {\"id\", \"prompt\"})");
    } catch (IllegalArgumentException e) {
      return answer.put("error", place + ": " + e.getMessage());
    }
  }

  /** Six decimals are plenty, and the same on every machine. */
  private static double rounded(double score) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.6f", score));
  }

  private BufferedReader open() throws IOException {
    InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file));
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }
}
