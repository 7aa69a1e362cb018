package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which headers travel through the gateway, which stay, and what browsers are told. */
class HeadersTest {

  private static final String KEY = "authorization: Bearer key";
  private static final String ORIGIN = "access-control-allow-origin";
  private static final String ANSWER = "{\"choices\":[{\"finish_reason\":\"stop\"}]}";

  private static RawUpstream upstream;
  private static RunningGateway open;
  private static RunningGateway keyed;

  /** The head of the last request that reached the upstream. */
  private static volatile String asked = "";

  @BeforeAll
  static void start() throws IOException {
    upstream =
        new RawUpstream(
            call -> {
              asked = call.head();
              call.write(
                  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nset-cookie: cf=1\r\n"
                      + "x-ponder-model: forged\r\nx-ponder-else: forged\r\nserver: theirs\r\n"
                      + "x-ratelimit-remaining-requests: 7\r\nopenai-processing-ms: 12\r\n"
                      + "x-request-id: theirs\r\naccess-control-allow-origin: https://they\r\n"
                      + "connection: keep-alive, x-hop\r\nx-hop: 1\r\ncontent-length: "
                      + ANSWER.length()
                      + "\r\n\r\n"
                      + ANSWER);
              return true;
            });
    String yaml =
        """
        upstreams:
          raw: { base_url: "%s", api_key: env:STUB_KEY }
        models:
          raw: { served_by: raw/x, price: { input: 1, output: 2 } }
        """
            .formatted(upstream.baseUrl());
    open = RunningGateway.start(yaml);
    keyed =
        RunningGateway.start(
            yaml + "keys: [ { name: one, sha256: \"" + Keyring.sha256("key") + "\" } ]\n");
  }

  @AfterAll
  static void stop() throws IOException {
    open.close();
    keyed.close();
    upstream.close();
  }

  private static RawHttp.Response ask(RunningGateway gateway, String... headers)
      throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.chat(RawHttp.ask("raw", "x"), headers).read();
    }
  }

  @Test
  void upstreamsHeaders_travelOrStay() throws IOException {
    RawHttp.Response response = ask(open, "x-request-id: mine");
    assertThat(response.headers())
        .containsEntry("x-ratelimit-remaining-requests", "7")
        .containsEntry("openai-processing-ms", "12")
        .containsEntry("x-request-id", "mine")
        .containsEntry("x-ponder-model", "raw")
        .doesNotContainKeys("set-cookie", "x-ponder-else", "server", "x-hop", ORIGIN);
  }

  @Test
  void clientsHeaders_travelOrStay() throws IOException {
    String parent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    ask(
        keyed,
        KEY,
        parent,
        "x-request-id: abc-1",
        "cookie: a=b",
        "openai-beta: x=v1",
        "idempotency-key: i",
        "x-stainless-retry-count: 1",
        "x-ponder-tags: team=a",
        "x-forwarded-for: 10.0.0.1",
        "connection: keep-alive, x-hop",
        "x-hop: 1",
        "accept-encoding: gzip");
    String head = asked.toLowerCase(Locale.ROOT);
    assertThat(head)
        .startsWith("post /v1/chat/completions http/1.1\r\n")
        .contains(
            "\r\nauthorization: bearer stub-secret\r\n",
            "\r\n" + parent + "\r\n",
            "\r\nx-request-id: abc-1\r\n",
            "\r\nopenai-beta: x=v1\r\n",
            "\r\nidempotency-key: i\r\n",
            "\r\nx-stainless-retry-count: 1\r\n",
            "\r\naccept-encoding: identity\r\n",
            "\r\ncontent-type: application/json\r\n",
            "\r\nhost: 127.0.0.1:" + upstream.port() + "\r\n")
        .doesNotContain("bearer key", "cookie", "x-ponder", "x-hop", "x-forwarded", "gzip");
    ask(keyed, "x-api-key: key");
    assertThat(asked.toLowerCase(Locale.ROOT)).doesNotContain("x-api-key");
    ask(keyed, "api-key: key");
    assertThat(asked.toLowerCase(Locale.ROOT)).doesNotContain("api-key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"has space", "ümlaut", ""})
  void requestId_unusable_isReplaced(String id) throws IOException {
    String replaced = ask(open, "x-request-id: " + id).header("x-request-id").orElseThrow();
    assertThat(replaced).matches("req_[0-9a-f]{32}");
    assertThat(asked.toLowerCase(Locale.ROOT)).contains("\r\nx-request-id: " + replaced + "\r\n");
    assertThat(ask(open, "x-request-id: " + "y".repeat(129)).header("x-request-id").orElseThrow())
        .startsWith("req_");
    assertThat(ask(open).header("x-request-id").orElseThrow()).startsWith("req_");
  }

  @Test
  void cors_withKeys_allowsEveryOrigin() throws IOException {
    RawHttp.Response response = ask(keyed, KEY, "origin: https://chat.example.com");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header(ORIGIN)).hasValue("https://chat.example.com");
    assertThat(response.header("access-control-expose-headers").orElseThrow())
        .contains("x-request-id", "x-ponder-model", "x-ponder-cost-usd");
    RawHttp.Response refused = ask(keyed, "origin: https://chat.example.com");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.header(ORIGIN)).hasValue("https://chat.example.com");
  }

  @Test
  void cors_withoutKeys_refusesForeignOrigins() throws IOException {
    for (String foreign : new String[] {"https://evil.example", "null", "http://127.0.0.1.evil"}) {
      RawHttp.Response response = ask(open, "origin: " + foreign);
      assertThat(response.status()).describedAs(foreign).isEqualTo(403);
      assertThat(response.header(ORIGIN)).isEmpty();
      assertThat(response.json().getJsonObject("error").getString("code"))
          .isEqualTo("origin_not_allowed");
    }
    RawHttp.Response own = ask(open, "origin: http://localhost:3000");
    assertThat(own.status()).isEqualTo(200);
    assertThat(own.header(ORIGIN)).hasValue("http://localhost:3000");
  }

  @Test
  void cors_preflight() throws IOException {
    try (RawHttp client = new RawHttp(keyed.apiUrl())) {
      client.send(
          "OPTIONS /v1/chat/completions HTTP/1.1\r\nhost: g\r\norigin: https://chat.example.com\r\n"
              + "access-control-request-method: POST\r\naccess-control-request-headers:"
              + " authorization, content-type, x-stainless-lang\r\n\r\n");
      RawHttp.Response response = client.read();
      assertThat(response.status()).isEqualTo(204);
      assertThat(response.header(ORIGIN)).hasValue("https://chat.example.com");
      assertThat(response.header("access-control-allow-methods").orElseThrow()).contains("POST");
      assertThat(response.header("access-control-allow-headers"))
          .hasValue("authorization, content-type, x-stainless-lang");
      client.chat(RawHttp.ask("raw", "x"), KEY);
      assertThat(client.read().status()).isEqualTo(200);
    }
  }
}
