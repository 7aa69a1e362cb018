package dev.ponder.gateway.cli;

import static dev.ponder.gateway.RunningGateway.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Gateway;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration that changes under a running gateway. */
class ReloadTest {

  private static final String CHUNK =
      "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"%s\","
          + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},"
          + "\"finish_reason\":null}]}\n\n";

  @TempDir private Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final PrometheusRegistry registry = new PrometheusRegistry();

  /** Completed when the upstream shall send the rest of its streams. */
  private final Promise<Void> rest = Promise.promise();

  private Path file;
  private Path oldLog;
  private Path newLog;
  private int upstreamPort;
  private Gateway gateway;
  private ConfigurationWatch watch;

  @BeforeEach
  void start() throws IOException {
    HttpServer upstream =
        await(vertx.createHttpServer().requestHandler(this::answer).listen(0, "127.0.0.1"));
    upstreamPort = upstream.actualPort();
    file = folder.resolve("ponder.yaml");
    oldLog = folder.resolve("old.jsonl");
    newLog = folder.resolve("new.jsonl");
    write(yaml("before", oldLog));
    byte[] bytes = ConfigurationFile.bytes(file);
    gateway =
        await(
            Gateway.start(
                vertx,
                ConfigurationFile.parse(file, bytes).configuration().orElseThrow(),
                Map.of(),
                registry,
                2));
    watch = new ConfigurationWatch(file, gateway, bytes);
  }

  @AfterEach
  void stop() {
    await(vertx.close());
    gateway.close();
  }

  @Test
  void look_changedFile_isServedNext_andTheRunningStreamEndsUnderTheOldOne() throws Exception {
    HttpResponse<InputStream> running =
        client.send(chat("\"stream\":true,"), BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(running.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).contains("\"model\":\"before\"", "begun");
      write(yaml("after", newLog));
      watch.look();

      assertThat(loaded()).isEqualTo(1);
      assertThat(next()).isEqualTo("after");
      rest.complete();
      assertThat(lines.lines().toList())
          .anyMatch(line -> line.contains("\"model\":\"before\"") && line.contains("ended"))
          .contains("data: [DONE]");
    }
    stop();
    assertThat(Files.readAllLines(oldLog))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("nobody/before"));
    assertThat(Files.readAllLines(newLog))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("nobody/after"));
  }

  @Test
  void look_invalidFile_leavesTheOldOneServing() throws Exception {
    write(yaml("after", oldLog) + "nonsense: 1\n");
    watch.look();

    assertThat(loaded()).isZero();
    assertThat(next()).isEqualTo("before");
    write(yaml("after", oldLog));
    watch.look();
    assertThat(loaded()).isEqualTo(1);
    assertThat(next()).isEqualTo("after");
  }

  @Test
  void reload_fileThatIsGone_isRefused() throws Exception {
    watch.reload();
    double before = failures();
    Files.delete(file);
    watch.reload();
    assertThat(loaded()).isZero();
    assertThat(failures() - before).isEqualTo(1);
    assertThat(next()).isEqualTo("before");
  }

  /** Once is not enough: it may be in the middle of a swap. */
  @Test
  void look_fileThatIsGone_isRefusedOnce_andLoadedWhenItIsBack() throws Exception {
    double before = failures();
    Files.delete(file);
    watch.look();
    assertThat(loaded()).isEqualTo(1);
    for (int i = 0; i < 3; i++) {
      watch.look();
      assertThat(loaded()).isZero();
      assertThat(failures() - before).isEqualTo(1);
    }
    assertThat(next()).isEqualTo("before");
    write(yaml("before", oldLog)); // the same bytes
    watch.look();
    assertThat(loaded()).isEqualTo(1);
  }

  @Test
  void look_sameFile_loadsNothing() throws Exception {
    gateway.reloadFailed();
    watch.look();
    assertThat(loaded()).isZero();
    watch.reload(); // asked for: a secret may have changed
    assertThat(loaded()).isEqualTo(1);
  }

  @Test
  void look_whatServersGetOnce_isRefused() throws Exception {
    String good = yaml("after", oldLog);
    for (String wrong :
        new String[] {
          good.replace("admin: 127.0.0.1:0", "admin: 127.0.0.1:9"),
          good.replace("drain: 7s", "drain: 7s, header: 16KiB"),
          good.replace("/v1\" }", "/v1\", timeouts: { first_byte: 2h } }")
        }) {
      assertThat(wrong).isNotEqualTo(good);
      gateway.reload(ConfigurationFile.read(file).configuration().orElseThrow());
      assertThat(loaded()).isEqualTo(1);
      write(wrong);
      watch.look();
      assertThat(loaded()).as(wrong).isZero();
      assertThat(next()).isEqualTo("before");
      write(yaml("before", oldLog));
    }
  }

  @Test
  void look_secretThatIsNotThere_opensNoLog() throws Exception {
    write(yaml("after", newLog).replace("/v1\" }", "/v1\", api_key: env:NOT_THERE }"));
    watch.look();

    assertThat(loaded()).isZero();
    assertThat(newLog).doesNotExist();
  }

  @Test
  void look_unexpectedFailure_countsAsRefused() throws Exception {
    write(yaml("after", newLog).replace("file:" + newLog, "\"file:a\\0b\""));
    watch.look();

    assertThat(loaded()).isZero();
    assertThat(next()).isEqualTo("before");
  }

  @Test
  void drain_isThatOfTheConfigurationNowServed() throws IOException {
    assertThat(gateway.drain()).isEqualTo(Duration.ofSeconds(7));
    write(yaml("after", oldLog).replace("drain: 7s", "drain: 9s"));
    watch.reload();
    assertThat(gateway.drain()).isEqualTo(Duration.ofSeconds(9));
  }

  private String yaml(String deployment, Path log) {
    return """
        listen: { api: 127.0.0.1:0, admin: 127.0.0.1:0 }
        upstreams:
          nobody: { base_url: "http://127.0.0.1:%d/v1" }
        models:
          mini: { served_by: nobody/%s, price: { input: 0.40, output: 1.60 } }
        limits: { drain: 7s }
        decisions: { log: file:%s }
        """
        .formatted(upstreamPort, deployment, log);
  }

  private void write(String yaml) throws IOException {
    Files.writeString(file, yaml);
  }

  /** Which deployment a new request reaches. */
  private String next() throws Exception {
    HttpResponse<String> answer = client.send(chat(""), BodyHandlers.ofString());
    return new JsonObject(answer.body()).getString("model");
  }

  private HttpRequest chat(String members) {
    String body =
        "{\"model\":\"mini\"," + members + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + gateway.apiPort() + "/v1/chat/completions"))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private double loaded() {
    return registry.scrape().stream()
        .filter(s -> s.getMetadata().getName().equals("ponder_config_reload_successful"))
        .mapToDouble(s -> ((GaugeSnapshot) s).getDataPoints().get(0).getValue())
        .sum();
  }

  /** How many configurations were not loaded. */
  private double failures() {
    return registry.scrape().stream()
        .filter(s -> s.getMetadata().getName().equals("ponder_config_reloads"))
        .flatMap(s -> ((CounterSnapshot) s).getDataPoints().stream())
        .filter(point -> "failure".equals(point.getLabels().get("result")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  /** The upstream: names the model it was asked for, and holds streams in the middle. */
  private void answer(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              JsonObject asked = body.toJsonObject();
              String model = asked.getString("model");
              if (!asked.getBoolean("stream", false)) {
                request
                    .response()
                    .putHeader("content-type", "application/json")
                    .end(new JsonObject().put("model", model).encode());
                return;
              }
              request.response().setChunked(true).putHeader("content-type", "text/event-stream");
              request.response().write(CHUNK.formatted(model, "begun"));
              rest.future()
                  .onSuccess(
                      now ->
                          request
                              .response()
                              .end(CHUNK.formatted(model, "ended") + "data: [DONE]\n\n"));
            });
  }
}
