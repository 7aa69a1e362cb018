package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.ponder.gateway.stub.StubOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The many ways in which clients put a request on the wire. */
class TransportTest {

  private static final String PROMPT = "Grüße 🙂 ".repeat(2_000);
  private static final byte[] BODY = RawHttp.ask("mini", PROMPT).getBytes(UTF_8);
  private static final byte[] UPSTREAM = RawHttp.ask("stub-mini", PROMPT).getBytes(UTF_8);

  private static RunningGateway gateway;
  private static int requests;

  @BeforeAll
  static void start() {
    gateway = RunningGateway.start(Scenes.TWO_TIERS, StubOptions.standard().withKeep(1_000, 1_000));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String nextId() {
    requests++;
    return "transport-" + requests;
  }

  @Test
  void h2c_isOffered_andTheRequestAnswered() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    for (String body : new String[] {RawHttp.ask("mini", "x"), RawHttp.askStream("mini", "x")}) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(gateway.apiUrl() + "/chat/completions"))
              .header("accept", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).contains("choices");
    }
  }

  @Test
  void continue_isExpected_andSaid() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(
          RawHttp.chatHead("expect: 100-continue", "content-length: " + BODY.length) + "\r\n");
      assertThat(client.readStatus()).isEqualTo(100);
      assertThat(client.readHeaders()).isEmpty();
      client.send(BODY);
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void body_inChunks_ofAnySize() throws IOException {
    String id = nextId();
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(RawHttp.chatHead("transfer-encoding: chunked", "x-request-id: " + id) + "\r\n");
      int size = 1;
      for (int at = 0; at < BODY.length; at += size, size = size * 3 % 7_919) {
        int length = Math.min(size, BODY.length - at);
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(UTF_8));
        chunk.write(BODY, at, length);
        chunk.writeBytes("\r\n".getBytes(UTF_8));
        client.send(chunk.toByteArray());
      }
      client.send("0\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(Scenes.body(gateway, id)).isEqualTo(UPSTREAM);
  }

  @Test
  void requests_pipelined_areAnsweredInOrder() throws IOException {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      String body = i % 3 == 1 ? RawHttp.askStream("mini", "x") : RawHttp.ask("mini", "x");
      all.append(RawHttp.chatHead("x-request-id: pipe-" + i))
          .append("x-stub-script: tokens=3; latency=" + (8 - i) * 10 + "ms\r\n")
          .append("content-length: " + body.length() + "\r\n\r\n" + body);
    }
    all.append("GET /v1/models HTTP/1.1\r\nhost: g\r\nx-request-id: pipe-8\r\n\r\n");
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(all.toString());
      for (int i = 0; i <= 8; i++) {
        RawHttp.Response response = client.read();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("x-request-id")).hasValue("pipe-" + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "x-gzip",
        "zstd",
        "br",
        "deflate",
        "raw deflate",
        "gzip, zstd",
        "identity"
      })
  void body_compressed_arrivesDecoded(String encoding) throws IOException {
    String id = nextId();
    byte[] body =
        switch (encoding) {
          case "gzip", "x-gzip" -> gzip(BODY);
          case "zstd" -> Zstd.compress(BODY);
          case "br" -> brotli(BODY);
          case "deflate" -> deflate(BODY, false);
          case "raw deflate" -> deflate(BODY, true);
          case "gzip, zstd" -> Zstd.compress(gzip(BODY));
          default -> BODY;
        };
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      String named = "content-encoding: " + encoding.replace("raw ", "");
      client.chat(body, named, "x-request-id: " + id);
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(Scenes.body(gateway, id)).isEqualTo(UPSTREAM);
    assertThat(Scenes.call(gateway, id).bodyBytes()).isEqualTo(UPSTREAM.length);
  }

  @Test
  void body_largerThanOneWrite_arrivesWhole() throws IOException {
    String id = nextId();
    String large = "y".repeat(3_000_000);
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(RawHttp.ask("auto", large), "x-ponder-effort: low", "x-request-id: " + id);
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(Scenes.body(gateway, id)).isEqualTo(RawHttp.ask("stub-mini", large).getBytes(UTF_8));
  }

  @Test
  void connection_isUsedAgain_forEveryKindOfAnswer() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (int i = 0; i < 50; i++) {
        client.chat(RawHttp.ask("mini", "x"));
        assertThat(client.read().status()).isEqualTo(200);
        client.chat(RawHttp.askStream("mini", "x"));
        assertThat(client.read().text()).endsWith("data: [DONE]\n\n");
        client.chat(RawHttp.ask("mini", "x"), "x-stub-script: fail=429");
        assertThat(client.read().status()).isEqualTo(429);
      }
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] deflate(byte[] bytes, boolean raw) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, raw);
    try (OutputStream zip = new DeflaterOutputStream(out, deflater)) {
      zip.write(bytes);
    } finally {
      deflater.end();
    }
    return out.toByteArray();
  }

  /** Brotli that stores and does not compress: at most 65,536 bytes in one meta-block. */
  static byte[] brotli(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int head = (bytes.length - 1) << 4 | 1 << 20;
    for (int shift = 0; shift < 24; shift += 8) {
      out.write(head >> shift);
    }
    out.writeBytes(bytes);
    out.write(3); // an empty last meta-block
    return out.toByteArray();
  }
}
