package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.config.Configuration.Semconv;
import dev.ponder.gateway.stub.StubCall;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import dev.ponder.gateway.telemetry.Metric;
import dev.ponder.gateway.telemetry.MetricCatalogue;
import dev.ponder.price.Usage;
import java.io.IOException;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The same calls under OpenTelemetry's names, if they are asked for. */
class SemconvTest {

  private static final StubOptions STUB =
      StubOptions.standard()
          .withModel("stub-mini", StubScript.parse("tokens=20; cached=3"))
          .withModel("stub-thinker", StubScript.parse("tokens=20; reasoning=80"));

  private static final String THINKER = "gen_ai_request_model=\"stub-thinker\"";

  private static RunningGateway start(String semconv) {
    return RunningGateway.start(
        Scenes.TWO_TIERS + "telemetry: { semconv: " + semconv + " }\n", STUB);
  }

  private static void ask(RunningGateway gateway, String body) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(body);
      client.read();
    }
  }

  /** Two plain answers, a stream, and a call that fails. */
  private static Scrape traffic(RunningGateway gateway) throws IOException {
    ask(gateway, RawHttp.ask("mini", "one"));
    ask(gateway, RawHttp.ask("thinker", "two"));
    ask(gateway, RawHttp.askStream("thinker", "three"));
    ask(gateway, RawHttp.ask("thinker", "stub: fail=400\\nfour".replace("\\n", "\n")));
    return Scrape.of(gateway);
  }

  private static double told(RunningGateway gateway, ToLongFunction<Usage> count) {
    return gateway.stub().log().calls().stream()
        .filter(call -> call.status() == 200)
        .map(StubCall::usage)
        .mapToLong(count)
        .sum();
  }

  @Test
  void off_isNothing() throws IOException {
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS, STUB)) {
      assertThat(traffic(gateway).names()).noneMatch(name -> name.startsWith("gen_ai_"));
    }
  }

  @Test
  void v1_41_tellsTokensAndTimes() throws IOException {
    try (RunningGateway gateway = start("v1_41")) {
      Scrape scrape = traffic(gateway);
      assertThat(scrape.sum("gen_ai_client_token_usage_sum", "gen_ai_token_type=\"input\""))
          .isPositive()
          .isEqualTo(told(gateway, Usage::inputTokens));
      assertThat(scrape.sum("gen_ai_client_token_usage_sum", "gen_ai_token_type=\"output\""))
          .isEqualTo(told(gateway, Usage::outputTokens));
      String duration = "gen_ai_client_operation_duration_seconds_count";
      assertThat(scrape.sum(duration)).isEqualTo(4);
      assertThat(scrape.sum(duration, THINKER, "gen_ai_response_model=\"stub-thinker\""))
          .isEqualTo(2);
      assertThat(scrape.sum(duration, "gen_ai_response_model=\"\"", "error_type=\"http_4xx\""))
          .isEqualTo(1);
      assertThat(scrape.sum(duration, "chat", "gen_ai_provider_name=\"openai\"")).isEqualTo(4);
      assertThat(scrape.sum("gen_ai_client_operation_time_to_first_chunk_seconds_count"))
          .isEqualTo(1);
      assertThat(scrape.names()).noneMatch(name -> name.contains("inference"));
    }
  }

  @Test
  void main_tellsPartsOfTheSums() throws IOException {
    try (RunningGateway gateway = start("main")) {
      Scrape scrape = traffic(gateway);
      String usage = "gen_ai_client_inference_usage_";
      assertThat(scrape.sum(usage + "input_tokens_total"))
          .isEqualTo(told(gateway, Usage::inputTokens));
      assertThat(scrape.sum(usage + "output_tokens_total", "\"unknown\""))
          .isEqualTo(told(gateway, Usage::outputTokens));
      assertThat(scrape.sum(usage + "reasoning_output_tokens_total", THINKER))
          .isPositive()
          .isEqualTo(told(gateway, Usage::reasoningTokens));
      assertThat(scrape.sum(usage + "cache_read_input_tokens_total")).isEqualTo(3);
      assertThat(scrape.sum("gen_ai_client_inference_operation_output_tokens_count"))
          .isEqualTo(4); // the one that failed, too: 0
      assertThat(scrape.sum("gen_ai_client_inference_duration_seconds_count")).isEqualTo(4);
      assertThat(scrape.sum("gen_ai_client_inference_time_to_first_chunk_seconds_count"))
          .isEqualTo(1);
      assertThat(scrape.names()).noneMatch(name -> name.contains("client_token_usage"));
    }
  }

  @Test
  void series_areLimited_andLeaveWithTheConfiguration() throws IOException {
    String many =
        IntStream.range(0, 30)
            .mapToObj("  m%d: { served_by: stub/x%1$d, price: { input: 1, output: 1 } }"::formatted)
            .collect(
                Collectors.joining(
                    "\n", "upstreams: { stub: { base_url: \"${STUB}\" } }\nmodels:\n", "\n"));
    String on = "telemetry: { semconv: main }\n";
    try (RunningGateway gateway = RunningGateway.start(many + on)) {
      for (int i = 0; i < 30; i++) {
        ask(gateway, RawHttp.askStream("m" + i, "Hi"));
      }
      Scrape before = Scrape.of(gateway);
      String duration = "gen_ai_client_inference_duration_seconds_count";
      assertThat(before.sum(duration, "gen_ai_request_model=\"_other\"")).isEqualTo(10);
      assertThat(before.sum("ponder_label_overflow_total", "gen_ai_request_model")).isEqualTo(10);
      List<Metric> all = MetricCatalogue.semconv(Semconv.MAIN);
      assertThat(all).hasSize(9);
      assertThat(before.names().stream().filter(name -> name.startsWith("gen_ai_")).count())
          .isBetween(21L * 17 * 4, (long) MetricCatalogue.ceiling(Semconv.MAIN));
      gateway.reload(many.substring(0, many.indexOf("  m7:")) + on);
      Scrape after = Scrape.of(gateway);
      assertThat(after.sum(duration)).isEqualTo(7);
      assertThat(after.sum(duration, "\"x6\"")).isEqualTo(1);
    }
  }
}
