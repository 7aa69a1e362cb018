package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no HTTP: an error that says so, and the end of the connection. */
class BadFramingTest {

  private static final String KEY = "authorization: Bearer key-all";
  private static final String GOOD = RawHttp.ask("mini", "stub: tokens=1\nHello");

  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        RunningGateway.start(
            Scenes.TWO_TIERS
                + """
                limits: { header: 16KiB }
                keys:
                  - { name: all, sha256: "%s" }
                """
                    .formatted(Keyring.sha256("key-all")));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void headers_huge() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(GOOD, KEY, "x-long: " + "y".repeat(17 * 1024));
      assertRefused(client.read(), 431, "headers_too_large", null);
    }
    assertGoesOnElsewhere();
  }

  @Test
  void line_huge() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nhost: g\r\n\r\n");
      RawHttp.Response refused = client.read();
      assertRefused(refused, 414, "uri_too_long", null);
      assertThat(refused.header("x-request-id").orElse("")).startsWith("req_");
    }
    assertGoesOnElsewhere();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hello\r\n\r\n", "GET / HTTP/9\r\n\r\n", "\u0016\u0003\u0001\r\n\r\n"})
  void protocol_notHttp(String bytes) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(bytes);
      assertRefused(client.read(), 400, "invalid_request_error", null);
      assertThat(client.readToClose()).isEmpty();
    }
    assertGoesOnElsewhere();
  }

  static Stream<Arguments> chunks() {
    return Stream.of(
            "ZZ\r\n", "5\r\nhelloX\r\n", "\r\n", "-1\r\n", "5;\u0001\r\nhi", "fffffffff\r\n")
        .flatMap(
            bad ->
                Stream.of(
                    arguments("/v1/chat/completions", bad),
                    arguments("/v1/messages", bad),
                    arguments("/v1/messages/count_tokens", bad),
                    arguments("/v1/nowhere", bad)));
  }

  @ParameterizedTest
  @MethodSource("chunks")
  void chunk_broken(String path, String bad) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send("POST " + path + " HTTP/1.1\r\nhost: g\r\n" + KEY + "\r\n");
      client.send("transfer-encoding: chunked\r\n\r\n3\r\n{\"a\r\n" + bad + "3\r\n\"x\"\r\n");
      RawHttp.Response refused = client.read();
      if (path.startsWith("/v1/messages")) {
        assertRefusedAsAnthropic(refused, 400, "invalid_request_error");
      } else if (path.equals("/v1/nowhere")) {
        assertRefused(refused, 404, "unknown_url", null);
      } else {
        assertRefused(refused, 400, "invalid_request_error", null);
      }
      assertThat(refused.header("connection")).hasValue("close");
      assertThat(refused.header("x-request-id").orElse("")).startsWith("req_");
      assertThat(client.readToClose()).isEmpty();
    }
    assertGoesOnElsewhere();
  }

  @Test
  void chunk_brokenWhileMoreIsOnItsWay_stillGetsItsAnswer() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(RawHttp.chatHead(KEY) + "transfer-encoding: chunked\r\n\r\nZZ\r\n");
      client.send(new byte[1 << 20]);
      assertRefused(client.read(), 400, "invalid_request_error", null);
      assertThat(client.readToClose()).isEmpty();
    }
  }

  @Test
  void chunk_brokenBehindAnAnswer_closes() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.bare("GET", "/v1/models", KEY, "transfer-encoding: chunked");
      assertThat(client.read().status()).isEqualTo(200);
      client.send("ZZ\r\n");
      assertThat(client.readToClose()).isEmpty();
    }
  }

  @Test
  void chunk_brokenBehindARunningCall_letsThatEnd() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(RawHttp.ask("mini", "stub: latency=200ms; tokens=1\nHello"), KEY);
      client.send(RawHttp.chatHead(KEY) + "transfer-encoding: chunked\r\n\r\nZZ\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertRefused(client.read(), 400, "invalid_request_error", null);
      assertThat(client.readToClose()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-length: x",
        "content-length: -1",
        "content-length: 1\r\ncontent-length: 2",
        "no colon",
        "bad name: x",
        "x: \u0001"
      })
  void header_broken(String header) throws IOException {
    for (String path : new String[] {"/v1/chat/completions", "/v1/messages"}) {
      try (RawHttp client = new RawHttp(gateway.apiUrl())) {
        client.send("POST " + path + " HTTP/1.1\r\nhost: g\r\n" + header + "\r\n\r\n");
        RawHttp.Response refused = client.read();
        if (path.equals("/v1/messages")) {
          assertRefusedAsAnthropic(refused, 400, "invalid_request_error");
        } else {
          assertRefused(refused, 400, "invalid_request_error", null);
        }
        assertThat(client.readToClose()).isEmpty();
      }
    }
    assertGoesOnElsewhere();
  }

  @Test
  void headers_huge_fromAClientThatGoesOnSending() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send("POST /v1/messages HTTP/1.1\r\nhost: g\r\nx-long: " + "y".repeat(1 << 20));
      assertRefusedAsAnthropic(client.read(), 431, "invalid_request_error");
      assertThat(client.readToClose()).isEmpty();
    }
  }

  private static void assertRefusedAsAnthropic(RawHttp.Response response, int status, String type) {
    assertThat(response.status()).describedAs(response.text()).isEqualTo(status);
    assertThat(response.header("content-type")).hasValue("application/json");
    assertThat(response.json().getString("type")).isEqualTo("error");
    assertThat(response.json().getJsonObject("error").getString("type")).isEqualTo(type);
    assertThat(response.json().getJsonObject("error").getString("message")).isNotBlank();
    assertThat(response.json().getString("request_id"))
        .isEqualTo(response.header("x-request-id").orElseThrow());
  }

  private static void assertRefused(
      RawHttp.Response response, int status, String code, String param) {
    assertThat(response.status()).describedAs(response.text()).isEqualTo(status);
    assertThat(response.header("content-type")).hasValue("application/json");
    JsonObject error = response.json().getJsonObject("error");
    assertThat(error.fieldNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(error.getString("message")).isNotBlank();
    assertThat(error.getString("type")).isEqualTo("invalid_request_error");
    assertThat(error.getString("code")).isEqualTo(code);
    assertThat(error.getString("param")).isEqualTo(param);
  }

  private static void assertGoesOnElsewhere() throws IOException {
    try (RawHttp next = new RawHttp(gateway.apiUrl())) {
      next.chat(GOOD, KEY);
      assertThat(next.read().status()).isEqualTo(200);
    }
  }
}
