package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import dev.ponder.gateway.stub.StubCall;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two thousand calls of all kinds: what a scrape says of them is what the upstream's own log says,
 * tokens and money exactly, and nothing twice.
 */
class MetricsAccountingTest {

  private static final int CALLS = 2_000;
  private static final int SLOW = 40;

  private static final String YAML =
      """
      upstreams:
        one: { base_url: "${STUB}" }
        two: { base_url: "${STUB}" }
      models:
        mini:
          served_by: [ one/stub-mini, two/stub-mini ]
          price: { input: 0.40, cached_input: 0.10, output: 1.60 }
        thinker:
          served_by: one/stub-thinker
          reasoning: true
          price: { input: 2.00, cached_input: 0.50, output: 8.00 }
      routes:
        auto: [ mini, { model: thinker, effort: high, min_score: 0.5 } ]
      policies:
        - { name: all, budget: 5000 USD per month }
        - { name: poor, applies_to: { team: poor }, budget: 0.000001 USD per month,
            at_exhaustion: reject, wait: 0s }
      keys:
        - { name: a, team: data, sha256: "DATA" }
        - { name: b, team: web, sha256: "WEB" }
        - { name: c, team: poor, sha256: "POOR" }
      """
          .replace("DATA", Keyring.sha256("data-key"))
          .replace("WEB", Keyring.sha256("web-key"))
          .replace("POOR", Keyring.sha256("poor-key"));

  private static RunningGateway gateway;
  private static Scrape scrape;

  /** What a call is about; its request id begins with the name. */
  private enum Kind {
    PLAIN(""),
    STREAM(""),
    UNTOLD("stub: no_usage\\n"),
    SLOW("stub: latency=120ms\\n"),
    RETRIED("stub: fail_first=1\\n"),
    REFUSED("stub: fail=400\\n"),
    FAILED("stub: fail=500\\n"),
    CUT("stub: die=after_events:2\\n"),
    POOR(""),
    STRANGER(""),
    JUNK("");

    private final String script;

    Kind(String script) {
      this.script = script;
    }

    static Kind of(int i) {
      if (i % (CALLS / MetricsAccountingTest.SLOW) == 7) {
        return SLOW;
      }
      return switch (i % 20) {
        case 0, 1, 2, 3, 4, 5, 6 -> PLAIN;
        case 8, 9, 10, 11, 12 -> STREAM;
        case 13 -> UNTOLD;
        case 14 -> RETRIED;
        case 15 -> REFUSED;
        case 16 -> FAILED;
        case 17 -> CUT;
        case 18 -> i % 40 == 18 ? POOR : STRANGER;
        default -> i % 40 == 19 ? JUNK : PLAIN;
      };
    }

    boolean streams(int i) {
      return this == STREAM || this == CUT || (this == UNTOLD && i % 40 == 13);
    }
  }

  @BeforeAll
  static void callMany() throws IOException {
    gateway =
        RunningGateway.start(
            YAML,
            StubOptions.standard()
                .withModel("stub-mini", StubScript.parse("tokens=1..60; cached=3"))
                .withModel("stub-thinker", StubScript.parse("tokens=1..60; reasoning=~900")));
    RawHttp client = new RawHttp(gateway.apiUrl());
    for (int i = 0; i < CALLS; i++) {
      Kind kind = Kind.of(i);
      try {
        send(client, kind, i);
        client.read();
      } catch (IOException e) { // of answers that are cut off the connection is closed
        assertThat(kind).isEqualTo(Kind.CUT);
      }
      if (kind == Kind.CUT) {
        client.close();
        client = new RawHttp(gateway.apiUrl());
      }
    }
    client.close();
    scrape = Scrape.of(gateway);
  }

