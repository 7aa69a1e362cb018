package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.config.Configuration.Semconv;
import dev.ponder.gateway.server.Keyring;
import dev.ponder.gateway.telemetry.MetricCatalogue;
import java.io.IOException;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Series are as many as the catalogue says at most, whatever is configured and sent. */
class SeriesLimitTest {

  private static final int JUNK = 300;
  private static final int MANY = 130;

  /** The configuration with so many of each, which may be more than there are series for. */
  private static String yaml(int many) {
    return "upstreams:\n  stub: { base_url: \"${STUB}\" }\nmodels:\n"
        + lines(
            many,
            "  m%d: { served_by: stub/stub-%d, reasoning: true,"
                + " price: { input: 1, output: 2, cached_input: 1 } }")
        + "routes:\n"
        + lines(many, "  r%d: [ m0, { model: m%d, min_score: 0.5 } ]", 1)
        + "policies:\n"
        + lines(
            many,
            "  - { name: p%d, each: team, budget: 100 USD per day, lrm_share: 90%%,"
                + " applies_to: { route: r%d } }",
            1)
        + "keys:\n"
        + lines(many, "  - { name: k%d, team: t%d, sha256: \"SHA%d\" }");
  }

  private static String lines(int many, String pattern) {
    return lines(many, pattern, 0);
  }

  private static String lines(int many, String pattern, int from) {
    return IntStream.range(from, many)
        .mapToObj(
            i ->
                String.format(pattern, i, i, i)
                    .replace("SHA" + i + "\"", Keyring.sha256("key-" + i) + "\""))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  @Test
  void junk_makesNoSeries() throws IOException {
    try (RunningGateway gateway = RunningGateway.start(yaml(3))) {
      ask(gateway, "r1", "key-1", "known");
      ask(gateway, "r2", "key-1", "known"); // teams have their budgets from their first call on
      Scrape before = Scrape.of(gateway);
      Random random = new Random(20_261_129);
      for (int i = 0; i < JUNK; i++) {
        String junk = Long.toString(random.nextLong(), 36);
        ask(gateway, i % 3 == 0 ? junk : "r" + (1 + i % 2), i % 5 == 0 ? junk : "key-1", junk);
      }
      Scrape after = Scrape.of(gateway);
      assertThat(after.names()).isEqualTo(before.names());
      assertThat(after.sum("ponder_requests_total")).isEqualTo(2 + JUNK);
      assertThat(after.sum("ponder_label_overflow_total")).isZero();
    }
  }

  @Test
  void names_underOpenTelemetrysNames_areWithinTheirLimit() throws IOException {
    try (RunningGateway gateway =
        RunningGateway.start(yaml(MANY) + "telemetry: { semconv: v1_41 }\n")) {
      for (int i = 1; i < MANY; i++) {
        ask(gateway, "r" + i, "key-" + i, "team " + i);
      }
      assertThat(Scrape.of(gateway).names())
          .hasSizeLessThan(MetricCatalogue.ceiling() + MetricCatalogue.ceiling(Semconv.V1_41))
          .filteredOn(name -> name.startsWith("gen_ai_"))
          .hasSizeLessThan(MetricCatalogue.ceiling(Semconv.V1_41))
          .hasSizeGreaterThan(20 * 17);
    }
  }

  @Test
  void names_beyondTheLimit_shareOneSeries_andLeaveWithTheConfiguration() throws IOException {
    try (RunningGateway gateway = RunningGateway.start(yaml(MANY))) {
      for (int i = 1; i < MANY; i++) {
        ask(gateway, "r" + i, "key-" + i, "team " + i);
      }
      Scrape.of(gateway); // which finds out about the owners
      Scrape many = Scrape.of(gateway);
      assertThat(many.names()).hasSizeGreaterThan(5_000);
      assertThat(many.names()).hasSizeLessThan(MetricCatalogue.ceiling());
      assertThat(many.sum("ponder_requests_total", "success")).isEqualTo(MANY - 1);
      for (String label : new String[] {"model", "route", "tenant", "budget", "policy", "owner"}) {
        assertThat(many.sum("ponder_label_overflow_total", "label=\"" + label + "\""))
            .as(label)
            .isPositive();
      }
      assertThat(many.sum("ponder_tenant_requests_total", "tenant=\"_other\""))
          .isEqualTo(MANY - 100);
      assertThat(many.sum("ponder_tokens_total", "model=\"_other\"")).isPositive();
      assertThat(many.sum("ponder_tokens_total", "model=\"m120\"")).isZero();
      assertThat(many.sum("ponder_upstream_circuit_state")).isEqualTo(51); // each has one
      assertThat(many.sum("ponder_upstream_circuit_state", "model=\"_other\"")).isEqualTo(1);
      gateway.reload(yaml(3));
      Scrape few = Scrape.of(gateway);
      assertThat(few.names())
          .noneMatch(name -> name.contains("\"m3\"") || name.contains("\"r7\""))
          .noneMatch(name -> name.contains("\"p3\"") || name.contains("\"t9\""))
          .noneMatch(name -> name.contains("_tokens_total{") && name.contains("_other"));
      assertThat(few.sum("ponder_tokens_total", "model=\"m1\""))
          .isEqualTo(many.sum("ponder_tokens_total", "model=\"m1\""))
          .isPositive();
      assertThat(few.sum("ponder_requests_total")).isEqualTo(MANY - 1);
    }
  }

  private static void ask(RunningGateway gateway, String model, String key, String junk)
      throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(
          RawHttp.ask(model, junk).replace("{\"m", "{\"user\":\"" + junk + "\",\"m"),
          "authorization: Bearer " + key,
          "x-ponder-effort: high",
          "x-ponder-tags: " + junk.replace(' ', '-') + "=" + junk.replace(' ', '-'),
          "x-ponder-conversation: " + junk.replace(' ', '-'),
          "user-agent: " + junk);
      client.read();
    }
  }
}
