package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is asked after a failure, and that the client gets one answer, of one upstream. */
class FallbackTest {

  private static final String GOOD = "{\"choices\":[{\"finish_reason\":\"stop\"}],\"by\":\"b\"}";
  private static final String REFUSAL = "{ \"error\": {\"message\": \"of a\"} }";
  private static final String STREAM_HEAD =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-of-a: 1\r\n"
          + "transfer-encoding: chunked\r\n\r\n";

  /** Ways to answer and yet not to answer. */
  private static final Map<String, RawUpstream.Script> FAULTS =
      Map.of(
          "close after the head",
          call -> {
            call.write("HTTP/1.1 200 OK\r\nx-of-a: 1\r\ncontent-length: 99\r\n\r\n");
            return false;
          },
          "close in the body",
          call -> {
            call.write("HTTP/1.1 200 OK\r\nx-of-a: 1\r\ncontent-length: 99\r\n\r\n{\"choi");
            return false;
          },
          "redirect",
          Pair.plain(302, "", "location: http://127.0.0.1:1/", "x-of-a: 1"),
          "page",
          Pair.plain(200, "<html>hello</html>", "content-type: text/html", "x-of-a: 1"),
          "cut JSON",
          Pair.plain(200, "{\"choices\":[{\"fini", "x-of-a: 1"),
          "stream closed before its first event",
          call -> {
            call.write(STREAM_HEAD);
            return false;
          },
          "stream ended before its first event",
          call -> call.write(STREAM_HEAD).end(),
          "stream torn in its first event",
          call -> call.write(STREAM_HEAD).chunk("data: {\"choi").end(),
          "no chunk",
          call -> {
            call.write(STREAM_HEAD + "oops\r\n");
            return false;
          });