  private static void send(RawHttp client, Kind kind, int i) throws IOException {
    String key =
        kind == Kind.POOR ? "poor" : kind == Kind.STRANGER ? "nobody" : i % 3 == 0 ? "web" : "data";
    String model = kind == Kind.JUNK ? "junk-" + i : "auto";
    String prompt = kind.script + "number " + i;
    String body = kind.streams(i) ? RawHttp.askStream(model, prompt) : RawHttp.ask(model, prompt);
    client.chat(
        body.replace("\\\\n", "\\n"),
        "authorization: Bearer " + key + "-key",
        "x-request-id: " + kind + "-" + i,
        "x-ponder-effort: " + (i % 4 == 0 ? "high" : "low"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Kind kind(StubCall call) {
    String id = String.valueOf(call.requestId());
    return Kind.valueOf(id.substring(0, id.indexOf('-')));
  }

  private static List<StubCall> calls(Predicate<StubCall> which) {
    return gateway.stub().log().calls().stream().filter(which).toList();
  }

  /** Those whose usage the upstream told. */
  private static List<StubCall> told(String model) {
    return calls(
        call ->
            call.model().equals(model)
                && call.status() == 200
                && kind(call) != Kind.UNTOLD
                && kind(call) != Kind.CUT);
  }

  private static double tokens(List<StubCall> calls, ToLongFunction<Usage> count) {
    return calls.stream().mapToLong(call -> count.applyAsLong(call.usage())).sum();
  }

  @Test
  void tokens_areTheUpstreams_byDisjointTypes() {
    for (String name : List.of("mini", "thinker")) {
      String model = "model=\"" + name + "\"";
      List<StubCall> calls = told("stub-" + name);
      Map<String, ToLongFunction<Usage>> types =
          new TreeMap<>(
              Map.of(
                  "input", Usage::plainInputTokens,
                  "input_cached", Usage::cachedInputTokens,
                  "input_cache_write", Usage::cacheWriteTokens,
                  "output", Usage::visibleOutputTokens,
                  "output_reasoning", Usage::reasoningTokens));
      types.forEach(
          (type, count) ->
              assertThat(scrape.sum("ponder_tokens_total", model, "type=\"" + type + "\""))
                  .as(name + " " + type)
                  .isEqualTo(tokens(calls, count)));
      assertThat(scrape.sum("ponder_tokens_total", model))
          .isEqualTo(tokens(calls, usage -> usage.inputTokens() + usage.outputTokens()));
      assertThat(scrape.sum("ponder_reasoning_share_count", model))
          .isEqualTo(name.equals("mini") ? 0 : calls.size());
    }
    assertThat(scrape.sum("ponder_tokens_total", "type=\"output_reasoning\"", "mini\"")).isZero();
    assertThat(scrape.sum("ponder_tokens_total", "output_reasoning", "thinker\"")).isPositive();
  }

  @Test
  void cost_isTheUpstreams_toTheNano() {
    Money all = Money.ZERO;
    for (String name : List.of("mini", "thinker")) {
      Money cost = Ledger.of(told("stub-" + name));
      assertThat(scrape.nanos("ponder_cost_usd_total", "model=\"" + name + "\""))
          .isEqualTo(cost.nanos());
      all = all.plus(cost);
    }
    assertThat(scrape.nanos("ponder_tenant_cost_usd_total")).isEqualTo(all.nanos());
    assertThat(scrape.nanos("ponder_tenant_cost_usd_total", "tenant=\"web\"")).isPositive();
    assertThat(scrape.nanos("ponder_tenant_cost_usd_total", "tenant=\"poor\"")).isZero();
  }

  @Test
  void budgets_spentWhatWasPosted() {
    long spent = scrape.nanos("ponder_budget_spend_usd_total", "budget=\"all\"");
    assertThat(spent).isPositive();
    assertThat(scrape.nanos("ponder_budget_spent_usd", "budget=\"all\"")).isEqualTo(spent);
    assertThat(scrape.sum("ponder_budget_reserved_usd")).isZero();
    assertThat(scrape.nanos("ponder_budget_spend_usd_total", "budget=\"poor\"")).isZero();
  }

  @Test
  void calls_areCountedOnce_byHowTheyEnded() {
    Map<String, Predicate<StubCall>> outcomes =
        Map.of(
            "http_4xx", call -> call.status() == 400,
            "http_5xx", call -> call.status() >= 500,
            "ok", call -> call.status() == 200 && kind(call) != Kind.CUT);
    outcomes.forEach(
        (outcome, which) ->
            assertThat(scrape.sum("ponder_upstream_requests_total", "outcome=\"" + outcome + "\""))
                .as(outcome)
                .isEqualTo(calls(which).size()));
    assertThat(scrape.sum("ponder_upstream_requests_total")).isEqualTo(calls(c -> true).size());
    assertThat(scrape.sum("ponder_upstream_duration_seconds_count"))
        .isEqualTo(calls(c -> true).size());
    assertThat(scrape.sum("ponder_usage_reports_total", "source=\"reported\""))
        .isEqualTo(told("stub-mini").size() + told("stub-thinker").size());
  }

  @Test
  void requests_areCountedOnce_byHowTheyEnded() {
    assertThat(scrape.sum("ponder_requests_total")).isEqualTo(CALLS);
    assertThat(scrape.sum("ponder_tenant_requests_total")).isEqualTo(CALLS);
    assertThat(scrape.sum("ponder_request_duration_seconds_count")).isEqualTo(CALLS);
    assertThat(scrape.sum("ponder_requests_in_flight")).isZero();
    assertThat(scrape.sum("ponder_requests_total", "outcome=\"budget_denied\""))
        .isEqualTo((double) count(Kind.POOR));
    assertThat(scrape.sum("ponder_tenant_requests_total", "budget_denied", "tenant=\"poor\""))
        .isEqualTo((double) count(Kind.POOR));
    assertThat(scrape.sum("ponder_requests_total", "outcome=\"auth_denied\""))
        .isEqualTo((double) count(Kind.STRANGER));
    assertThat(scrape.sum("ponder_tenant_requests_total", "auth_denied", "tenant=\"_none\""))
        .isEqualTo((double) count(Kind.STRANGER));
  }

  private static long count(Kind kind) {
    long count = 0;
    for (int i = 0; i < CALLS; i++) {
      count += Kind.of(i) == kind ? 1 : 0;
    }
    return count;
  }

  /** Of the slow calls, and of the others together: the same bucket as by the stub's clock. */
  @Test
  void latency_isWithinABucket() {
    double slow = calls(call -> kind(call) == Kind.SLOW).size();
    assertThat(slow).isEqualTo(SLOW);
    double all = scrape.sum("ponder_upstream_duration_seconds_count");
    double quick = scrape.sum("ponder_upstream_duration_seconds_bucket", "le=\"0.1\"");
    assertThat(all - quick).isGreaterThanOrEqualTo(slow); // none of the slow ones is below
    double stub =
        calls(c -> true).stream().mapToDouble(c -> c.endedMillis() - c.startedMillis()).sum();
    assertThat(scrape.sum("ponder_upstream_duration_seconds_sum") * 1e3)
        .isGreaterThan(stub - calls(c -> true).size()); // the stub's clock has whole milliseconds
    for (double rank : new double[] {.5, .9}) {
      int ours = bucket(Math.ceil(all * rank));
      assertThat(ours).as("rank " + rank).isBetween(stubBucket(rank), stubBucket(rank) + 1);
    }
  }

  private static final double[] BOUNDS = {.05, .1, .25, .5, 1, 2.5, 5, 10};

  private static int bucket(double count) {
    for (int i = 0; i < BOUNDS.length; i++) {
      String le = "le=\"" + BOUNDS[i] + "\"";
      if (scrape.sum("ponder_upstream_duration_seconds_bucket", le) >= count) {
        return i;
      }
    }
    return BOUNDS.length;
  }

  private static int stubBucket(double rank) {
    double[] took =
        calls(c -> true).stream()
            .mapToDouble(c -> (c.endedMillis() - c.startedMillis()) / 1e3)
            .sorted()
            .toArray();
    double value = took[(int) Math.ceil(took.length * rank) - 1];
    int i = 0;
    while (i < BOUNDS.length && value > BOUNDS[i]) {
      i++;
    }
    return i;
  }
}
