package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bodies that go through unread: as they come, no faster than they are taken, never cut short. */
class PassthroughFlowTest {

  private static final long ENDLESS = 64L << 20;

  private static Vertx vertx;
  private static RawUpstream raw;
  private static RunningGateway toRaw;
  private static RunningGateway toEcho;
  private static volatile RawUpstream.Script script;

  /** An upload that the upstream has not begun to read. */
  private static volatile HttpServerRequest held;

  private static volatile Context loop;

  @BeforeAll
  static void start() throws IOException {
    vertx = Vertx.vertx();
    HttpServer echo =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  if (request.path().endsWith("/held")) {
                    request.pause();
                    held = request;
                    loop = Vertx.currentContext();
                    return;
                  }
                  request.response().setChunked(true);
                  request.pipeTo(request.response());
                });
    int port = RunningGateway.await(echo.listen(0, "127.0.0.1")).actualPort();
    raw = new RawUpstream(call -> script.answer(call));
    toRaw = RunningGateway.start(yaml(raw.baseUrl()));
    toEcho = RunningGateway.start(yaml("http://127.0.0.1:" + port + "/v1"));
  }

  private static String yaml(String baseUrl) {
    return """
        upstreams:
          up: { base_url: "%s", timeouts: { first_byte: 2s, idle: 1s } }
        models:
          m: { served_by: up/x, price: { input: 1, output: 2 } }
        passthrough: up
        limits: { body: 40 MiB }
        """
        .formatted(baseUrl);
  }

  @AfterAll
  static void stop() throws IOException {
    toRaw.close();
    toEcho.close();
    raw.close();
    RunningGateway.await(vertx.close());
  }

  private static String head(String line, String... headers) {
    return line + " HTTP/1.1\r\nhost: g\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
  }

  private static byte[] chunk(byte[] bytes) {
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(UTF_8));
    chunk.writeBytes(bytes);
    chunk.writeBytes("\r\n".getBytes(UTF_8));
    return chunk.toByteArray();
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  @Test
  void binaryBody_arrivesByteForByte_andComesBack() throws Exception {
    byte[] sent = noise(3_000_000);
    try (RawHttp client = new RawHttp(toEcho.apiUrl())) {
      client.send(head("POST /v1/audio/speech", "content-length: " + sent.length));
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                try {
                  client.send(sent);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      assertThat(client.readStatus()).isEqualTo(200);
      client.readHeaders();
      ByteArrayOutputStream back = new ByteArrayOutputStream();
      for (byte[] part = client.readChunk(); part.length > 0; part = client.readChunk()) {
        back.writeBytes(part);
      }
      sending.get(20, TimeUnit.SECONDS);
      assertThat(back.toByteArray()).isEqualTo(sent);
      client.send(head("GET /v1/models")); // and the connection is where it should be
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void answer_comesWhileTheRequestIsStillSent() throws IOException {
    try (RawHttp client = new RawHttp(toEcho.apiUrl())) {
      client.send(head("POST /v1/audio/translations", "transfer-encoding: chunked"));
      client.send(chunk("one".getBytes(UTF_8)));
      assertThat(client.readStatus()).isEqualTo(200);
      client.readHeaders();
      assertThat(client.readChunksUntil("one")).isEqualTo("one");
      client.send(chunk("two".getBytes(UTF_8)));
      assertThat(client.readChunksUntil("two")).isEqualTo("two");
      client.send("0\r\n\r\n");
      assertThat(client.readChunk()).isEmpty();
    }
  }

  @Test
  void upload_waitsForASlowUpstream() throws Exception {
    AtomicLong written = new AtomicLong();
    byte[] piece = noise(64 * 1024);
    int pieces = 36 * 16;
    try (RawHttp client = new RawHttp(toEcho.apiUrl())) {
      client.send(head("POST /v1/held", "content-length: " + pieces * piece.length));
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int i = 0; i < pieces; i++) {
                    client.send(piece);
                    written.addAndGet(piece.length);
                  }
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      Eventually.holds("the upload is there", () -> held != null);
      Eventually.settles("the client waits", written::get);
      assertThat(written.get()).isLessThan((long) pieces * piece.length);
      AtomicLong read = new AtomicLong();
      held.handler(bytes -> read.addAndGet(bytes.length()));
      held.endHandler(end -> held.response().end("got " + read));
      loop.runOnContext(go -> held.resume());
      assertThat(client.read().text()).isEqualTo("got " + pieces * piece.length);
      sending.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void upload_whoseChunksBreak_isRefused_andNeverEndsUpstream() throws Exception {
    CompletableFuture<String> arrived = new CompletableFuture<>();
    script =
        call -> {
          ByteArrayOutputStream seen = new ByteArrayOutputStream();
          try {
            call.socket().getInputStream().transferTo(seen);
          } catch (IOException reset) {
            seen.writeBytes("<reset>".getBytes(UTF_8));
          }
          arrived.complete(seen.toString(UTF_8));
          return false;
        };
    try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
      client.send(head("POST /v1/files", "transfer-encoding: chunked"));
      client.send(chunk("half".getBytes(UTF_8)));
      client.send("ZZ\r\n");
      RawHttp.Response refused = client.read();
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.json().getJsonObject("error").getString("code"))
          .isEqualTo("invalid_request_error");
      assertThat(refused.header("connection")).hasValue("close");
      assertThat(client.readToClose()).isEmpty();
    }
    assertThat(arrived.get(20, TimeUnit.SECONDS)).doesNotContain("0\r\n\r\n");
  }

  @Test
  void download_waitsForASlowClient() throws Exception {
    AtomicLong written = new AtomicLong();
    AtomicBoolean enough = new AtomicBoolean();
    byte[] piece = noise(16 * 1024);
    script =
        call -> {
          call.socket().setSendBufferSize(16 * 1024);
          call.beginStream();
          while (written.get() < ENDLESS && !enough.get()) {
            call.chunk(piece);
            written.addAndGet(piece.length);
          }
          return call.end();
        };
    try (RawHttp client = new RawHttp(toRaw.apiUrl(), 64 * 1024)) {
      client.send(head("GET /v1/files/f/content"));
      assertThat(client.readStatus()).isEqualTo(200);
      client.readHeaders();
      Eventually.settles("the upstream waits", written::get);
      assertThat(written.get()).isLessThan(ENDLESS / 2);
      enough.set(true);
      long read = 0;
      for (byte[] part = client.readChunk(); part.length > 0; part = client.readChunk()) {
        read += part.length;
      }
      assertThat(read).isEqualTo(written.get());
    }
  }

  @Test
  void codedAnswer_staysCoded() throws IOException {
    String coded = new String(new char[] {0x1f, 0x8b, 8, 0, 0xff, 1});
    script =
        call ->
            call.write(
                        ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                                + "content-encoding: gzip\r\ncontent-length: 6\r\n\r\n"
                                + coded)
                            .getBytes(ISO_8859_1))
                    .number()
                > 0;
    try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
      client.send(head("GET /v1/files"));
      assertThat(client.readStatus()).isEqualTo(200);
      assertThat(client.readHeaders()).containsEntry("content-encoding", "gzip");
      client.finishSending();
      assertThat(new String(client.readToClose(), ISO_8859_1)).isEqualTo(coded);
    }
  }

  @Test
  void trailers_andUnknownLengths_goThrough() throws IOException {
    script =
        call ->
            call.write(
                        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n"
                            + "3\r\nabc\r\n0\r\nx-sum: 9\r\n\r\n")
                    .number()
                > 0;
    try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
      client.send(head("GET /v1/files", "connection: close"));
      assertThat(client.readStatus()).isEqualTo(200);
      client.readHeaders();
      assertThat(new String(client.readToClose(), UTF_8))
          .isEqualTo("3\r\nabc\r\n0\r\nx-sum: 9\r\n\r\n");
    }
    script =
        call -> {
          call.write("HTTP/1.1 200 OK\r\n\r\nuntil the end");
          return false;
        };
    try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
      assertThat(client.send(head("GET /v1/files")).read().text()).isEqualTo("until the end");
    }
  }

  @Test
  void largeBody_isRefused_whetherOrNotItSaysSo() throws IOException {
    script =
        call -> {
          call.socket().getInputStream().transferTo(OutputStream.nullOutputStream());
          return false;
        };
    byte[] large = noise((40 << 20) + 1);
    int before = raw.calls();
    try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
      client.send(head("POST /v1/files", "content-length: " + large.length)).send(large);
      assertThat(client.read().status()).isEqualTo(413);
      assertThat(raw.calls()).isEqualTo(before);
      client.send(head("POST /v1/files", "transfer-encoding: chunked")).send(chunk(large));
      client.send("0\r\n\r\n");
      RawHttp.Response response = client.read();
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.json().getJsonObject("error").getString("code"))
          .isEqualTo("request_too_large");
      client.send(head("GET /v1/models"));
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void client_gone_endsTheCall() throws Exception {
    for (boolean begun : new boolean[] {false, true}) {
      CompletableFuture<Boolean> there = new CompletableFuture<>();
      CompletableFuture<Boolean> left = new CompletableFuture<>();
      script =
          call -> {
            if (begun) {
              call.beginStream().chunk("part");
            }
            there.complete(true);
            boolean again = call.awaitLeaving();
            left.complete(true);
            return again;
          };
      try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
        client.send(head("POST /v1/audio/speech", "content-length: 0"));
        there.get(20, TimeUnit.SECONDS);
      }
      assertThat(left.get(20, TimeUnit.SECONDS)).isTrue();
    }
    Eventually.holds(
        "nothing in flight",
        () -> {
          try {
            return Scrape.of(toRaw).sum("ponder_requests_in_flight") == 0;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void upstream_diesInMidAnswer_andItNeverLooksComplete() throws IOException {
    script = call -> call.beginStream().chunk("part").reset();
    try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
      client.send(head("GET /v1/files"));
      assertThatThrownBy(client::read).isInstanceOf(IOException.class);
    }
    script =
        call -> {
          call.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
          return false;
        };
    try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
      client.send(head("GET /v1/files"));
      assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
    }
    script =
        call -> {
          call.beginStream().chunk("and then silence");
          return call.awaitLeaving();
        };
    try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
      client.send(head("GET /v1/files"));
      assertThatThrownBy(client::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void upstream_silentOrGone_isAnError() throws IOException {
    script = RawUpstream.Call::awaitLeaving;
    try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
      RawHttp.Response late = client.send(head("GET /v1/files")).read();
      assertThat(late.status()).isEqualTo(504);
      script = RawUpstream.Call::reset;
      RawHttp.Response broken = client.send(head("GET /v1/files")).read();
      assertThat(broken.status()).isEqualTo(502);
      assertThat(broken.json().getJsonObject("error").getString("code"))
          .isEqualTo("upstream_error");
    }
  }

  @Test
  void answer_beforeTheRequestsEnd_isTheAnswer() throws IOException {
    script = call -> call.write("HTTP/1.1 401 No\r\ncontent-length: 2\r\n\r\nno").awaitLeaving();
    try (RawHttp client = new RawHttp(toRaw.apiUrl())) {
      client.send(head("POST /v1/files", "transfer-encoding: chunked"));
      client.send(chunk("begun".getBytes(UTF_8)));
      RawHttp.Response response = client.read();
      assertThat(response.status()).isEqualTo(401);
      assertThat(response.text()).isEqualTo("no");
      client.send(chunk("the rest".getBytes(UTF_8))).send("0\r\n\r\n");
      client.send(head("GET /v1/models"));
      assertThat(client.read().status()).isEqualTo(200);
    }
  }
}
