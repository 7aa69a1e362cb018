package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No path goes round a budget, though nobody knows what it costs there. */
class PassthroughBudgetTest {

  private static final String BILLED = "{\"object\":\"list\",\"data\":[]}";
  private static final List<String> PATHS =
      List.of(
          "/v1/images/generations",
          "/v1/audio/speech",
          "/v1/audio/transcriptions",
          "/v1/moderations",
          "/v1/batches",
          "/v1/files",
          "/v1/uploads",
          "/v1/vector_stores",
          "/v1/conversations",
          "/v1/containers",
          "/v1/videos",
          "/v1/realtime/client_secrets",
          "/v1/fine_tuning/jobs",
          "/v1/messages/batches",
          "/v1/what/comes/next");

  private static String yaml(String baseUrl, String policy) {
    return """
        upstreams:
          stub: { base_url: "${STUB}" }
          raw: { base_url: "%s" }
        models:
          mini:
            served_by: stub/stub-mini
            price: { input: 1, output: 2 }
            max_output_tokens: 100
        passthrough: raw
        policies:
          - { name: p, %s }
        """
        .formatted(baseUrl, policy);
  }

  private static RawUpstream upstream() throws IOException {
    return new RawUpstream(
        call -> {
          call.write("HTTP/1.1 200 OK\r\ncontent-length: " + BILLED.length() + "\r\n\r\n" + BILLED);
          return true;
        });
  }

  private static RawHttp.Response send(RawHttp client, String line) throws IOException {
    return client.send(line + " HTTP/1.1\r\nhost: g\r\ncontent-length: 2\r\n\r\n{}").read();
  }

  private static String code(RawHttp.Response response) {
    return response.json().getJsonObject("error").getString("code");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "budget: 0.00001 USD per month, at_exhaustion: reject",
        "budget: 0.00001 USD per month, at_exhaustion: reject, each: key",
      })
  void exhausted_everyPathIsRefused(String policy) throws IOException {
    try (RawUpstream upstream = upstream();
        RunningGateway gateway = RunningGateway.start(yaml(upstream.baseUrl(), policy));
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      assertThat(send(client, "POST /v1/images/generations").status()).isEqualTo(200);
      RawHttp.Response chat = client.chat(RawHttp.ask("mini", "x")).read();
      assertThat(code(chat)).isEqualTo("insufficient_quota");
      int before = upstream.calls();
      for (String path : PATHS) {
        for (String method : List.of("POST", "PUT", "PATCH")) {
          RawHttp.Response refused = send(client, method + " " + path);
          assertThat(refused.status()).describedAs(path).isEqualTo(429);
          assertThat(code(refused)).isEqualTo("insufficient_quota");
          assertThat(refused.header("x-should-retry")).hasValue("false");
          assertThat(refused.header("x-ponder-budget-resets")).isPresent();
        }
      }
      assertThat(upstream.calls()).isEqualTo(before);
      assertThat(send(client, "GET /v1/files").status()).isEqualTo(200); // costs nothing
      assertThat(send(client, "DELETE /v1/files/f").status()).isEqualTo(200);
      assertThat(send(client, "POST /v1/batches/b/cancel").status()).isEqualTo(200);
      assertThat(Scrape.of(gateway).sum("ponder_budget_actions_total", "action=\"deny\""))
          .isEqualTo(PATHS.size() * 3 + 1);
    }
  }

  @Test
  void softBudget_overdrawn_warnsOnly() throws IOException {
    String policy = "budget: 0.00001 USD per month, at_exhaustion: warn";
    try (RawUpstream upstream = upstream();
        RunningGateway gateway = RunningGateway.start(yaml(upstream.baseUrl(), policy));
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      assertThat(client.chat(RawHttp.ask("mini", "x")).read().status()).isEqualTo(200);
      double before = warnings(gateway);
      assertThat(send(client, "POST /v1/moderations").status()).isEqualTo(200);
      assertThat(warnings(gateway) - before).isEqualTo(1);
    }
  }

  private static double warnings(RunningGateway gateway) throws IOException {
    return Scrape.of(gateway).sum("ponder_budget_actions_total", "action=\"warn\"");
  }

  @Test
  void requestsAMinute_areCounted() throws IOException {
    try (RawUpstream upstream = upstream();
        RunningGateway gateway =
            RunningGateway.start(yaml(upstream.baseUrl(), "requests_per_minute: 3"));
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (int i = 0; i < 3; i++) {
        assertThat(send(client, "GET /v1/files").status()).isEqualTo(200);
      }
      RawHttp.Response refused = send(client, "POST /v1/files");
      assertThat(code(refused)).isEqualTo("rate_limit_exceeded");
      assertThat(refused.header("retry-after")).isPresent();
      assertThat(upstream.calls()).isEqualTo(3);
    }
  }

  @Test
  void moneyThatRunningCallsHold_isWaitedFor() throws Exception {
    try (RawUpstream upstream = upstream();
        HeldUpstream chat = new HeldUpstream();
        RunningGateway gateway =
            RunningGateway.start(
                yaml(upstream.baseUrl(), "budget: 0.002 USD per month, at_exhaustion: reject")
                    .replace("${STUB}", chat.baseUrl())
                    .replace("tokens: 100", "tokens: 100000"));
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      var running = HeldUpstream.ask(gateway, RawHttp.ask("mini", "x"));
      chat.awaitCall();
      client.send("POST /v1/files HTTP/1.1\r\nhost: g\r\ncontent-length: 2\r\n\r\n{}");
      Eventually.holds(
          "it waits",
          () -> {
            try {
              return Scrape.of(gateway).sum("ponder_budget_actions_total", "action=\"wait\"") == 1;
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(upstream.calls()).isZero();
      chat.release();
      assertThat(HeldUpstream.whole(running).status()).isEqualTo(200);
      assertThat(client.read().status()).isEqualTo(200);
    }
  }
}
