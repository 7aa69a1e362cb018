package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access log: one line for each request, whatever came of it. */
class AccessLogTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

  private static RunningGateway gateway;
  private static Path log;

  @BeforeAll
  static void start(@TempDir Path folder) {
    log = folder.resolve("access.jsonl");
    gateway =
        RunningGateway.start(
            Scenes.TWO_TIERS
                + "keys: [ { name: one, team: data, sha256: \""
                + Keyring.sha256("key")
                + "\" } ]\ntelemetry: { logs: { access: \"file:"
                + log
                + "\" } }\n");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static JsonObject line(String id) {
    Eventually.holds("a line of " + id, () -> find(id).isPresent());
    return new JsonObject(find(id).orElseThrow());
  }

  private static Optional<String> find(String id) {
    try {
      return Files.readAllLines(log).stream()
          .filter(line -> line.contains("\"request_id\":\"" + id + "\"") && line.endsWith("}"))
          .findFirst();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void answer_hasAllThatIsKnown() throws IOException {
    String body = RawHttp.ask("auto", "Hello");
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client
          .chat(
              body,
              "authorization: Bearer key",
              "x-request-id: full",
              "traceparent: 00-" + TRACE + "-b7ad6b7169203331-01",
              "user-agent: " + "u".repeat(500))
          .read();
    }
    JsonObject line = line("full");
    assertThat(line.getMap())
        .containsEntry("trace_id", TRACE)
        .containsEntry("key", "one")
        .containsEntry("team", "data")
        .containsEntry("method", "POST")
        .containsEntry("path", "/v1/chat/completions")
        .containsEntry("status", 200)
        .containsEntry("stream", false)
        .containsEntry("requested_model", "auto")
        .containsEntry("routed_model", "mini")
        .containsEntry("tier", "llm")
        .containsEntry("reason", "score")
        .containsEntry("attempts", 1)
        .containsEntry("bytes_in", body.length())
        .containsEntry("client", "127.0.0.1")
        .containsEntry("user_agent", "u".repeat(128))
        .containsKeys("time", "score", "input_tokens", "output_tokens", "reasoning_tokens")
        .containsKeys("cost_usd", "ttft_ms", "duration_ms", "upstream_ms", "overhead_ms");
    assertThat(line.getInteger("bytes_out")).isGreaterThan(100);
  }

  @Test
  void refusals_andOtherPaths_haveALine_withoutAQuery() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat("{}", "authorization: Bearer wrong", "x-request-id: denied").read();
      client.send(
          "GET /v1/models?key=canary HTTP/1.1\r\nhost: g\r\nx-api-key: key\r\n"
              + "x-request-id: models\r\n\r\n");
      client.read();
      client.send("GET /nothing HTTP/1.1\r\nhost: g\r\nx-request-id: nothing\r\n\r\n").read();
    }
    assertThat(line("denied").getInteger("status")).isEqualTo(401);
    assertThat(line("denied").getString("key")).isEqualTo("anonymous");
    assertThat(line("models").getInteger("status")).isEqualTo(200);
    assertThat(line("models").getString("path")).isEqualTo("/v1/models");
    assertThat(line("models").getInteger("bytes_out")).isPositive();
    assertThat(line("nothing").getInteger("status")).isEqualTo(404);
    assertThat(Files.readString(log)).doesNotContain("canary");
  }
}
