package dev.ponder.gateway;

import static dev.ponder.gateway.HeldUpstream.whole;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Budgets, while calls run on them: waiting for money, and configurations that change. */
class RunningBudgetTest {

  private static final String BEARER = "authorization: Bearer ours";

  /** 1 million nano-dollars for the 100 tokens that each call uses; at least 512 are set aside. */
  private static final long CALL = 1_000_000;

  @TempDir private Path folder;

  private HeldUpstream upstream;

  @BeforeEach
  void start() throws IOException {
    upstream = new HeldUpstream();
  }

  @AfterEach
  void stop() throws IOException {
    upstream.close();
  }

  private String yaml(String policies) {
    return """
        upstreams: { held: { base_url: "%s" } }
        models: { mini: { served_by: held/x, max_output_tokens: 1000,
                          price: { input: 0, output: 10 } } }
        ledger: sqlite:%s
        keys: [ { name: ours, sha256: %s }, { name: theirs, sha256: %s } ]
        """
            .formatted(
                upstream.baseUrl(),
                folder.resolve("ponder.db"),
                Keyring.sha256("ours"),
                Keyring.sha256("theirs"))
        + policies;
  }

  private static String all(String limit, String more) {
    return "policies: [ { name: all, budget: " + limit + " USD per month, " + more + " } ]\n";
  }

  private static CompletableFuture<RawHttp.Response> ask(RunningGateway gateway, String id) {
    return HeldUpstream.ask(gateway, RawHttp.ask("mini", "Hi"), BEARER, "x-request-id: " + id);
  }

