package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.gateway.Collector.Told;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The spans that a collector gets of exchanges, and what upstreams are told of the trace. */
class TracesTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";
  private static final String PARENT = "traceparent: 00-" + TRACE + "-" + SPAN + "-01";

  private static final Map<String, String> AT_ONCE = Map.of("OTEL_BSP_SCHEDULE_DELAY", "20");

  private static final String USAGE =
      "{\"prompt_tokens\":30,\"prompt_tokens_details\":{\"cached_tokens\":10},"
          + "\"completion_tokens\":20,\"completion_tokens_details\":{\"reasoning_tokens\":5}}";

  private static final String ANSWER =
      "{\"model\":\"x-2026-11\",\"choices\":[{\"finish_reason\":\"stop\",\"message\":"
          + "{\"content\":\"canary\"}}],\"usage\":"
          + USAGE
          + "}";

  private final List<String> heads = new ArrayList<>();
  private Collector collector;
  private RawUpstream first;
  private RawUpstream second;
  private volatile RawUpstream.Script answer = Pair.json(200, ANSWER);

  @BeforeEach
  void start() throws IOException {
    collector = new Collector();
    first =
        new RawUpstream(
            call -> {
              heads.add(call.head());
              return answer.answer(call);
            });
    second =
        new RawUpstream(
            call -> {
              heads.add(call.head());
              return Pair.json(200, ANSWER).answer(call);
            });
  }

  @AfterEach
  void stop() throws IOException {
    first.close();
    second.close();
    collector.close();
  }

  private String yaml(String traces) {
    return """
    upstreams:
      a: { base_url: "%s", api_key: env:STUB_KEY }
      b: { base_url: "%s" }
    models:
      cheap: { served_by: [ a/x, b/y ], price: { input: 1, cached_input: 0.5, output: 2 } }
      dear: { served_by: b/z, reasoning: true, price: { input: 10, output: 20 } }
    routes:
      auto: [ cheap, { model: dear, min_score: 0.5 } ]
    telemetry: { traces: %s }
    """
        .formatted(first.baseUrl(), second.baseUrl(), traces);
  }

  private RunningGateway gateway() {
    return RunningGateway.startIn(AT_ONCE, yaml("{ otlp: \"" + collector.url() + "\" }"));
  }

  private static RawHttp.Response ask(RunningGateway gateway, String body, String... headers)
      throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.chat(body, headers).read();
    }
  }

  /** What the call of this span carries: sampled, and made of random bits or not. */
  private static String parent(Told span) {
    return "traceparent: 00-" + span.traceId() + "-" + span.spanId() + "-0[13]\r\n";
  }

  @Test
  void plainAnswer_isTwoSpansOfTheCallersTrace() throws IOException {
    try (RunningGateway gateway = gateway()) {
      ask(
          gateway,
          RawHttp.ask("auto", "canary: capital of Peru?"),
          PARENT,
          "tracestate: a=1",
          "x-request-id: mine");
    }
    Told served = collector.named("chat auto");
    Told call = collector.named("chat x");
    assertThat(collector.all()).hasSize(2);
    assertThat(served.kind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
    assertThat(call.kind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
    assertThat(served.traceId()).isEqualTo(TRACE);
    assertThat(served.parentId()).isEqualTo(SPAN);
    assertThat(call.traceId()).isEqualTo(TRACE);
    assertThat(call.parentId()).isEqualTo(served.spanId());
    assertThat(served.failed()).isFalse();
    assertThat(call.failed()).isFalse();
    assertThat(served.resource()).containsEntry("service.name", "ponder");
    assertThat(heads.get(0)).containsPattern(parent(call)).contains("tracestate: a=1\r\n");
    assertThat(call.attributes())
        .containsEntry("gen_ai.operation.name", "chat")
        .containsEntry("gen_ai.provider.name", "openai")
        .containsEntry("gen_ai.request.model", "x")
        .containsEntry("gen_ai.request.stream", "false")
        .containsEntry("gen_ai.response.model", "x-2026-11")
        .containsEntry("gen_ai.response.finish_reasons", "[stop]")
        .containsEntry("gen_ai.usage.input_tokens", "30")
        .containsEntry("gen_ai.usage.output_tokens", "20")
        .containsEntry("gen_ai.usage.cache_read.input_tokens", "10")
        .containsEntry("gen_ai.usage.reasoning.output_tokens", "5")
        .containsEntry("server.address", "127.0.0.1")
        .containsEntry("server.port", Integer.toString(first.port()))
        .containsEntry("http.response.status_code", "200")
        .containsEntry("ponder.upstream", "a")
        .containsEntry("ponder.attempt", "1")
        .containsEntry("ponder.cost_usd", "6.5E-5") // 20 at 1, 10 at 0.5, 20 at 2 a million
        .doesNotContainKey("error.type");
    assertThat(served.attributes())
        .containsEntry("gen_ai.request.model", "auto")
        .containsEntry("gen_ai.response.model", "x-2026-11")
        .containsEntry("http.response.status_code", "200")
        .containsEntry("ponder.request_id", "mine")
        .containsEntry("ponder.route", "auto")
        .containsEntry("ponder.model", "cheap")
        .containsEntry("ponder.tier", "llm")
        .containsEntry("ponder.reason", "score")
        .containsEntry("ponder.threshold", "0.5")
        .containsEntry("ponder.outcome", "success")
        .containsEntry("ponder.cost_usd", "6.5E-5")
        .containsKey("ponder.score")
        .doesNotContainKey("error.type");
    assertThat(collector.everything()).doesNotContain("canary", "Peru", "stub-secret");
  }

  @Test
  void fallback_isASpanForEachCall_withAParentOfItsOwn() throws IOException {
    answer = Pair.json(500, "{\"error\":{\"message\":\"canary\"}}");
    try (RunningGateway gateway = gateway()) {
      ask(gateway, RawHttp.ask("cheap", "x"));
    }
    Told served = collector.named("chat cheap");
    Told failed = collector.named("chat x");
    Told good = collector.named("chat y");
    assertThat(served.parentId()).isEmpty();
    assertThat(List.of(failed.parentId(), good.parentId())).containsOnly(served.spanId());
    assertThat(heads.get(0)).containsPattern(parent(failed));
    assertThat(heads.get(1)).containsPattern(parent(good));
    assertThat(failed.failed()).isTrue();
    assertThat(failed.attributes())
        .containsEntry("error.type", "http_5xx")
        .containsEntry("http.response.status_code", "500");
    assertThat(good.attributes()).containsEntry("ponder.attempt", "2");
    assertThat(served.attributes()).containsEntry("ponder.attempts", "2");
    assertThat(collector.everything()).doesNotContain("canary");
  }

  @Test
  void stream_hasTheSameAttributes() throws IOException {
    answer =
        Pair.stream(
            "data: {\"model\":\"x-2026-11\",\"choices\":[{\"index\":0,\"delta\":"
                + "{\"content\":\"canary\"}}]}\n\n",
            Pair.STOP,
            "data: {\"choices\":[],\"usage\":" + USAGE + "}\n\n",
            Pair.DONE);
    try (RunningGateway gateway = gateway()) {
      ask(gateway, RawHttp.askStream("cheap", "x"));
    }
    assertThat(collector.named("chat x").attributes())
        .containsEntry("gen_ai.request.stream", "true")
        .containsEntry("gen_ai.response.model", "x-2026-11")
        .containsEntry("gen_ai.response.finish_reasons", "[stop]")
        .containsEntry("gen_ai.usage.output_tokens", "20");
  }

  @Test
  void refusals_areOneSpan_andNoFailureOfTheServer() throws IOException {
    try (RunningGateway gateway = gateway()) {
      assertThat(ask(gateway, "canary").status()).isEqualTo(400);
      assertThat(ask(gateway, RawHttp.ask("canary", "x")).status()).isEqualTo(404);
    }
    List<Told> refused = collector.named("chat", 2);
    assertThat(refused)
        .allSatisfy(
            span -> {
              assertThat(span.failed()).isFalse();
              assertThat(span.attributes()).containsEntry("error.type", "client_error");
            });
    assertThat(collector.everything()).doesNotContain("canary");
  }

  @Test
  void whatGoesThroughUnread_hasSpansToo_withoutItsPath() throws IOException {
    answer = Pair.json(200, "{\"id\":\"canary\",\"usage\":" + USAGE + "}");
    try (RunningGateway gateway = RunningGateway.startIn(AT_ONCE, on() + "passthrough: a\n")) {
      try (RawHttp client = new RawHttp(gateway.apiUrl())) {
        client.post("/v1/moderations/canary?q=canary", "canary", PARENT, "x-request-id: mine");
        assertThat(client.read().status()).isEqualTo(200);
        answer = Pair.json(500, "canary");
        client.bare("GET", "/v1/canary", PARENT);
        assertThat(client.read().status()).isEqualTo(500);
      }
    }
    List<Told> good = collector.named("POST /v1/moderations", 2);
    Told call = good.get(good.get(0).kind() == SpanKind.SPAN_KIND_CLIENT ? 0 : 1);
    Told served = good.get(good.get(0).equals(call) ? 1 : 0);
    assertThat(served.kind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
    assertThat(served.parentId()).isEqualTo(SPAN);
    assertThat(call.parentId()).isEqualTo(served.spanId());
    assertThat(heads.get(0)).containsPattern(parent(call));
    assertThat(call.attributes())
        .containsEntry("ponder.upstream", "a")
        .containsEntry("http.response.status_code", "200")
        .containsEntry("server.port", Integer.toString(first.port()))
        .doesNotContainKey("error.type");
    assertThat(served.attributes())
        .containsEntry("ponder.request_id", "mine")
        .containsEntry("ponder.outcome", "success")
        .containsEntry("gen_ai.usage.input_tokens", "30");
    assertThat(collector.named("GET /v1/other", 2)).allMatch(Told::failed);
    assertThat(collector.everything()).doesNotContain("canary");
  }

  @Test
  void countOfTokens_hasSpansToo() throws IOException {
    answer = Pair.json(200, "{\"input_tokens\":7}");
    String body = "{\"model\":\"cheap\",\"messages\":" + RawHttp.messages("canary") + "}";
    String path = "/v1/messages/count_tokens";
    try (RunningGateway gateway = RunningGateway.startIn(AT_ONCE, anthropic());
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      assertThat(client.post(path, body, PARENT).read().text()).contains("7");
      answer = Pair.json(503, "canary");
      assertThat(client.post(path, body).read().status()).isEqualTo(200); // an estimate
    }
    List<Told> all = collector.named("POST " + path, 4);
    assertThat(heads.get(0)).contains("traceparent: 00-" + TRACE);
    assertThat(all)
        .filteredOn(span -> span.kind() == SpanKind.SPAN_KIND_CLIENT)
        .extracting(Told::failed)
        .containsExactlyInAnyOrder(false, true);
    assertThat(all)
        .filteredOn(span -> span.kind() == SpanKind.SPAN_KIND_SERVER)
        .allSatisfy(
            span ->
                assertThat(span.attributes())
                    .containsEntry("ponder.outcome", "success")
                    .containsEntry("http.response.status_code", "200"));
    assertThat(collector.everything()).doesNotContain("canary");
  }

  private String anthropic() {
    return on().replace("a: { ", "a: { provider: anthropic, ").replace("[ a/x, b/y ]", "a/x");
  }

  @Test
  void callersDecision_andShare_samplesNothing() throws IOException {
    String none = "{ otlp: \"" + collector.url() + "\", sample: 0% }";
    try (RunningGateway gateway = RunningGateway.startIn(AT_ONCE, yaml(none))) {
      ask(gateway, RawHttp.ask("cheap", "x"));
      ask(gateway, RawHttp.ask("cheap", "x"), PARENT.replace("-01", "-00"));
      assertThat(heads.get(0))
          .containsPattern("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-0[02]\r\n");
      assertThat(heads.get(1))
          .containsPattern("traceparent: 00-" + TRACE + "-[0-9a-f]{16}-00\r\n")
          .doesNotContain(SPAN);
      ask(gateway, RawHttp.ask("cheap", "x"), PARENT);
    }
    assertThat(collector.all()).extracting(Told::traceId).containsOnly(TRACE).hasSize(2);
  }

  @Test
  void environment_turnsItOn_andWinsOverTheFile() throws IOException {
    Map<String, String> environment =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT", collector.url(),
            "OTEL_SERVICE_NAME", "from-environment",
            "OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test",
            "OTEL_TRACES_SAMPLER", "always_on");
    String elsewhere = "{ otlp: \"http://127.0.0.1:1\", sample: 0% }";
    try (RunningGateway gateway = RunningGateway.startIn(environment, yaml(elsewhere))) {
      ask(gateway, RawHttp.ask("cheap", "x"));
    }
    assertThat(collector.named("chat x").resource())
        .containsEntry("service.name", "from-environment")
        .containsEntry("deployment.environment.name", "test");
    String here = "{ otlp: \"" + collector.url() + "\" }";
    Map<String, String> disabled = Map.of("OTEL_SDK_DISABLED", "true");
    int before = collector.posts();
    try (RunningGateway gateway = RunningGateway.startIn(disabled, yaml(here))) {
      ask(gateway, RawHttp.ask("cheap", "x"), PARENT);
      assertThat(heads.get(1)).contains(PARENT + "\r\n");
    }
    assertThat(collector.posts()).isEqualTo(before);
  }

  @Test
  void environment_thatCannotBeFollowed_isAMistakeAtTheStart() {
    assertThatThrownBy(
            () -> RunningGateway.startIn(Map.of("OTEL_TRACES_SAMPLER", "dice"), on()).close())
        .hasRootCauseMessage("Unrecognized value for otel.traces.sampler: dice")
        .cause()
        .hasMessageStartingWith("telemetry.traces: ");
  }

  private String on() {
    return yaml("{ otlp: \"" + collector.url() + "\" }");
  }

  @Test
  void spansThatAreNotAccepted_areCounted() throws IOException {
    collector.answerWith(400);
    try (RunningGateway gateway = gateway()) {
      ask(gateway, RawHttp.ask("cheap", "x"));
      Eventually.holds("two spans dropped", () -> dropped(gateway) == 2);
    }
  }

  @Test
  void spansThatFindTheQueueFull_areCounted_andNobodyWaits() throws IOException {
    Map<String, String> small =
        Map.of(
            "OTEL_BSP_MAX_QUEUE_SIZE", "4",
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4");
    double dropped;
    collector.hold();
    try (RunningGateway gateway = RunningGateway.startIn(small, on())) {
      for (int i = 0; i < 50; i++) {
        assertThat(ask(gateway, RawHttp.ask("cheap", "x")).status()).isEqualTo(200);
      }
      gateway.drain();
      dropped = dropped(gateway);
      collector.release();
    }
    assertThat(dropped).isPositive();
    assertThat(collector.all().size() + dropped).isEqualTo(100); // the end sends what waits
  }

  private static double dropped(RunningGateway gateway) {
    try {
      return Scrape.of(gateway).sum("ponder_log_events_dropped_total", "sink=\"traces\"");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
