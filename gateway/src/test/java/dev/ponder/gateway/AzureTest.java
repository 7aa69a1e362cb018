package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ponder.gateway.stub.StubCall;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import dev.ponder.price.Usage;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models at Azure: asked at their own paths, with its key, and billed as those of OpenAI. */
class AzureTest {

  private static final String YAML =
      """
      upstreams:
        azure:
          provider: azure_openai
          base_url: "http://127.0.0.1:${STUB_PORT}"
          api_version: 2024-10-21
          api_key: env:STUB_KEY
          retries: { max: 0 }
        locked:
          provider: azure_openai
          base_url: "http://127.0.0.1:${STUB_PORT}"
          api_version: 2025-04-01-preview
          api_key: "file:%s"
        plain: { base_url: "${STUB}", api_key: env:STUB_KEY }
      models:
        gpt: { served_by: azure/gpt-prod, price: { input: 1, output: 4 } }
        odd: { served_by: "azure/a/b?c#d%%e", price: { input: 1, output: 4 } }
        down: { served_by: azure/gpt-down, price: { input: 1, output: 4 } }
        shut: { served_by: locked/gpt-prod, price: { input: 1, output: 4 } }
        open: { served_by: plain/gpt-x, price: { input: 1, output: 4 } }
      routes:
        safe: { tiers: [ { model: down, fallbacks: [ open ] } ] }
      policies: [ { name: all, budget: 9 USD per day, at_exhaustion: reject } ]
      passthrough: azure
      """;

  private static final String DEPLOYMENT = "/openai/deployments/gpt-prod";
  private static final String VERSION = "?api-version=2024-10-21";
  private static final String CHAT = "/v1/chat/completions";
  private static final String SCRIPT = "stub: tokens=3; reasoning=2\nhi";

  @TempDir private static Path folder;

