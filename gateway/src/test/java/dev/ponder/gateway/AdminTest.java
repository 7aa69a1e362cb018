package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin port: health and metrics. */
class AdminTest {

  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway = RunningGateway.start(Scenes.TWO_TIERS);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static RawHttp.Response ask(String method, String path, String accept)
      throws IOException {
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      admin.send(
          method + " " + path + " HTTP/1.1\r\nhost: admin\r\naccept: " + accept + "\r\n\r\n");
      return admin.read();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health/live", "/health/ready"})
  void health_whenReady(String path) throws IOException {
    RawHttp.Response response = ask("GET", path, "*/*");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("content-type")).hasValue("application/json");
    assertThat(response.json()).isEqualTo(new JsonObject().put("status", "ready"));
  }

  @Test
  void health_whenDraining() throws IOException {
    try (RunningGateway leaving = RunningGateway.start(Scenes.TWO_TIERS)) {
      leaving.drain();
      try (RawHttp admin = new RawHttp(leaving.adminUrl())) {
        RawHttp.Response ready = admin.send("GET /health/ready HTTP/1.1\r\nhost: a\r\n\r\n").read();
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.json()).isEqualTo(new JsonObject().put("status", "draining"));
        RawHttp.Response live = admin.send("GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n").read();
        assertThat(live.status()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/* | text/plain; version=0.0.4; charset=utf-8",
        "text/plain | text/plain; version=0.0.4; charset=utf-8",
        "application/openmetrics-text; version=1.0.0 |"
            + " application/openmetrics-text; version=1.0.0; charset=utf-8"
      })
  void metrics_inTheFormatAskedFor(String accept, String type) throws IOException {
    RawHttp.Response response = ask("GET", "/metrics", accept);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("content-type")).hasValue(type);
    assertThat(response.text()).contains("# TYPE ponder_requests_in_flight gauge");
    assertThat(response.text().endsWith("# EOF\n")).isEqualTo(type.contains("openmetrics"));
  }

  @Test
  void metrics_existAtZero_beforeTheFirstRequest() throws IOException {
    String page = ask("GET", "/metrics", "text/plain").text();
    assertThat(page)
        .contains("outcome=\"success\",tier=\"lrm\"} 0.0")
        .contains("ponder_config_reload_successful 1.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/nothing", "/health", "/metrics/", "/v1/models"})
  void path_unknown(String path) throws IOException {
    RawHttp.Response response = ask("GET", path, "*/*");
    assertThat(response.status()).isEqualTo(404);
    assertThat(response.json().getJsonObject("error").getString("code")).isEqualTo("unknown_url");
  }

  @Test
  void token_isAskedForByEverythingButHealth() throws IOException {
    String yaml = Scenes.TWO_TIERS + "admin: { token: env:STUB_KEY }\n";
    try (RunningGateway guarded = RunningGateway.start(yaml);
        RawHttp admin = new RawHttp(guarded.adminUrl())) {
      String metrics = "GET /metrics HTTP/1.1\r\nhost: a\r\n";
      for (String wrong :
          new String[] {
            "", "authorization: Bearer stub-secre\r\n", "authorization: stub-secret\r\n"
          }) {
        RawHttp.Response refused = admin.send(metrics + wrong + "\r\n").read();
        assertThat(refused.status()).as(wrong).isEqualTo(401);
        assertThat(refused.json().getJsonObject("error").getString("code"))
            .isEqualTo("invalid_api_key");
        assertThat(refused.header("www-authenticate")).hasValue("Bearer");
      }
      assertThat(admin.send("GET /nothing HTTP/1.1\r\nhost: a\r\n\r\n").read().status())
          .isEqualTo(401);
      String right = metrics + "authorization: bearer stub-secret\r\n\r\n";
      assertThat(admin.send(right).read().status()).isEqualTo(200);
      String ready = "GET /health/ready HTTP/1.1\r\nhost: a\r\n\r\n";
      assertThat(admin.send(ready).read().status()).isEqualTo(200);
    }
  }

  @Test
  void method_wrong() throws IOException {
    RawHttp.Response response = ask("DELETE", "/metrics", "*/*");
    assertThat(response.status()).isEqualTo(405);
    assertThat(response.header("allow")).hasValue("GET");
  }
}
