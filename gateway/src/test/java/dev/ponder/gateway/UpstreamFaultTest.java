package dev.ponder.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever an upstream does wrong: no caller takes it for an answer. */
class UpstreamFaultTest {

  private static WireMockServer mock;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    mock = new WireMockServer(options().dynamicPort().gzipDisabled(false));
    mock.start();
    gateway =
        RunningGateway.start(
            """
            upstreams:
              stub: { base_url: "${STUB}", api_key: env:STUB_KEY, retries: &once { max: 0 } }
              hasty:
                base_url: "${STUB}"
                timeouts: { connect: 300ms, first_byte: 300ms, idle: 300ms }
              nowhere: { base_url: "http://127.0.0.1:%d/v1", retries: *once }
              mock:
                base_url: "http://127.0.0.1:%d/v1"
                retries: *once
                breaker: { failures: 1000, rate: 100%% }
            models:
              mini: { served_by: stub/stub-mini, price: { input: 1, output: 2 } }
              hasty: { served_by: hasty/stub-mini, price: { input: 1, output: 2 } }
              nowhere: { served_by: nowhere/x, price: { input: 1, output: 2 } }
              mock: { served_by: mock/x, price: { input: 1, output: 2 } }
              twice: { served_by: [ mock/x, stub/stub-mini ], price: { input: 1, output: 2 } }
            routes:
              safe: { tiers: [ { model: mock, fallbacks: [ mini ] } ] }
              hopeless: { tiers: [ { model: nowhere, fallbacks: [ mock ] } ] }
            """
                .formatted(unusedPort(), mock.port()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    mock.stop();
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static RawHttp.Response plain(String model, String... headers) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.chat(RawHttp.ask(model, "Hello"), headers).read();
    }
  }

