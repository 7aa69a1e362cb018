package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {

  @TempDir private Path folder;

  @Test
  void url_ofIpv6_hasBrackets() {
    assertThat(ServeCommand.url("::1", 8080)).isEqualTo("http://[::1]:8080");
    assertThat(ServeCommand.url("127.0.0.1", 8080)).isEqualTo("http://127.0.0.1:8080");
  }

  @Test
  @Timeout(60)
  void serve_sigterm_endsInOrder() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("ponder.yaml"),
            """
            listen: { api: 127.0.0.1:0, admin: 127.0.0.1:0 }
            upstreams:
              nobody: { base_url: "http://127.0.0.1:9/v1" }
            models:
              mini: { served_by: nobody/mini, price: { input: 0.40, output: 1.60 } }
            """);
    Path classes = folder.resolve("classes");
    Process serve =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-Xlog:class+load:file=" + classes,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--config",
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = serve.inputReader()) {
      assertThat(out.readLine())
          .matches("ponder ready: api http://127\\.0\\.0\\.1:\\d+/v1 admin http://127\\..*");
      serve.destroy(); // SIGTERM
      assertThat(serve.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(serve.exitValue()).isZero();
      assertThat(Files.readString(classes)) // of what is not used, and would cost a tenth
          .contains("io.vertx.core.Vertx ")
          .doesNotContain("io.opentelemetry");
    } finally {
      serve.destroyForcibly();
    }
  }
}
