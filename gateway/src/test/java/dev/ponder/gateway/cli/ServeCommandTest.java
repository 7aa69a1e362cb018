package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.ledger.SqliteLedger;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
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

  private record Failed(int code, String err) {}

  /** In a process of its own: it closes its standard streams. */
  private Failed serve(String listen, String more) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("ponder.yaml"),
            """
            listen: { %s }
            upstreams:
              nobody: { base_url: "http://127.0.0.1:9/v1" }
            models:
              mini: { served_by: nobody/mini, price: { input: 0.40, output: 1.60 } }
            """
                    .formatted(listen)
                + more);
    Process serve =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--config",
                file.toString())
            .start();
    try {
      String err = new String(serve.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Failed(serve.waitFor(), err);
    } finally {
      serve.destroyForcibly();
    }
  }

  @Test
  @Timeout(60)
  void serve_takenPort_isAFailure_thatNamesKeyAndAddress() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      Failed api = serve("api: " + address + ", admin: 127.0.0.1:0", "");
      assertThat(api.code()).isEqualTo(1);
      assertThat(api.err())
          .contains("ponder: cannot start: listen.api: " + address + " is taken (expected: a free");
      Failed admin = serve("api: 127.0.0.1:0, admin: " + address, "");
      assertThat(admin.code()).isEqualTo(1);
      assertThat(admin.err()).contains("listen.admin: " + address + " is taken");
    }
  }

  @Test
  @Timeout(60)
  void serve_ledgerInUse_isAFailure() throws Exception {
    Path ledger = folder.resolve("ponder.db");
    Clock clock = Clock.systemUTC();
    SqliteLedger mine = SqliteLedger.open(ledger, Duration.ofDays(1), clock);
    try {
      Failed run =
          serve("api: 127.0.0.1:0, admin: 127.0.0.1:0", "ledger: \"sqlite:" + ledger + "\"\n");
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err()).contains("ponder: cannot start: ledger: " + ledger + ": in use by ");
    } finally {
      mine.close();
    }
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
