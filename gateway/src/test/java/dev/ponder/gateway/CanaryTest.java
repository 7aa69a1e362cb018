package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.config.Configuration.Logs;
import dev.ponder.gateway.server.Keyring;
import dev.ponder.gateway.telemetry.LogLevels;
import dev.ponder.gateway.telemetry.LogOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * No word of a prompt or an answer and no key gets out, at any level of any logger: not into the
 * log, the access log, the decision log, the metrics or the spans.
 */
class CanaryTest {

  private static final String CLIENT_KEY = "sk-ponder-canary-client-key";
  private static final String KEY = "authorization: Bearer " + CLIENT_KEY;
  private static final String UPSTREAM_KEY = "sk-canary-upstream-key";
  private static final String PROMPT = "canary-prompt: what is behind the canary-door?";

  private static final String USAGE =
      "{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}";

  private static final String ANSWER =
      "{\"model\":\"x\",\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":"
          + "\"canary-answer\"}}],\"usage\":"
          + USAGE
          + "}";

  private static final Level JUL = Logger.getLogger("").getLevel();

  private static Path folder;
  private static Collector collector;
  private static RawUpstream upstream;
  private static RunningGateway gateway;
  private static LogOutput logs;
  private static volatile RawUpstream.Script script = Pair.json(200, ANSWER);

  @BeforeAll
  static void start(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Logs loudest = new Logs(Logs.Format.JSON, Logs.Level.TRACE, Logs.Target.STDERR, "off");
    logs = LogOutput.install(loudest, "file:" + folder.resolve("log"));
    Logger.getLogger("").setLevel(Level.ALL);
    collector = new Collector();
    upstream = new RawUpstream(call -> script.answer(call));
    Map<String, String> environment =
        Map.of("STUB_KEY", UPSTREAM_KEY, "OTEL_BSP_SCHEDULE_DELAY", "20");
    String yaml =
        """
        upstreams:
          raw: { base_url: "${RAW}", api_key: env:STUB_KEY }
        models:
          cheap: { served_by: [ raw/x, raw/y ], max_output_tokens: 1000,
                   price: { input: 1, output: 2 } }
          dear: { served_by: raw/z, reasoning: true, max_output_tokens: 1000,
                  price: { input: 10, output: 20 } }
          poor: { served_by: raw/p, max_output_tokens: 1000, price: { input: 1, output: 2 } }
          paid: { served_by: raw/q, max_output_tokens: 1000, price: { input: 1, output: 2 } }
        routes:
          auto: [ cheap, { model: dear, min_score: 0.5 } ]
        policies:
          - { name: poor, applies_to: { model: poor }, budget: 0.000001 USD per month,
              at_exhaustion: reject }
          - { name: paid, applies_to: { model: paid }, budget: 50 USD per month,
              at_exhaustion: reject }
        passthrough: raw
        ledger: "sqlite:${FOLDER}/ponder.db"
        classifier: { http: "http://127.0.0.1:${PORT}/score", send: both, api_key: env:STUB_KEY }
        keys: [ { name: one, team: data, sha256: "${HASH}" } ]
        decisions: { log: "file:${FOLDER}/decisions" }
        telemetry:
          traces: { otlp: "${OTLP}" }
          logs: { level: trace, access: "file:${FOLDER}/access" }
        """
            .replace("${RAW}", upstream.baseUrl())
            .replace("${PORT}", Integer.toString(upstream.port()))
            .replace("${HASH}", Keyring.sha256(CLIENT_KEY))
            .replace("${OTLP}", collector.url())
            .replace("${FOLDER}", folder.toString());
    gateway = RunningGateway.startIn(environment, yaml);
  }

  @AfterAll
  static void stop() throws IOException {
    Logger.getLogger("").setLevel(JUL);
    collector.close();
    upstream.close();
    LogLevels.configure(Logs.Level.INFO);
  }

