package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code GET /v1/models} for Anthropic's clients, who say so in a header. */
class ModelsTest {

  private static final String KEY = "authorization: Bearer all";
  private static final String VERSION = "anthropic-version: 2023-06-01";

  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        RunningGateway.start(
            """
            upstreams:
              stub: { base_url: "${STUB}" }
            models:
              a: { served_by: stub/a, price: { input: 1, output: 2 } }
              b: { served_by: stub/b, price: { input: 1, output: 2 } }
              c+d: { served_by: stub/c, price: { input: 1, output: 2 } }
              e: { served_by: stub/e, price: { input: 1, output: 2 } }
            routes:
              auto: a
            keys:
              - { name: all, sha256: "%s" }
              - { name: few, models: [ b, c+d ], sha256: "%s" }
            """
                .formatted(Keyring.sha256("all"), Keyring.sha256("few")));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static RawHttp.Response get(String path, String... headers) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.bare("GET", path, headers).read();
    }
  }

  private static List<String> ids(JsonArray data) {
    return data.stream().map(each -> ((JsonObject) each).getString("id")).toList();
  }

  @Test
  void list_withAnthropicsVersion_isInAnthropicsShape() throws IOException {
    JsonObject list = get("/v1/models", KEY, VERSION).json();
    assertThat(list.fieldNames())
        .containsExactlyInAnyOrder("data", "has_more", "first_id", "last_id");
    assertThat(ids(list.getJsonArray("data"))).containsExactly("auto", "a", "b", "c+d", "e");
    JsonObject first = list.getJsonArray("data").getJsonObject(0);
    assertThat(first.getString("type")).isEqualTo("model");
    assertThat(first.getString("display_name")).isEqualTo("auto");
    assertThat(first.getString("created_at")).matches("20..-..-..T..:..:..Z");
    assertThat(get("/v1/models", KEY).json().getString("object")).isEqualTo("list");
  }

  @ParameterizedTest
  @CsvSource({
    "'', auto a b c+d e, false",
    "limit=5, auto a b c+d e, false",
    "limit=2, auto a, true",
    "limit=2&after_id=a, b c+d, true",
    "limit=2&after_id=b, c+d e, false",
    "after_id=c%2Bd, e, false",
    "after_id=e, '', false",
    "limit=2&before_id=e, b c+d, true",
    "limit=3&before_id=c%2Bd, auto a b, false",
    "before_id=auto, '', false",
  })
  void pages(String query, String expected, boolean more) throws IOException {
    JsonObject list = get("/v1/models?" + query, KEY, VERSION).json();
    List<String> names = expected.isEmpty() ? List.of() : List.of(expected.split(" "));
    assertThat(ids(list.getJsonArray("data"))).isEqualTo(names);
    assertThat(list.getBoolean("has_more")).isEqualTo(more);
    assertThat(list.getString("first_id")).isEqualTo(names.isEmpty() ? null : names.get(0));
    assertThat(list.getString("last_id"))
        .isEqualTo(names.isEmpty() ? null : names.get(names.size() - 1));
  }

  @Test
  void list_hasWhatTheKeyMayUse_andNoOthersAsCursors() throws IOException {
    JsonObject list = get("/v1/models?limit=1", "x-api-key: few", VERSION).json();
    assertThat(ids(list.getJsonArray("data"))).containsExactly("b");
    assertThat(list.getBoolean("has_more")).isTrue();
    assertThat(get("/v1/models?after_id=a", "x-api-key: few", VERSION).status()).isEqualTo(400);
    assertThat(get("/v1/models/a", "x-api-key: few", VERSION).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, limit",
    "limit=1001, limit",
    "limit=x, limit",
    "limit=, limit",
    "after_id=nobody, after_id",
    "before_id=nobody, before_id",
    "before_id=a&after_id=b, before_id",
    "limit=%ZZ, query"
  })
  void query_wrong_isRefusedByName(String query, String name) throws IOException {
    RawHttp.Response refused = get("/v1/models?" + query, KEY, VERSION);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().getString("type")).isEqualTo("error");
    assertThat(refused.json().getJsonObject("error").getString("message")).contains(name);
  }

  @Test
  void one_isInAnthropicsShape_andSoAreErrors() throws IOException {
    JsonObject one = get("/v1/models/c%2Bd", KEY, VERSION).json();
    assertThat(one.getString("type")).isEqualTo("model");
    assertThat(one.getString("id")).isEqualTo("c+d");
    assertError(get("/v1/models/nobody", KEY, VERSION), 404, "not_found_error");
    assertError(get("/v1/models", VERSION), 401, "authentication_error");
  }

  private static void assertError(RawHttp.Response refused, int status, String type) {
    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.json().getJsonObject("error").getString("type")).isEqualTo(type);
    assertThat(refused.json().getString("request_id"))
        .isEqualTo(refused.header("x-request-id").orElseThrow());
  }
}
