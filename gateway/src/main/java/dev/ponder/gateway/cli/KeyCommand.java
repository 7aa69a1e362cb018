package dev.ponder.gateway.cli;

import dev.ponder.gateway.server.Keyring;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ponder key}: keys for callers. */
@Command(
    name = "key",
    mixinStandardHelpOptions = true,
    description = "Keys for callers.",
    subcommands = KeyCommand.New.class)
final class KeyCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "key: no verb (expected: new)");
  }

  /** {@code ponder key new}: makes a key. Nobody keeps it; the configuration holds its hash. */
  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = "Print a new key once, and the entry for `keys:` to paste.")
  static final class New implements Runnable {

    /** What a name may be made of: what {@code check} accepts, and YAML needs no quotes for. */
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}";

    private static final int RANDOM_BYTES = 32;

    @Spec private CommandSpec spec;

    @Option(
        names = "--team",
        required = true,
        paramLabel = "T",
        description = "The team that it belongs to.")
    private String team = "";

    @Option(
        names = "--name",
        paramLabel = "N",
        description = "The key's name (default: the team's).")
    private @Nullable String name;

    @Override
    public void run() {
      String named = name == null ? team : name;
      check("--team", team);
      check("--name", named);
      byte[] random = new byte[RANDOM_BYTES];
      new SecureRandom().nextBytes(random);
      String key = "sk-ponder-" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      PrintWriter out = spec.commandLine().getOut();
      out.println("The key, shown this once; give it to whoever will call:");
      out.println();
      out.println("  " + key);
      out.println();
      out.println("Its entry in ponder.yaml:");
      out.println();
      out.println("keys:");
      out.println(
          "  - { name: %s, team: %s, sha256: \"%s\" }".formatted(named, team, Keyring.sha256(key)));
    }

    private void check(String option, String value) {
      if (!value.matches(NAME)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            option + ": " + value + " (expected: letters, digits and . _ @ + -, at most 64)");
      }
    }
  }
}
