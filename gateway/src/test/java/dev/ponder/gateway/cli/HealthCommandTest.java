package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HealthCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void saysZeroWhenReady() {
    answer("/health/ready", 200, "READY");

    assertThat(health()).isZero();
    assertThat(out.toString().strip()).isEqualTo("READY");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void saysOneAndWhyWhenNotReady() {
    answer("/health/ready", 503, "DRAINING");

    assertThat(health()).isEqualTo(1);
    assertThat(err.toString()).contains("/health/ready: status 503 DRAINING");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void asksForLifeWhenTold() {
    answer("/health/ready", 503, "DRAINING");
    answer("/health/live", 200, "DRAINING");

    assertThat(health("--live")).isZero();
  }

  @Test
  void saysOneWhenNobodyListens() {
    String address = address();
    server.stop(0);

    assertThat(run("health", "--admin", address)).isEqualTo(1);
    assertThat(err.toString()).contains(address + "/health/ready: ");
  }

  @Test
  void refusesWrongUse() {
    assertThat(run("health", "--admin", "localhost:8081")).isEqualTo(2);
    assertThat(err.toString()).contains("--admin: localhost:8081 (expected: http://HOST:PORT)");
    assertThat(health("--timeout", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--timeout: 0 (expected: 1 to 3600 seconds)");
  }

  private void answer(String path, int status, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private int health(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "health";
    arguments[1] = "--admin";
    arguments[2] = address();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return run(arguments);
  }

  private int run(String... arguments) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }
}
