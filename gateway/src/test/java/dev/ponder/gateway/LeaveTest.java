package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.Audit.Row;
import dev.ponder.gateway.server.Keyring;
import dev.ponder.price.Money;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Callers who leave: the call is given up or read to its end, as the policy says, and settled once
 * either way.
 */
class LeaveTest {

  private static final String[] KEYS = {"abort", "drain", "auto", "soft"};

  /** How long an upstream waits to be hung up on before it goes on. */
  private static final int HANG_UP_MILLIS = 300;

  private static final String BEGUN =
      event("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]");
  private static final String FINISHED =
      event("\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]");
  private static final String USAGE = "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5}";
  private static final String REST =
      FINISHED + event("\"choices\":[]," + USAGE) + "data: [DONE]\n\n";
  private static final String PLAIN =
      "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"}}]," + USAGE + "}";

  private static final AtomicInteger IDS = new AtomicInteger();

  private static Path ledger;
  private static RawUpstream upstream;
  private static RunningGateway gateway;
  private static volatile RawUpstream.Script script;

  private static String event(String members) {
    return "data: {" + members + "}\n\n";
  }

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    upstream = new RawUpstream(call -> script.answer(call));
    ledger = folder.resolve("ponder.db");
    StringBuilder yaml =
        new StringBuilder(
            """
            upstreams: { raw: { base_url: "%s" } }
            models:
              mini: { served_by: raw/x, max_output_tokens: 1000, price: { input: 1, output: 4 } }
              thinker: { served_by: raw/x, reasoning: true, max_output_tokens: 1000,
                         price: { input: 1, output: 4 } }
            ledger: sqlite:%s
            """
                .formatted(upstream.baseUrl(), ledger));
    StringBuilder policies = new StringBuilder("policies:\n");
    StringBuilder keys = new StringBuilder("keys:\n");
    for (String key : KEYS) {
      policies.append("  - { name: ").append(key).append(", applies_to: { key: ").append(key);
      policies.append(" }, budget: 9 USD per month, alert_at: [], at_exhaustion: ");
      policies.append(key.equals("soft") ? "warn" : "reject");
      policies.append(", on_disconnect: ").append(key.equals("soft") ? "abort" : key);
      policies.append(" }\n");
      keys.append("  - { name: ").append(key).append(", sha256: ");
      keys.append(Keyring.sha256(key)).append(" }\n");
    }
    gateway = RunningGateway.start(yaml.append(policies).append(keys).toString());
  }

  @AfterAll
  static void stop() throws IOException {
    Eventually.holds("nothing in flight", () -> scrape().sum("ponder_requests_in_flight") == 0);
    for (String key : KEYS) {
      assertThat(Audit.pending(gateway, key)).isEqualTo(Money.ZERO);
    }
    gateway.close();
    upstream.close();
  }

  private static Scrape scrape() {
    try {
      return Scrape.of(gateway);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** How a caller leaves. */
  private interface Leaving {
    void by(RawHttp client) throws IOException;
  }

  /** What an upstream writes before the caller leaves, and what after. */
  private record Scene(String key, String model, boolean stream, String before, String after) {

    static Scene stream(String key, String model, String before, String after) {
      return new Scene(key, model, true, before, after);
    }

    /** Plays it; returns the row that was posted. */
    Row play() throws Exception {
      return play(RawHttp::close);
    }

    Row play(Leaving leaving) throws Exception {
      CompletableFuture<Boolean> begun = new CompletableFuture<>();
      CompletableFuture<Boolean> left = new CompletableFuture<>();
      CompletableFuture<Boolean> hungUp = new CompletableFuture<>();
      script =
          call -> {
            if (stream) {
              call.beginStream();
              if (!before.isEmpty()) {
                call.chunk(before);
              }
            }
            begun.complete(true);
            left.get(20, TimeUnit.SECONDS);
            hungUp.complete(hangsUp(call));
            if (hungUp.get()) {
              return false;
            }
            if (!stream) {
              call.write("HTTP/1.1 200 OK\r\ncontent-length: " + after.length() + "\r\n\r\n");
              call.write(after);
              return true;
            }
            return call.chunk(after).end();
          };
      String id = "leave-" + IDS.incrementAndGet();
      RawHttp client = new RawHttp(gateway.apiUrl());
      String body = stream ? RawHttp.askStream(model, "Hi") : RawHttp.ask(model, "Hi");
      client.chat(body, "authorization: Bearer " + key, "x-request-id: " + id);
      begun.get(20, TimeUnit.SECONDS);
      if (!before.isEmpty()) {
        client.readStatus();
        client.readHeaders();
        client.readChunksUntil("data:");
      }
      leaving.by(client);
      left.complete(true);
      Row row = Audit.row(ledger, id);
      client.close();
      boolean reported = row.source().equals("reported");
      boolean drains = key.equals("drain") || (reported && !after.isEmpty());
      assertThat(hungUp.get(20, TimeUnit.SECONDS)).describedAs("%s", row).isEqualTo(!drains);
      assertThat(row.reserved()).isEqualTo(1_000L * (body.length() + 64) + 4_000L * 1_000);
      return row;
    }

    private static boolean hangsUp(RawUpstream.Call call) throws IOException {
      call.socket().setSoTimeout(HANG_UP_MILLIS);
      try {
        return call.socket().getInputStream().read() < 0;
      } catch (SocketTimeoutException stillThere) {
        call.socket().setSoTimeout(0);
        return false;
      } catch (SocketException reset) {
        return true;
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"mini, ''", "mini, begun", "thinker, ''", "thinker, begun"})
  void abort_stream_isAll(String model, String words) throws Exception {
    String before = words.isEmpty() ? "" : BEGUN;
    Row row = Scene.stream("abort", model, before, REST).play();
    assertThat(row.source()).isEqualTo("presumed");
    assertThat(row.nanos()).isEqualTo(row.reserved());
  }

  /** Who says that nothing more will come is taken for gone: few who wait for an answer do. */
  @Test
  void abort_halfClosed_isAll() throws Exception {
    Row row = Scene.stream("abort", "mini", BEGUN, REST).play(RawHttp::finishSending);
    assertThat(row.source()).isEqualTo("presumed");
    assertThat(row.nanos()).isEqualTo(row.reserved());
  }

  @Test
  void abort_plain_isAll() throws Exception {
    Row row = new Scene("abort", "thinker", false, "", PLAIN).play();
    assertThat(row.source()).isEqualTo("presumed");
    assertThat(row.nanos()).isEqualTo(row.reserved());
  }

  @Test
  void abort_soft_isWhatIsExpected() throws Exception {
    Row row = Scene.stream("soft", "mini", BEGUN, REST).play();
    assertThat(row.source()).isEqualTo("estimated");
    // 250 visible tokens are forecast; what came before taught that this model writes fewer
    assertThat(row.nanos()).isBetween(4_000L * 250 / 50, row.reserved() - 1);
  }

  /** Nothing that is billed can come after the usage. */
  @Test
  void abort_betweenTheUsageAndTheEnd_isReported() throws Exception {
    String before = BEGUN + FINISHED + event("\"choices\":[]," + USAGE);
    Row row = Scene.stream("abort", "thinker", before, "").play();
    assertThat(row.source()).isEqualTo("reported");
    assertThat(row.nanos()).isEqualTo(10_000 + 20_000);
  }

  /** Usage that comes with every word is what was used so far: more may follow. */
  @Test
  void abort_amidUsageThatGrows_isAll() throws Exception {
    String word = BEGUN.replace("}]}\n", "}]," + USAGE + "}\n");
    assertThat(word).contains("usage");
    Row row = Scene.stream("abort", "mini", word, REST).play();
    assertThat(row.source()).isEqualTo("presumed");
    assertThat(row.nanos()).isEqualTo(row.reserved());
  }

  @ParameterizedTest
  @CsvSource({"mini, ''", "mini, begun", "thinker, ''", "thinker, begun"})
  void drain_stream_isReported(String model, String words) throws Exception {
    Scrape before = scrape();
    String first = words.isEmpty() ? "" : BEGUN;
    Row row = Scene.stream("drain", model, first, REST).play();
    assertThat(row.source()).isEqualTo("reported");
    assertThat(row.nanos()).isEqualTo(10_000 + 20_000);
    String cancelled = "outcome=\"cancelled\"";
    Eventually.holds(
        "counted as cancelled, once",
        () ->
            scrape().sum("ponder_requests_total", cancelled)
                == before.sum("ponder_requests_total", cancelled) + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mini", "thinker"})
  void drain_plain_isReported(String model) throws Exception {
    Row row = new Scene("drain", model, false, "", PLAIN).play();
    assertThat(row.source()).isEqualTo("reported");
    assertThat(row.nanos()).isEqualTo(10_000 + 20_000);
  }

  /** What is drained may break off like anything else. */
  @Test
  void drain_thatBreaksOff_isAll() throws Exception {
    Row row = Scene.stream("drain", "mini", BEGUN, BEGUN).play();
    assertThat(row.source()).isEqualTo("presumed");
    assertThat(row.nanos()).isEqualTo(row.reserved());
  }

  /** Left to itself, it drains what has done its costly part, and nothing else. */
  @ParameterizedTest
  @CsvSource({
    "thinker, begun, reported",
    "thinker, '', presumed",
    "mini, begun, presumed",
    "mini, '', presumed"
  })
  void auto_drainsAReasoningModelThatHasBegun(String model, String words, String source)
      throws Exception {
    String before = words.isEmpty() ? "" : BEGUN;
    Row row = Scene.stream("auto", model, before, REST).play();
    assertThat(row.source()).isEqualTo(source);
  }

  /** Between the two, thoughts are costly, and nobody knows how many are still to come. */
  @Test
  void auto_amidThoughts_givesUp() throws Exception {
    String thought = event("\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\"}}]");
    Row row = Scene.stream("auto", "thinker", thought, REST).play();
    assertThat(row.source()).isEqualTo("presumed");
  }
}
