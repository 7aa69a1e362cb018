package dev.ponder.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.config.Configuration;
import dev.ponder.config.ConfigurationReader;
import dev.ponder.config.PriceBook;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

/** How long the API's connections may be silent. */
class IdleTest {

  private static Configuration with(String timeouts) {
    String yaml =
        """
        upstreams: { u: { base_url: "http://127.0.0.1:1/v1", timeouts: { %s } } }
        models: { m: { served_by: u/m, price: { input: 1, output: 1 } } }
        """
            .formatted(timeouts);
    return ConfigurationReader.read(
            "ponder.yaml", yaml, PriceBook.bundled(), LocalDate.of(2026, 11, 23))
        .configuration()
        .orElseThrow();
  }

  @Test
  void idle_isLongerThanPoolsKeepConnections_andThanAnyUpstreamMayTake() {
    assertThat(ApiVerticle.idleSeconds(with("first_byte: 1s"))).isEqualTo(400);
    assertThat(ApiVerticle.idleSeconds(with("first_byte: 10m"))).isEqualTo(660);
    assertThat(ApiVerticle.idleSeconds(with("idle: 20m"))).isEqualTo(1_260);
  }
}
