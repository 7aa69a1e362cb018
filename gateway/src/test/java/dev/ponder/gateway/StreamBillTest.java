package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Usage in unusual places and shapes: billed once, and rather too much than too little. */
class StreamBillTest {

  private static final String WORD = "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]";
  private static final String END =
      "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]";
  private static final String NONE = "\"choices\":[]";
  private static final String DONE = "data: [DONE]\n\n";
  private static final AtomicInteger IDS = new AtomicInteger();

  private static Path ledger;
  private static RawUpstream upstream;
  private static RunningGateway gateway;
  private static volatile RawUpstream.Script script;

  /** 1,000 and 10,000 nano-dollars a token. */
  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    upstream = new RawUpstream(call -> script.answer(call));
    ledger = folder.resolve("ponder.db");
    gateway =
        RunningGateway.start(
            """
            upstreams: { raw: { base_url: "%s" } }
            models: { thinker: { served_by: raw/x, reasoning: true, max_output_tokens: 10000,
                                 price: { input: 1, output: 10 } } }
            policies: [ { name: all, budget: 900 USD per month, at_exhaustion: reject } ]
            ledger: sqlite:%s
            """
                .formatted(upstream.baseUrl(), ledger));
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    upstream.close();
  }

  private static String usage(int output) {
    return ",\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":" + output + "}";
  }

  private static String event(String members) {
    return "data: {" + members + "}\n\n";
  }

  private static Audit.Row ask(boolean stream, String text) throws IOException {
    String id = "bill-" + IDS.incrementAndGet();
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      String body = stream ? RawHttp.askStream("thinker", "Hi") : RawHttp.ask("thinker", "Hi");
      RawHttp.Response answer = client.chat(body, "x-request-id: " + id).read();
      assertThat(answer.status()).describedAs(answer.text()).isEqualTo(200);
      if (!text.isEmpty()) {
        assertThat(answer.text()).contains(text);
      }
    }
    Audit.Row row = Audit.row(ledger, id);
    assertThat(Audit.pending(gateway, "all").nanos()).isZero();
    return row;
  }

  /** 10 tokens in and 50 out are 0.00051 USD, wherever that is said. */
  @Test
  void usage_anywhereInTheStream_isBilledOnce() throws IOException {
    String[] streams = {
      event(WORD + ",\"usage\":null") + event(END + ",\"usage\":null") + event(NONE + usage(50)),
      event(WORD) + event(END) + event(NONE + usage(50)) + event(NONE + usage(50)),
      event(NONE + usage(50)) + event(WORD) + event(END),
      event(WORD) + event(END + usage(50)),
      event(WORD + usage(1)) + event(WORD + usage(2)) + event(END + usage(50)),
      event(WORD + usage(20)) + event(END) + event(NONE + usage(50)) + event(NONE),
      event(WORD) + event(END) + event(NONE + usage(50)) + event(NONE + ",\"usage\":null"),
    };
    for (String stream : streams) {
      script = call -> call.beginStream().chunk(stream + DONE).end();
      Audit.Row row = ask(true, DONE);
      assertThat(row.source()).describedAs(stream).isEqualTo("reported");
      assertThat(row.nanos()).describedAs(stream).isEqualTo(510_000);
    }
  }

  /** An error in the middle leaves open what was billed, unless it says so itself. */
  @Test
  void error_inTheMiddle_isAll_unlessItSaysTheUsage() throws IOException {
    String error = "\"error\":{\"message\":\"too hot\"}";
    script = call -> call.beginStream().chunk(event(WORD + usage(1)) + event(error) + DONE).end();
    Audit.Row all = ask(true, "too hot");
    assertThat(all.source()).isEqualTo("presumed");
    assertThat(all.nanos()).isEqualTo(all.reserved());
    script = call -> call.beginStream().chunk(event(WORD) + event(error + usage(50)) + DONE).end();
    Audit.Row told = ask(true, "too hot");
    assertThat(told.source()).isEqualTo("reported");
    assertThat(told.nanos()).isEqualTo(510_000);
  }

  /** What is wrong is taken for the dearer of what it may mean. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'prompt_tokens':10,'completion_tokens':49.2                  | reported | 510000",
        "'prompt_tokens':'10','completion_tokens':'50'                | reported | 510000",
        "'prompt_tokens':1e1,'completion_tokens':5e1                  | reported | 510000",
        "'prompt_tokens':10,'completion_tokens':20,'total_tokens':60  | reported | 510000",
        "'prompt_tokens':10,'completion_tokens':10,"
            + "'completion_tokens_details':{'reasoning_tokens':40}    | reported | 510000",
        "'prompt_tokens':10,'completion_tokens':50,"
            + "'completion_tokens_details':null                       | reported | 510000",
        "'prompt_tokens':10,'completion_tokens':-50                   | presumed | -1",
        "'prompt_tokens':10                                           | presumed | -1",
        "                                                             | presumed | -1"
      })
  void usage_thatIsOdd_isNeverTooLittle(String usage, String source, long nanos)
      throws IOException {
    String members = usage == null ? "" : usage.replace('\'', '"');
    String body =
        "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"}}],\"usage\":{" + members + "}}";
    script =
        call -> {
          call.write("HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
          return true;
        };
    Audit.Row plain = ask(false, "choices");
    assertThat(plain.source()).isEqualTo(source);
    assertThat(plain.nanos()).isEqualTo(nanos < 0 ? plain.reserved() : nanos);

    String stream = event(WORD) + event(END) + event(NONE + ",\"usage\":{" + members + "}") + DONE;
    script = call -> call.beginStream().chunk(stream).end();
    Audit.Row streamed = ask(true, DONE);
    assertThat(streamed.source()).isEqualTo(source);
    assertThat(streamed.nanos()).isEqualTo(nanos < 0 ? streamed.reserved() : nanos);
  }

  @Test
  void usage_thatIsOdd_isCounted() throws IOException {
    double before = Scrape.of(gateway).sum("ponder_usage_anomalies_total");
    String odd = ",\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":49.2}";
    script =
        call -> call.beginStream().chunk(event(WORD) + event(END) + event(NONE + odd) + DONE).end();
    ask(true, DONE);
    assertThat(Scrape.of(gateway).sum("ponder_usage_anomalies_total") - before).isEqualTo(1);
  }

  /** Events that say nothing cost nothing and are not kept; trailers are no part of an answer. */
  @Test
  void events_thatAreEmpty_andTrailers_areNoMatter() throws IOException {
    byte[] empty = "data: {}\n\n:\n\n\n\n".repeat(1_000).getBytes(UTF_8);
    script =
        call -> {
          call.beginStream();
          for (int i = 0; i < 100; i++) {
            call.chunk(empty);
          }
          call.chunk(event(WORD) + event(END) + event(NONE + usage(50)) + DONE);
          call.write("0\r\nx-trailer: 1\r\n\r\n");
          return true;
        };
    Audit.Row row = ask(true, DONE);
    assertThat(row.source()).isEqualTo("reported");
    assertThat(row.nanos()).isEqualTo(510_000);
  }
}
