package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.github.luben.zstd.Zstd;
import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a request: a clear error, and the connection goes on where it can. */
class BadInputTest {

  private static final String KEY = "authorization: Bearer key-all";
  private static final String GOOD = RawHttp.ask("mini", "stub: tokens=1\nHello");
  private static final int BODY_MAX = 64 * 1024;

  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        RunningGateway.start(
            Scenes.TWO_TIERS
                + """
                limits: { body: 64KiB, depth: 32, header: 16KiB }
                keys:
                  - { name: all, sha256: "%s" }
                  - { name: thrifty, sha256: "%s", models: [ mini ] }
                  - { name: old, sha256: "%s", expires: 2020-01-01 }
                """
                    .formatted(
                        Keyring.sha256("key-all"),
                        Keyring.sha256("key-thrifty"),
                        Keyring.sha256("key-old")));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  static Stream<Arguments> bodies() {
    String rest = ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    return Stream.of(
        arguments("", null),
        arguments("hello", null),
        arguments("[]", null),
        arguments("\"text\"", null),
        arguments("null", null),
        arguments("{", null),
        arguments("{}", "model"),
        arguments(GOOD + "x", null),
        arguments(GOOD.substring(0, GOOD.length() - 1), null),
        arguments("{\"model\":\"mini\",}", null),
        arguments("{'model':'mini'}", null),
        arguments("{\"model\":7" + rest, "model"),
        arguments("{\"model\":null" + rest, "model"),
        arguments("{\"model\":\"mini\"}", "messages"),
        arguments("{\"model\":\"mini\",\"messages\":[]}", "messages"),
        arguments("{\"model\":\"mini\",\"messages\":\"x\"}", "messages"),
        arguments("{\"model\":\"mini\",\"messages\":{}}", "messages"),
        arguments("{\"model\":\"mini\",\"messages\":[7]}", "messages[0]"),
        arguments("{\"model\":\"mini\",\"messages\":[{\"role\":1}]}", "messages[0].role"),
        arguments("{\"model\":\"mini\",\"stream\":\"yes\"" + rest, "stream"),
        arguments("{\"model\":\"mini\",\"stream\":1" + rest, "stream"),
        arguments("{\"model\":\"mini\",\"stream_options\":[]" + rest, "stream_options"),
        arguments(
            "{\"model\":\"mini\",\"stream_options\":{\"include_usage\":1}" + rest,
            "stream_options.include_usage"),
        arguments("{\"model\":\"mini\",\"max_tokens\":\"9\"" + rest, "max_tokens"),
        arguments("{\"model\":\"mini\",\"max_tokens\":0" + rest, "max_tokens"),
        arguments("{\"model\":\"mini\",\"max_tokens\":-1" + rest, "max_tokens"),
        arguments("{\"model\":\"mini\",\"max_tokens\":1.5" + rest, "max_tokens"),
        arguments("{\"model\":\"mini\",\"max_tokens\":9999999999999999999999" + rest, "max_tokens"),
        arguments(
            "{\"model\":\"mini\",\"max_completion_tokens\":true" + rest, "max_completion_tokens"),
        arguments("{\"model\":\"mini\",\"n\":0" + rest, "n"),
        arguments("{\"model\":\"mini\",\"n\":129" + rest, "n"),
        arguments("{\"model\":\"mini\",\"reasoning_effort\":3" + rest, "reasoning_effort"),
        arguments("{\"model\":\"mini\",\"model\":\"thinker\"" + rest, "model"),
        arguments("{\"model\":\"mini\",\"mod\\u0065l\":\"thinker\"" + rest, "model"),
        arguments("{\"model\":\"mini\",\"seed\":1,\"seed\":2" + rest, "seed"),
        arguments("{\"model\":\"mini\",\"seed\":01" + rest, null),
        arguments("{\"model\":\"mini\",\"user\":\"\\x\"" + rest, null),
        arguments("{\"model\":\"mini\",\"x\":" + "[".repeat(99) + "]".repeat(99) + rest, null),
        arguments("{\"model\":\"mini\",\"user\":\"a\nb\"" + rest, null));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void body_wrong(String body, String param) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(body, KEY);
      assertRefused(client.read(), 400, "invalid_request_error", param);
      assertGoesOn(client);
    }
  }

  @Test
  void body_ofInvalidUtf8() throws IOException {
    byte[] body = RawHttp.ask("mini", "?").getBytes(UTF_8);
    body[body.length - 5] = (byte) 0xff;
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(body, KEY);
      assertRefused(client.read(), 400, "invalid_request_error", null);
      assertGoesOn(client);
    }
  }

  static Stream<Arguments> strangers() {
    return Stream.of(
        arguments("mini", new String[0], 401, "invalid_api_key"),
        arguments("mini", new String[] {"authorization: Bearer nonsense"}, 401, "invalid_api_key"),
        arguments("mini", new String[] {"authorization: Basic a2V5"}, 401, "invalid_api_key"),
        arguments("mini", new String[] {"authorization: Bearer "}, 401, "invalid_api_key"),
        arguments("mini", new String[] {"x-api-key: nonsense"}, 401, "invalid_api_key"),
        arguments("mini", new String[] {"authorization: Bearer key-old"}, 401, "invalid_api_key"),
        arguments("nobody", new String[] {KEY}, 404, "model_not_found"),
        arguments("MINI", new String[] {KEY}, 404, "model_not_found"),
        arguments("", new String[] {KEY}, 404, "model_not_found"),
        arguments("thinker", new String[] {"x-api-key: key-thrifty"}, 404, "model_not_found"),
        arguments("auto", new String[] {"api-key: key-thrifty"}, 404, "model_not_found"),
        arguments(
            "stub/stub-thinker", new String[] {"api-key: key-thrifty"}, 404, "model_not_found"));
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void call_notAllowed(String model, String[] headers, int status, String code) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(RawHttp.ask(model, "Hello"), headers);
      assertRefused(client.read(), status, code, status == 404 ? "model" : null);
      assertGoesOn(client);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authorization: Bearer key-thrifty",
        "authorization: bearer  key-thrifty",
        "x-api-key: key-thrifty",
        "api-key: key-thrifty"
      })
  void call_withKeyInAnyPlace(String header) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(GOOD, header);
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void body_tooLargeAsDeclared() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(new byte[BODY_MAX + 1], KEY);
      assertRefused(client.read(), 413, "request_too_large", null);
      assertGoesOn(client);
    }
  }

  @Test
  void body_tooLargeInChunks() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(RawHttp.chatHead(KEY) + "transfer-encoding: chunked\r\n\r\n");
      for (int i = 0; i < 9; i++) {
        client.send("2000\r\n" + " ".repeat(0x2000) + "\r\n");
      }
      client.send("0\r\n\r\n");
      assertRefused(client.read(), 413, "request_too_large", null);
      assertGoesOn(client);
    }
  }

  @Test
  void body_absurdlyLarge_isAnsweredBeforeItComes() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(RawHttp.chatHead(KEY) + "content-length: 99999999999\r\n\r\n");
      RawHttp.Response response = client.read();
      assertRefused(response, 413, "request_too_large", null);
      assertThat(response.header("connection")).hasValue("close");
      assertThat(client.readToClose()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "zstd", "br", "deflate", "gzip, br"})
  void encoding_broken(String encoding) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat("\u0007no such thing", KEY, "content-encoding: " + encoding);
      assertRefused(client.read(), 400, "invalid_request_error", null);
      client.chat("", KEY, "content-encoding: " + encoding);
      assertRefused(client.read(), 400, "invalid_request_error", null);
      assertGoesOn(client);
    }
  }

  @Test
  void encoding_cutOff() throws IOException {
    byte[] zipped = Bombs.gzip(GOOD.getBytes(UTF_8));
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(Arrays.copyOf(zipped, zipped.length / 2), KEY, "content-encoding: gzip");
      assertRefused(client.read(), 400, "invalid_request_error", null);
      assertGoesOn(client);
    }
  }

  @Test
  void encoding_unknown() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(GOOD, KEY, "content-encoding: compress");
      assertRefused(client.read(), 415, "unsupported_encoding", null);
      assertGoesOn(client);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "zstd", "deflate"})
  void encoding_ofBomb(String encoding) throws IOException {
    byte[] spaces = new byte[20 << 20];
    Arrays.fill(spaces, (byte) ' ');
    byte[] bomb =
        switch (encoding) {
          case "gzip" -> Bombs.gzip(spaces);
          case "zstd" -> Zstd.compress(spaces);
          default -> Bombs.deflate(spaces);
        };
    assertThat(bomb.length).isLessThan(BODY_MAX);
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(bomb, KEY, "content-encoding: " + encoding);
      assertRefused(client.read(), 413, "request_too_large", null);
      assertGoesOn(client);
    }
  }

  static Stream<Arguments> places() {
    return Stream.of(
        arguments("GET", "/v1/chat/completions", 405, "method_not_allowed"),
        arguments("PUT", "/v1/chat/completions", 405, "method_not_allowed"),
        arguments("DELETE", "/v1/models", 405, "method_not_allowed"),
        arguments("POST", "/v1/models", 405, "method_not_allowed"),
        arguments("POST", "/v1/audio/speech", 404, "unknown_url"),
        arguments("GET", "/v1", 404, "unknown_url"),
        arguments("GET", "/", 404, "unknown_url"),
        arguments("POST", "/v1/chat/completions/x", 404, "unknown_url"),
        arguments("GET", "/v1/models/nobody", 404, "model_not_found"),
        arguments("GET", "/v1/models/%ZZ", 404, "model_not_found"),
        arguments("GET", "/v1/models/", 404, "model_not_found"),
        arguments("GET", "/v1/models/" + "m".repeat(600), 404, "model_not_found"));
  }

  @ParameterizedTest
  @MethodSource("places")
  void place_wrong(String method, String path, int status, String code) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(
          method
              + " "
              + path
              + " HTTP/1.1\r\nhost: g\r\n"
              + KEY
              + "\r\ncontent-length: 2\r\n\r\n{}");
      RawHttp.Response response = client.read();
      String param = code.equals("model_not_found") ? "model" : null;
      assertRefused(response, status, code, param);
      assertThat(response.header("allow").isPresent()).isEqualTo(status == 405);
      assertGoesOn(client);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"max", "1.1", "-0.1", "NaN", "Infinity", "0.5.5", "high low"})
  void effort_wrong(String effort) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(RawHttp.ask("auto", "Hello"), KEY, "x-ponder-effort: " + effort);
      assertRefused(client.read(), 400, "invalid_request_error", "x-ponder-effort");
      assertGoesOn(client);
    }
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

  /** The connection that brought a bad request takes a good one. */
  private static void assertGoesOn(RawHttp client) throws IOException {
    client.chat(GOOD, KEY);
    RawHttp.Response next = client.read();
    assertThat(next.status()).describedAs(next.text()).isEqualTo(200);
    assertThat(next.json().getJsonArray("choices")).hasSize(1);
  }

  /** Small bodies that unpack into large ones. */
  private static final class Bombs {

    static byte[] gzip(byte[] bytes) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
        zip.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return out.toByteArray();
    }

    static byte[] deflate(byte[] bytes) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (DeflaterOutputStream zip = new DeflaterOutputStream(out)) {
        zip.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return out.toByteArray();
    }
  }
}
