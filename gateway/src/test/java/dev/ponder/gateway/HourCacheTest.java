package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input that Anthropic keeps in its cache for an hour costs more than that kept for minutes. */
class HourCacheTest {

  private static final String PATH = "/v1/messages";

  /** 10 of plain input, 60 read, 30 written, of which 20 for an hour. */
  private static final String COUNTS =
      "\"input_tokens\":10,\"cache_creation_input_tokens\":30,\"cache_read_input_tokens\":60,"
          + "\"cache_creation\":{\"ephemeral_5m_input_tokens\":10,"
          + "\"ephemeral_1h_input_tokens\":20}";

  private static final String ANSWER =
      "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-x\","
          + "\"content\":[{\"type\":\"text\",\"text\":\"Hi!\"}],\"stop_reason\":\"end_turn\","
          + "\"stop_sequence\":null,\"usage\":{"
          + COUNTS
          + ",\"output_tokens\":50}}";

  private static final String STREAM =
      event(
              "message_start",
              "\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\","
                  + "\"content\":[],\"stop_reason\":null,\"usage\":{"
                  + COUNTS
                  + ",\"output_tokens\":1}}")
          + event(
              "content_block_delta",
              "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi!\"}")
          + event(
              "message_delta",
              "\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{"
                  + "\"cache_creation_input_tokens\":30,\"output_tokens\":50}")
          + event("message_stop", "\"x\":1");

  /** 10 × 3 + 60 × 0.3 + 10 × 3.75 + 20 × 6 + 50 × 15, in millionths. */
  private static final String COST = "0.0009555";

  @TempDir private Path folder;

  private Pair pair;

  @BeforeEach
  void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", provider: anthropic }
            models:
              told:
                served_by: a/claude-told
                price: { input: 3, cached_input: 0.3, cache_write: 3.75, cache_write_1h: 6,
                         output: 15 }
              untold:
                served_by: a/claude-untold
                price: { input: 3, cached_input: 0.3, cache_write: 3.75, output: 15 }
              odd:
                served_by: a/claude-odd
                overhead_tokens: 0
                price: { input: 0.000001, cached_input: 0, cache_write: 0.123457,
                         cache_write_1h: 0.654321, output: 1.000001 }
              known: { served_by: a/claude-sonnet-4-5 }
            policies:
              - { name: all, budget: 9 USD per day, at_exhaustion: reject }
              - name: tight
                applies_to: { model: odd }
                budget: 0.0002 USD per day
                at_exhaustion: reject
                wait: 0s
            """,
            folder);
  }

  @AfterEach
  void stop() throws IOException {
    pair.close();
  }

  private static String event(String type, String more) {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + more + "}\n\n";
  }

  private static String ask(String model, String life, String more) {
    return "{\"model\":\""
        + model
        + "\",\"max_tokens\":50,\"system\":[{\"type\":\"text\",\"text\":\"be brief\","
        + "\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\""
        + life
        + "\"}}],\"messages\":"
        + RawHttp.messages("hello")
        + more
        + "}";
  }

  private static void assertBilled(JsonObject decision) {
    assertThat(decision.getInteger("input_tokens")).isEqualTo(100);
    assertThat(decision.getInteger("cache_write_tokens")).isEqualTo(30);
    assertThat(decision.getInteger("cache_write_1h_tokens")).isEqualTo(20);
    assertThat(decision.getString("posted_usd")).isEqualTo(COST);
    assertThat(decision.getString("cost_usd")).isEqualTo(COST);
  }

  @Test
  void plain_isBilledAtTheHoursPrice() throws IOException {
    for (String model : new String[] {"told", "untold", "known"}) {
      Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask(model, "1h", ""));
      assertThat(told.text()).isEqualTo(ANSWER);
      assertThat(told.response().header("x-ponder-cost-usd")).as(model).hasValue(COST);
      assertBilled(told.decision());
    }
    String five = ANSWER.replace("_5m_input_tokens\":10", "_5m_input_tokens\":30");
    Pair.Told told =
        pair.first(Pair.json(200, five.replace("_1h_input_tokens\":20", "_1h_input_tokens\":0")))
            .askAt(PATH, ask("told", "5m", ""));
    assertThat(told.decision().getString("posted_usd")).isEqualTo("0.0009105");
    assertThat(told.decision().containsKey("cache_write_1h_tokens")).isFalse();
  }

  @Test
  void streamed_isBilledAtTheHoursPrice_thoughOnlyItsBeginningSaysSo() throws IOException {
    Pair.Told told =
        pair.first(Pair.stream(STREAM)).askAt(PATH, ask("told", "1h", ",\"stream\":true"));
    assertThat(told.text()).isEqualTo(STREAM);
    assertBilled(told.decision());
  }

  @Test
  void chat_isBilledAtTheHoursPrice_too() throws IOException {
    String chat = ask("told", "1h", "").replaceFirst("\"system\":\\[.*?\\],", "");
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).ask(chat);
    assertBilled(told.decision());
    assertThat(
            told.json()
                .getJsonObject("usage")
                .getJsonObject("prompt_tokens_details")
                .getJsonObject("cache_creation")
                .getInteger("ephemeral_1h_input_tokens"))
        .isEqualTo(20);
  }

  @Test
  void metrics_addUpToTheBill_toTheNano() throws IOException {
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("odd", "1h", ""));
    // 10 × 0.000001 + 10 × 0.123457 + 20 × 0.654321 + 50 × 1.000001 = 64.321050 millionths
    assertThat(told.decision().getString("posted_usd")).isEqualTo("0.000064322");
    Scrape scrape = Scrape.of(pair.gateway());
    String model = "model=\"odd\"";
    assertThat(scrape.nanos("ponder_cost_usd_total", model)).isEqualTo(64_322);
    String written = "type=\"input_cache_write\"";
    // 1,234.57 + 13,086.42 nano-dollars, rounded down once
    assertThat(scrape.nanos("ponder_cost_usd_total", model, written)).isEqualTo(14_320);
    assertThat(scrape.sum("ponder_tokens_total", model, written)).isEqualTo(30);
  }

  @Test
  void hardBudget_setsAsideWhatAnHourCosts_onlyWhereItIsAskedFor() throws IOException {
    JsonObject brief =
        pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("told", "5m", "")).decision();
    JsonObject kept =
        pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("told", "1h", "")).decision();
    long input = ask("told", "1h", "").length() + 64L;
    // 3.75 and 6 a million of input, and 50 × 15 a million of output
    assertThat(nanos(brief)).isEqualTo(input * 3_750 + 750_000);
    assertThat(nanos(kept)).isEqualTo(input * 6_000 + 750_000);
  }

  private static long nanos(JsonObject decision) {
    return new BigDecimal(decision.getString("reserved_usd")).movePointRight(9).longValueExact();
  }

  @Test
  void hardBudget_isNotOverdrawn_byWhatIsKeptForAnHour() throws IOException {
    // Some 300 bytes: kept for minutes 0.00009 USD at most, for an hour more than the budget has.
    String more = ",\"metadata\":{\"user_id\":\"" + "u".repeat(60) + "\"}";
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("odd", "1h", more));
    assertThat(told.response().status()).isEqualTo(429);
    assertThat(pair.firstCalls()).isZero();
    told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, ask("odd", "5m", more));
    assertThat(told.response().status()).isEqualTo(200);
  }
}
