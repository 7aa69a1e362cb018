package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that Ponder does not interpret: who may use them, where they go, what is told of them. */
class PassthroughTest {

  private static final String KEY = "authorization: Bearer all";
  private static final String ANSWER =
      "{\"object\":\"x\",\"usage\":{\"input_tokens\":7,\"output_tokens\":5,\"total_tokens\":12}}";

  @TempDir private static Path folder;

  private static RawUpstream upstream;
  private static RunningGateway gateway;
  private static RunningGateway without;
  private static volatile RawUpstream.Call asked;
  private static volatile String status = "200 OK";

  @BeforeAll
  static void start() throws IOException {
    upstream = new RawUpstream(PassthroughTest::answer);
    String yaml =
        """
        upstreams:
          raw: { base_url: "%s", api_key: env:STUB_KEY }
        models:
          raw: { served_by: raw/x, price: { input: 1, output: 2 } }
        """
            .formatted(upstream.baseUrl());
    without = RunningGateway.start(yaml);
    String log = folder.resolve("decisions.jsonl").toString();
    gateway =
        RunningGateway.start(
            yaml
                + "passthrough: raw\ndecisions: { log: \"file:"
                + log
                + "\" }\nkeys:\n"
                + "  - { name: all, sha256: \"%s\" }\n".formatted(Keyring.sha256("all"))
                + "  - { name: chat, models: [ raw ], sha256: \"%s\" }\n"
                    .formatted(Keyring.sha256("chat"))
                + "  - { name: both, models: [ raw, passthrough ], sha256: \"%s\" }\n"
                    .formatted(Keyring.sha256("both")));
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    without.close();
    upstream.close();
  }

  private static boolean answer(RawUpstream.Call call) throws IOException {
    asked = call;
    String body = call.head().startsWith("HEAD") ? "" : ANSWER;
    call.write(
        "HTTP/1.1 "
            + status
            + "\r\ncontent-type: application/json\r\nset-cookie: cf=1\r\netag: \"e\"\r\n"
            + "x-ponder-model: forged\r\nx-ratelimit-remaining-requests: 7\r\n"
            + "connection: keep-alive, x-hop\r\nx-hop: 1\r\nx-request-id: theirs\r\n"
            + "content-length: "
            + ANSWER.length()
            + "\r\n\r\n"
            + body);
    return true;
  }

  private static RawHttp.Response send(RunningGateway to, String line, String... headers)
      throws IOException {
    try (RawHttp client = new RawHttp(to.apiUrl())) {
      return client.send(request(line, headers)).read();
    }
  }

  private static String request(String line, String... headers) {
    String all = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return line + " HTTP/1.1\r\nhost: g\r\n" + all + "\r\n";
  }