  private static RawHttp.Response ask(String body, String... headers) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.chat(body, headers).read();
    }
  }

  private static void ask(RawUpstream.Script answer, String body) throws IOException {
    script = answer;
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(body, KEY, "connection: close", "baggage: user=canary-baggage").readToClose();
    }
  }

  /** Every way in which an upstream may answer, or not. */
  private static void answers() throws IOException {
    String plain = RawHttp.ask("auto", PROMPT);
    String stream = RawHttp.askStream("auto", PROMPT);
    String hello = Pair.HELLO.replace("\"hi\"", "\"canary-answer\"");
    String error = "{\"error\":{\"message\":\"canary-answer\",\"code\":\"canary-code\"}}";
    ask(Pair.json(200, ANSWER), plain);
    ask(Pair.stream(hello, Pair.STOP, Pair.DONE), stream);
    ask(Pair.stream(hello), stream);
    ask(Pair.stream(hello, "event: error\ndata: " + error + "\n\n"), stream);
    ask(call -> call.beginStream().chunk(hello) == null, stream);
    for (int status : new int[] {302, 400, 401, 404, 429, 500, 503}) {
      ask(Pair.json(status, error), plain);
      ask(Pair.json(status, error), stream);
    }
    ask(Pair.json(200, error), plain);
    ask(Pair.json(200, ANSWER.substring(0, 60)), plain);
    ask(Pair.plain(200, "canary-answer", "content-type: text/plain"), plain);
    ask(Pair.plain(200, "canary-answer", "content-encoding: gzip"), plain);
    ask(call -> call.write("canary-answer is not HTTP\r\n\r\n") == null, plain);
    ask(call -> call.write("HTTP/1.1 canary-answer\r\n\r\n") == null, plain);
    ask(call -> call.write("HTTP/1.1 200 OK\r\ncanary-answer\r\n\r\n") == null, plain);
    ask(
        call ->
            call.write(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                        + "transfer-encoding: chunked\r\n\r\ncanary-answer\r\n")
                == null,
        plain);
    ask(
        call -> call.write("HTTP/1.1 200 OK\r\ncontent-length: canary-answer\r\n\r\n{") == null,
        plain);
    ask(call -> false, plain);
  }

  /** Bytes where no answer has a place: of them a quiet log says less, by other ways. */
  private static void framings() throws IOException {
    String plain = RawHttp.ask("cheap", PROMPT);
    LogLevels.configure(Logs.Level.INFO);
    ask(call -> call.write("HTTP/1.1 204 No Content\r\n\r\ncanary-answer\r\n\r\n") != null, plain);
    ask(
        call ->
            call.write(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2"
                        + "\r\n\r\n{}canary-answer of somebody\r\n\r\n")
                != null,
        plain);
    ask(call -> call.write("canary-answer is not HTTP\r\n\r\n") != null, plain);
    String tooMuch = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncanary-answer is\r\n\r\n";
    script = call -> call.write(tooMuch) != null;
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(
          "HEAD /v1/files/x HTTP/1.1\r\nhost: g\r\nconnection: close\r\n" + KEY + "\r\n\r\n");
      client.readToClose();
    }
    Eventually.holds("it is told of", () -> logText().contains("event=connection_broken to=raw"));
    LogLevels.configure(Logs.Level.TRACE);
  }

  private static String logText() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Every way in which a request may be wrong. */
  private static void refusals() throws IOException {
    script = Pair.json(200, ANSWER);
    assertThat(ask(RawHttp.ask("auto", PROMPT)).status()).isEqualTo(401);
    assertThat(ask(RawHttp.ask("auto", PROMPT), "authorization: Bearer sk-canary-wrong").status())
        .isEqualTo(401);
    assertThat(ask(RawHttp.ask("auto", PROMPT), "x-api-key: sk-canary-wrong").status())
        .isEqualTo(401);
    for (String malformed :
        new String[] {
          PROMPT,
          "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"" + PROMPT,
          "{\"model\":\"auto\",\"messages\":\"" + PROMPT + "\"}",
          "{\"model\":\"canary-model\",\"messages\":" + RawHttp.messages(PROMPT) + "}",
          "{\"model\":\"auto\",\"temperature\":\"canary-number\",\"n\":\"canary-number\"}",
          "{\"model\":\"auto\",\"canary-member\":1,\"canary-member\":2}",
          "{\"model\":\"auto\",\"max_tokens\":\"" + PROMPT + "\"}"
        }) {
      assertThat(ask(malformed, KEY).status()).isBetween(400, 404);
    }
    String good = RawHttp.ask("auto", PROMPT);
    assertThat(ask(good, KEY, "content-encoding: canary-coding").status()).isEqualTo(415);
    assertThat(ask(good, KEY, "content-encoding: gzip").status()).isEqualTo(400);
    assertThat(ask(good, KEY, "x-ponder-effort: canary-effort").status()).isEqualTo(400);
    assertThat(ask(good, KEY, "x-ponder-tags: canary-tag=canary-value").status()).isLessThan(500);
    assertThat(ask(good, KEY, "traceparent: canary-trace").status()).isEqualTo(200);
    assertThat(ask(good, KEY, "x-ponder-dry-run: true").status()).isEqualTo(200);
    assertThat(ask(RawHttp.ask("poor", PROMPT), KEY).status()).isEqualTo(429);
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.send(PROMPT + "\r\n\r\n").readToClose();
    }
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      admin.send(
          "POST /admin/v1/explain HTTP/1.1\r\nhost: a\r\ncontent-length: "
              + good.length()
              + "\r\n\r\n"
              + good);
      assertThat(admin.read().status()).isEqualTo(200);
    }
    try (RawHttp gone = new RawHttp(gateway.apiUrl())) {
      gone.chat(RawHttp.askStream("auto", PROMPT), KEY);
    }
  }

  /** The other endpoints, with what they take and with what they do not. */
  private static void dialects() throws IOException {
    script = Pair.json(200, ANSWER);
    String good =
        "{\"model\":\"cheap\",\"max_tokens\":100,\"input\":\"canary-prompt\",\"prompt\":"
            + "\"canary-prompt\",\"messages\":"
            + RawHttp.messages(PROMPT)
            + "}";
    for (String path :
        new String[] {
          "messages", "messages/count_tokens", "responses", "completions", "embeddings"
        }) {
      for (String body : new String[] {good, PROMPT, good.replace("model", "canary-member")}) {
        try (RawHttp client = new RawHttp(gateway.apiUrl())) {
          client.send(
              "POST /v1/"
                  + path
                  + " HTTP/1.1\r\nhost: g\r\nconnection: close\r\n"
                  + KEY
                  + "\r\ncontent-length: "
                  + body.length()
                  + "\r\n\r\n"
                  + body);
          client.readToClose();
        }
      }
    }
  }

  private static void ledgerDown() throws IOException, SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ponder.db"));
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN"
              + " SELECT RAISE(ABORT, 'database or disk is full'); END");
      Eventually.holds("a call is refused", () -> refused(RawHttp.ask("paid", PROMPT)));
      statement.executeUpdate("DROP TRIGGER full");
    }
  }

  private static boolean refused(String body) {
    try {
      return ask(body, KEY).status() == 503;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Netty writes in capitals what it quotes. */
  private static boolean hasCanary(String line) {
    return line.replace("CanaryTest", "").toLowerCase(Locale.ROOT).contains("canary");
  }

  @Test
  void everyKindOfCall_leavesNoWordAndNoKey() throws Exception {
    assertThat(LoggerFactory.getLogger("io.netty").isTraceEnabled()).isTrue();
    assertThat(LoggerFactory.getLogger("io.vertx").isTraceEnabled()).isTrue();
    answers();
    framings();
    refusals();
    dialects();
    ledgerDown();
    String metrics;
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      metrics = admin.send("GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n").read().text();
    }
    gateway.close();
    logs.finish();
    assertThat(collector.all()).hasSizeGreaterThan(40);
    for (String file : new String[] {"decisions", "access", "log"}) {
      String text = Files.readString(folder.resolve(file));
      assertThat(text.lines()).as(file).hasSizeGreaterThan(40);
      assertThat(text.lines().filter(CanaryTest::hasCanary)).as(file).isEmpty();
    }
    assertThat(metrics).contains("ponder_requests_total").doesNotContain("canary");
    assertThat(collector.everything()).contains("gen_ai.request.model").doesNotContain("canary");
  }
}
