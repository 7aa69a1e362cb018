package dev.ponder.gateway.cli;

import dev.ponder.config.Configuration;
import dev.ponder.config.ConfigurationReader;
import dev.ponder.gateway.ledger.LedgerBackup;
import dev.ponder.gateway.ledger.UsageReport;
import dev.ponder.gateway.ledger.UsageReport.Dimension;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ponder usage}: who used what, and what it cost, out of the ledger. */
@Command(
    name = "usage",
    mixinStandardHelpOptions = true,
    description = {
      "Who used what, and what it cost, out of the ledger of a configuration.",
      "A gateway may be running on it: nothing is changed, nothing waits."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:the report is printed, or the copy is there",
      "1:the ledger cannot be read, or the copy not be written",
      "2:wrong use: no ledger in a file is configured, or an option is not understood"
    })
final class UsageCommand implements Callable<Integer> {

  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration (default: $$PONDER_CONFIG, else ./ponder.yaml).")
  private @Nullable Path config;

  @Option(
      names = "--from",
      paramLabel = "DAY",
      description = "The first day, UTC, such as 2026-11-01 (default: the first there is).")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "DAY",
      description = "The last day, UTC, that day included (default: today).")
  private @Nullable String to;

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      split = ",",
      description = "Any of team, key, model, route, day (default: ${DEFAULT-VALUE}).",
      defaultValue = "team,model")
  private List<String> by = new ArrayList<>();

  @Option(names = "--csv", description = "Comma-separated values, as spreadsheets read them.")
  private boolean csv;

  @Option(names = "--json", description = "One JSON document; money as exact decimal strings.")
  private boolean json;

  @Option(
      names = "--backup",
      paramLabel = "FILE",
      description = "Instead of a report: a copy of the ledger as it is now, in a new file.")
  private @Nullable Path backup;

  @Override
  public Integer call() {
    if (csv && json) {
      throw wrongUse("--csv, --json: both (expected: one)");
    }
    UsageReport.Query query =
        new UsageReport.Query(
            by.stream().map(this::dimension).distinct().toList(),
            day("--from", from),
            day("--to", to));
    if (query.from().isPresent()
        && query.to().isPresent()
        && query.to().get().isBefore(query.from().get())) {
      throw wrongUse("--to: " + to + " (expected: " + from + " or later)");
    }
    if (backup != null && (csv || json || from != null || to != null)) {
      throw wrongUse("--backup: with --csv, --json, --from or --to (expected: without)");
    }
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    Optional<Path> ledger;
    try {
      ledger = ledger(err);
    } catch (IOException e) {
      err.println(e.getMessage());
      return WRONG_USE;
    }
    if (ledger.isEmpty()) {
      return WRONG_USE;
    }
    try {
      if (backup != null) {
        out.println(backup + ": " + LedgerBackup.write(ledger.get(), backup) + " bytes");
        return 0;
      }
      UsageReport report = UsageReport.read(ledger.get(), query);
      out.print(
          json ? report.toJson() + "\n" : csv ? UsageTable.csv(report) : UsageTable.text(report));
      out.flush();
      return 0;
    } catch (IOException e) {
      err.println("ponder: " + e.getMessage());
      return FAILED;
    }
  }

  /** The ledger of the configuration; absent if there is none, and the reason was said. */
  private Optional<Path> ledger(PrintWriter err) throws IOException {
    String named = System.getenv("PONDER_CONFIG");
    Path file =
        config != null ? config : Path.of(named == null || named.isBlank() ? "ponder.yaml" : named);
    ConfigurationReader.Result read = ConfigurationFile.read(file);
    Optional<Configuration> configuration = read.configuration();
    if (configuration.isEmpty()) {
      read.problems().forEach(err::println);
      return Optional.empty();
    }
    Optional<String> path = configuration.get().ledger().path();
    if (path.isEmpty()) {
      err.println(file + ": ledger: memory (expected: sqlite:PATH, to report from)");
    }
    return path.map(Path::of);
  }

  private Dimension dimension(String label) {
    return Dimension.of(label.strip())
        .orElseThrow(
            () -> {
              String known =
                  Stream.of(Dimension.values())
                      .map(Dimension::label)
                      .collect(Collectors.joining(", "));
              return wrongUse(
                  nearest(label)
                      .map(near -> "--by: " + label + " (did you mean " + near + "?)")
                      .orElse("--by: " + label + " (expected: any of " + known + ")"));
            });
  }

  /** The dimension that somebody meant who slipped on a letter or two. */
  private static Optional<String> nearest(String label) {
    String lower = label.strip().toLowerCase(Locale.ROOT);
    return Stream.of(Dimension.values())
        .map(Dimension::label)
        .filter(known -> distance(lower, known) <= 2)
        .findFirst();
  }

  /** Letters to add, drop or change; words here are short. */
  private static int distance(String a, String b) {
    if (a.isEmpty() || b.isEmpty() || Math.abs(a.length() - b.length()) > 2) {
      return Math.max(a.length(), b.length());
    }
    int change = a.charAt(0) == b.charAt(0) ? 0 : 1;
    String restA = a.substring(1);
    String restB = b.substring(1);
    int changed = change + distance(restA, restB);
    return change == 0
        ? changed
        : Math.min(changed, 1 + Math.min(distance(restA, b), distance(a, restB)));
  }

  private Optional<LocalDate> day(String option, @Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      LocalDate day = LocalDate.parse(text);
      if (day.getYear() < 1970 || day.getYear() > 2999) {
        throw wrongUse(option + ": " + text + " (expected: a day of 1970 to 2999)");
      }
      return Optional.of(day);
    } catch (DateTimeParseException e) {
      throw wrongUse(option + ": " + text + " (expected: a day such as 2026-11-01)");
    }
  }

  private CommandLine.ParameterException wrongUse(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }
}
