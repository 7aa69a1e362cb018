package dev.ponder.gateway.server;

import static dev.ponder.gateway.RunningGateway.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.config.Configuration;
import dev.ponder.config.ConfigurationReader;
import dev.ponder.config.PriceBook;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway's ledger: let go of when there is no gateway, and the same one over reloads. */
class GatewayLedgerTest {

  private static final String NO_SECRET = "upstreams.nobody.api_key";

  @TempDir private Path folder = Path.of(".");
  private Vertx vertx = Vertx.vertx();

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  @Test
  void start_withoutASecret_letsGoOfTheLedger() throws IOException {
    assertThatThrownBy(() -> start("127.0.0.1:0", "api_key: env:NO_SUCH_SECRET, "))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(NO_SECRET);
    close(await(start("127.0.0.1:0", ""))); // the lock is free
  }

  @Test
  void start_onAPortThatIsTaken_letsGoOfTheLedger() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThatThrownBy(() -> await(start(address, "")))
          .hasStackTraceContaining("Address already in use");
    }
    close(await(start("127.0.0.1:0", "")));
  }

  @Test
  void reload_otherRetention_isRefused() throws IOException {
    Gateway gateway = await(start("127.0.0.1:0", ""));
    try {
      gateway.reload(configuration("127.0.0.1:0", "", "400d"));
      assertThatThrownBy(() -> gateway.reload(configuration("127.0.0.1:0", "", "30d")))
          .isInstanceOf(IOException.class)
          .hasMessage("ledger.retention: cannot change while running (expected: a restart)");
    } finally {
      close(gateway);
    }
  }

  private Future<Gateway> start(String api, String secret) throws IOException {
    Configuration configuration = configuration(api, secret, "400d");
    return Gateway.start(vertx, configuration, Map.of(), new PrometheusRegistry(), 1);
  }

  private static void close(Gateway gateway) {
    assertThat(gateway.apiPort()).isPositive();
    gateway.close();
  }

  private Configuration configuration(String api, String secret, String retention) {
    String yaml =
        """
        listen: { api: "%s", admin: 127.0.0.1:0 }
        ledger: { sqlite: "%s", retention: %s }
        upstreams:
          nobody: { %sbase_url: "http://127.0.0.1:9/v1" }
        models:
          mini: { served_by: nobody/mini, price: { input: 0.40, output: 1.60 } }
        """
            .formatted(api, folder.resolve("ledger.db"), retention, secret);
    ConfigurationReader.Result result =
        ConfigurationReader.read("p.yaml", yaml, PriceBook.empty(), LocalDate.of(2026, 1, 1));
    return result
        .configuration()
        .orElseThrow(() -> new AssertionError(result.problems().toString()));
  }
}
