package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.gateway.cli.Main;
import dev.ponder.gateway.server.Keyring;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that is told to end, once and twice, while answers run. */
@Timeout(120)
class ShutdownTest {

  private static final String HI = RawHttp.ask("mini", "Hi");
  private static final String STREAM = RawHttp.askStream("mini", "Hi");

  @TempDir private Path folder;

  private HeldUpstream upstream;
  private Process gateway;
  private String api;
  private String admin;

  @BeforeEach
  void open() throws IOException {
    upstream = new HeldUpstream();
  }

  @AfterEach
  void close() throws IOException {
    if (gateway != null) {
      gateway.destroyForcibly();
    }
    upstream.close();
  }

  private void start(String limits) throws IOException {
    String yaml =
        """
        listen: { api: 127.0.0.1:0, admin: 127.0.0.1:0 }
        upstreams: { held: { base_url: "%s" } }
        models: { mini: { served_by: held/x, max_output_tokens: 1000,
                          price: { input: 0, output: 10 } } }
        policies: [ { name: all, budget: 5 USD per month, at_exhaustion: reject } ]
        keys: [ { name: ours, sha256: %s } ]
        ledger: sqlite:%s
        decisions: { log: "file:%s" }
        limits: { %s }
        """
            .formatted(
                upstream.baseUrl(),
                Keyring.sha256("ours"),
                folder.resolve("ponder.db"),
                folder.resolve("decisions.jsonl"),
                limits);
    Path file = Files.writeString(folder.resolve("ponder.yaml"), yaml);
    gateway =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--config",
                file.toString())
            .redirectError(folder.resolve("err").toFile())
            .start();
    BufferedReader out = gateway.inputReader();
    String line = out.readLine();
    assertThat(line).as(Files.readString(folder.resolve("err"))).startsWith("ponder ready");
    String[] words = line.split(" ", -1);
    api = words[3];
    admin = words[5];
  }

  private RawHttp client() throws IOException {
    return new RawHttp(api);
  }

  private RawHttp asking(String body, String id) throws IOException {
    return client().chat(body, "authorization: Bearer ours", "x-request-id: " + id);
  }

  private RawHttp.Response ready() {
    try (RawHttp client = new RawHttp(admin)) {
      return client.bare("GET", "/health/ready").read();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private int code() throws InterruptedException {
    assertThat(gateway.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return gateway.exitValue();
  }

  private String line(String id) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("decisions.jsonl"));
    return lines.stream().filter(line -> line.contains("\"" + id + "\"")).findFirst().orElse("");
  }

  private static String rest(RawHttp client) {
    return new String(client.readToClose(), UTF_8);
  }

  private boolean listens() {
    try (RawHttp client = client()) {
      return client != null;
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void sigterm_withADelay_takesRequestsOn_thoughItIsNotReady() throws Exception {
    start("shutdown_delay: 1h");
    assertThat(ready().status()).isEqualTo(200);
    try (RawHttp before = asking(HI, "before")) {
      upstream.awaitCall();
      gateway.destroy();
      Eventually.holds("it says that it is not ready", () -> ready().status() == 503);
      try (RawHttp during = asking(HI, "during")) {
        upstream.awaitCall();
        upstream.release();
        upstream.release();
        for (RawHttp one : List.of(before, during)) {
          RawHttp.Response answer = one.read();
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.header("connection")).hasValue("close");
        }
      }
    }
    gateway.destroy(); // does not wait for the delay to be over
    assertThat(code()).isEqualTo(128 + 15);
  }

  @Test
  void sigterm_letsStreamsFinish_andTakesNoMore() throws Exception {
    start("drain: 1h");
    try (RawHttp stream = asking(STREAM, "stream");
        RawHttp idle = asking(HI, "idle")) {
      upstream.awaitCall();
      upstream.awaitCall();
      gateway.destroy();
      Eventually.holds("it takes no more connections", () -> !listens());
      assertThatThrownBy(this::client).isInstanceOf(ConnectException.class);
      assertThat(ready().status()).isEqualTo(503);
      assertThat(gateway.isAlive()).isTrue();
      upstream.release();
      upstream.release();
      assertThat(stream.read().text()).endsWith("data: [DONE]\n\n");
      assertThat(idle.read().header("connection")).hasValue("close");
    }
    assertThat(code()).isZero();
    assertThat(line("stream")).contains("\"outcome\":\"success\"");
    assertThat(Audit.row(folder.resolve("ponder.db"), "stream").source()).isEqualTo("reported");
    assertThat(Files.readString(folder.resolve("err"))).contains("event=stopped");
  }

  @Test
  void sigterm_withoutPatience_tellsWhoeverIsCutOff_andSettles() throws Exception {
    start("drain: 0s");
    try (RawHttp stream = asking(STREAM, "stream");
        RawHttp plain = asking(HI, "plain")) {
      upstream.awaitCall();
      upstream.awaitCall();
      assertThat(stream.readStatus()).isEqualTo(200);
      stream.readHeaders();
      stream.readChunksUntil("content");
      gateway.destroy();
      String rest = rest(stream);
      assertThat(rest)
          .contains("event: error\ndata: {\"error\":")
          .contains("\"code\":\"overloaded\"")
          .doesNotContain("[DONE]");
      RawHttp.Response refused = plain.read();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("retry-after")).hasValue("1");
      assertThat(refused.header("connection")).hasValue("close");
    }
    assertThat(code()).isZero();
    for (String id : List.of("stream", "plain")) {
      assertThat(line(id)).contains("\"outcome\":\"overloaded\"");
      assertThat(Audit.rows(folder.resolve("ponder.db"), id)).hasSize(1);
    }
    assertThat(Audit.row(folder.resolve("ponder.db"), "stream").nanos()).isPositive();
  }

  @Test
  void secondSignal_endsAtOnce_andTheLedgerKnowsWhatWasSent() throws Exception {
    start("drain: 1h");
    try (RawHttp stream = asking(STREAM, "stream")) {
      upstream.awaitCall();
      gateway.destroy();
      Eventually.holds("it takes no more connections", () -> !listens());
      gateway.destroy();
      assertThat(code()).isEqualTo(128 + 15);
      assertThat(rest(stream)).doesNotContain("[DONE]");
    }
    start("drain: 0s");
    gateway.destroy();
    assertThat(code()).isZero();
    Audit.Row row = Audit.row(folder.resolve("ponder.db"), "stream");
    assertThat(row.state()).isEqualTo("presumed");
  }

  /** In one process: what is asked in each dialect, of an upstream that says no more. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/chat/completions | openai"
            + " | {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}"
            + " | data: {\"error\":{",
        "/v1/responses | openai | {\"type\":\"response.output_text.delta\",\"sequence_number\":4,"
            + "\"delta\":\"a\"} | \"param\":null,\"sequence_number\":5}",
        "/v1/messages | anthropic | {\"type\":\"content_block_delta\",\"index\":0,"
            + "\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}"
            + " | {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"",
        "/v1/messages | openai | {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}"
            + " | {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"",
      })
  void stop_endsStreams_inTheirDialect(String path, String provider, String event, String end)
      throws Exception {
    try (RawUpstream mute =
            new RawUpstream(
                call -> call.beginStream().chunk("data: " + event + "\n\n").awaitLeaving());
        RunningGateway running =
            RunningGateway.start(
                """
                upstreams: { held: { provider: %s, base_url: "%s" } }
                models: { mini: { served_by: held/x, max_output_tokens: 1000,
                                  price: { input: 0, output: 10 } } }
                policies: [ { name: all, budget: 5 USD per month, at_exhaustion: reject } ]
                """
                    .formatted(provider, mute.baseUrl()));
        RawHttp stream = new RawHttp(running.apiUrl())) {
      String asked = STREAM.replace("{\"model\"", "{\"max_tokens\":9,\"model\"");
      String input = "{\"model\":\"mini\",\"stream\":true,\"input\":\"Hi\"}";
      stream.post(path, path.endsWith("responses") ? input : asked);
      assertThat(stream.readStatus()).isEqualTo(200);
      stream.readHeaders();
      stream.readChunksUntil("\"a\"");
      running.drain();
      assertThat(rest(stream)).contains(end).doesNotContain("[DONE]", "message_stop");
      assertThat(Audit.pending(running, "all").nanos()).isZero();
      assertThat(Audit.posted(running, "all").nanos()).isPositive();
      assertThat(Scrape.of(running).sum("ponder_stream_aborts_total", "by=\"gateway\""))
          .isEqualTo(1);
    }
  }
}
