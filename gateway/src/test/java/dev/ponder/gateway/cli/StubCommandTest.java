package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.stub.StubOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class StubCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void knobs_asked_listsThem() {
    assertThat(run("stub", "--knobs")).isZero();
    assertThat(out.toString())
        .contains("first_byte      delay between the head and the first event")
        .contains("after_events:N or after_bytes:N");
  }

  @Test
  void help_asked_hasExamples() {
    assertThat(run("stub", "--help")).isZero();
    assertThat(out.toString()).contains("--model mini:latency=200ms", "--require-key");
  }

  @Test
  void model_wrong_isWrongUse() {
    assertThat(run("stub", "--model", "mini:tokens=x")).isEqualTo(2);
    assertThat(err.toString()).contains("tokens: x (expected: 120, a range");
    assertThat(run("stub", "--model", "mini")).isEqualTo(2);
    assertThat(err.toString()).contains("--model: mini (expected: NAME:SCRIPT)");
    assertThat(run("stub", "--port", "70000")).isEqualTo(2);
    assertThat(err.toString()).contains("port: 70000 (expected: 0..65535)");
  }

  @Test
  void host_unusable_isFailure() {
    assertThat(run("stub", "--host", "203.0.113.1", "--port", "0")).isEqualTo(1);
    assertThat(err.toString()).startsWith("stub: cannot listen at 203.0.113.1:0: ");
  }

  @Test
  void options_flags_becomeOptions() {
    StubCommand command = new StubCommand();
    new CommandLine(command)
        .parseArgs("--seed", "5", "--model", "llama:8b:tokens=3,die=after_events:2", "--port", "0");
    StubOptions options = command.options();
    assertThat(options.seed()).isEqualTo(5);
    assertThat(options.models()).containsOnlyKeys("llama:8b");
    assertThat(options.instances()).isPositive();
  }

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
