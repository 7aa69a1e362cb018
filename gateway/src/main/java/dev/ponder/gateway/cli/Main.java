package dev.ponder.gateway.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code ponder}: one verb, one class. */
@Command(
    name = "ponder",
    mixinStandardHelpOptions = true,
    versionProvider = Build.Provider.class,
    description = "A cost-aware model routing gateway.",
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      CheckCommand.class,
      ExplainCommand.class,
      ScoreCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      KeyCommand.class,
      StubCommand.class,
      UsageCommand.class,
      HealthCommand.class,
      VersionCommand.class
    })
public final class Main {

  private Main() {}

  /** Exits with 0: done, 1: what was asked for failed, 2: wrong use or invalid configuration. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }
}