  private static double actions(RunningGateway gateway, String action) {
    try {
      return Scrape.of(gateway).sum("ponder_budget_actions_total", "action=\"" + action + "\"");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void wait_getsTheMoneyThatARunningCallGivesBack() throws Exception {
    try (RunningGateway gateway =
        RunningGateway.start(yaml(all("0.009", "at_exhaustion: reject, wait: 60s")))) {
      CompletableFuture<RawHttp.Response> first = ask(gateway, "first");
      upstream.awaitCall();
      CompletableFuture<RawHttp.Response> second = ask(gateway, "second");
      Eventually.holds("the second waits", () -> actions(gateway, "wait") == 1);
      assertThat(upstream.calls()).isEqualTo(1);
      assertThat(second).isNotDone();
      upstream.release();
      assertThat(whole(first).status()).isEqualTo(200);
      upstream.awaitCall();
      upstream.release();
      assertThat(whole(second).status()).isEqualTo(200);
      assertThat(Audit.posted(gateway, "all").nanos()).isEqualTo(2 * CALL);
      assertThat(Audit.pending(gateway, "all").nanos()).isZero();
      assertThat(actions(gateway, "wait")).isEqualTo(1);
    }
  }

  @Test
  void wait_ofNothing_isRefusedAtOnce() throws Exception {
    try (RunningGateway gateway =
        RunningGateway.start(yaml(all("0.009", "at_exhaustion: reject, wait: 0s")))) {
      CompletableFuture<RawHttp.Response> first = ask(gateway, "first");
      upstream.awaitCall();
      RawHttp.Response second = whole(ask(gateway, "second"));
      assertThat(second.status()).isEqualTo(429);
      assertThat(first).isNotDone();
      assertThat(actions(gateway, "wait")).isZero();
      upstream.release();
      assertThat(whole(first).status()).isEqualTo(200);
    }
  }

  @Test
  void wait_endsWithItsTime() throws Exception {
    try (RunningGateway gateway =
        RunningGateway.start(yaml(all("0.009", "at_exhaustion: reject, wait: 200ms")))) {
      CompletableFuture<RawHttp.Response> first = ask(gateway, "first");
      upstream.awaitCall();
      assertThat(whole(ask(gateway, "second")).status()).isEqualTo(429);
      assertThat(actions(gateway, "wait")).isEqualTo(1);
      assertThat(first).isNotDone();
      upstream.release();
      assertThat(whole(first).status()).isEqualTo(200);
    }
  }

  @Test
  void wait_ofACallerWhoLeaves_costsNothing() throws Exception {
    try (RunningGateway gateway =
        RunningGateway.start(yaml(all("0.009", "at_exhaustion: reject, wait: 60s")))) {
      CompletableFuture<RawHttp.Response> first = ask(gateway, "first");
      upstream.awaitCall();
      try (RawHttp second = new RawHttp(gateway.apiUrl())) {
        second.chat(RawHttp.ask("mini", "Hi"), BEARER, "x-request-id: second");
        Eventually.holds("the second waits", () -> actions(gateway, "wait") == 1);
      }
      Eventually.holds("the second is given up", () -> cancelled(gateway) == 1);
      upstream.release();
      assertThat(whole(first).status()).isEqualTo(200);
      assertThat(Audit.posted(gateway, "all").nanos()).isEqualTo(CALL);
      assertThat(upstream.calls()).isEqualTo(1);
      Audit.row(folder.resolve("ponder.db"), "first");
      assertThat(Audit.rows(folder.resolve("ponder.db"), "second")).isEmpty();
    }
  }

  private static double cancelled(RunningGateway gateway) {
    try {
      return Scrape.of(gateway).sum("ponder_requests_total", "outcome=\"cancelled\"");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void limit_lowered_letsTheCallFinish_andRaised_holdsAtOnce() throws Exception {
    String reject = "at_exhaustion: reject, wait: 0s";
    try (RunningGateway gateway = RunningGateway.start(yaml(all("5", reject)))) {
      CompletableFuture<RawHttp.Response> running = ask(gateway, "running");
      upstream.awaitCall();
      gateway.reload(yaml(all("0.001", reject))); // less than what is set aside
      assertThat(whole(ask(gateway, "denied")).status()).isEqualTo(429);
      assertThat(Audit.budget(gateway, "all", "").getString("remaining_usd")).startsWith("-0.00");
      upstream.release();
      assertThat(whole(running).status()).isEqualTo(200);
      assertThat(Audit.posted(gateway, "all").nanos()).isEqualTo(CALL);
      assertThat(whole(ask(gateway, "denied")).status()).isEqualTo(429);

      gateway.reload(yaml(all("1", reject)));
      CompletableFuture<RawHttp.Response> next = ask(gateway, "next");
      upstream.awaitCall();
      upstream.release();
      assertThat(whole(next).status()).isEqualTo(200);
      assertThat(Audit.posted(gateway, "all").nanos()).isEqualTo(2 * CALL);
    }
  }

  @Test
  void limit_raised_letsInThoseWhoWait() throws Exception {
    String wait = "at_exhaustion: reject, wait: 60s";
    try (RunningGateway gateway = RunningGateway.start(yaml(all("0.009", wait)))) {
      CompletableFuture<RawHttp.Response> first = ask(gateway, "first");
      upstream.awaitCall();
      CompletableFuture<RawHttp.Response> second = ask(gateway, "second");
      Eventually.holds("the second waits", () -> actions(gateway, "wait") == 1);
      gateway.reload(yaml(all("1", wait)));
      upstream.awaitCall(); // though the first is not over
      assertThat(first).isNotDone();
      upstream.release();
      upstream.release();
      assertThat(whole(first).status()).isEqualTo(200);
      assertThat(whole(second).status()).isEqualTo(200);
    }
  }

  @Test
  void keyAndBudget_removedInMidStream_theCallIsSettledAllTheSame() throws Exception {
    String policies =
        """
        policies:
          - name: each
            budget: { limit: 5 USD, window: month, each: key }
            at_exhaustion: reject
        """;
    Path ledger = folder.resolve("ponder.db");
    try (RunningGateway gateway = RunningGateway.start(yaml(policies))) {
      CompletableFuture<RawHttp.Response> running =
          HeldUpstream.ask(
              gateway, RawHttp.askStream("mini", "Hi"), BEARER, "x-request-id: running");
      upstream.awaitCall();
      String without = "{ name: ours, sha256: " + Keyring.sha256("ours") + " }, ";
      String reduced = yaml("");
      assertThat(reduced).contains(without);
      gateway.reload(reduced.replace(without, ""));
      assertThat(whole(ask(gateway, "revoked")).status()).isEqualTo(401);
      upstream.release();
      assertThat(whole(running).text()).endsWith("data: [DONE]\n\n");
      Audit.Row row = Audit.row(ledger, "running");
      assertThat(row.source()).isEqualTo("reported");
      assertThat(row.nanos()).isEqualTo(CALL);

      gateway.reload(yaml(policies)); // and it was not forgotten
      assertThat(Audit.usd(Audit.budget(gateway, "each", "ours"), "posted_usd").nanos())
          .isEqualTo(CALL);
    }
  }

  @Test
  void prices_changedInMidCall_theCallKeepsThoseItWasAdmittedWith() throws Exception {
    Path ledger = folder.resolve("ponder.db");
    String yaml = yaml(all("5", "at_exhaustion: reject"));
    String dearer = yaml.replace("output: 10 }", "output: 90 }");
    assertThat(dearer).isNotEqualTo(yaml);
    try (RunningGateway gateway = RunningGateway.start(yaml)) {
      CompletableFuture<RawHttp.Response> before = ask(gateway, "before");
      upstream.awaitCall();
      gateway.reload(dearer);
      CompletableFuture<RawHttp.Response> after = ask(gateway, "after");
      upstream.awaitCall();
      upstream.release();
      upstream.release();
      assertThat(whole(before).header("x-ponder-cost-usd")).hasValue("0.001");
      assertThat(whole(after).header("x-ponder-cost-usd")).hasValue("0.009");
      assertThat(Audit.row(ledger, "before").nanos()).isEqualTo(CALL);
      assertThat(Audit.row(ledger, "after").nanos()).isEqualTo(9 * CALL);
      assertThat(Audit.posted(gateway, "all").nanos()).isEqualTo(10 * CALL);
    }
  }
}