  private static RunningGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    Path wrong = Files.writeString(folder.resolve("key"), "not-the-secret");
    gateway =
        RunningGateway.start(
            YAML.formatted(wrong),
            StubOptions.standard()
                .withRequireKey("stub-secret")
                .withModel("gpt-down", StubScript.parse("fail=503")));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static RawHttp.Response post(String path, String body, String... headers)
      throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.post(path, body, headers).read();
    }
  }

  private static RawHttp.Response bare(String method, String path) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.bare(method, path).read();
    }
  }

  private static StubCall last() {
    List<StubCall> calls = gateway.stub().log().calls();
    return calls.get(calls.size() - 1);
  }

  private static double tokens(String type) throws IOException {
    return Scrape.of(gateway).sum("ponder_tokens_total", "type=\"" + type + "\"");
  }

  @Test
  void plain_isAskedAtTheDeployment_withAzuresKey() throws IOException {
    double before = Scrape.of(gateway).sum("ponder_cost_usd_total");
    RawHttp.Response told =
        post(CHAT, RawHttp.ask("gpt", SCRIPT), "api-key: mine", "authorization: Bearer mine");
    assertThat(told.status()).describedAs(told.text()).isEqualTo(200);
    assertThat(last().target()).isEqualTo("POST " + DEPLOYMENT + "/chat/completions" + VERSION);
    assertThat(told.json().getString("model")).isEqualTo("gpt-prod");
    Usage usage = last().usage();
    assertThat(usage.outputTokens()).isEqualTo(5);
    double cost = Scrape.of(gateway).sum("ponder_cost_usd_total") - before;
    assertThat(cost * 1e6).isCloseTo((double) usage.inputTokens() + 20, within(1e-6));
  }

  @Test
  void nameOfADeployment_isOneSegmentOfThePath() throws IOException {
    assertThat(post(CHAT, RawHttp.ask("odd", SCRIPT)).status()).isEqualTo(200);
    assertThat(last().target())
        .isEqualTo("POST /openai/deployments/a%2Fb%3Fc%23d%25e/chat/completions" + VERSION);
  }

  @Test
  void stream_beginsWithTheFilters_andIsBilledByItsEnd() throws IOException {
    double before = tokens("output_reasoning");
    RawHttp.Response told = post(CHAT, RawHttp.askStream("gpt", SCRIPT));
    List<String> events = told.text().lines().filter(line -> line.startsWith("data: ")).toList();
    JsonObject first = new JsonObject(events.get(0).substring(6));
    assertThat(first.getJsonArray("choices")).isEmpty();
    assertThat(first.getString("id")).isEmpty();
    assertThat(first.getJsonArray("prompt_filter_results")).hasSize(1);
    assertThat(first.containsKey("ponder")).isFalse();
    assertThat(events).last().isEqualTo("data: [DONE]");
    assertThat(told.text()).doesNotContain("\"usage\":{"); // which the client did not ask for
    assertThat(last().usage().reasoningTokens()).isEqualTo(2);
    assertThat(tokens("output_reasoning") - before).isEqualTo(2);
    assertThat(Scrape.of(gateway).sum("ponder_usage_anomalies_total")).isZero();
  }

  @Test
  void stream_thatAsksForUsage_isToldTheCostInItsLastChunkOnly() throws IOException {
    String ask = RawHttp.askStream("gpt", SCRIPT);
    String body = ask.replaceFirst("\\{", "{\"stream_options\":{\"include_usage\":true},");
    RawHttp.Response told = post(CHAT, body);
    List<String> events = told.text().lines().filter(line -> line.startsWith("data: {")).toList();
    assertThat(events).filteredOn(event -> event.contains("\"ponder\":")).hasSize(1);
    JsonObject end = new JsonObject(events.get(events.size() - 1).substring(6));
    assertThat(end.getJsonObject("usage").getInteger("completion_tokens")).isEqualTo(5);
    assertThat(end.getJsonObject("ponder").getString("cost_usd")).isNotEqualTo("0");
  }

  @Test
  void embeddingsAndCompletions_areAskedThereToo() throws IOException {
    RawHttp.Response told = post("/v1/embeddings", "{\"model\":\"gpt\",\"input\":\"a text\"}");
    assertThat(told.status()).describedAs(told.text()).isEqualTo(200);
    assertThat(last().target()).isEqualTo("POST " + DEPLOYMENT + "/embeddings" + VERSION);
    told = post("/v1/completions", "{\"model\":\"gpt\",\"prompt\":\"a text\"}");
    assertThat(told.status()).describedAs(told.text()).isEqualTo(200);
    assertThat(last().target()).isEqualTo("POST " + DEPLOYMENT + "/completions" + VERSION);
  }

  @Test
  void responses_areAskedAtTheNewerApi_andFoundThere() throws IOException {
    RawHttp.Response told = post("/v1/responses", "{\"model\":\"gpt\",\"input\":\"hi\"}");
    assertThat(told.status()).describedAs(told.text()).isEqualTo(200);
    assertThat(last().target()).isEqualTo("POST /openai/v1/responses");
    String id = told.json().getString("id");
    RawHttp.Response kept = bare("GET", "/v1/responses/" + id);
    assertThat(kept.status()).describedAs(kept.text()).isEqualTo(200);
    assertThat(kept.json().getString("id")).isEqualTo(id);
    assertThat(last().target()).isEqualTo("GET /openai/v1/responses/" + id);
  }

  @Test
  void whatIsNotInterpreted_goesToTheNewerApi() throws IOException {
    RawHttp.Response told = bare("GET", "/v1/files?limit=3");
    assertThat(told.status()).describedAs(told.text()).isEqualTo(200);
    assertThat(last().target()).isEqualTo("GET /openai/v1/files?limit=3");
  }

  @Test
  void messages_areTranslatedForIt() throws IOException {
    String body =
        "{\"model\":\"gpt\",\"max_tokens\":50,\"stream\":true,\"messages\":"
            + RawHttp.messages(SCRIPT)
            + "}";
    RawHttp.Response told = post("/v1/messages", body);
    assertThat(told.status()).describedAs(told.text()).isEqualTo(200);
    assertThat(last().target()).isEqualTo("POST " + DEPLOYMENT + "/chat/completions" + VERSION);
    assertThat(told.text().split("event: message_start", -1)).hasSize(2);
    assertThat(told.text()).contains("\"model\":\"gpt-prod\"", "\"output_tokens\":5");
  }

  @Test
  void wrongKey_isToldAndCostsNothing() throws IOException {
    double before = Scrape.of(gateway).sum("ponder_cost_usd_total");
    RawHttp.Response told = post(CHAT, RawHttp.ask("shut", SCRIPT));
    assertThat(told.status()).isEqualTo(401);
    assertThat(told.text()).contains("invalid_api_key").doesNotContain("not-the-secret");
    assertThat(last().target()).contains("?api-version=2025-04-01-preview");
    assertThat(Scrape.of(gateway).sum("ponder_cost_usd_total")).isEqualTo(before);
  }

  @Test
  void failure_isMadeUpForElsewhere() throws IOException {
    for (String body : List.of(RawHttp.ask("safe", SCRIPT), RawHttp.askStream("safe", SCRIPT))) {
      RawHttp.Response told = post(CHAT, body);
      assertThat(told.status()).describedAs(told.text()).isEqualTo(200);
      assertThat(told.header("x-ponder-model")).hasValue("open");
      List<StubCall> calls = gateway.stub().log().calls();
      assertThat(calls.get(calls.size() - 2).target())
          .isEqualTo("POST /openai/deployments/gpt-down/chat/completions" + VERSION);
      assertThat(last().target()).isEqualTo("POST /v1/chat/completions");
      assertThat(told.text()).doesNotContain("prompt_filter_results");
    }
  }
}
