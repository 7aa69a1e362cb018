package dev.ponder.gateway.server;

import static dev.ponder.gateway.RunningGateway.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.config.Configuration;
import dev.ponder.config.ConfigurationReader;
import dev.ponder.config.PriceBook;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the request bodies of a gateway may hold of its memory. */
class BodiesTest {

  private static final String YAML =
      """
      listen: { api: 127.0.0.1:0, admin: 127.0.0.1:0 }
      upstreams:
        nobody: { base_url: "http://127.0.0.1:9/v1" }
      models:
        mini: { served_by: nobody/mini, price: { input: 0.40, output: 1.60 } }
      keys:
        - { name: all, sha256: "%s" }
      """
          .formatted(Keyring.sha256("good"));

  private static final byte[] BODY =
      "{\"model\":\"mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"
          .getBytes(UTF_8);

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private Gateway gateway;

  @BeforeEach
  void start() throws IOException {
    Configuration configuration =
        ConfigurationReader.read("p.yaml", YAML, PriceBook.empty(), LocalDate.of(2026, 1, 1))
            .configuration()
            .orElseThrow();
    gateway = await(Gateway.start(vertx, configuration, Map.of(), new PrometheusRegistry(), 1));
  }

  @AfterEach
  void stop() {
    await(vertx.close());
    gateway.close();
  }

  @Test
  void claimedLength_isNotBelieved_andGivenBackWhenTheClientGoes() throws IOException {
    int sent = 300 * 1024;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.apiPort())) {
      String head =
          "POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\nauthorization: Bearer good\r\n"
              + "content-length: 60000000\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(UTF_8));
      socket.getOutputStream().write(new byte[sent]);
      // While the array grows, the old one counts, too: so for a moment it may be more.
      soon(() -> gateway.bodies().taken() >= sent && gateway.bodies().taken() <= 2L * sent);
    }
    soon(() -> gateway.bodies().taken() == 0);
  }

  @Test
  void noMemory_refusesUntilThereIsSome() throws Exception {
    BodyMemory.Lease rest = gateway.bodies().lease();
    assertThat(rest.take(gateway.bodies().bytesMax() - BODY.length + 1)).isTrue();
    HttpResponse<String> refused = ask("good", BODY);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
    assertThat(new JsonObject(refused.body()).getJsonObject("error").getString("code"))
        .isEqualTo("overloaded");
    rest.give(1);
    assertThat(ask("good", BODY).statusCode()).isEqualTo(200);
    rest.release();
    soon(() -> gateway.bodies().taken() == 0);
  }

  @Test
  void refusedRequest_needsNoMemory() throws Exception {
    BodyMemory.Lease all = gateway.bodies().lease();
    assertThat(all.take(gateway.bodies().bytesMax())).isTrue();
    assertThat(ask("bad", BODY).statusCode()).isEqualTo(401);
  }

  @Test
  void compressedBody_countsByWhatItBecomes() throws Exception {
    BodyMemory.Lease rest = gateway.bodies().lease();
    assertThat(rest.take(gateway.bodies().bytesMax() - 100 * 1024)).isTrue();
    assertThat(ask("good", gzip(BODY), "content-encoding", "gzip").statusCode()).isEqualTo(503);
    rest.release();
    assertThat(ask("good", gzip(BODY), "content-encoding", "gzip").statusCode()).isEqualTo(200);
    soon(() -> gateway.bodies().taken() == 0);
  }

  @Test
  void compressedBody_thatBecomesAHundredTimesLarger_isDecodedAllTheSame() throws Exception {
    byte[] wide = (new String(BODY, UTF_8) + " ".repeat(1024 * 1024)).getBytes(UTF_8);
    assertThat(ask("good", gzip(wide), "content-encoding", "gzip").statusCode()).isEqualTo(200);
    soon(() -> gateway.bodies().taken() == 0);
  }

  private HttpResponse<String> ask(String key, byte[] body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + gateway.apiPort() + "/v1/chat/completions"))
            .header("authorization", "Bearer " + key)
            .header("x-ponder-dry-run", "true")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static void soon(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
