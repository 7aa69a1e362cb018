package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.Audit.Row;
import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retries, breakers, queues and who gets the load, from outside. */
class ResilienceTest {

  private static final String GOOD =
      "{\"choices\":[{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}],"
          + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}";
  private static final String REFUSED = "{\"error\":{\"message\":\"no\"}}";
  private static final int CALLS = 10_000;

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
              a: { base_url: "${A}", on_5xx: presume, retries: { max: 2, budget: 100%% } }
              b: { base_url: "${B}" }
              narrow: { base_url: "${A}", max_concurrency: 3 }
              strait: { base_url: "${A}", max_concurrency: 1, queue: { size: 1, timeout: 60s } }
              curt: { base_url: "${A}", max_concurrency: 1, queue: { timeout: 1ms } }
              shut: { base_url: "${A}", max_concurrency: 1, queue: { size: 0 } }
              dead: { base_url: "${A}", breaker: { pause: 1h } }
              live: { base_url: "${STUB}" }
            models:
              one: { served_by: a/one, max_output_tokens: 10, price: &p { input: 1, output: 2 } }
              later: { served_by: a/later, max_output_tokens: 10, price: *p }
              sdk: { served_by: a/sdk, max_output_tokens: 10, price: *p }
              narrow: { served_by: narrow/x, max_output_tokens: 10, price: *p }
              strait: { served_by: strait/x, max_output_tokens: 10, price: *p }
              curt: { served_by: curt/x, max_output_tokens: 10, price: *p }
              shut: { served_by: [ shut/x, b/x ], max_output_tokens: 10, price: *p }
              spread: { served_by: [ a/spread, b/spread ], max_output_tokens: 10, price: *p }
              down: { served_by: dead/x, max_output_tokens: 10, price: *p }
              up: { served_by: live/stub-mini, max_output_tokens: 10, price: *p }
            routes:
              safe: { tiers: [ { model: down, fallbacks: [ up ] } ] }
            policies:
              - { name: all, budget: 900 USD per month, at_exhaustion: reject, alert_at: [] }
            keys: [ { name: k, sha256: %s } ]
            ledger: "sqlite:%s"
            """
                .formatted(Keyring.sha256("k"), ledger),
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    assertThat(pending()).isZero();
    Scrape last = Scrape.of(pair.gateway());
    assertThat(last.sum("ponder_upstream_in_flight")).isZero();
    pair.close();
  }

  private static final String KEY = "authorization: Bearer k";

  private static RawUpstream.Script failing(int times, RawUpstream.Script then) {
    AtomicInteger calls = new AtomicInteger();
    return call ->
        calls.incrementAndGet() <= times ? Pair.json(503, REFUSED).answer(call) : then.answer(call);
  }

  private static long pending() {
    return Audit.pending(pair.gateway(), "all").nanos();
  }

  private static CompletableFuture<RawHttp.Response> ask(String model) {
    return HeldUpstream.ask(pair.gateway(), RawHttp.ask(model, "x"), KEY);
  }

  @Test
  void failsTwice_andIsAskedAThirdTime_eachCallWithItsOwnMoney() throws IOException {
    pair.first(failing(2, Pair.json(200, GOOD)));
    Scrape before = Scrape.of(pair.gateway());
    Pair.Told told = pair.ask(RawHttp.ask("one", "x"), KEY);
    assertThat(told.response().status()).isEqualTo(200);
    assertThat(told.decision().getInteger("attempts")).isEqualTo(3);
    assertThat(told.decision().getInteger("retries")).isEqualTo(2);
    assertThat(told.decision().getDouble("waited_ms")).isPositive();
    assertThat(pair.firstCalls()).isEqualTo(3);
    List<Row> rows = Audit.rows(ledger, told.decision().getString("request_id"), 3);
    assertThat(rows).extracting(Row::attempt).containsExactly(1, 2, 3);
    assertThat(rows).extracting(Row::source).containsExactly("presumed", "presumed", "reported");
    String retries = "ponder_upstream_retries_total";
    String[] labels = {"provider=\"a\"", "model=\"one\"", "reason=\"http_5xx\""};
    assertThat(Scrape.of(pair.gateway()).sum(retries, labels) - before.sum(retries, labels))
        .isEqualTo(2);
  }

  @Test
  void sdkAsksAgain_soTheGatewayDoesNot() throws IOException {
    pair.first(failing(1, Pair.json(200, GOOD)));
    String body = RawHttp.ask("sdk", "x");
    Pair.Told told = pair.ask(body, KEY, "x-stainless-retry-count: 1");
    assertThat(told.response().status()).isEqualTo(503);
    assertThat(pair.firstCalls()).isEqualTo(1);
    assertThat(pair.lastHead()).contains("x-stainless-retry-count: 1");
    pair.first(failing(1, Pair.json(200, GOOD)));
    told = pair.ask(body, KEY, "x-stainless-retry-count: 0");
    assertThat(told.response().status()).isEqualTo(200);
  }

  @Test
  void clientLeaves_beforeTheRetry_whichIsNotMade() throws Exception {
    CountDownLatch refused = new CountDownLatch(1);
    pair.first(
        call -> {
          Pair.plain(429, REFUSED, "retry-after-ms: 3000").answer(call);
          refused.countDown();
          return true;
        });
    String id = pair.nextId();
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      client.chat(RawHttp.ask("later", "x"), KEY, "x-request-id: " + id);
      assertThat(refused.await(20, TimeUnit.SECONDS)).isTrue();
      Eventually.holds("the call is settled", () -> pending() == 0);
    }
    JsonObject decision = pair.decision(id);
    assertThat(decision.getString("outcome")).isEqualTo("cancelled");
    assertThat(decision.getDouble("duration_ms")).isLessThan(3_000);
    assertThat(pair.firstCalls()).isEqualTo(1);
  }

  @Test
  void concurrency_isExact_overAllLoops() throws Exception {
    int callers = 40;
    AtomicInteger running = new AtomicInteger();
    AtomicInteger highest = new AtomicInteger();
    CountDownLatch three = new CountDownLatch(3);
    pair.first(
        call -> {
          highest.accumulateAndGet(running.incrementAndGet(), Math::max);
          three.countDown();
          boolean full = three.await(20, TimeUnit.SECONDS);
          running.decrementAndGet();
          return full && Pair.json(200, GOOD).answer(call);
        });
    try (Crowd crowd = new Crowd(pair.gateway().apiUrl(), callers)) {
      Map<Integer, Integer> statuses =
          crowd.ask(callers, "k", i -> RawHttp.ask("narrow", "x"), i -> "narrow-" + i);
      assertThat(statuses).containsOnly(Map.entry(200, callers));
    }
    assertThat(highest.get()).isEqualTo(3);
    assertThat(pair.firstCalls()).isEqualTo(callers);
  }

  @Test
  void queue_full_isOverloaded_andOneThatLeavesMakesRoom() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    pair.first(
        call -> {
          arrived.countDown();
          return free.await(20, TimeUnit.SECONDS) && Pair.json(200, GOOD).answer(call);
        });
    CompletableFuture<RawHttp.Response> running = ask("strait");
    assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
    long held = pending();
    String left = pair.nextId();
    try (RawHttp waits = new RawHttp(pair.gateway().apiUrl())) {
      waits.chat(RawHttp.ask("strait", "x"), KEY, "x-request-id: " + left);
      Eventually.holds("it waits", () -> pending() > held);
      assertOverloaded(pair.ask(RawHttp.ask("strait", "x"), KEY).response());
    }
    assertThat(pair.decision(left).getString("outcome")).isEqualTo("cancelled");
    assertThat(pair.decision(left).getInteger("attempts")).isZero();
    CompletableFuture<RawHttp.Response> next = ask("strait");
    free.countDown();
    assertThat(HeldUpstream.whole(running).status()).isEqualTo(200);
    assertThat(HeldUpstream.whole(next).status()).isEqualTo(200);
    assertThat(pair.firstCalls()).isEqualTo(2);
  }

  private static void assertOverloaded(RawHttp.Response response) {
    assertThat(response.status()).describedAs(response.text()).isEqualTo(503);
    assertThat(response.json().getJsonObject("error").getString("code")).isEqualTo("overloaded");
    assertThat(response.header("retry-after")).hasValue("1");
  }

  @Test
  void queue_tooLong_isOverloaded_orSomebodyElseIsAsked() throws Exception {
    CountDownLatch arrived = new CountDownLatch(2);
    CountDownLatch free = new CountDownLatch(1);
    pair.first(
            call -> {
              arrived.countDown();
              return free.await(20, TimeUnit.SECONDS) && Pair.json(200, GOOD).answer(call);
            })
        .second(Pair.json(200, GOOD));
    CompletableFuture<RawHttp.Response> curt = ask("curt");
    CompletableFuture<RawHttp.Response> shut = ask("shut");
    assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
    Pair.Told told = pair.ask(RawHttp.ask("curt", "x"), KEY);
    assertOverloaded(told.response());
    assertThat(told.outcome()).isEqualTo("overloaded");
    told = pair.ask(RawHttp.ask("shut", "x"), KEY);
    assertThat(told.response().status()).isEqualTo(200);
    assertThat(told.decision().getString("deployment")).isEqualTo("b/x");
    free.countDown();
    assertThat(HeldUpstream.whole(curt).status()).isEqualTo(200);
    assertThat(HeldUpstream.whole(shut).status()).isEqualTo(200);
    assertThat(pair.firstCalls()).isEqualTo(2);
  }

  @Test
  void load_goesToTheLeastBusy() throws Exception {
    CountDownLatch arrived = new CountDownLatch(2);
    CountDownLatch free = new CountDownLatch(1);
    RawUpstream.Script held =
        call -> {
          arrived.countDown();
          return free.await(20, TimeUnit.SECONDS) && Pair.json(200, GOOD).answer(call);
        };
    pair.first(held).second(held);
    CompletableFuture<RawHttp.Response> one = ask("spread");
    Eventually.holds("the first is asked", () -> pair.firstCalls() == 1);
    CompletableFuture<RawHttp.Response> two = ask("spread");
    assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(pair.secondCalls()).isEqualTo(1);
    String[] labels = {"provider=\"b\"", "model=\"spread\""};
    Scrape busy = Scrape.of(pair.gateway());
    assertThat(busy.sum("ponder_upstream_in_flight", labels)).isEqualTo(1);
    free.countDown();
    assertThat(HeldUpstream.whole(one).status()).isEqualTo(200);
    assertThat(HeldUpstream.whole(two).status()).isEqualTo(200);
  }

  @Test
  void primaryDown_forGood_costsNextToNothing_andNobodyFails() throws IOException {
    pair.first(Pair.json(503, REFUSED));
    for (int i = 0; i < 5; i++) {
      assertThat(pair.ask(RawHttp.ask("safe", "x"), KEY).response().status()).isEqualTo(200);
    }
    assertThat(pair.firstCalls()).isEqualTo(5);
    String[] open = {"model=\"down\"", "state=\"open\""};
    Scrape before = Scrape.of(pair.gateway());
    assertThat(before.sum("ponder_upstream_circuit_state", open)).isEqualTo(1);
    try (Crowd crowd = new Crowd(pair.gateway().apiUrl(), 32)) {
      Map<Integer, Integer> statuses =
          crowd.ask(CALLS, "k", i -> RawHttp.ask("safe", "x"), i -> "down-" + i);
      assertThat(statuses).containsOnly(Map.entry(200, CALLS));
    }
    Scrape after = Scrape.of(pair.gateway());
    String calls = "ponder_upstream_requests_total";
    assertThat(after.sum(calls) - before.sum(calls)).isBetween(1.0 * CALLS, 1.2 * CALLS);
    assertThat(pair.firstCalls()).isEqualTo(5);
    String[] reason = {"reason=\"circuit_open\""};
    String fallbacks = "ponder_fallbacks_total";
    assertThat(after.sum(fallbacks, reason) - before.sum(fallbacks, reason)).isEqualTo(CALLS);
  }
}