  private static RawHttp.Response stream(String model, String... headers) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.chat(RawHttp.askStream(model, "Hello"), headers).read();
    }
  }

  private static void answer(ResponseDefinitionBuilder response) {
    mock.resetAll();
    mock.stubFor(post(urlPathEqualTo("/v1/chat/completions")).willReturn(response));
  }

  @Test
  void connection_refused() throws IOException {
    assertError(plain("nowhere"), 502, "upstream_error");
    assertError(stream("nowhere"), 502, "upstream_error");
  }

  @Test
  void head_late() throws IOException {
    assertError(plain("hasty", "x-stub-script: latency=1m"), 504, "upstream_timeout");
    assertError(stream("hasty", "x-stub-script: latency=1m"), 504, "upstream_timeout");
    Scrape now = Scrape.of(gateway);
    String timeout = "outcome=\"timeout\"";
    assertThat(now.sum("ponder_upstream_requests_total", "model=\"hasty\"", timeout)).isEqualTo(2);
  }

  @Test
  void body_stalls() throws IOException {
    assertError(plain("hasty", "x-stub-script: stall=after_bytes:20"), 504, "upstream_timeout");
    RawHttp.Response response = stream("hasty", "x-stub-script: stall=after_events:3; tps=1000");
    assertThat(response.status()).isEqualTo(200);
    assertEndsInError(response.text(), "upstream_timeout");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "die=after_events:3",
        "die=after_events:1",
        "die=after_bytes:400",
        "die=after_bytes:7",
        "end=clean",
        "end=clean; eol=crlf"
      })
  void stream_breaksOff(String script) throws IOException {
    Scrape before = Scrape.of(gateway);
    RawHttp.Response response = stream("mini", "x-stub-script: tokens=9; " + script);
    assertThat(response.status()).isEqualTo(200);
    assertEndsInError(response.text(), "upstream_error");
    Eventually.holds("counted as upstream_error", () -> upstreamErrors() == errors(before) + 1);
  }

  private static double upstreamErrors() {
    try {
      return errors(Scrape.of(gateway));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static double errors(Scrape scrape) {
    return scrape.sum("ponder_requests_total", "outcome=\"upstream_error\"");
  }

  @Test
  void stream_reportsAnErrorItself() throws IOException {
    RawHttp.Response response =
        stream("mini", "x-stub-script: tokens=9; error_event=after_events:3");
    assertThat(response.text()).contains("data: {\"error\":").doesNotContain("[DONE]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"die=after_events:1", "die=after_bytes:0", "die=after_bytes:50"})
  void plain_breaksOff(String script) throws IOException {
    assertError(plain("mini", "x-stub-script: " + script), 502, "upstream_error");
  }

  @Test
  void length_longerThanTheBody() throws IOException {
    assertError(plain("mini", "x-stub-script: length=longer"), 502, "upstream_error");
  }

  @Test
  void length_shorterThanTheBody() throws IOException {
    RawHttp.Response response = plain("mini", "x-stub-script: length=shorter");
    assertError(response, 502, "upstream_error"); // JSON that is cut off is no answer
  }

  @ParameterizedTest
  @CsvSource({
    "text/html, <html>Bad gateway</html>",
    "application/json, oops",
    "application/json, ''",
    "application/json, '[]'",
    "application/json, '{\"choices\": ['"
  })
  void plain_isNotAnAnswer(String type, String body) throws IOException {
    answer(aResponse().withStatus(200).withHeader("content-type", type).withBody(body));
    assertError(plain("mock"), 502, "upstream_error");
    RawHttp.Response streamed = stream("mock");
    assertError(streamed, 502, "upstream_error");
  }

  @Test
  void garbage_asJson() throws IOException {
    assertError(plain("mini", "x-stub-script: garbage"), 502, "upstream_error");
  }

  @Test
  void type_streamCalledJson() throws IOException {
    RawHttp.Response response =
        stream("mini", "x-stub-script: tokens=2; content_type=application/json");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("content-type")).hasValue("text/event-stream; charset=utf-8");
    assertThat(response.text()).startsWith("data: {").endsWith("data: [DONE]\n\n");
  }

  @Test
  void type_jsonCalledStream() throws IOException {
    RawHttp.Response response =
        plain("mini", "x-stub-script: tokens=2; content_type=text/event-stream");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("content-type")).hasValue("application/json");
    assertThat(response.json().getJsonArray("choices")).hasSize(1);
    assertThat(response.header("x-ponder-cost-usd")).isPresent();
  }

  @Test
  void status_goodWithAnErrorInside() throws IOException {
    Scrape before = Scrape.of(gateway);
    RawHttp.Response response = plain("mini", "x-stub-script: status200_error");
    assertThat(response.status()).isEqualTo(502); // its code is no status
    assertThat(response.json().getJsonObject("error").getString("type")).isEqualTo("server_error");
    Eventually.holds("counted as upstream_error", () -> upstreamErrors() == errors(before) + 1);
    assertThat(response.header("x-ponder-cost-usd")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 402, 404, 409, 422, 429, 500, 502, 503, 504, 529})
  void status_bad_passesByteForByte(int status) throws IOException {
    String body = "{ \"error\" : {\"code\": " + status + ", \"message\":\"ge\\u00e4rgert 🙂\"} }\n";
    answer(
        aResponse()
            .withStatus(status)
            .withHeader("content-type", "application/json; charset=utf-8")
            .withHeader("retry-after", "0")
            .withHeader("x-should-retry", "false")
            .withBody(body));
    for (RawHttp.Response response : new RawHttp.Response[] {plain("mock"), stream("mock")}) {
      assertThat(response.status()).isEqualTo(status);
      assertThat(response.text()).isEqualTo(body);
      assertThat(response.header("retry-after")).hasValue("0");
      assertThat(response.header("x-should-retry")).hasValue("false");
      assertThat(response.header("content-type")).hasValue("application/json; charset=utf-8");
      assertThat(response.header("x-ponder-model")).hasValue("mock");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void status_redirect(int status) throws IOException {
    answer(aResponse().withStatus(status).withHeader("location", "http://127.0.0.1:1/"));
    assertError(plain("mock"), 502, "upstream_error");
    assertThat(mock.getAllServeEvents()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void protocol_broken(Fault fault) throws IOException {
    answer(aResponse().withFault(fault));
    assertError(plain("mock"), 502, "upstream_error");
    RawHttp.Response streamed = stream("mock");
    assertError(streamed, 502, "upstream_error");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503})
  void status_worthAnotherTry_asksTheNextDeployment(int status) throws IOException {
    answer(aResponse().withStatus(status).withBody("{\"error\":{}}"));
    RawHttp.Response same = plain("twice");
    assertThat(same.status()).isEqualTo(200);
    assertThat(same.header("x-ponder-model")).hasValue("twice");
    assertThat(same.header("x-ponder-reason")).hasValue("explicit"); // the model is as asked for
    RawHttp.Response other = stream("safe");
    assertThat(other.status()).isEqualTo(200);
    assertThat(other.header("x-ponder-model")).hasValue("mini");
    assertThat(other.header("x-ponder-reason")).hasValue("fallback");
    assertThat(other.text()).endsWith("data: [DONE]\n\n");
    assertThat(mock.getAllServeEvents()).hasSize(2);
  }

  /** A malformed chunk is missing: it comes after a head, and what has a head may be billed. */
  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = Mode.EXCLUDE, names = "MALFORMED_RESPONSE_CHUNK")
  void protocol_broken_asksTheNextDeployment(Fault fault) throws IOException {
    answer(aResponse().withFault(fault));
    RawHttp.Response response = plain("twice");
    assertThat(response.status()).describedAs(response.text()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 422})
  void status_wrongEverywhere_asksNobodyElse(int status) throws IOException {
    answer(aResponse().withStatus(status).withBody("{\"error\":{}}"));
    assertThat(plain("twice").status()).isEqualTo(status);
    assertThat(plain("safe").status()).isEqualTo(status);
  }

  @Test
  void everyone_fails_andTheLastOneIsHeard() throws IOException {
    answer(aResponse().withStatus(503).withHeader("retry-after", "0").withBody("{\"error\":{}}"));
    RawHttp.Response response = plain("hopeless");
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.text()).isEqualTo("{\"error\":{}}");
    assertThat(response.header("retry-after")).hasValue("0");
    assertThat(response.header("x-ponder-reason")).hasValue("fallback");
  }

  @Test
  void answer_gzipped_isNotAskedFor() throws IOException {
    String body = new JsonObject().put("choices", 0).put("x", "y").encode();
    answer(aResponse().withHeader("content-type", "application/json").withBody(body));
    RawHttp.Response response = plain("mock", "accept-encoding: gzip, br, zstd");
    assertThat(response.text()).isEqualTo(body);
    assertThat(response.header("content-encoding")).isEmpty();
    String asked = mock.getAllServeEvents().get(0).getRequest().getHeader("accept-encoding");
    assertThat(asked).isEqualTo("identity");
  }

  private static void assertError(RawHttp.Response response, int status, String code) {
    assertThat(response.status()).describedAs(response.text()).isEqualTo(status);
    JsonObject error = response.json().getJsonObject("error");
    assertThat(error.fieldNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(error.getString("code")).isEqualTo(code);
    assertThat(response.header("x-ponder-model")).isPresent();
  }

  /** The one form of failure that every SDK recognises, and nothing after it. */
  private static void assertEndsInError(String text, String code) {
    assertThat(text).doesNotContain("[DONE]").endsWith("\n\n");
    String[] events = text.strip().split("\r?\n\r?\n", 0);
    String last = events[events.length - 1];
    assertThat(last).startsWith("event: error\ndata: {\"error\":{");
    JsonObject error = new JsonObject(last.substring(last.indexOf('{'))).getJsonObject("error");
    assertThat(error.getString("code")).isEqualTo(code);
    assertThat(error.getString("message")).isNotBlank();
  }
}
