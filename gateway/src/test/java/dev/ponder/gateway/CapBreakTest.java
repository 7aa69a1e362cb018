package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upstream that writes more than its cap allows: paid in full, counted, and remembered. */
class CapBreakTest {

  private static final String WORD =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";

  @TempDir private Path folder;

  private RawUpstream upstream;
  private volatile RawUpstream.Script script = call -> false;
  private int asked;

  @BeforeEach
  void start() throws IOException {
    upstream = new RawUpstream(call -> script.answer(call));
  }

  @AfterEach
  void stop() throws IOException {
    upstream.close();
  }

  /** 1,000 nano-dollars a token; the longest answer costs 0.01 USD. */
  private RunningGateway gateway(String limit) {
    return RunningGateway.start(
        """
        upstreams: { raw: { base_url: "%s" } }
        models:
          mini: { served_by: raw/x, max_output_tokens: 10000, price: { input: 0, output: 1 } }
        policies:
          - { name: all, budget: %s per month, at_exhaustion: reject, wait: 0s }
        ledger: sqlite:%s
        """
            .formatted(upstream.baseUrl(), limit, folder.resolve("ponder.db")));
  }

  private static boolean used(RawUpstream.Call call, int tokens) throws IOException {
    String body =
        "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"}}],"
            + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":"
            + tokens
            + "}}";
    call.write("HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
    return true;
  }

  private RawHttp.Response ask(RunningGateway gateway, String body) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(body, "x-request-id: break-" + ++asked);
      return client.read();
    }
  }

  private Audit.Row row() {
    return Audit.row(folder.resolve("ponder.db"), "break-" + asked);
  }

  private static String capped(int cap) {
    return RawHttp.ask("mini", "Hi").replace("{\"model\"", "{\"max_tokens\":" + cap + ",\"model\"");
  }

  @Test
  void plain_isPostedInFull_andTheModelsMaximumIsSetAsideFromThenOn() throws IOException {
    script = call -> used(call, 5_000);
    try (RunningGateway gateway = gateway("0.02 USD")) {
      RawHttp.Response first = ask(gateway, capped(600));
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.header("x-ponder-cost-usd")).hasValue("0.005");
      assertThat(row().reserved()).isEqualTo(600_000);
      assertThat(row().nanos()).isEqualTo(5_000_000);
      assertThat(Audit.posted(gateway, "all").nanos()).isEqualTo(5_000_000);
      Scrape now = Scrape.of(gateway);
      assertThat(now.sum("ponder_cap_violations_total", "model=\"mini\"")).isEqualTo(1);
      assertThat(now.sum("ponder_budget_reconciliation_usd_total", "direction=\"over\""))
          .isEqualTo(0.0044);

      script = call -> used(call, 10);
      ask(gateway, capped(600)); // what the caller says is as good as nothing
      assertThat(row().reserved()).isEqualTo(10_000_000);
      RawHttp.Response free = ask(gateway, RawHttp.ask("mini", "Hi"));
      assertThat(row().reserved()).isEqualTo(10_000_000);
      assertThat(free.header("x-ponder-capped")).isEmpty();
    }
  }

  @Test
  void brokenOnce_isRememberedOverARestart() throws IOException {
    script = call -> used(call, 12_000); // more than the model is said to be able to
    try (RunningGateway gateway = gateway("1 USD")) {
      ask(gateway, capped(600));
      assertThat(row().nanos()).isEqualTo(12_000_000);
    }
    try (RunningGateway gateway = gateway("1 USD")) {
      script = call -> used(call, 10);
      ask(gateway, capped(600));
      assertThat(row().reserved()).isEqualTo(12_000_000);
    }
  }

  @Test
  void debt_isPostedBeyondTheLimit_andBlocksUntilTheWindowEnds() throws IOException {
    script = call -> used(call, 50_000);
    try (RunningGateway gateway = gateway("0.02 USD")) {
      assertThat(ask(gateway, capped(600)).status()).isEqualTo(200);
      assertThat(Audit.posted(gateway, "all").nanos()).isEqualTo(50_000_000);
      assertThat(Audit.budget(gateway, "all", "").getString("remaining_usd")).isEqualTo("-0.03");
      RawHttp.Response next = ask(gateway, capped(1));
      assertThat(next.status()).isEqualTo(429);
      assertThat(upstream.calls()).isEqualTo(1);
    }
    try (RunningGateway gateway = gateway("0.02 USD")) { // and over a restart
      assertThat(ask(gateway, capped(1)).status()).isEqualTo(429);
    }
  }

  @Test
  void stream_isCutOff_countedAndRemembered() throws IOException {
    AtomicLong written = new AtomicLong();
    script =
        call -> {
          call.beginStream();
          while (written.get() < 100_000) { // until the gateway hangs up
            call.chunk(WORD);
            written.incrementAndGet();
          }
          return false;
        };
    try (RunningGateway gateway = gateway("0.02 USD")) {
      String body = capped(600).replace("{\"max", "{\"stream\":true,\"max");
      RawHttp.Response answer = ask(gateway, body);
      assertThat(answer.text()).contains("event: error").doesNotContain("[DONE]");
      int words = answer.text().split("\"content\"", -1).length - 1;
      assertThat(words).isBetween(600, 5_000); // of one byte each: by then it is sure
      assertThat(row().source()).isEqualTo("presumed");
      assertThat(row().nanos()).isEqualTo(600_000);
      Eventually.holds("hung up on", () -> written.get() < 100_000 && upstream.calls() == 1);
      assertThat(Scrape.of(gateway).sum("ponder_cap_violations_total")).isEqualTo(1);
      script = call -> used(call, 10);
      ask(gateway, capped(600));
      assertThat(row().reserved()).isEqualTo(10_000_000);
    }
  }

  /** As many words as the cap has tokens, for each of its answers, are no break of it. */
  @Test
  void stream_ofExactlyItsCap_isNot() throws IOException {
    String usage = "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1200}";
    script =
        call -> {
          call.beginStream().chunk(WORD.repeat(600));
          call.chunk(WORD.replace("\"index\":0", "\"index\":1").repeat(600));
          return call.chunk("data: {\"choices\":[]," + usage + "}\n\ndata: [DONE]\n\n").end();
        };
    try (RunningGateway gateway = gateway("0.02 USD")) {
      String body = capped(600).replace("{\"max", "{\"stream\":true,\"n\":2,\"max");
      assertThat(ask(gateway, body).text()).endsWith("data: [DONE]\n\n");
      assertThat(row().source()).isEqualTo("reported");
      assertThat(row().nanos()).isEqualTo(row().reserved()).isEqualTo(1_200_000);
      assertThat(Scrape.of(gateway).sum("ponder_cap_violations_total")).isZero();
    }
  }
}
