package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A gateway before two upstreams that do whatever a test tells them, and its decision log.
 *
 * <p>In the YAML, {@code ${A}} and {@code ${B}} stand for their base URLs.
 */
final class Pair implements AutoCloseable {

  /** Events of a stream: one with content, two that end an answer each, and the very last. */
  static final String HELLO =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";

  static final String STOP = finish(0);
  static final String DONE = "data: [DONE]\n\n";

  /** Of a scripted upstream that nobody should have asked. */
  private static final RawUpstream.Script UNASKED =
      call -> {
        throw new IOException("asked without need");
      };

  private final RawUpstream first;
  private final RawUpstream second;
  private final RunningGateway gateway;
  private final Path log;
  private final AtomicInteger requests = new AtomicInteger();

  private volatile RawUpstream.Script firstScript = UNASKED;
  private volatile RawUpstream.Script secondScript = UNASKED;
  private volatile int firstBefore;
  private volatile int secondBefore;
  private volatile String lastHead = "";
  private volatile String lastBody = "";

  /** An answer and what the decision log says of it. */
  record Told(RawHttp.Response response, JsonObject decision) {

    String text() {
      return response.text();
    }

    JsonObject json() {
      return response.json();
    }

    String outcome() {
      return decision.getString("outcome");
    }
  }

  Pair(String yaml, Path folder) throws IOException {
    first =
        new RawUpstream(
            call -> {
              lastHead = call.head();
              lastBody = call.body();
              return firstScript.answer(call);
            });
    second = new RawUpstream(call -> secondScript.answer(call));
    log = folder.resolve("decisions.jsonl");
    gateway =
        RunningGateway.start(
            yaml.replace("${A}", first.baseUrl()).replace("${B}", second.baseUrl())
                + "decisions: { log: \"file:"
                + log
                + "\" }\n");
  }

  static String finish(int index) {
    return "data: {\"choices\":[{\"index\":"
        + index
        + ",\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  }

  /** An answer with a length, after which the connection stays open. */
  static RawUpstream.Script plain(int status, String body, String... headers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("content-length: ").append(body.getBytes(UTF_8).length).append("\r\n\r\n");
    return call -> {
      call.write(head + body);
      return true;
    };
  }

  static RawUpstream.Script json(int status, String body) {
    return plain(status, body, "content-type: application/json");
  }

  /** A whole stream of these events. */
  static RawUpstream.Script stream(String... events) {
    return call -> {
      call.beginStream();
      for (String event : events) {
        call.chunk(event);
      }
      return call.end();
    };
  }

  /** Says nothing for so long; whether the gateway is still there afterwards. */
  static boolean silent(RawUpstream.Call call, int millis) throws IOException {
    call.socket().setSoTimeout(millis);
    try {
      return call.socket().getInputStream().read() >= 0;
    } catch (SocketTimeoutException patient) {
      return true;
    } finally {
      call.socket().setSoTimeout(0);
    }
  }

  /** What the first upstream does from now on; calls are counted from here. */
  Pair first(RawUpstream.Script script) {
    firstScript = script;
    secondScript = UNASKED;
    firstBefore = first.calls();
    secondBefore = second.calls();
    return this;
  }

  Pair second(RawUpstream.Script script) {
    secondScript = script;
    return this;
  }

  int firstCalls() {
    return first.calls() - firstBefore;
  }

  int secondCalls() {
    return second.calls() - secondBefore;
  }

  /** The head of the last request that reached the first upstream. */
  String lastHead() {
    return lastHead;
  }

  /** The body of the last request that reached the first upstream. */
  String lastBody() {
    return lastBody;
  }

  RunningGateway gateway() {
    return gateway;
  }

  String nextId() {
    return "pair-" + requests.incrementAndGet();
  }

  Told ask(String body, String... headers) throws IOException {
    return askAt("/v1/chat/completions", body, headers);
  }

  Told askAt(String path, String body, String... headers) throws IOException {
    String id = nextId();
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      String[] all = new String[headers.length + 1];
      all[0] = "x-request-id: " + id;
      System.arraycopy(headers, 0, all, 1, headers.length);
      return new Told(client.post(path, body, all).read(), decision(id));
    }
  }

  /** Asks for the stream as often as it has places to be cut at, and cuts it there. */
  List<Told> askCutEverywhere(String path, String body, String stream) throws IOException {
    byte[] bytes = stream.getBytes(UTF_8);
    Map<String, RawHttp.Response> answers = new LinkedHashMap<>();
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (int at = 1; at < bytes.length; at++) {
        byte[] before = Arrays.copyOf(bytes, at);
        byte[] after = Arrays.copyOfRange(bytes, at, bytes.length);
        first(call -> call.beginStream().chunk(before).chunk(after).end());
        String id = nextId();
        answers.put(id, client.post(path, body, "x-request-id: " + id).read());
      }
    }
    Map<String, JsonObject> decisions = new HashMap<>();
    Eventually.holds(
        "the log has all of them",
        () -> {
          wholeLines()
              .map(JsonObject::new)
              .forEach(line -> decisions.put(line.getString("request_id"), line));
          return decisions.keySet().containsAll(answers.keySet());
        });
    List<Told> told = new ArrayList<>();
    answers.forEach(
        (id, answer) -> told.add(new Told(answer, Objects.requireNonNull(decisions.get(id)))));
    return told;
  }

  /** The line of this request; waits until it is written. */
  JsonObject decision(String id) {
    String mark = "\"request_id\":\"" + id + "\"";
    Eventually.holds("the log has " + id, () -> line(mark).isPresent());
    return new JsonObject(line(mark).orElseThrow());
  }

  private Optional<String> line(String mark) {
    return wholeLines().filter(line -> line.contains(mark)).findFirst();
  }

  private Stream<String> wholeLines() {
    String text = logText();
    return text.substring(0, text.lastIndexOf('\n') + 1).lines();
  }

  String logText() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    gateway.close();
    first.close();
    second.close();
  }
}
