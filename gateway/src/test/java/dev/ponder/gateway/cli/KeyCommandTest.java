package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.config.Configuration;
import dev.ponder.config.ConfigurationReader;
import dev.ponder.config.PriceBook;
import dev.ponder.gateway.server.Keyring;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class KeyCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void keyNew_entryPasted_admitsTheKey() {
    assertThat(run("key", "new", "--team", "data", "--name", "etl")).isZero();
    String printed = out.toString();
    String key = printed.lines().filter(l -> l.contains("sk-ponder-")).findFirst().orElseThrow();
    String yaml =
        """
        upstreams: { up: { base_url: "http://127.0.0.1:1/v1" } }
        models: { mini: { served_by: up/m, price: { input: 1, output: 2 } } }
        """
            + printed.substring(printed.indexOf("keys:"));
    ConfigurationReader.Result read =
        ConfigurationReader.read("p.yaml", yaml, PriceBook.bundled(), LocalDate.EPOCH);
    Configuration configuration = read.configuration().orElseThrow();
    Keyring keyring = new Keyring(configuration.keys(), InstantSource.system());
    assertThat(keyring.identify("Bearer " + key.strip(), null).key()).isEqualTo("etl");
    assertThat(configuration.keys().get(0).team()).isEqualTo("data");
  }

  @Test
  void keyNew_twice_differs() {
    run("key", "new", "--team", "a");
    String first = out.toString();
    out.getBuffer().setLength(0);
    run("key", "new", "--team", "a");
    assertThat(out.toString()).isNotEqualTo(first);
  }

  @Test
  void keyNew_nameThatYamlWouldNotTake_refused() {
    assertThat(run("key", "new", "--team", "a: b")).isEqualTo(2);
    assertThat(err.toString()).contains("--team: a: b (expected: letters");
    assertThat(run("key")).isEqualTo(2);
  }

  private int run(String... arguments) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }
}
