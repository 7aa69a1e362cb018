package dev.ponder.gateway.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ponder version}: what is running. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Print version, git commit and JDK.")
final class VersionCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().getOut().println(Build.current());
  }
}
