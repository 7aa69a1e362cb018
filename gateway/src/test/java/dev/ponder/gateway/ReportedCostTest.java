package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.Audit.Row;
import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams that say what an answer costs are believed, if they can be. */
class ReportedCostTest {

  private static final String KEY = "authorization: Bearer k";
  private static final String CHAT = "/v1/chat/completions";

  @TempDir private static Path folder;

  private static Path ledger;
  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    ledger = folder.resolve("ponder.db");
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", retries: { max: 0 } }
              deaf: { base_url: "${A}", retries: { max: 0 }, reported_cost: ignore }
              claude: { provider: anthropic, base_url: "${A}", retries: { max: 0 } }
            models:
              mini: { served_by: a/mini, max_output_tokens: 50, price: { input: 1, output: 2 } }
              free: { served_by: a/free, max_output_tokens: 50, price: { input: 0, output: 0 } }
              deaf: { served_by: deaf/mini, max_output_tokens: 50, price: { input: 1, output: 2 } }
              sonnet: { served_by: claude/sonnet, max_output_tokens: 50,
                        price: { input: 1, output: 2 } }
            policies:
              - { name: all, budget: 900 USD per month, at_exhaustion: warn, alert_at: [] }
              - { name: tight, applies_to: { key: poor }, budget: 0.01 USD per month,
                  at_exhaustion: reject, alert_at: [] }
            keys: [ { name: k, sha256: %s }, { name: poor, sha256: %s } ]
            ledger: "sqlite:%s"
            """
                .formatted(Keyring.sha256("k"), Keyring.sha256("poor"), ledger),
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    assertThat(Audit.pending(pair.gateway(), "all").nanos()).isZero();
    pair.close();
  }

  private static String ask(String model, boolean stream) {
    return "{\"model\":\""
        + model
        + "\",\"max_tokens\":20,\"stream\":"
        + stream
        + (stream ? ",\"stream_options\":{\"include_usage\":true}" : "")
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
  }

  private static String usage(String more) {
    return "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15"
        + more
        + "}";
  }

  private static RawUpstream.Script answer(boolean stream, String more) {
    if (!stream) {
      String choice = "{\"index\":0,\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}";
      return Pair.json(200, "{\"choices\":[" + choice + "]," + usage(more) + "}");
    }
    String last = "data: {\"choices\":[]," + usage(more) + "}\n\n";
    return Pair.stream(Pair.HELLO, Pair.STOP, last, Pair.DONE);
  }

  private static double reports(String use) throws IOException {
    return Scrape.of(pair.gateway()).sum("ponder_cost_reports_total", "use=\"" + use + "\"");
  }

  private static long spent() throws IOException {
    return Scrape.of(pair.gateway()).nanos("ponder_cost_usd_total");
  }

  /** By the price it would be 20,000 nano-dollars. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "false | ,\"cost\":0.0000123456785 | 12346",
        "true | ,\"cost\":1.23456785e-5 | 12346",
        "false | ,\"cost_in_usd_ticks\":500000 | 50000",
        "true | ,\"cost_in_usd_ticks\":500000 | 50000",
        "true | ,\"cost\":{\"total_cost\":0.9} | 900000000"
      })
  void chat_costOfTheUpstream_counts(boolean stream, String more, long nanos) throws IOException {
    pair.first(answer(stream, more));
    double before = reports("used");
    long spent = spent();
    Pair.Told told = pair.ask(ask("mini", stream), KEY);
    check(told, nanos);
    String usd = told.decision().getString("cost_usd");
    if (stream) {
      assertThat(told.text()).contains("\"ponder\":{\"cost_usd\":" + usd + "}");
    } else {
      assertThat(told.response().header("x-ponder-cost-usd")).hasValue(usd);
      assertThat(told.response().header("x-ponder-baseline-cost-usd")).hasValue(usd);
    }
    assertThat(reports("used")).isEqualTo(before + 1);
    assertThat(spent() - spent).isEqualTo(nanos);
  }

  private static void check(Pair.Told told, long nanos) {
    assertThat(told.response().status()).describedAs(told.text()).isEqualTo(200);
    JsonObject decision = told.decision();
    assertThat(Ledger.usd(decision.getString("cost_usd")).nanos()).isEqualTo(nanos);
    assertThat(decision.getString("posted_usd")).isEqualTo(decision.getString("cost_usd"));
    assertThat(decision.getString("settled_by")).isEqualTo("reported");
    Row row = Audit.row(ledger, decision.getString("request_id"));
    assertThat(row.nanos()).isEqualTo(nanos);
    assertThat(row.output()).isEqualTo(5);
    boolean byPrice = nanos == 20_000;
    assertThat(decision.getString("cost_source")).isEqualTo(byPrice ? "price" : "upstream");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void responses_costOfTheUpstream_counts(boolean stream) throws IOException {
    String response =
        "{\"id\":\"r1\",\"object\":\"response\",\"status\":\"completed\",\"output\":[{\"type\":"
            + "\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"hi\"}]}],\"usage\":{"
            + "\"input_tokens\":10,\"output_tokens\":5,\"total_tokens\":15,\"cost\":0.000123}}";
    String event =
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":";
    pair.first(stream ? Pair.stream(event + response + "}\n\n") : Pair.json(200, response));
    String body = "{\"model\":\"mini\",\"input\":\"x\",\"stream\":" + stream + "}";
    Pair.Told told = pair.askAt("/v1/responses", body, KEY);
    check(told, 123_000);
    assertThat(told.decision().getJsonObject("usage_raw").getDouble("cost")).isEqualTo(0.000123);
  }

  @ParameterizedTest
  @CsvSource({
    "false, /v1/messages",
    "true, /v1/messages",
    "false, " + CHAT,
    "true, " + CHAT,
  })
  void messages_costOfTheUpstream_counts(boolean stream, String path) throws IOException {
    String end = "\"output_tokens\":5,\"cost\":0.000123,\"service_tier\":\"standard\"}";
    String message =
        "{\"id\":\"m\",\"model\":\"s\",\"type\":\"message\",\"role\":\"assistant\",\"content\":"
            + "[{\"type\":\"text\",\"text\":\"hi\"}],\"stop_reason\":\"end_turn\","
            + "\"usage\":{\"input_tokens\":10,"
            + end
            + "}";
    pair.first(
        stream
            ? Pair.stream(
                event(
                    "message_start",
                    "\"message\":{\"type\":\"message\",\"role\":\"assistant\",\"content\":[],"
                        + "\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}"),
                event(
                    "content_block_start",
                    "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}"),
                event(
                    "content_block_delta",
                    "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"hi\"}"),
                event("content_block_stop", "\"index\":0"),
                event(
                    "message_delta", "\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{" + end),
                event("message_stop", ""))
            : Pair.json(200, message));
    Pair.Told told = pair.askAt(path, ask("sonnet", stream), KEY);
    check(told, 123_000);
    Object raw = told.decision().getValue("usage_raw");
    if (stream) {
      assertThat(raw)
          .isEqualTo(
              new JsonArray(
                  "[{\"input_tokens\":10,\"output_tokens\":1},"
                      + "{\"output_tokens\":5,\"cost\":0.000123}]"));
    } else {
      assertThat(((JsonObject) raw).fieldNames())
          .containsExactly("input_tokens", "output_tokens", "cost");
    }
  }

  private static String event(String type, String members) {
    String more = members.isEmpty() ? "" : "," + members;
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + more + "}\n\n";
  }

  /** The price counts, as it does where nothing is said. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"cost\":-1",
        ",\"cost\":\"NaN\"",
        ",\"cost\":0",
        ",\"cost\":1.000000001",
        ",\"cost\":1e300",
        ",\"cost_in_usd_ticks\":10000000010"
      })
  void cost_beyondBelief_isIgnoredAndCounted(String more) throws IOException {
    for (boolean stream : new boolean[] {false, true}) {
      pair.first(answer(stream, more));
      double before = reports("ignored");
      check(pair.ask(ask("mini", stream), KEY), 20_000);
      assertThat(reports("ignored")).isEqualTo(before + 1);
    }
  }

  @Test
  void cost_ofFreeModel_isBelievedUpToADollar_andNoneAtAll() throws IOException {
    pair.first(answer(false, ",\"cost\":1"));
    check(pair.ask(ask("free", false), KEY), 1_000_000_000);
    pair.first(answer(false, ",\"cost\":0"));
    assertThat(pair.ask(ask("free", false), KEY).decision().getString("cost_source"))
        .isEqualTo("upstream");
  }

  @Test
  void cost_isNotHeard_whereItIsSwitchedOff() throws IOException {
    pair.first(answer(false, ",\"cost\":0.5"));
    Pair.Told told = pair.ask(ask("deaf", false), KEY);
    assertThat(told.decision().getString("cost_usd")).isEqualTo("0.00002");
    assertThat(told.decision().containsKey("cost_source")).isFalse();
    assertThat(told.decision().getJsonObject("usage_raw").getDouble("cost")).isEqualTo(0.5);
  }

  @Test
  void hardBudget_costBeyondWhatWasSetAside_isPostedAndCountedAsOver() throws IOException {
    pair.first(answer(false, ",\"cost\":0.5"));
    String over = "direction=\"over\"";
    String name = "ponder_budget_reconciliation_usd_total";
    long before = Scrape.of(pair.gateway()).nanos(name, over);
    String poor = "authorization: Bearer poor";
    Pair.Told told = pair.ask(ask("mini", false), poor);
    check(told, 500_000_000);
    long reserved = Ledger.usd(told.decision().getString("reserved_usd")).nanos();
    assertThat(reserved).isLessThan(10_000_000);
    assertThat(Scrape.of(pair.gateway()).nanos(name, over) - before)
        .isEqualTo(500_000_000 - reserved);
    assertThat(Audit.posted(pair.gateway(), "tight").nanos()).isEqualTo(500_000_000);
    assertThat(pair.ask(ask("mini", false), poor).response().status()).isEqualTo(429);
  }
}