  @TempDir private static Path folder;

  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    int unused;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      unused = socket.getLocalPort();
    }
    pair =
        new Pair(
            """
            upstreams:
              a:
                base_url: "${A}"
                retries: { max: 0 }
                breaker: &never { failures: 1000, rate: 100%% }
              b: { base_url: "${B}", breaker: *never }
              nowhere: { base_url: "http://127.0.0.1:%d/v1", retries: { max: 0 } }
            models:
              one: { served_by: a/x, price: { input: 1, output: 2 } }
              other: { served_by: b/y, price: { input: 1, output: 2 } }
              blind: { served_by: b/y, vision: false, price: { input: 1, output: 2 } }
              twice: { served_by: [ a/x, b/y ], price: { input: 1, output: 2 } }
              alone: { served_by: [ a/x, nowhere/x ], price: { input: 1, output: 2 } }
            routes:
              lone: { tiers: [ { model: one, fallbacks: [ blind ] } ] }
              safe: { tiers: [ { model: one, fallbacks: [ other ] } ] }
              seeing:
                tiers:
                  - { model: one, fallbacks: [ blind ] }
                  - { model: other, min_score: 0.9 }
            """
                .formatted(unused),
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  static Iterable<String> faults() {
    return FAULTS.keySet();
  }

  private static double fallbacks() throws IOException {
    return Scrape.of(pair.gateway()).sum("ponder_fallbacks_total");
  }

  private static void assertOneFallback(String body, String answer, String model)
      throws IOException {
    double before = fallbacks();
    Pair.Told told = pair.ask(body);
    assertThat(told.response().status()).describedAs(told.text()).isEqualTo(200);
    assertThat(told.text()).isEqualTo(answer);
    assertThat(told.outcome()).isEqualTo("success");
    assertThat(told.response().header("x-ponder-model")).hasValue(model);
    assertThat(told.response().header("x-of-a")).isEmpty();
    assertThat(told.decision().getInteger("attempts")).isEqualTo(2);
    assertThat(told.decision().getString("deployment")).isEqualTo("b/y");
    assertThat(pair.firstCalls()).isEqualTo(1);
    assertThat(pair.secondCalls()).isEqualTo(1);
    assertThat(fallbacks()).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void noAnswer_plain_asksTheNext(String fault) throws IOException {
    pair.first(FAULTS.get(fault)).second(Pair.json(200, GOOD));
    assertOneFallback(RawHttp.ask("twice", "x"), GOOD, "twice");
    pair.first(FAULTS.get(fault)).second(Pair.json(200, GOOD));
    assertOneFallback(RawHttp.ask("safe", "x"), GOOD, "other");
  }

  @ParameterizedTest
  @MethodSource("faults")
  void noAnswer_streamed_asksTheNext(String fault) throws IOException {
    String answer = Pair.HELLO + Pair.STOP + Pair.DONE;
    pair.first(FAULTS.get(fault)).second(Pair.stream(answer));
    assertOneFallback(RawHttp.askStream("twice", "x"), answer, "twice");
    pair.first(FAULTS.get(fault)).second(Pair.stream(answer));
    assertOneFallback(RawHttp.askStream("safe", "x"), answer, "other");
  }

  @Test
  void firstEventRelayed_asksNobodyElse() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    pair.first(
        call -> {
          call.beginStream().chunk(Pair.HELLO);
          return read.await(20, TimeUnit.SECONDS) && call.reset();
        });
    double before = fallbacks();
    String id = pair.nextId();
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      client.chat(RawHttp.askStream("twice", "x"), "x-request-id: " + id);
      assertThat(client.readStatus()).isEqualTo(200);
      client.readHeaders();
      assertThat(client.readChunksUntil("\n\n")).isEqualTo(Pair.HELLO);
      read.countDown();
      assertThat(client.readChunksUntil("}\n\n")).startsWith("event: error\n");
      assertThat(client.readChunk()).isEmpty();
    }
    assertThat(pair.decision(id).getString("outcome")).isEqualTo("upstream_error");
    assertThat(pair.secondCalls()).isZero();
    assertThat(fallbacks()).isEqualTo(before);
  }

  static Stream<String> preludes() {
    String filters = "data: {\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]}";
    return Stream.of(filters + "\n\n", filters + "\r\n\r\n", (filters + "\n\n").repeat(3));
  }

  /** Azure begins with a chunk that says nothing: the answer has not begun. */
  @ParameterizedTest
  @MethodSource("preludes")
  void nothingButAPrelude_asksTheNext(String prelude) throws IOException {
    pair.first(call -> Pair.silent(call.beginStream().chunk(prelude), 150) && call.reset())
        .second(Pair.stream(prelude, Pair.HELLO, Pair.finish(0), "data: [DONE]\n\n"));
    Pair.Told told = pair.ask(RawHttp.askStream("twice", "x"));
    assertThat(told.text()).isEqualTo(prelude + Pair.HELLO + Pair.finish(0) + "data: [DONE]\n\n");
    assertThat(told.outcome()).isEqualTo("success");
    assertThat(pair.secondCalls()).isEqualTo(1);
  }

  /** What waits for a beginning has a limit, and is never lost. */
  @Test
  void endlessPrelude_isABeginning() throws IOException {
    String filters = "data: {\"choices\":[],\"note\":\"" + "z".repeat(10_000) + "\"}\n\n";
    pair.first(
        call -> Pair.silent(call.beginStream().chunk(filters).chunk(filters), 150) && call.reset());
    Pair.Told told = pair.ask(RawHttp.askStream("twice", "x"));
    assertThat(told.text()).startsWith(filters + filters + "event: error\n");
    assertThat(pair.secondCalls()).isZero();
  }

  /** Its event and its end come in one read, so that the failure is known before it is written. */
  @Test
  void firstEventAndEndAtOnce_isOneAnswerAllTheSame() throws IOException {
    String event = Pair.HELLO.replace("hi", "of a");
    String size = Integer.toHexString(event.length());
    pair.first(
            call -> {
              call.write(STREAM_HEAD + size + "\r\n" + event + "\r\n0\r\n\r\n");
              return true;
            })
        .second(Pair.stream(Pair.HELLO, Pair.STOP, Pair.DONE));
    String text = pair.ask(RawHttp.askStream("twice", "x")).text();
    assertThat(text.contains("of a") && text.contains("[DONE]"))
        .describedAs("two answers in one: " + text)
        .isFalse();
  }

  @Test
  void refusedOnce_andNobodyElseThere_passesTheRefusalOn() throws IOException {
    pair.first(Pair.plain(429, REFUSAL, "content-type: application/json; a=b", "retry-after: 0"));
    for (String body : new String[] {RawHttp.ask("alone", "x"), RawHttp.askStream("alone", "x")}) {
      Pair.Told told = pair.ask(body);
      assertThat(told.response().status()).describedAs(told.text()).isEqualTo(429);
      assertThat(told.text()).isEqualTo(REFUSAL);
      assertThat(told.response().header("retry-after")).hasValue("0");
      assertThat(told.response().header("content-type")).hasValue("application/json; a=b");
      assertThat(told.outcome()).isEqualTo("rate_limited");
      assertThat(told.decision().getInteger("attempts")).isEqualTo(2);
    }
  }

  @Test
  void refusedTwice_passesTheLastRefusalOn() throws IOException {
    String last = "{\"error\":{\"message\":\"of b\"}}";
    pair.first(Pair.plain(503, REFUSAL, "retry-after: 0")).second(Pair.json(500, last));
    Pair.Told told = pair.ask(RawHttp.ask("twice", "x"));
    assertThat(told.response().status()).isEqualTo(500);
    assertThat(told.text()).isEqualTo(last);
    assertThat(told.response().header("retry-after")).isEmpty();
    assertThat(told.outcome()).isEqualTo("upstream_error");
  }

  @ParameterizedTest
  @ValueSource(strings = {"safe", "lone", "seeing"})
  void image_neverGoesToABlindFallback(String route) throws IOException {
    String image =
        "{\"model\":\""
            + route
            + "\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":"
            + "\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]}]}";
    pair.first(Pair.json(503, REFUSAL)).second(Pair.json(200, GOOD));
    Pair.Told told = pair.ask(image, "x-ponder-effort: low");
    boolean blind = !route.equals("safe");
    assertThat(told.response().status()).isEqualTo(blind ? 503 : 200);
    assertThat(pair.secondCalls()).isEqualTo(blind ? 0 : 1);
  }
}
