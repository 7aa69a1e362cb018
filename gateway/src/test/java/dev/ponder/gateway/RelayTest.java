package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes through a stream, byte for byte, and what the gateway adds to it. */
class RelayTest {

  private static final String ALIVE = ": keep-alive\n\n";
  private static final Pattern EOL = Pattern.compile("\n");

  private static final String USAGE =
      "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,"
          + "\"total_tokens\":5} }\n\n";

  /** What providers do: comments, ids, several lines of data, no space, other members. */
  private static final String BEFORE_USAGE =
      """
      : PROCESSING

      data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

      id: 7
      event: message
      data:{"id":"c","choices":[{"index":0,"delta":{"content":"Ürgs 🙂 \\n \\"usage\\":{"}}]}

      retry: 3

      data: {"id":"c",
      data:  "choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      """;

  private static final String AFTER_USAGE = "data: [DONE]\n\n";
  private static final String WHOLE = BEFORE_USAGE + USAGE + AFTER_USAGE;

  private static RawUpstream upstream;
  private static RunningGateway gateway;
  private static RunningGateway quiet;

  /** What the upstream does in the test at hand. */
  private static volatile RawUpstream.Script script;

  @BeforeAll
  static void start() throws IOException {
    upstream = new RawUpstream(call -> script.answer(call));
    gateway = RunningGateway.start(yaml());
    quiet = RunningGateway.start(yaml() + "responses: { annotate: false }\n");
  }

  private static String yaml() {
    return """
        upstreams:
          raw: { base_url: "%s" }
        models:
          raw: { served_by: raw/x, price: { input: 0.40, output: 1.60 } }
        limits: { keep_alive: 1s }
        """
        .formatted(upstream.baseUrl());
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    quiet.close();
    upstream.close();
  }

  private static RawHttp.Response relayed(RunningGateway through, String request)
      throws IOException {
    try (RawHttp client = new RawHttp(through.apiUrl())) {
      return client.chat(request, "accept: application/json").read();
    }
  }

  private static String withUsage() {
    return RawHttp.askStream("raw", "Hello")
        .replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void stream_passesByteForByte_whereverItIsCut(String eol) throws IOException {
    byte[] sent = WHOLE.replace("\n", eol).getBytes(UTF_8);
    String expected = (BEFORE_USAGE + AFTER_USAGE).replace("\n", eol);
    script =
        call -> {
          int cut = Integer.parseInt(call.head().replaceAll("(?s).*x-cut: ([0-9]+).*", "$1"));
          byte[] first = Arrays.copyOf(sent, cut);
          byte[] second = Arrays.copyOfRange(sent, cut, sent.length);
          return call.beginStream().chunk(first).chunk(second).end();
        };
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (int cut = 1; cut < sent.length; cut++) {
        client.chat(RawHttp.askStream("raw", "Hello"), "x-cut: " + cut);
        assertThat(client.read().text()).describedAs("cut at " + cut).isEqualTo(expected);
      }
    }
  }

  @Test
  void stream_inChunksThatEndOneEventAndBeginTheNext() throws IOException {
    String first = "data: {\"choices\":[{\"delta\":{\"content\":\"one\"}}]}\n\n";
    String second = "data: {\"choices\":[{\"delta\":{\"content\":\"two\"}}]}\n\n";
    script =
        call ->
            call.beginStream()
                .chunk(first.substring(0, 30))
                .chunk(first.substring(30) + second.substring(0, 30))
                .chunk(second.substring(30) + WHOLE)
                .end();
    assertThat(relayed(gateway, RawHttp.askStream("raw", "Hello")).text())
        .isEqualTo(first + second + BEFORE_USAGE + AFTER_USAGE);
  }

  @Test
  void stream_byteByByte_withAByteOrderMark() throws IOException {
    byte[] sent = ("\ufeff" + WHOLE).getBytes(UTF_8);
    script =
        call -> {
          call.beginStream();
          for (byte one : sent) {
            call.chunk(new byte[] {one});
          }
          return call.end();
        };
    String text = relayed(gateway, RawHttp.askStream("raw", "Hello")).text();
    assertThat(text).isEqualTo("\ufeff" + BEFORE_USAGE + AFTER_USAGE);
  }

  @Test
  void usage_isAskedForByTheGateway_andTheChunkWithheld() throws IOException {
    String[] asked = new String[1];
    script =
        call -> {
          asked[0] = call.body();
          return call.beginStream().chunk(WHOLE).end();
        };
    RawHttp.Response response = relayed(gateway, RawHttp.askStream("raw", "Hello"));
    assertThat(asked[0]).contains("\"stream_options\":{\"include_usage\":true}");
    assertThat(response.text()).isEqualTo(BEFORE_USAGE + AFTER_USAGE);
    assertThat(response.header("content-type")).hasValue("text/event-stream; charset=utf-8");
    assertThat(response.header("cache-control")).hasValue("no-cache");
    assertThat(response.header("content-length")).isEmpty();
  }

  @Test
  void usage_askedForByTheClient_isToldTheCost() throws IOException {
    script = call -> call.beginStream().chunk(WHOLE).end();
    String cost = ",\"ponder\":{\"cost_usd\":0.0000044}}\n\n"; // 3 x 0.40 + 2 x 1.60 per million
    String annotated = USAGE.substring(0, USAGE.length() - 3) + cost;
    assertThat(relayed(gateway, withUsage()).text())
        .isEqualTo(BEFORE_USAGE + annotated + AFTER_USAGE);
    assertThat(relayed(quiet, withUsage()).text()).isEqualTo(WHOLE);
  }

