package dev.ponder.gateway.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code ponder}: one verb, one class. */
@Command(
    name = "ponder",
    mixinStandardHelpOptions = true,
    versionProvider = Build.Provider.class,
    description = "A cost-aware model routing gateway.")
public final class Main {

  private static final List<Class<?>> VERBS =
      List.of(
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
          VersionCommand.class);

  private Main() {}

  /** Exits with 0: done, 1: what was asked for failed, 2: wrong use or invalid configuration. */
  public static void main(String[] arguments) {
    CommandLine line = arguments.length == 0 ? commandLine() : commandLine(arguments[0]);
    System.exit(line.execute(arguments));
  }

  /** All verbs. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    VERBS.forEach(line::addSubcommand);
    return line;
  }

  /**
   * This verb alone, if it is one: picocli reads the options of each verb by reflection, and those
   * of eleven others are a twentieth of what it takes to start.
   */
  static CommandLine commandLine(String verb) {
    for (Class<?> one : VERBS) {
      if (one.getAnnotation(Command.class).name().equals(verb)) {
        return new CommandLine(new Main()).addSubcommand(one);
      }
    }
    return commandLine();
  }
}
