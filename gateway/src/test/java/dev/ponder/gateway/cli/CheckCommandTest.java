package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

  private static final String GOOD =
      """
      upstreams:
        local: { base_url: http://127.0.0.1:9000/v1 }
      models:
        mini: { served_by: local/mini, price: { input: 0.40, output: 1.60 } }
      """;

  @TempDir private Path folder = Path.of(".");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void check_goodFile_saysOk() throws IOException {
    Path file = write(GOOD + "telemetry: { tags: [ env ] }\n");

    assertThat(run(file.toString())).isZero();
    assertThat(out).hasToString(file + ": ok, 1 warning\n");
    assertThat(err)
        .hasToString(
            file + ":5:14 warning: telemetry.tags: is read but has no effect in this version\n");
  }

  @Test
  void check_mistakes_areListedInTheOrderOfTheFile() throws IOException {
    Path file = write(GOOD + "lisen: 1\n" + "routes: { a: mni }\n");

    assertThat(run(file.toString())).isEqualTo(2);
    assertThat(out).hasToString(file + ": 2 errors, 0 warnings\n");
    assertThat(err)
        .hasToString(
            file
                + ":5:1 lisen: unknown key (did you mean listen?)\n"
                + file
                + ":6:14 routes.a: unknown model mni (did you mean mini?)\n");
  }

  @Test
  void check_formatJson_isOneDocument() throws IOException {
    Path file = write(GOOD + "lisen: 1\n");

    assertThat(run("--format=json", file.toString())).isEqualTo(2);
    assertThat(err.toString()).isEmpty();
    assertThat(out)
        .hasToString(
            "{\"problems\":[{\"severity\":\"error\",\"file\":\""
                + file
                + "\",\"line\":5,\"column\":1,\"path\":\"lisen\",\"message\":\"unknown key (did"
                + " you mean listen?)\"}]}\n");
  }

  @Test
  void check_formatGithub_isOneAnnotationAProblem() throws IOException {
    Path file = write(GOOD + "policies: [ { name: a, alert_at: 0% } ]\n");

    assertThat(run("--format=github", file.toString())).isEqualTo(2);
    assertThat(out.toString().lines())
        .containsExactly(
            "::warning file="
                + file
                + ",line=5,col=13::policies[0]: does nothing (expected: a budget, a rate, or"
                + " max_effort)",
            "::warning file="
                + file
                + ",line=5,col=24::policies[0].alert_at: has no effect without"
                + " a budget",
            "::error file="
                + file
                + ",line=5,col=34::policies[0].alert_at: 0%25 (expected: a share of 1%25 to"
                + " 1000%25, such as 80%25)");
  }

  @Test
  void check_fileThatCannotBeRead_saysWhy() throws IOException {
    Path latin1 = folder.resolve("latin1.yaml");
    Files.write(latin1, "# caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(run(folder.resolve("none.yaml").toString())).isEqualTo(2);
    assertThat(run(folder.toString())).isEqualTo(2);
    assertThat(run(latin1.toString())).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            folder.resolve("none.yaml") + ": no such file",
            folder + ": cannot be read: is a directory",
            latin1 + ": not UTF-8");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void check_wrongUse_isTwo() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("--format=xml", "x")).isEqualTo(2);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("ponder.yaml"), yaml);
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "check";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }
}
