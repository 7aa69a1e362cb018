package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.wire.Dialect;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of every endpoint that calls a model, those that are still to come included. */
class EveryRouteTest {

  @TempDir private static Path folder;

  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}" }
              b: { base_url: "${A}", provider: anthropic }
            models:
              poor: { served_by: [a/x, b/x], price: { input: 1, output: 2 } }
            policies: [ { name: none, budget: 0.000001 USD per day, at_exhaustion: reject } ]
            """,
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  /** A request that every dialect takes for its own. */
  private static String body() {
    return new JsonObject()
        .put("model", "poor")
        .put("max_tokens", 1_000)
        .put("messages", new JsonObject(messages()).getJsonArray("messages"))
        .encode();
  }

  private static String messages() {
    return "{\"messages\":" + RawHttp.messages("hello") + "}";
  }

  private static String body(Dialect dialect) {
    return dialect.question().equals("messages")
        ? body()
        : new JsonObject().put("model", "poor").put(dialect.question(), "hello").encode();
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void exhaustedBudget_isRefused_andNobodyIsCalled(Dialect dialect) throws IOException {
    pair.first(Pair.json(200, "{}"));
    String path = "/v1" + dialect.path();
    assertThat(Dialect.at(path)).isEqualTo(dialect);
    Pair.Told told = pair.askAt(path, body(dialect));
    assertThat(told.response().status()).describedAs(told.text()).isEqualTo(429);
    assertThat(told.response().header("x-should-retry")).contains("false");
    assertThat(told.response().header("x-ponder-budget-resets")).isPresent();
    assertThat(told.outcome()).isEqualTo("budget_denied");
    assertThat(told.decision().getString("operation")).isEqualTo(dialect.operation());
    assertThat(pair.firstCalls()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void anotherMethod_isNotAllowed(Dialect dialect) throws IOException {
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      RawHttp.Response answer = client.bare("PUT", "/v1" + dialect.path()).read();
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("allow")).contains("POST");
    }
  }
}
