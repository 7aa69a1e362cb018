package dev.ponder.gateway.server;

import static dev.ponder.gateway.RunningGateway.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.config.Configuration;
import dev.ponder.config.ConfigurationReader;
import dev.ponder.config.PriceBook;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Free ports, where Vert.x would rather share one. */
class FreePortTest {

  private static final String YAML =
      """
      listen: { api: 127.0.0.1:0, admin: 127.0.0.1:0 }
      upstreams:
        nobody: { base_url: "http://127.0.0.1:9/v1" }
      models:
        mini: { served_by: nobody/mini, price: { input: 0.40, output: 1.60 } }
      """;

  @Test
  void freePorts_areNotSharedByServersOfOneVertx() throws IOException {
    Configuration configuration =
        ConfigurationReader.read("ponder.yaml", YAML, PriceBook.empty(), LocalDate.of(2026, 1, 1))
            .configuration()
            .orElseThrow();
    Vertx vertx = Vertx.vertx();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        ports.add(await(StubServer.start(vertx, StubOptions.standard())).port());
        Gateway gateway =
            await(Gateway.start(vertx, configuration, Map.of(), new PrometheusRegistry(), 2));
        ports.add(gateway.apiPort());
        ports.add(gateway.adminPort());
      }
      assertThat(ports).hasSize(6).doesNotHaveDuplicates();
    } finally {
      await(vertx.close());
    }
  }
}
