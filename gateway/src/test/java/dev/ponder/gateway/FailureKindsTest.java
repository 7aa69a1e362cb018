package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every way in which an upstream fails, for plain calls and streams, with somebody else to ask and
 * without: one row for each way, one test for each of its four cells.
 */
class FailureKindsTest {

  private static final String ANSWER =
      "{\"choices\":[{\"message\":{\"content\":\"of b\"},\"finish_reason\":\"stop\"}]}";
  private static final String REFUSED = "{\"error\":{\"message\":\"of a\",\"code\":\"no\"}}";
  private static final String STREAM = Pair.HELLO + Pair.STOP + Pair.DONE;

  /** The stream has begun, or the answer never came whole. */
  private static final int CUT_STREAM = -1;

  /**
   * A way to fail.
   *
   * @param plain the status of a plain call whom nobody else answers
   * @param stream that of a stream; {@link #CUT_STREAM}: an error event after a good start
   * @param calls how often the only deployment is asked
   * @param elsewhere whether somebody else's answer is given where there is somebody
   */
  private record Kind(
      String name,
      RawUpstream.Script script,
      int plain,
      int stream,
      int calls,
      boolean elsewhere) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("refused-connect", call -> false, 502, 502, 2, true),
          new Kind("reset-before-head", RawUpstream.Call::reset, 502, 502, 2, true),
          new Kind("closed-before-head", call -> false, 502, 502, 2, true),
          new Kind("reset-in-body", FailureKindsTest::resetInBody, 502, CUT_STREAM, 1, true),
          status("status-400", 400, 1, false),
          status("status-401", 401, 1, false),
          status("status-404", 404, 1, false),
          status("status-408", 408, 2, true),
          status("status-409", 409, 1, false),
          status("status-422", 422, 1, false),
          status("status-429", 429, 2, true),
          status("status-429-soon", 429, 2, true, "retry-after-ms: 30"),
          status("status-429-late", 429, 1, true, "retry-after: 3600"),
          status("status-429-never", 429, 1, true, "x-should-retry: false"),
          status("status-500", 500, 2, true),
          status("status-503", 503, 2, true),
          status("status-503-never", 503, 1, true, "x-should-retry: false"),
          status("status-529", 529, 2, true),
          new Kind("no-first-byte", RawUpstream.Call::awaitLeaving, 504, 504, 1, true),
          new Kind("stalls", FailureKindsTest::stalls, 504, CUT_STREAM, 1, true),
          new Kind("error-503-as-200", error("\"code\":503"), 503, 200, 1, true),
          new Kind("error-429-as-200", error("\"code\":\"429\""), 429, 200, 1, true),
          new Kind("error-400-as-200", error("\"code\":400"), 400, 200, 1, false),
          new Kind("error-as-200", error("\"code\":\"oops\""), 502, 200, 1, true),
          new Kind("garbage", Pair.json(200, "<oops"), 502, 502, 1, true));

  @TempDir private static Path folder;

  private static final Map<String, RawUpstream.Script> SCRIPTS = new ConcurrentHashMap<>();
  private static final Map<String, AtomicInteger> CALLS = new ConcurrentHashMap<>();
  private static RawUpstream first;
  private static RawUpstream second;
  private static RunningGateway gateway;
  private static Path log;

  private static Kind status(
      String name, int status, int calls, boolean elsewhere, String... headers) {
    return new Kind(name, Pair.plain(status, REFUSED, headers), status, status, calls, elsewhere);
  }

  private static boolean isStream(RawUpstream.Call call) {
    return call.body().contains("\"stream\":true");
  }

  private static RawUpstream.Script error(String code) {
    String json = "{\"error\":{\"message\":\"of a\"," + code + "}}";
    return call ->
        isStream(call)
            ? Pair.stream("data: " + json + "\n\n", Pair.DONE).answer(call)
            : Pair.json(200, json).answer(call);
  }

  /** A head and a part of its answer: enough of a stream to be passed on. */
  private static void begin(RawUpstream.Call call) throws IOException {
    if (isStream(call)) {
      call.beginStream().chunk(Pair.HELLO);
    } else {
      call.write("HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{\"choi");
    }
  }

  private static boolean resetInBody(RawUpstream.Call call) throws IOException {
    begin(call);
    if (isStream(call)) {
      Pair.silent(call, 100); // a reset may overtake what was sent just before
    }
    return call.reset();
  }

  private static boolean stalls(RawUpstream.Call call) throws IOException {
    begin(call);
    return call.awaitLeaving();
  }

  @BeforeAll
  static void start() throws IOException {
    first = new RawUpstream(FailureKindsTest::dispatch);
    second =
        new RawUpstream(
            call -> (isStream(call) ? Pair.stream(STREAM) : Pair.json(200, ANSWER)).answer(call));
    int unused;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      unused = socket.getLocalPort();
    }
    StringBuilder models = new StringBuilder();
    for (Kind kind : KINDS) {
      SCRIPTS.put(kind.name(), kind.script());
      String at = kind.name().equals("refused-connect") ? "nowhere/" : "a/";
      for (String way : new String[] {"plain", "stream"}) { // neither knows of the other's failures
        String model = "  %s-%s-%s: { served_by: %s, price: { input: 1, output: 2 } }\n";
        String there = at + kind.name();
        models.append(model.formatted(kind.name(), way, "alone", there));
        models.append(model.formatted(kind.name(), way, "safe", "[ " + there + ", b/y ]"));
      }
    }
    log = folder.resolve("decisions.jsonl");
    gateway =
        RunningGateway.start(
            """
            upstreams:
              a:
                base_url: "%s"
                timeouts: { first_byte: 400ms, idle: 400ms }
                retries: { max: 1, budget: 100%% }
              nowhere:
                base_url: "http://127.0.0.1:%d/v1"
                retries: { max: 1, budget: 100%% }
              b: { base_url: "%s" }
            models:
            %sdecisions: { log: "file:%s" }
            """
                .formatted(first.baseUrl(), unused, second.baseUrl(), models, log));
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    first.close();
    second.close();
  }

  private static boolean dispatch(RawUpstream.Call call) throws Exception {
    String kind = new JsonObject(call.body()).getString("model");
    CALLS.computeIfAbsent(kind, none -> new AtomicInteger()).incrementAndGet();
    return SCRIPTS.get(kind).answer(call);
  }

  static List<Arguments> cells() {
    List<Arguments> cells = new ArrayList<>();
    for (Kind kind : KINDS) {
      for (boolean stream : new boolean[] {false, true}) {
        for (boolean safe : new boolean[] {false, true}) {
          cells.add(Arguments.of(kind.name(), stream, safe));
        }
      }
    }
    return cells;
  }

  private static JsonObject decision(String id) throws IOException {
    String mark = "\"request_id\":\"" + id + "\"";
    Eventually.holds("the log has " + id, () -> read().contains(mark));
    String line = read().lines().filter(l -> l.contains(mark)).findFirst().orElseThrow();
    return new JsonObject(line);
  }

  private static String read() {
    try {
      String text = Files.readString(log);
      return text.substring(0, text.lastIndexOf('\n') + 1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest(name = "{0} stream={1} fallback={2}")
  @MethodSource("cells")
  void call(String name, boolean stream, boolean safe) throws IOException {
    Kind kind = KINDS.stream().filter(k -> k.name().equals(name)).findFirst().orElseThrow();
    String model = name + (stream ? "-stream" : "-plain") + (safe ? "-safe" : "-alone");
    CALLS.remove(name);
    String id = model;
    RawHttp.Response response;
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      String body = stream ? RawHttp.askStream(model, "x") : RawHttp.ask(model, "x");
      response = client.chat(body, "x-request-id: " + id).read();
    }
    JsonObject decision = decision(id);
    boolean begun = stream && kind.stream() == CUT_STREAM;
    boolean answered = safe && kind.elsewhere() && !begun;
    int attempts = answered ? 2 : safe ? 1 : kind.calls();
    assertThat(decision.getInteger("attempts")).describedAs(response.text()).isEqualTo(attempts);
    assertThat(decision.getInteger("retries", 0)).isEqualTo(safe ? 0 : kind.calls() - 1);
    if (!name.equals("refused-connect")) {
      assertThat(CALLS.get(name).get()).isEqualTo(safe ? 1 : kind.calls());
    }
    if (answered) {
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo(stream ? STREAM : ANSWER);
      assertThat(decision.getString("outcome")).isEqualTo("success");
      assertThat(decision.getString("deployment")).isEqualTo("b/y");
    } else {
      assertFailed(kind, stream, response);
      assertThat(decision.getString("outcome")).isNotEqualTo("success");
    }
  }

  private static void assertFailed(Kind kind, boolean stream, RawHttp.Response response) {
    int status = stream ? kind.stream() : kind.plain();
    String text = response.text();
    assertThat(response.status()).describedAs(text).isEqualTo(status < 0 ? 200 : status);
    if (status < 0) {
      assertThat(text).startsWith(Pair.HELLO + "event: error\ndata: {\"error\":{");
      assertThat(text).doesNotContain("[DONE]");
    } else if (kind.name().startsWith("status-")) {
      assertThat(text).isEqualTo(REFUSED);
      assertThat(response.header("retry-after").isPresent())
          .isEqualTo(kind.name().endsWith("-late"));
    } else if (kind.name().startsWith("error-")) {
      assertThat(text).contains("\"message\":\"of a\"");
    } else {
      String code = status == 504 ? "upstream_timeout" : "upstream_error";
      JsonObject error = response.json().getJsonObject("error");
      assertThat(error.getString("code")).describedAs(text).isEqualTo(code);
    }
  }
}
