package dev.ponder.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.RunningGateway;
import dev.ponder.gateway.stub.StubCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The gateway that every SDK is pointed at, and what the tests expect of it. */
final class SdkGateway implements AutoCloseable {

  static final String KEY = "sk-ponder-sdk-test";

  /** Characters of one streamed piece of the stub's text. */
  static final int PIECE_CHARS = 4;

  /** Streams that break off: by an error inside, by the socket, and without a last event. */
  static final List<String> BROKEN =
      List.of(
          "tokens=9; error_event=after_events:5",
          "tokens=9; die=after_events:5",
          "tokens=9; end=clean");

  /** An image, as far as anybody looks. */
  static final String PNG = "iVBORw0KGgo=";

  private static final BigDecimal NANOS_PER_USD = BigDecimal.valueOf(1_000_000_000);

  private static final String YAML =
      """
      upstreams:
        stub: { base_url: "${STUB}", api_key: env:STUB_KEY }
        sage: { provider: anthropic, base_url: "${STUB}", api_key: env:STUB_KEY }
      models:
        mini: { served_by: stub/mini, price: { input: 0.40, cached_input: 0.10, output: 1.60 } }
        deep:
          served_by: stub/deep
          reasoning: true
          price: { input: 2.00, output: 8.00 }
        slash: { served_by: stub/org/slash, price: { input: 0.40, output: 1.60 } }
        embed: { served_by: stub/embed, price: { input: 0.02, output: 0 } }
        claude:
          served_by: sage/claude
          price: { input: 3.00, cached_input: 0.30, cache_write: 3.75, output: 15.00 }
      routes:
        auto: [ mini, { model: deep, min_score: 0.95 } ]
      keys: # the SHA-256 of KEY
        - name: sdk
          sha256: 35828b669cca1aacc40d070780c5b09cec9cbf874b437f468c966c8278512d01
      """;

  private final RunningGateway gateway = RunningGateway.start(YAML);

  String url() {
    return gateway.apiUrl();
  }

  /** A user message that tells the stub what to do; the text makes it a prompt of its own. */
  static String prompt(String script, String text) {
    return "stub: " + script + "\n" + text;
  }

  /** Forgets the calls of other tests. */
  void forgetCalls() {
    gateway.stub().log().clear();
  }

  /** The statuses of all attempts that have reached the upstream, in order. */
  List<Integer> attempts() {
    return gateway.stub().log().calls().stream().map(StubCall::status).toList();
  }

  /** The body of the last request as the upstream got it. */
  JsonObject lastBody() {
    List<StubCall> calls = gateway.stub().log().calls();
    String id = calls.get(calls.size() - 1).id();
    byte[] body = gateway.stub().log().body(id).orElseThrow();
    return new JsonObject(new String(body, StandardCharsets.UTF_8));
  }

  /** That the last request tells so many results of as many calls in one turn of the user's. */
  void assertClaudeGotTheResults(int count) {
    JsonArray messages = lastBody().getJsonArray("messages");
    assertThat(messages).hasSize(3);
    List<String> calls = members(messages.getJsonObject(1), "tool_use", "id");
    assertThat(calls).hasSize(count).doesNotHaveDuplicates();
    assertThat(messages.getJsonObject(2).getString("role")).isEqualTo("user");
    assertThat(members(messages.getJsonObject(2), "tool_result", "tool_use_id")).isEqualTo(calls);
  }

  /** That the last request has {@link #PNG} behind its text. */
  void assertClaudeSawTheImage() {
    JsonObject turn = lastBody().getJsonArray("messages").getJsonObject(0);
    assertThat(turn.getJsonArray("content").getJsonObject(1).getJsonObject("source"))
        .isEqualTo(
            new JsonObject().put("type", "base64").put("media_type", "image/png").put("data", PNG));
  }

  private static List<String> members(JsonObject turn, String type, String name) {
    return turn.getJsonArray("content").stream()
        .map(JsonObject.class::cast)
        .filter(block -> type.equals(block.getString("type")))
        .map(block -> block.getString(name))
        .toList();
  }

  /** What {@code mini} costs, in USD. */
  static BigDecimal cost(long inputTokens, long cachedTokens, long outputTokens) {
    long nanos = (inputTokens - cachedTokens) * 400 + cachedTokens * 100 + outputTokens * 1600;
    return BigDecimal.valueOf(nanos).divide(NANOS_PER_USD);
  }

  /** What {@code claude} costs, in USD, by counts as Anthropic reports them. */
  static BigDecimal claudeCost(long input, long cacheRead, long cacheWritten, long output) {
    long nanos = input * 3000 + cacheRead * 300 + cacheWritten * 3750 + output * 15000;
    return BigDecimal.valueOf(nanos).divide(NANOS_PER_USD);
  }

  /** The headers of every answer to {@code auto}, streamed or not. */
  static void assertDecision(Function<String, String> header) {
    assertThat(header.apply("x-request-id")).isNotBlank();
    assertThat(header.apply("x-ponder-route")).isEqualTo("auto");
    assertThat(header.apply("x-ponder-model")).isEqualTo("mini");
    assertThat(header.apply("x-ponder-reason")).isEqualTo("score");
    assertThat(header.apply("x-ponder-score")).matches("[01]\\.[0-9]{3}");
    assertThat(header.apply("x-ponder-estimated-cost-usd")).matches("0\\.[0-9]{1,12}");
    assertThat(header.apply("openai-version")).isEqualTo("2020-10-01"); // the upstream's own
  }

  /** A text in the pieces that the stub streams. */
  static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < text.length(); i += PIECE_CHARS) {
      pieces.add(text.substring(i, Math.min(text.length(), i + PIECE_CHARS)));
    }
    return pieces;
  }

  @Override
  public void close() {
    gateway.close();
  }
}
