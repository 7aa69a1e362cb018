package dev.ponder.gateway.cli;

import dev.ponder.config.ConfigurationReader;
import dev.ponder.config.Problem;
import dev.ponder.config.Problem.Severity;
import dev.ponder.gateway.wire.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ponder check}: says every mistake of a configuration, and calls nobody. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Validate a configuration: every mistake at once, with its line.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:the configuration can be served", "2:it has mistakes or cannot be read"})
final class CheckCommand implements Callable<Integer> {

  /** How problems are printed. */
  enum Format {
    /** One line a problem, on the standard error. */
    text,
    /** One JSON document on the standard output. */
    json,
    /** Annotations that a workflow shows beside the file. */
    github
  }

  private static final int INVALID = 2;

  @Parameters(paramLabel = "FILE", description = "The configuration, such as ponder.yaml.")
  private Path file = Path.of("ponder.yaml");

  @Option(
      names = "--format",
      description = "text, json or github (default: ${DEFAULT-VALUE}).",
      defaultValue = "text")
  private Format format = Format.text;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    ConfigurationReader.Result result;
    try {
      result = ConfigurationFile.read(file);
    } catch (IOException e) {
      err.println(e.getMessage());
      return INVALID;
    }
    report(result.problems());
    return result.configuration().isPresent() ? 0 : INVALID;
  }

  private void report(List<Problem> problems) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    switch (format) {
      case json -> out.println(json(problems));
      case github -> problems.forEach(problem -> out.println(annotation(problem)));
      case text -> {
        problems.forEach(err::println);
        out.println(file + ": " + summary(problems));
      }
    }
  }

  private static String summary(List<Problem> problems) {
    long errors = problems.stream().filter(p -> p.severity() == Severity.ERROR).count();
    long warnings = problems.size() - errors;
    String warned = count(warnings, "warning");
    return errors == 0 ? "ok, " + warned : count(errors, "error") + ", " + warned;
  }

  private static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static String json(List<Problem> problems) {
    StringBuilder out = new StringBuilder("{\"problems\":[");
    for (Problem problem : problems) {
      if (out.charAt(out.length() - 1) == '}') {
        out.append(',');
      }
      out.append("{\"severity\":");
      Json.appendString(out, label(problem));
      out.append(",\"file\":");
      Json.appendString(out, problem.file());
      out.append(",\"line\":").append(problem.line());
      out.append(",\"column\":").append(problem.column());
      out.append(",\"path\":");
      Json.appendString(out, problem.path());
      out.append(",\"message\":");
      Json.appendString(out, problem.message());
      out.append('}');
    }
    return out.append("]}").toString();
  }

  /** The line that GitHub's runners turn into an annotation; {@code %} is its escape. */
  private static String annotation(Problem problem) {
    String what =
        problem.path().isEmpty() ? problem.message() : problem.path() + ": " + problem.message();
    return "::"
        + label(problem)
        + " file="
        + escaped(problem.file()).replace(":", "%3A").replace(",", "%2C")
        + ",line="
        + problem.line()
        + ",col="
        + problem.column()
        + "::"
        + escaped(what);
  }

  private static String escaped(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String label(Problem problem) {
    return problem.severity() == Severity.ERROR ? "error" : "warning";
  }
}
