package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ponder.gateway.server.Keyring;
import dev.ponder.gateway.stub.StubCall;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Money: headers, metrics and log say what the upstream's own log says, to the nano-dollar. */
class AccountingTest {

  private static final int CALLS = 300;
  private static final String CANARY = "canary-7f3a";
  private static final String KEY = "key-0d1c";

  @TempDir private static Path folder;

  private static RunningGateway gateway;
  private static Path log;
  private static final Ledger LEDGER = new Ledger();

  @BeforeAll
  static void callMany() throws IOException {
    log = folder.resolve("decisions.jsonl");
    gateway =
        RunningGateway.start(
            Scenes.TWO_TIERS
                + "decisions: { log: \"file:"
                + log
                + "\" }\nkeys: [ { name: one, team: data, sha256: \""
                + Keyring.sha256(KEY)
                + "\" } ]\n",
            StubOptions.standard()
                .withModel("stub-mini", StubScript.parse("tokens=1..60; cached=3"))
                .withModel("stub-thinker", StubScript.parse("tokens=1..60; reasoning=~900")));
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (int i = 0; i < CALLS; i++) {
        LEDGER.add(call(client, i));
      }
    }
    Eventually.holds("the log is written", () -> lines().size() == CALLS);
  }

  private static RawHttp.Response call(RawHttp client, int i) throws IOException {
    String prompt = CANARY + " number " + i;
    String body =
        i % 2 == 0
            ? RawHttp.ask("auto", prompt)
            : RawHttp.askStream("auto", prompt)
                .replace("{\"m", "{\"stream_options\":{\"include_usage\":true},\"m");
    client.chat(
        body,
        "authorization: Bearer " + KEY,
        "x-request-id: account-" + i,
        "x-ponder-effort: " + (i % 3 == 0 ? "high" : "low"));
    RawHttp.Response response = client.read();
    assertThat(response.status()).describedAs(response.text()).isEqualTo(200);
    return response;
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static List<String> lines() {
    try {
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<StubCall> calls(String model) {
    return gateway.stub().log().calls().stream()
        .filter(call -> model.isEmpty() || call.model().equals(model))
        .toList();
  }

  private static long tokens(String model, ToLongFunction<StubCall> count) {
    return calls(model).stream().mapToLong(count).sum();
  }

  @Test
  void headersAndChunks_sumUpToTheUpstreamsLog() {
    assertThat(calls("")).hasSize(CALLS);
    assertThat(LEDGER.total()).isEqualTo(Ledger.of(calls("")));
    assertThat(LEDGER.total().nanos()).isPositive();
  }

  @Test
  void metrics_ofRequests() throws IOException {
    Scrape now = Scrape.of(gateway);
    String[][] tiers = {{"llm", "mini"}, {"lrm", "thinker"}};
    for (String[] tier : tiers) {
      int count = calls("stub-" + tier[1]).size();
      String label = "tier=\"" + tier[0] + "\"";
      assertThat(count).isPositive();
      assertThat(now.sum("ponder_requests_total", label, "outcome=\"success\"")).isEqualTo(count);
      assertThat(now.sum("ponder_route_decisions_total", label, "reason=\"hint\""))
          .isEqualTo(count);
      String model = "model=\"" + tier[1] + "\"";
      assertThat(now.sum("ponder_upstream_requests_total", model, "outcome=\"ok\""))
          .isEqualTo(count);
      assertThat(now.sum("ponder_request_duration_seconds_count", label)).isEqualTo(count);
    }
    assertThat(now.sum("ponder_requests_total")).isEqualTo(CALLS);
    assertThat(now.sum("ponder_route_decisions_total")).isEqualTo(CALLS);
    assertThat(now.sum("ponder_usage_reports_total", "source=\"reported\"")).isEqualTo(CALLS);
    assertThat(now.sum("ponder_usage_reports_total", "source=\"missing\"")).isZero();
    assertThat(now.sum("ponder_requests_in_flight")).isZero();
  }

  @Test
  void metrics_ofTokensAndCost() throws IOException {
    Scrape now = Scrape.of(gateway);
    for (String name : List.of("mini", "thinker")) {
      String model = "model=\"" + name + "\"";
      String stub = "stub-" + name;
      long cached = tokens(stub, call -> call.usage().cachedInputTokens());
      long input = tokens(stub, call -> call.usage().inputTokens());
      long reasoning = tokens(stub, call -> call.usage().reasoningTokens());
      long output = tokens(stub, call -> call.usage().outputTokens());
      String metric = "ponder_tokens_total";
      assertThat(now.sum(metric, model, "type=\"input\"")).isEqualTo((double) (input - cached));
      assertThat(now.sum(metric, model, "type=\"input_cached\"")).isEqualTo((double) cached);
      assertThat(now.sum(metric, model, "type=\"output\""))
          .isEqualTo((double) (output - reasoning));
      assertThat(now.sum(metric, model, "type=\"output_reasoning\"")).isEqualTo((double) reasoning);
      assertThat(now.sum(metric, model)).isEqualTo((double) (input + output));
      assertThat(now.sum("ponder_cost_usd_total", model))
          .isCloseTo(Ledger.of(calls(stub)).nanos() / 1e9, within(1e-11));
    }
    assertThat(now.sum("ponder_tokens_total", "type=\"output_reasoning\"")).isPositive();
    assertThat(now.sum("ponder_tokens_total", "type=\"input_cached\"")).isPositive();
  }

  @Test
  void decisions_areOneLineEach_andSumUp() {
    Map<String, JsonObject> byId = new HashMap<>();
    BigDecimal sum = BigDecimal.ZERO;
    for (String line : lines()) {
      JsonObject decision = new JsonObject(line);
      assertThat(byId.put(decision.getString("request_id"), decision)).isNull();
      sum = sum.add(new BigDecimal(decision.getString("cost_usd")));
    }
    assertThat(sum).isEqualByComparingTo(new BigDecimal(LEDGER.total().toUsd()));
    for (StubCall call : calls("")) {
      JsonObject decision = byId.get(call.requestId());
      assertThat("stub-" + decision.getString("model")).isEqualTo(call.model());
      assertThat(decision.getString("key")).isEqualTo("one");
      assertThat(decision.getString("team")).isEqualTo("data");
      assertThat(decision.getString("outcome")).isEqualTo("success");
      assertThat(decision.getBoolean("stream")).isEqualTo(call.stream());
      assertThat(decision.getLong("reasoning_tokens")).isEqualTo(call.usage().reasoningTokens());
      assertThat(decision.getString("finish_reason")).isEqualTo(call.finish());
    }
  }

  @Test
  void decisions_haveNoWordOfThePrompt_norTheKey() {
    assertThat(lines()).isNotEmpty();
    assertThat(lines()).noneMatch(line -> line.contains(CANARY) || line.contains(KEY));
  }
}
