package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a caller's trace headers while no spans are exported. */
class TraceHeadersTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String VALID = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final String YAML =
      """
      upstreams:
        a: { base_url: "${A}" }
        b: { base_url: "${B}" }
      models:
        cheap: { served_by: a/x, price: { input: 1, output: 2 } }
      """;

  private static Pair pair;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    pair = new Pair(YAML, folder);
    pair.first(Pair.json(200, "{\"choices\":[{\"finish_reason\":\"stop\"}]}"));
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static Optional<String> forwarded(String header, String... headers) throws IOException {
    pair.ask(RawHttp.ask("cheap", "x"), headers);
    Matcher line =
        Pattern.compile("\r\n" + header + ": ([^\r]*)\r\n")
            .matcher(pair.lastHead().toLowerCase(Locale.ROOT));
    return line.find() ? Optional.of(line.group(1)) : Optional.empty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        VALID,
        "00-" + TRACE + "-b7ad6b7169203331-00",
        "01-" + TRACE + "-b7ad6b7169203331-03",
        "cc-" + TRACE + "-b7ad6b7169203331-01-what-the-future-brings"
      })
  void traceparent_valid_isPassedOn(String parent) throws IOException {
    assertThat(forwarded("traceparent", "traceparent: " + parent)).hasValue(parent);
    Pair.Told told = pair.ask(RawHttp.ask("cheap", "x"), "traceparent: " + parent);
    assertThat(told.decision().getString("trace_id")).isEqualTo(TRACE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "canary",
        "",
        "ff-" + TRACE + "-b7ad6b7169203331-01",
        "00-" + TRACE + "-b7ad6b7169203331-01-more",
        "00-" + TRACE + "-b7ad6b7169203331-1",
        "00-" + TRACE + "-0000000000000000-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-" + TRACE + "-b7ad6b716920333g-01",
        "00_" + TRACE + "_b7ad6b7169203331_01"
      })
  void traceparent_invalid_isReplaced(String parent) throws IOException {
    String[] headers = {"traceparent: " + parent, "tracestate: canary=1"};
    String sent = forwarded("traceparent", headers).orElseThrow();
    assertThat(sent).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00").doesNotContain(TRACE);
    assertThat(pair.lastHead()).doesNotContain("canary");
    assertThat(pair.ask(RawHttp.ask("cheap", "x"), headers).decision().containsKey("trace_id"))
        .isFalse();
  }

  @Test
  void traceparent_twice_isReplaced() throws IOException {
    String sent = forwarded("traceparent", "traceparent: " + VALID, "traceparent: " + VALID).get();
    assertThat(sent).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00").doesNotContain(TRACE);
  }

  @Test
  void tracestate_travelsWithItsParentOnly() throws IOException {
    assertThat(forwarded("tracestate", "traceparent: " + VALID, "tracestate: a=1,b=2"))
        .hasValue("a=1,b=2");
    assertThat(forwarded("tracestate", "tracestate: a=1")).isEmpty();
    assertThat(forwarded("traceparent")).isEmpty();
  }

  @Test
  void baggage_travelsUnlessTold(@TempDir Path folder) throws IOException {
    assertThat(forwarded("baggage", "baggage: user=1")).hasValue("user=1");
    try (Pair silent = new Pair(YAML + "telemetry: { traces: { baggage: false } }\n", folder)) {
      silent.first(Pair.json(200, "{\"choices\":[{\"finish_reason\":\"stop\"}]}"));
      silent.ask(RawHttp.ask("cheap", "x"), "baggage: user=1", "traceparent: " + VALID);
      assertThat(silent.lastHead()).contains("traceparent: " + VALID).doesNotContain("baggage");
    }
  }
}
