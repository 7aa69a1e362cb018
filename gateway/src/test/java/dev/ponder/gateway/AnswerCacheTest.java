package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are kept for the next request that is the same. */
class AnswerCacheTest {

  private static final String COLD = "\"temperature\":0,";
  private static final String ONE = "authorization: Bearer one";
  private static final String TWO = "authorization: Bearer two";

  private RunningGateway gateway;
  private int asked;

  private void start(String cache) {
    gateway =
        RunningGateway.start(
            Scenes.TWO_TIERS
                + cache
                + "keys:\n  - { name: one, sha256: \"%s\" }\n".formatted(Keyring.sha256("one"))
                + "  - { name: two, sha256: \"%s\" }\n".formatted(Keyring.sha256("two")));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private RawHttp.Response ask(String members, String... headers) throws IOException {
    asked++;
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      String body =
          "{" + members + "\"model\":\"auto\",\"messages\":" + RawHttp.messages("x") + "}";
      RawHttp.Response response = client.chat(body, headers).read();
      assertThat(response.status()).describedAs(response.text()).isEqualTo(200);
      Eventually.holds("it is over", () -> ended() == asked);
      return response;
    }
  }

  private int ended() {
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      admin.send("GET /admin/v1/decisions?limit=1000 HTTP/1.1\r\nhost: a\r\n\r\n");
      return admin.read().json().getJsonArray("decisions").size();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isHit(RawHttp.Response response) {
    return response.header("x-ponder-cache").isPresent();
  }

  private int calls() {
    return gateway.stub().log().calls().size();
  }

  @Test
  void sameRequest_isAnsweredOutOfTheCache_forNothing() throws IOException {
    start("cache: {}\n");
    RawHttp.Response first = ask(COLD, ONE);
    assertThat(isHit(first)).isFalse();
    RawHttp.Response second = ask(COLD, ONE);
    assertThat(second.header("x-ponder-cache")).hasValue("hit");
    assertThat(second.header("x-ponder-cost-usd")).hasValue("0");
    assertThat(second.header("x-ponder-model")).hasValue("mini");
    assertThat(second.header("content-type")).hasValue("application/json");
    assertThat(second.text()).isEqualTo(first.text());
    assertThat(calls()).isEqualTo(1);
    Scrape scrape = Scrape.of(gateway);
    String lookups = "ponder_cache_requests_total";
    assertThat(scrape.sum(lookups, "cache=\"response\"", "result=\"hit\"")).isEqualTo(1);
    assertThat(scrape.sum(lookups, "cache=\"response\"", "result=\"miss\"")).isEqualTo(1);
    double cost = Double.parseDouble(first.header("x-ponder-cost-usd").orElseThrow());
    assertThat(scrape.sum("ponder_cache_saved_usd_total")).isEqualTo(cost);
    assertThat(scrape.sum("ponder_cost_usd_total")).isEqualTo(cost);
  }

  @Test
  void stream_isReplayed_andNeverMixedWithPlainAnswers() throws IOException {
    start("cache: { size: 8 MiB, ttl: 1h }\n");
    String usage = "\"stream\":true,\"stream_options\":{\"include_usage\":true},";
    ask(COLD, ONE);
    RawHttp.Response first = ask(COLD + usage, ONE);
    assertThat(isHit(first)).isFalse();
    assertThat(first.text()).contains("\"ponder\":{\"cost_usd\":0.");
    RawHttp.Response second = ask(COLD + usage, ONE);
    assertThat(isHit(second)).isTrue();
    assertThat(second.header("content-type")).hasValue("text/event-stream; charset=utf-8");
    String paid = "\"cost_usd\":[0-9.]+}";
    assertThat(second.text()).isEqualTo(first.text().replaceAll(paid, "\"cost_usd\":0}"));
    assertThat(second.text()).endsWith("data: [DONE]\n\n");
    assertThat(isHit(ask(COLD + "\"stream\":true,", ONE))).isFalse();
    assertThat(calls()).isEqualTo(3);
  }

  /** Without a pause, on connections of their own: whoever has read the last byte finds it. */
  @Test
  void sameRequest_rightAfterTheAnswer_isAHit() throws IOException {
    start("cache: { ttl: 10m }\n");
    for (int i = 0; i < 60; i++) {
      String members = "\"seed\":" + i + ",\"stream\":" + (i % 2 == 0) + ",";
      String body =
          "{" + members + "\"model\":\"auto\",\"messages\":" + RawHttp.messages("x") + "}";
      for (boolean again : new boolean[] {false, true}) {
        try (RawHttp client = new RawHttp(gateway.apiUrl())) {
          assertThat(isHit(client.chat(body, ONE).read())).as("%d", i).isEqualTo(again);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"temperature\":0.1,",
        "\"temperature\":null,\"seed\":null,",
        "\"temperature\":0,\"n\":2,",
        "\"temperature\":0,\"store\":true,",
        "\"temperature\":0,\"web_search_options\":{},"
      })
  void whatMayDiffer_isAskedEachTime(String members) throws IOException {
    start("cache: {}\n");
    ask(members, ONE);
    assertThat(isHit(ask(members, ONE))).isFalse();
    assertThat(calls()).isEqualTo(2);
  }

  @Test
  void callers_haveAnswersOfTheirOwn_unlessTheyShare() throws IOException {
    start("cache: {}\n");
    ask("\"seed\":7,", ONE);
    assertThat(isHit(ask("\"seed\":7,", TWO))).isFalse();
    assertThat(isHit(ask("\"seed\":7,", TWO))).isTrue();
    assertThat(isHit(ask("\"seed\":8,", TWO))).isFalse();
    gateway.close();
    asked = 0;
    start("cache: { scope: all }\n");
    ask("\"seed\":7,", ONE);
    assertThat(isHit(ask("\"seed\":7,", TWO))).isTrue();
  }

  @Test
  void model_thatIsDecidedOn_isPartOfIt() throws IOException {
    start("cache: {}\n");
    ask(COLD, ONE);
    assertThat(isHit(ask(COLD, ONE, "x-ponder-effort: high"))).isFalse();
    assertThat(isHit(ask(COLD, ONE, "x-ponder-effort: low"))).isTrue();
  }

  @Test
  void cacheControl_isRespected() throws IOException {
    start("cache: {}\n");
    assertThat(isHit(ask(COLD, ONE, "cache-control: no-store"))).isFalse();
    assertThat(isHit(ask(COLD, ONE))).isFalse(); // nothing was stored
    assertThat(isHit(ask(COLD, ONE, "cache-control: no-store"))).isFalse();
    assertThat(isHit(ask(COLD, ONE, "cache-control: max-age=0, No-Cache"))).isFalse();
    assertThat(isHit(ask(COLD, ONE))).isTrue();
    assertThat(calls()).isEqualTo(4);
  }

  @Test
  void failures_areNotKept_andOffIsOff() throws IOException {
    start("cache: {}\n");
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      String body = RawHttp.ask("mini", "x").replace("{\"model", "{\"seed\":1,\"model");
      client.chat(body, ONE, "x-stub-script: fail=500");
      assertThat(client.read().status()).isEqualTo(500);
      client.chat(body, ONE);
      assertThat(isHit(client.read())).isFalse();
    }
    gateway.close();
    asked = 0;
    start("cache: off\n");
    ask(COLD, ONE);
    assertThat(isHit(ask(COLD, ONE))).isFalse();
  }
}