  @Test
  void usage_inTheFinishChunk_isNotWithheld() throws IOException {
    String finish =
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
            + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}\n\n";
    script = call -> call.beginStream().chunk(finish + AFTER_USAGE).end();
    assertThat(relayed(gateway, RawHttp.askStream("raw", "Hello")).text())
        .isEqualTo(finish + AFTER_USAGE);
  }

  @Test
  void usage_ofNullInEveryChunk_isNotWithheld() throws IOException {
    String chunks =
        """
        data: {"choices":[],"prompt_filter_results":[],"usage":null}

        data: {"choices":[{"finish_reason":"stop"}],"usage":null}

        """;
    script = call -> call.beginStream().chunk(chunks + USAGE + AFTER_USAGE).end();
    assertThat(relayed(gateway, RawHttp.askStream("raw", "Hello")).text())
        .isEqualTo(chunks + AFTER_USAGE);
  }

  @Test
  void event_longerThanWhatIsHeld_passesWhole() throws IOException {
    String image = "A".repeat(300_000);
    String huge = "data: {\"choices\":[{\"delta\":{\"content\":\"" + image + "\"}}]}\n\n";
    script = call -> call.beginStream().chunk(huge + WHOLE).end();
    assertThat(relayed(gateway, RawHttp.askStream("raw", "Hello")).text())
        .isEqualTo(huge + BEFORE_USAGE + AFTER_USAGE);
  }

  @Test
  void keepAlive_beforeTheHead() throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    script =
        call -> {
          await(heard);
          return call.beginStream().chunk(WHOLE).end();
        };
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(RawHttp.askStream("raw", "Hello"));
      assertThat(client.readStatus()).isEqualTo(200);
      assertThat(client.readHeaders())
          .containsEntry("content-type", "text/event-stream; charset=utf-8")
          .containsEntry("x-ponder-model", "raw")
          .containsKey("x-request-id");
      assertThat(client.readChunksUntil(ALIVE)).isEqualTo(ALIVE);
      heard.countDown();
      assertThat(client.readChunksUntil("[DONE]").replace(ALIVE, ""))
          .isEqualTo(BEFORE_USAGE + AFTER_USAGE);
    }
  }

  @Test
  void keepAlive_betweenEvents() throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    script =
        call -> {
          call.beginStream().chunk(BEFORE_USAGE);
          await(heard);
          return call.chunk(USAGE + AFTER_USAGE).end();
        };
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(RawHttp.askStream("raw", "Hello"));
      assertThat(client.readStatus()).isEqualTo(200);
      client.readHeaders();
      assertThat(client.readChunksUntil(ALIVE)).isEqualTo(BEFORE_USAGE + ALIVE);
      heard.countDown();
      assertThat(client.readChunksUntil("[DONE]")).endsWith(AFTER_USAGE);
    }
  }

  @Test
  void keepAlive_neverInsideAnEvent() throws IOException {
    String chunked = "data: {\"choices\":[{\"delta\":{\"content\":\"" + "z".repeat(100_000);
    String rest = "\"}}]}\n\n";
    script =
        call -> {
          call.beginStream().chunk(chunked);
          await(new CountDownLatch(1)); // longer than the time between two keep-alives
          return call.chunk(rest + WHOLE).end();
        };
    assertThat(relayed(gateway, RawHttp.askStream("raw", "Hello")).text())
        .isEqualTo(chunked + rest + BEFORE_USAGE + AFTER_USAGE);
  }

  @Test
  void failure_afterAKeepAlive_isAnErrorEvent() throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    String body = "{\n  \"error\": {\"message\": \"slow down\", \"code\": \"rate\"}\n}";
    script =
        call -> {
          await(heard);
          call.write(
              "HTTP/1.1 429 Too Many\r\ncontent-type: application/json\r\ncontent-length: "
                  + body.length()
                  + "\r\n\r\n"
                  + body);
          return true;
        };
    assertThat(afterKeepAlive(heard))
        .endsWith("event: error\ndata: " + EOL.matcher(body).replaceAll(" ") + "\n\n");
  }

  @Test
  void reset_afterAKeepAlive_isAnErrorEvent() throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    script =
        call -> {
          await(heard);
          return call.reset();
        };
    assertThat(afterKeepAlive(heard))
        .contains("event: error\ndata: {\"error\":{")
        .doesNotContain("[DONE]");
  }

  private static String afterKeepAlive(CountDownLatch heard) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(RawHttp.askStream("raw", "Hello"));
      assertThat(client.readStatus()).isEqualTo(200);
      client.readHeaders();
      client.readChunksUntil(ALIVE);
      heard.countDown();
      StringBuilder text = new StringBuilder();
      for (byte[] chunk = client.readChunk(); chunk.length > 0; chunk = client.readChunk()) {
        text.append(new String(chunk, UTF_8));
      }
      return text.toString().replace(ALIVE, "");
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    boolean ignored = latch.await(1_500, TimeUnit.MILLISECONDS);
  }
}
