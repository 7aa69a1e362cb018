package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.telemetry.Metric;
import dev.ponder.gateway.telemetry.MetricCatalogue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /metrics} says in which format, and that it says what the catalogue does. */
class MetricsPageTest {

  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (ponder_\\w+) (\\w+)$");

  @TempDir private static Path folder;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    gateway =
        RunningGateway.start(
            Scenes.TWO_TIERS
                + "policies: [ { name: all, budget: 5 USD per day, lrm_share: 50% } ]\n"
                + "ledger: sqlite:"
                + folder.resolve("books.db")
                + "\n");
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(RawHttp.ask("auto", "hello"));
      client.read();
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static HttpResponse<byte[]> get(String... headers) throws Exception {
    URI uri = URI.create(gateway.adminUrl() + "/metrics");
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).headers(headers).build(),
            HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), UTF_8);
  }

  private static String type(HttpResponse<byte[]> response) {
    return response.headers().firstValue("content-type").orElseThrow();
  }

  @Test
  void families_areThoseOfTheCatalogue() throws Exception {
    Set<String> told =
        TYPE.matcher(text(get("x", "y")))
            .results()
            .map(hit -> hit.group(1) + " " + hit.group(2))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> wanted =
        MetricCatalogue.all().stream()
            .filter(metric -> !metric.name().equals("ponder_build_info")) // of the command line
            .filter(metric -> !metric.name().equals("ponder_classifier_errors_total"))
            .filter(metric -> !metric.name().equals("ponder_unpriced_calls_total"))
            .map(metric -> metric.name() + " " + metric.type().word())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(told).isEqualTo(wanted);
    assertThat(MetricCatalogue.all()).extracting(Metric::help).doesNotContain("");
  }

  @Test
  void format_isWhatIsAskedFor() throws Exception {
    assertThat(type(get("x", "y"))).startsWith("text/plain; version=0.0.4");
    HttpResponse<byte[]> open = get("accept", "application/openmetrics-text; version=1.0.0");
    assertThat(type(open)).startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(text(open)).endsWith("# EOF\n").contains("# TYPE ponder_requests counter");
    HttpResponse<byte[]> protobuf =
        get(
            "accept",
            "application/vnd.google.protobuf;"
                + " proto=io.prometheus.client.MetricFamily; encoding=delimited");
    assertThat(type(protobuf)).startsWith("application/vnd.google.protobuf");
    assertThat(text(protobuf)).contains("ponder_requests_total").doesNotContain("# HELP");
  }

  @Test
  void gzip_onlyIfItMayBe() throws Exception {
    HttpResponse<byte[]> packed = get("accept-encoding", "deflate, gzip;q=0.5");
    assertThat(packed.headers().firstValue("content-encoding")).hasValue("gzip");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
      assertThat(new String(in.readAllBytes(), UTF_8)).contains("ponder_requests_total{");
    }
    for (String other : new String[] {"gzip;q=0, br", "gzip2", "identity"}) {
      assertThat(get("accept-encoding", other).headers().firstValue("content-encoding"))
          .as(other)
          .isEmpty();
    }
  }
}
