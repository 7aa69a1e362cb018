package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The level of log lines, changed while the gateway runs. */
class LogLevelTest {

  private static final Logger SOME = LoggerFactory.getLogger("log.level.test");
  private static final String PATH = "/admin/v1/log-level";

  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway = RunningGateway.start(Scenes.TWO_TIERS + "admin: { token: env:STUB_KEY }\n");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static RawHttp.Response send(String method, String body, String token)
      throws IOException {
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      admin.send(
          method
              + " "
              + PATH
              + " HTTP/1.1\r\nhost: a\r\nauthorization: Bearer "
              + token
              + "\r\ncontent-length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      return admin.read();
    }
  }

  private static RawHttp.Response put(String body) throws IOException {
    return send("PUT", body, "stub-secret");
  }

  @Test
  void put_changesOneLogger_andTells() throws IOException {
    assertThat(SOME.isDebugEnabled()).isFalse();
    RawHttp.Response changed = put("{\"level\":\"debug\",\"logger\":\"log.level.test\"}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(SOME.isDebugEnabled()).isTrue();
    assertThat(LoggerFactory.getLogger("log.level.other").isDebugEnabled()).isFalse();
    JsonObject told = send("GET", "", "stub-secret").json();
    assertThat(told.getString("level")).isEqualTo("info");
    assertThat(told.getString("configured")).isEqualTo("info");
    JsonObject change =
        told.getJsonArray("changed").stream()
            .map(JsonObject.class::cast)
            .filter(other -> other.getString("logger").equals("log.level.test"))
            .findFirst()
            .orElseThrow();
    assertThat(change.getString("level")).isEqualTo("debug");
    assertThat(change.getString("until")).matches("2\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
  }

  @Test
  void nettysBytes_stayOff() throws IOException {
    String netty = "io.netty.handler.logging";
    assertThat(put("{\"level\":\"trace\",\"logger\":\"" + netty + "\"}").status()).isEqualTo(200);
    assertThat(LoggerFactory.getLogger(netty + ".LoggingHandler").isTraceEnabled()).isFalse();
  }

  @Test
  void stranger_changesNothing() throws IOException {
    String wish = "{\"level\":\"debug\",\"logger\":\"log.level.stranger\"}";
    assertThat(send("PUT", wish, "wrong").status()).isEqualTo(401);
    assertThat(LoggerFactory.getLogger("log.level.stranger").isDebugEnabled()).isFalse();
    assertThat(send("POST", wish, "stub-secret").status()).isEqualTo(405);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"level\":\"loud\"} | level",
        "{} | level",
        "{\"level\":1} | level",
        "{\"level\":\"debug\",\"logger\":\"a b\"} | logger",
        "{\"level\":\"debug\",\"minutes\":0} | minutes",
        "{\"level\":\"debug\",\"minutes\":1441} | minutes",
        "{\"level\":\"debug\",\"minutes\":\"5\"} | minutes",
        "{\"level\":\"debug\",\"for\":\"5m\"} | for",
        "[] | ",
        "level=debug | "
      })
  void put_nonsense_isRefused(String body, String param) throws IOException {
    RawHttp.Response refused = put(body);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().getJsonObject("error").getString("param")).isEqualTo(param);
  }
}
