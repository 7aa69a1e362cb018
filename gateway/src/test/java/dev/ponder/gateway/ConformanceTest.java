package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What clients of OpenAI's API rely on, row by row of CONFORMANCE.md, where no other test has it.
 */
class ConformanceTest {

  private static final String ANSWER =
      "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"hi\"},\"finish_reason\":"
          + "\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}";
  private static final String EVENTS =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},"
          + "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

  private static RawUpstream upstream;
  private static RunningGateway gateway;
  private static volatile RawUpstream.Script script;
  private static volatile String asked = "";

  @BeforeAll
  static void start() throws IOException {
    upstream =
        new RawUpstream(
            call -> {
              asked = call.head().toLowerCase(Locale.ROOT);
              return script.answer(call);
            });
    gateway =
        RunningGateway.start(
            """
            upstreams:
              raw: { base_url: "%s" }
              narrow: { base_url: "%s", max_concurrency: 1 }
            models:
              raw: { served_by: "raw/org/model:7b", price: { input: 1, output: 2 } }
              narrow: { served_by: narrow/x, price: { input: 1, output: 2 } }
            """
                .formatted(upstream.baseUrl(), upstream.baseUrl()));
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    upstream.close();
  }

  private static RawUpstream.Script plain(String status, String headers, byte[] body) {
    return call -> {
      call.write(
          "HTTP/1.1 " + status + "\r\n" + headers + "content-length: " + body.length + "\r\n\r\n");
      call.write(body);
      return true;
    };
  }

  private static RawUpstream.Script json(String headers, String body) {
    return plain("200 OK", "content-type: application/json\r\n" + headers, body.getBytes(UTF_8));
  }

  private static RawHttp.Response ask(String body, String... headers) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.chat(body, headers).read();
    }
  }

  private static byte[] coded(String coding, byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (coding.equals("zstd")) {
      return Zstd.compress(bytes);
    }
    try (OutputStream zip =
        coding.equals("gzip") ? new GZIPOutputStream(out) : new DeflaterOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "zstd"})
  void answer_compressedThoughNobodyAsked_comesPlain(String coding) throws IOException {
    String head = "content-type: application/json\r\ncontent-encoding: " + coding + "\r\n";
    script = plain("200 OK", head, coded(coding, ANSWER.getBytes(UTF_8)));
    RawHttp.Response whole = ask(RawHttp.ask("raw", "x"), "accept-encoding: gzip");
    assertThat(asked).contains("\r\naccept-encoding: identity\r\n");
    assertThat(whole.status()).isEqualTo(200);
    assertThat(whole.header("content-encoding")).isEmpty();
    assertThat(whole.text()).isEqualTo(ANSWER);
    assertThat(whole.header("x-ponder-cost-usd")).hasValue("0.000007");
    script =
        plain(
            "200 OK",
            "content-type: text/event-stream\r\ncontent-encoding: " + coding + "\r\n",
            coded(coding, EVENTS.getBytes(UTF_8)));
    RawHttp.Response stream = ask(RawHttp.askStream("raw", "x"));
    assertThat(stream.header("content-encoding")).isEmpty();
    assertThat(stream.text()).isEqualTo(EVENTS);
    script = plain("429 Slow", head, coded(coding, "{\"error\":{}}".getBytes(UTF_8)));
    RawHttp.Response refused = ask(RawHttp.ask("raw", "x"));
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.text()).isEqualTo("{\"error\":{}}");
  }

  @Test
  void answer_inBrotli_comesPlain_ifItIsWhole() throws IOException {
    String head = "content-type: application/json\r\ncontent-encoding: br\r\n";
    byte[] body = TransportTest.brotli(ANSWER.getBytes(UTF_8));
    script = plain("200 OK", head, body);
    RawHttp.Response whole = ask(RawHttp.ask("raw", "x"));
    assertThat(whole.header("content-encoding")).isEmpty();
    assertThat(whole.text()).isEqualTo(ANSWER);
    assertThat(whole.header("x-ponder-cost-usd")).hasValue("0.000007");
    script = plain("200 OK", head, Arrays.copyOf(body, body.length / 2));
    assertThat(ask(RawHttp.ask("raw", "x")).status()).isEqualTo(502);
  }

  @Test
  void stream_hasTheHeadersThatKeepItFlowing_whateverIsAccepted() throws IOException {
    script =
        call -> {
          call.beginStream().chunk(EVENTS);
          return call.end();
        };
    for (String accept : new String[] {"accept: application/json", "accept: */*", "x-none: 1"}) {
      RawHttp.Response stream =
          ask(RawHttp.askStream("raw", "x"), accept, "x-request-id: conform-1");
      assertThat(stream.headers())
          .containsEntry("content-type", "text/event-stream; charset=utf-8")
          .containsEntry("cache-control", "no-cache")
          .containsEntry("x-accel-buffering", "no")
          .containsEntry("x-request-id", "conform-1")
          .doesNotContainKeys("content-length", "content-encoding");
    }
  }

  @Test
  void answer_afterBlankLines_isRead() throws IOException {
    script = json("", "\n\n\r\n \n" + ANSWER);
    RawHttp.Response response = ask(RawHttp.ask("raw", "x"));
    assertThat(response.text()).isEqualTo("\n\n\r\n \n" + ANSWER);
    assertThat(response.header("x-ponder-cost-usd")).hasValue("0.000007");
  }

  @Test
  void answer_ofAnyShape_passesByteForByte() throws IOException {
    String odd =
        """
        { "choices":[{"message":{"content":[{"type":"thinking"}],
          "reasoning_content":"\\u00e4 1.0","tool_calls":[{"extra_content":{"google":
          {"thought_signature":"x"}}}]}, "finish_reason":"insufficient_system_resource"}],
          "n":9007199254740993, "f":1.0}
        """;
    script = json("", odd);
    assertThat(ask(RawHttp.ask("raw", "x")).text()).isEqualTo(odd);
  }

  @Test
  void error_hasAllFourMembers_andTheRequestsId() throws IOException {
    String[] wrong = {
      "nonsense", RawHttp.ask("nobody", "x"), "{\"model\":\"raw\"}", "{\"model\":1,\"messages\":[]}"
    };
    for (String body : wrong) {
      RawHttp.Response response = ask(body, "x-request-id: wrong-1");
      assertThat(response.status()).isBetween(400, 404);
      assertThat(response.header("x-request-id")).hasValue("wrong-1");
      assertThat(response.header("content-type")).hasValue("application/json");
      JsonObject error = response.json().getJsonObject("error");
      assertThat(error.fieldNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    }
  }

  @Test
  void upstreamsRefusal_keepsWhatRetriesGoBy() throws IOException {
    String head =
        "retry-after: 7\r\nretry-after-ms: 7000\r\nx-should-retry: true\r\nopenai-version: v\r\n"
            + "openai-organization: o\r\nx-ratelimit-reset-tokens: 6ms\r\n";
    byte[] body = "{\"error\":{\"code\":429,\"message\":\"slow down\"}}".getBytes(UTF_8);
    script = plain("429 Slow", head, body);
    RawHttp.Response response = ask(RawHttp.ask("raw", "x"));
    assertThat(response.status()).isEqualTo(429);
    assertThat(response.text()).isEqualTo(new String(body, UTF_8));
    assertThat(response.headers())
        .containsEntry("retry-after", "7")
        .containsEntry("retry-after-ms", "7000")
        .containsEntry("x-should-retry", "true")
        .containsEntry("openai-version", "v")
        .containsEntry("openai-organization", "o")
        .containsEntry("x-ratelimit-reset-tokens", "6ms");
  }

  @Test
  void request_inAnyDress_isTaken() throws IOException {
    script = json("", ANSWER);
    String padding = "x-padding: " + "p".repeat(60 * 1024);
    for (String header :
        List.of(
            "content-type: application/json; charset=utf-8",
            "content-type: text/plain",
            "x-client-request-id: c",
            "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk",
            "accept: application/json",
            padding)) {
      RawHttp.Response response = ask(RawHttp.ask("raw", "x"), header);
      assertThat(response.status()).isEqualTo(200);
      assertThat(asked)
          .startsWith("post /v1/chat/completions http/1.1\r\n")
          .doesNotContain("upgrade", "http2-settings");
    }
  }

  @Test
  void models_haveIdsWithSlashesAndColons_andTakeQueries() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (String id : List.of("raw%2Forg%2Fmodel%3A7b", "raw/org/model:7b")) {
        client.send("GET /v1/models/" + id + "?client_version=1.2 HTTP/1.1\r\nhost: g\r\n\r\n");
        RawHttp.Response one = client.read();
        assertThat(one.status()).describedAs(id).isEqualTo(200);
        assertThat(one.json().getString("id")).isEqualTo("raw/org/model:7b");
      }
      client.send("HEAD /v1/models?client_version=1.2 HTTP/1.1\r\nhost: g\r\n\r\n");
      assertThat(client.readStatus()).isEqualTo(200);
      assertThat(client.readHeaders()).containsEntry("content-type", "application/json");
      client.send("GET /v1/models?client_version=1.2 HTTP/1.1\r\nhost: g\r\n\r\n");
      assertThat(client.read().json().getJsonArray("data")).hasSize(2);
    }
  }

  @Test
  void client_goneWhileItsCallWaitsForAConnection_isNeverHeardOfUpstream() throws Exception {
    Semaphore arrived = new Semaphore(0);
    Semaphore go = new Semaphore(0);
    script =
        call -> {
          arrived.release();
          go.acquire();
          return json("", ANSWER).answer(call);
        };
    int before = upstream.calls();
    try (RawHttp first = new RawHttp(gateway.apiUrl());
        RawHttp second = new RawHttp(gateway.apiUrl())) {
      first.chat(RawHttp.ask("narrow", "x")); // one call at a time, of both loops together
      second.chat(RawHttp.ask("narrow", "x"));
      assertThat(arrived.tryAcquire(1, 20, TimeUnit.SECONDS)).isTrue();
      try (RawHttp third = new RawHttp(gateway.apiUrl());
          RawHttp fourth = new RawHttp(gateway.apiUrl())) {
        third.chat(RawHttp.ask("narrow", "x"));
        fourth.chat(RawHttp.ask("narrow", "x"));
        Eventually.holds("all are in flight", () -> inFlight() == 4);
      }
      Eventually.holds("two have left", () -> inFlight() == 2);
      go.release(4);
      assertThat(first.read().status()).isEqualTo(200);
      assertThat(second.read().status()).isEqualTo(200);
      first.chat(RawHttp.ask("narrow", "x"));
      second.chat(RawHttp.ask("narrow", "x"));
      assertThat(first.read().status()).isEqualTo(200);
      assertThat(second.read().status()).isEqualTo(200);
    }
    assertThat(upstream.calls() - before).isEqualTo(4);
  }

  private static double inFlight() {
    try {
      return Scrape.of(gateway).sum("ponder_requests_in_flight");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void done_endsTheBodyAtOnce() throws IOException {
    script =
        call -> {
          call.beginStream().chunk(EVENTS); // and does not end its own
          return call.awaitLeaving();
        };
    RawHttp.Response stream = ask(RawHttp.askStream("raw", "x"));
    assertThat(stream.text().getBytes(ISO_8859_1)).isEqualTo(EVENTS.getBytes(ISO_8859_1));
  }
}