  private static String lastHead() {
    return asked.head().toLowerCase(Locale.ROOT);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/files?purpose=batch&x=%2Fa+b",
    "DELETE, /v1/files/file-1",
    "GET, /v1/chat/completions?limit=2",
    "GET, /v1/chat/completions/chatcmpl-1",
    "DELETE, /v1/chat/completions/chatcmpl-1",
    "GET, /v1/responses/resp_1",
    "PUT, /v1/something/new",
    "PATCH, /v1/evals/org%2Fname:1",
    "GET, /v1/vector_stores/a//b"
  })
  void request_goesToTheUpstream_asItIsSpelt(String method, String path) throws IOException {
    RawHttp.Response response = send(gateway, method + " " + path, KEY);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text()).isEqualTo(ANSWER);
    assertThat(asked.head()).startsWith(method + " " + path + " HTTP/1.1\r\n");
  }

  @Test
  void dryRun_callsNobody() throws IOException {
    int before = upstream.calls();
    for (String line :
        List.of("GET /v1/files/x", "DELETE /v1/responses/resp_1", "POST /v1/images")) {
      RawHttp.Response refused = send(gateway, line, KEY, "x-ponder-dry-run: true");
      assertThat(refused.status()).as(line).isEqualTo(400);
      assertThat(refused.text()).contains("x-ponder-dry-run: nothing is decided");
    }
    assertThat(upstream.calls()).isEqualTo(before);
    assertThat(send(gateway, "GET /v1/files/x", KEY, "x-ponder-dry-run: false").status())
        .isEqualTo(200);
  }

  /** Of answers that are not the caller's own nobody is told whether there are any. */
  @Test
  void unknownResponse_isNotFound_forWhoeverMayNotPass() throws IOException {
    for (String method : List.of("GET", "DELETE")) {
      String line = method + " /v1/responses/resp_1";
      RawHttp.Response refused = send(gateway, line, "authorization: Bearer chat");
      assertThat(refused.status()).as(line).isEqualTo(404);
      assertThat(refused.text()).contains("\"response_not_found\"", "id 'resp_1' not found");
      assertThat(send(without, line).text()).contains("\"response_not_found\"");
      assertThat(send(gateway, line).status()).as(line).isEqualTo(401);
    }
    assertThat(send(without, "GET /v1/responses/a/b").text()).contains("\"unknown_url\"");
  }

  @Test
  void headers_travelOrStay() throws IOException {
    String body = "--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n";
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(
          request(
                  "POST /v1/files",
                  KEY,
                  "content-type: multipart/form-data; boundary=b",
                  "content-encoding: zstd",
                  "content-length: " + body.length(),
                  "openai-beta: x=v1",
                  "cookie: a=b",
                  "x-ponder-tags: team=a",
                  "connection: keep-alive, x-mine",
                  "x-mine: 1",
                  "x-request-id: pass-1")
              + body);
      RawHttp.Response response = client.read();
      assertThat(response.headers())
          .containsEntry("etag", "\"e\"")
          .containsEntry("x-ratelimit-remaining-requests", "7")
          .containsEntry("x-request-id", "pass-1")
          .containsEntry("content-length", Integer.toString(ANSWER.length()))
          .doesNotContainKeys("set-cookie", "x-hop", "x-ponder-model");
    }
    assertThat(asked.body()).isEqualTo(body);
    assertThat(lastHead())
        .contains(
            "\r\ncontent-type: multipart/form-data; boundary=b\r\n",
            "\r\ncontent-encoding: zstd\r\n",
            "\r\ncontent-length: " + body.length() + "\r\n",
            "\r\nauthorization: bearer stub-secret\r\n",
            "\r\naccept-encoding: identity\r\n",
            "\r\nopenai-beta: x=v1\r\n",
            "\r\nx-request-id: pass-1\r\n",
            "\r\nhost: 127.0.0.1:" + upstream.port() + "\r\n")
        .doesNotContain("bearer all", "cookie", "x-ponder", "x-mine");
    send(gateway, "GET /v1/files", KEY, "accept-encoding: gzip, br", "range: bytes=0-1");
    assertThat(lastHead())
        .contains("\r\naccept-encoding: gzip, br\r\n", "\r\nrange: bytes=0-1\r\n")
        .doesNotContain("transfer-encoding", "content-length");
  }

  @Test
  void statuses_andHeads_goThrough() throws IOException {
    for (String each : List.of("302 Found", "404 Not Found", "429 Too Many", "500 Oops")) {
      status = each;
      RawHttp.Response response = send(gateway, "GET /v1/files", KEY);
      assertThat(response.status()).isEqualTo(Integer.parseInt(each.substring(0, 3)));
      assertThat(response.text()).isEqualTo(ANSWER);
    }
    status = "200 OK";
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(request("HEAD /v1/files/1", KEY));
      assertThat(client.readStatus()).isEqualTo(200);
      assertThat(client.readHeaders())
          .containsEntry("content-length", Integer.toString(ANSWER.length()));
      client.send(request("GET /v1/files/1", KEY)); // the connection is where it should be
      assertThat(client.read().text()).isEqualTo(ANSWER);
    }
  }

  @Test
  void withoutPassthrough_theyAre404() throws IOException {
    for (String line : List.of("GET /v1/files", "POST /v1/images/generations", "GET /v1/x")) {
      assertThat(send(without, line, "content-length: 0").status()).isEqualTo(404);
    }
  }

  @Test
  void callers_areAsked_andHeldToWhatTheyMayUse() throws IOException {
    int before = upstream.calls();
    assertThat(send(gateway, "GET /v1/files").status()).isEqualTo(401);
    assertThat(send(gateway, "GET /v1/files", "x-api-key: wrong").status()).isEqualTo(401);
    RawHttp.Response chat = send(gateway, "GET /v1/files", "x-api-key: chat");
    assertThat(chat.status()).isEqualTo(404);
    assertThat(chat.json().getJsonObject("error").getString("code")).isEqualTo("unknown_url");
    assertThat(upstream.calls()).isEqualTo(before);
    assertThat(send(gateway, "GET /v1/files", "x-api-key: both").status()).isEqualTo(200);
    assertThat(lastHead()).doesNotContain("x-api-key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/responses",
        "/v1/messages",
        "/v1/completions",
        "/v1/embeddings",
        "/v1//chat/completions",
        "/v1/chat/completions/",
        "/v1/Chat/Completions",
        "/v1/chat%2fcompletions",
        "/v1/chat%252Fcompletions",
        "/v1/%63hat/completions;a=b",
        "/v1/engines/x/completions",
        "/v1/files/../chat/completions",
        "/v1/%2e%2e/admin",
        "/v1/files%00",
        "/v1/chat/completions#f",
        "/v1/responses#",
        "/v1/chat/completions%23",
        "/v1/chat/completions%2523f",
        "/v1/chat/completions%3Fx",
        "/v1/chat/completions%c0%af",
        "/v1/chat/completions.",
        "/v1/chat/completions%7f",
        "/v1/%zz",
        "/v1/",
        "/v2/files"
      })
  void whatIsReadHere_neverGoesThrough_howeverItIsSpelt(String path) throws IOException {
    int before = upstream.calls();
    RawHttp.Response response = send(gateway, "POST " + path, KEY, "content-length: 0");
    assertThat(response.status()).isBetween(400, 405);
    assertThat(upstream.calls()).isEqualTo(before);
  }

  @Test
  void webSocket_isDeclined_andTheConnectionGoesOn() throws IOException {
    for (String path : List.of("/v1/responses", "/v1/realtime?model=x")) {
      try (RawHttp client = new RawHttp(gateway.apiUrl())) {
        String[] upgrade = {
          KEY,
          "connection: Upgrade",
          "upgrade: websocket",
          "sec-websocket-version: 13",
          "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="
        };
        client.send(request("GET " + path, upgrade));
        RawHttp.Response response = client.read();
        assertThat(response.status()).isEqualTo(426);
        assertThat(response.json().getJsonObject("error").getString("code"))
            .isEqualTo("websocket_not_supported");
        client.send(request("GET /v1/files", KEY));
        assertThat(client.read().status()).isEqualTo(200);
      }
    }
    assertThat(send(gateway, "GET /v1/realtime", "upgrade: websocket").status()).isEqualTo(401);
  }

  @Test
  void metricsAndLog_tellOfIt_withoutItsWords() throws IOException {
    Scrape before = Scrape.of(gateway);
    String secret = "canary-51c";
    send(gateway, "POST /v1/images/generations?q=" + secret, KEY, "content-length: 0");
    send(gateway, "GET /v1/" + secret, KEY, "x-request-id: pass-other");
    Eventually.holds("the log is written", () -> log().contains("pass-other"));
    assertThat(log()).doesNotContain(secret);
    JsonObject line =
        log()
            .lines()
            .map(JsonObject::new)
            .filter(each -> "images".equals(each.getString("endpoint")))
            .findFirst()
            .orElseThrow();
    assertThat(line.getString("operation")).isEqualTo("passthrough");
    assertThat(line.getString("key")).isEqualTo("all");
    assertThat(line.getString("method")).isEqualTo("POST");
    assertThat(line.getString("outcome")).isEqualTo("success");
    assertThat(line.getInteger("status")).isEqualTo(200);
    assertThat(line.getInteger("input_tokens")).isEqualTo(7);
    assertThat(line.getLong("response_bytes")).isEqualTo(ANSWER.length());
    Scrape after = Scrape.of(gateway);
    String ours = "operation=\"passthrough\"";
    assertThat(rise(before, after, "ponder_requests_total", ours)).isEqualTo(2);
    assertThat(rise(before, after, "ponder_upstream_requests_total", "model=\"passthrough\""))
        .isEqualTo(2);
    assertThat(rise(before, after, "ponder_unpriced_calls_total", "provider=\"raw\"")).isEqualTo(1);
    assertThat(rise(before, after, "ponder_tokens_total", "model=\"passthrough\"")).isEqualTo(12);
  }

  private static double rise(Scrape before, Scrape after, String name, String label) {
    return after.sum(name, label) - before.sum(name, label);
  }

  private static String log() {
    try {
      return Files.readString(folder.resolve("decisions.jsonl"));
    } catch (IOException e) {
      return "";
    }
  }
}
