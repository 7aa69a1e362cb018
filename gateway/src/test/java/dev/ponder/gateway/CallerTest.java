package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller is told, charged and kept from: wishes, prices, the log, others' headers. */
class CallerTest {

  private static final String ANSWER =
      "{\"choices\":[{\"finish_reason\":\"stop\"}],"
          + "\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":100}}";

  @TempDir private static Path folder;

  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}" }
            models:
              cheap: { served_by: a/x, price: { input: 1, output: 2 } }
              dear: { served_by: a/x, price: { input: 30, output: 500 } }
              short:
                served_by: a/short
                max_output_tokens: 1000
                price: { input: 1, output: 2 }
            routes:
              auto: [ short, { model: dear, min_score: 0.5 } ]
            """,
            folder);
    pair.first(Pair.json(200, ANSWER));
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static Pair.Told refused(String body, String... headers) throws IOException {
    int before = pair.firstCalls();
    Pair.Told told = pair.ask(body, headers);
    assertThat(pair.firstCalls()).isEqualTo(before);
    return told;
  }

  private static double cost(String model) throws IOException {
    return Scrape.of(pair.gateway()).sum("ponder_cost_usd_total", "model=\"" + model + "\"");
  }

  @ParameterizedTest
  @CsvSource({"cheap, 0.0012", "dear, 0.08"})
  void price_isTheModels_notTheDeployments(String model, String usd) throws IOException {
    double before = cost(model);
    Pair.Told told = pair.ask(RawHttp.ask(model, "x"));
    assertThat(told.response().header("x-ponder-cost-usd")).hasValue(usd);
    assertThat(told.response().header("x-ponder-model")).hasValue(model);
    assertThat(told.decision().getString("cost_usd")).isEqualTo(usd);
    assertThat(cost(model) - before).isCloseTo(Double.parseDouble(usd), within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "cheap"})
  void dryRun_banana(String model) throws IOException {
    Pair.Told told = refused(RawHttp.ask(model, "x"), "x-ponder-dry-run: banana");
    assertBadHeader(told, "x-ponder-dry-run");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "cheap", "a/short"})
  void effort_banana(String model) throws IOException {
    Pair.Told told = refused(RawHttp.ask(model, "x"), "x-ponder-effort: banana");
    assertBadHeader(told, "x-ponder-effort");
  }

  private static void assertBadHeader(Pair.Told told, String header) {
    assertThat(told.response().status()).describedAs(told.text()).isEqualTo(400);
    JsonObject error = told.response().json().getJsonObject("error");
    assertThat(error.getString("param")).isEqualTo(header);
    assertThat(error.getString("code")).isEqualTo("invalid_request_error");
    assertThat(error.getString("message")).startsWith(header + ":").contains("expected");
    assertThat(told.outcome()).isEqualTo("client_error");
    assertThat(told.decision().getString("error")).isEqualTo("invalid_request_error " + header);
  }

  @Test
  void dryRun_fourAnswers_costFourTimesTheOutput() throws IOException {
    String one = RawHttp.ask("cheap", "x");
    JsonObject single = refused(one, "x-ponder-dry-run: true").response().json();
    String four = one.replace("{\"model\"", "{\"n\":4,\"model\"");
    JsonObject fourfold = refused(four, "x-ponder-dry-run: true").response().json();
    int output = single.getJsonObject("estimated_usage").getInteger("output_tokens");
    assertThat(output).isPositive();
    JsonObject usage = fourfold.getJsonObject("estimated_usage");
    assertThat(usage.getInteger("output_tokens")).isEqualTo(4 * output);
    assertThat(usage.getInteger("input_tokens"))
        .isEqualTo(single.getJsonObject("estimated_usage").getInteger("input_tokens"));
  }

  @ParameterizedTest
  @CsvSource({
    "max_tokens, 1000, short, hint",
    "max_tokens, 1001, dear, capability",
    "max_completion_tokens, 1000, short, hint",
    "max_completion_tokens, 1001, dear, capability"
  })
  void cap_aboveTheTiersOutput_goesToTheOther(String cap, int tokens, String model, String reason)
      throws IOException {
    String body =
        RawHttp.ask("auto", "x").replace("{\"model\"", "{\"" + cap + "\":" + tokens + ",\"model\"");
    RawHttp.Response response = pair.ask(body, "x-ponder-effort: low").response();
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("x-ponder-model")).hasValue(model);
    assertThat(response.header("x-ponder-reason")).hasValue(reason);
  }

  @Test
  void log_quotesNoCaller() throws IOException {
    Pair.Told unknown =
        refused(RawHttp.ask("canary-model", "canary-prompt"), "x-ponder-tags: team=canary-tag");
    assertThat(unknown.response().status()).isEqualTo(404);
    assertThat(unknown.decision().getString("error")).isEqualTo("model_not_found model");
    refused(RawHttp.ask("cheap", "x"), "x-ponder-effort: canary-effort");
    refused(RawHttp.ask("cheap", "x"), "x-ponder-dry-run: canary-dry-run");
    refused("{\"model\":\"cheap\",\"canary-member\":1,\"messages\":\"canary-messages\"}");
    refused("{\"model\":\"cheap\",\"model\":\"canary-model\",\"messages\":[]}");
    refused("canary-body");
    pair.ask(
        RawHttp.ask("cheap", "canary-prompt"),
        "user-agent: canary-agent",
        "x-ponder-conversation: canary-conversation",
        "x-canary: canary-value");
    assertThat(pair.logText()).doesNotContain("canary");
  }

  @Test
  void clientsEdge_isNotForwarded() throws IOException {
    pair.ask(
        RawHttp.ask("cheap", "x"),
        "cf-connecting-ip: 192.0.2.7",
        "CF-Ray: edge",
        "via: 1.1 edge",
        "X-Amzn-Trace-Id: Root=edge",
        "x-kept: kept");
    String head = pair.lastHead().toLowerCase(Locale.ROOT);
    assertThat(head)
        .contains("\r\nx-kept: kept\r\n")
        .doesNotContain("cf-", "192.0.2.7", "via:", "x-amzn", "edge");
  }

  @Test
  void upstreamsEdge_isDropped() throws IOException {
    try {
      pair.first(
          Pair.plain(
              200,
              ANSWER,
              "content-type: application/json",
              "Strict-Transport-Security: max-age=31536000; includeSubDomains",
              "NEL: {\"report_to\":\"edge\"}",
              "Report-To: {\"group\":\"edge\"}",
              "via: 1.1 edge",
              "cf-ray: edge",
              "x-kept: kept"));
      RawHttp.Response response = pair.ask(RawHttp.ask("cheap", "x")).response();
      assertThat(response.headers())
          .containsEntry("x-kept", "kept")
          .doesNotContainKeys("strict-transport-security", "nel", "report-to", "via", "cf-ray");
    } finally {
      pair.first(Pair.json(200, ANSWER));
    }
  }
}
