package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the admin address says of a request that is not made, and of those that were. */
class ExplainTest {

  private static final String HARD =
      "Prove that there are infinitely many primes congruent to 3 modulo 4. ".repeat(12);

  private static RawHttp.Response explain(
      RunningGateway gateway, String query, String body, String... headers) throws IOException {
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      StringBuilder head =
          new StringBuilder("POST /admin/v1/explain" + query + " HTTP/1.1\r\nhost: a\r\n");
      for (String header : headers) {
        head.append(header).append("\r\n");
      }
      int length = body.getBytes(StandardCharsets.UTF_8).length;
      return admin.send(head + "content-length: " + length + "\r\n\r\n" + body).read();
    }
  }

  private static JsonObject explained(RunningGateway gateway, String body, String... headers)
      throws IOException {
    RawHttp.Response response = explain(gateway, "", body, headers);
    assertThat(response.status()).describedAs(response.text()).isEqualTo(200);
    return response.json();
  }

  private static List<String> verdicts(JsonObject explanation) {
    return explanation.getJsonArray("tiers").stream()
        .map(tier -> ((JsonObject) tier).getString("verdict"))
        .toList();
  }

  private static RawHttp.Response get(RunningGateway gateway, String path) throws IOException {
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      return admin.send("GET " + path + " HTTP/1.1\r\nhost: a\r\n\r\n").read();
    }
  }

  private static RawHttp.Response chat(RunningGateway gateway, String body, String... headers)
      throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return client.chat(body, headers).read();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "responses | thinker | {'model':'auto','input':'%s'}",
        "responses | thinker | {'model':'auto','input':[{'role':'user','content':'%s'}]}",
        "messages | thinker | {'model':'auto','max_tokens':900,'system':'s',"
            + "'messages':[{'role':'user','content':'%s'}]}",
        "completions | thinker | {'model':'auto','prompt':'%s'}",
        "embeddings | mini | {'model':'auto','input':['%s']}",
        "chat | thinker | {'model':'auto','messages':[{'role':'user','content':'%s'}]}",
      })
  void everyDialect_isUnderstood(String dialect, String model, String body) throws IOException {
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS)) {
      String json = body.replace('\'', '"').formatted(HARD);
      JsonObject explained = explained(gateway, json);
      assertThat(explained.getString("dialect")).isEqualTo(dialect);
      assertThat(explained.getString("model")).isEqualTo(model);
      assertThat(explained.containsKey("score")).isEqualTo(!dialect.equals("embeddings"));
    }
  }

  @Test
  void dialect_canBeNamed_andOnlyOneThatThereIs() throws IOException {
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS)) {
      String body = "{\"model\":\"auto\",\"input\":\"Hi\"}";
      JsonObject told = explain(gateway, "?dialect=embeddings", body).json();
      assertThat(told.getString("dialect")).isEqualTo("embeddings");
      RawHttp.Response refused = explain(gateway, "?dialect=chat", body);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("messages");
      refused = explain(gateway, "?dialect=klingon", body);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text())
          .contains("expected: one of chat, completions, embeddings, responses, messages");
    }
  }

  @Test
  void explanation_isWhatWouldHappen() throws IOException {
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS)) {
      JsonObject easy = explained(gateway, RawHttp.ask("auto", "Say hello."));
      assertThat(easy.getString("object")).isEqualTo("ponder.explanation");
      assertThat(easy.getString("outcome")).isEqualTo("forward");
      assertThat(easy.getString("model")).isEqualTo("mini");
      assertThat(verdicts(easy)).containsExactly("chosen", "below_threshold");
      JsonObject hard = explained(gateway, RawHttp.ask("auto", HARD));
      assertThat(verdicts(hard)).containsExactly("cheaper", "chosen");
      assertThat(hard.getJsonArray("signals")).isNotEmpty().hasSizeLessThanOrEqualTo(8);
      assertThat(hard.encode()).doesNotContain("infinitely");

      RawHttp.Response real = chat(gateway, RawHttp.ask("auto", HARD));
      assertThat(real.header("x-ponder-model")).hasValue(hard.getString("model"));
      assertThat(real.header("x-ponder-estimated-cost-usd"))
          .hasValue(hard.getString("estimated_cost_usd"));
      assertThat(Double.parseDouble(real.header("x-ponder-score").orElseThrow()))
          .isEqualTo(hard.getDouble("score"));
      JsonObject dearest = hard.getJsonArray("tiers").getJsonObject(1);
      assertThat(dearest.getString("estimated_cost_usd"))
          .isEqualTo(hard.getString("estimated_cost_usd"));
      JsonObject cheapest = hard.getJsonArray("tiers").getJsonObject(0);
      assertThat(Double.parseDouble(cheapest.getString("estimated_cost_usd")))
          .isLessThan(Double.parseDouble(dearest.getString("estimated_cost_usd")));
      assertThat(gateway.stub().log().calls()).as("only the real one").hasSize(1);
    }
  }

  @Test
  void explanation_ofHintsPinsAndTightLimits() throws IOException {
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS)) {
      JsonObject hinted = explained(gateway, RawHttp.ask("auto", "Hi"), "x-ponder-effort: high");
      assertThat(hinted.getString("reason")).isEqualTo("hint");
      assertThat(hinted.getBoolean("hinted")).isTrue();
      assertThat(hinted.getDouble("classifier_score")).isLessThan(.5);
      JsonObject pinned = explained(gateway, RawHttp.ask("thinker", "Hi"));
      assertThat(pinned.getString("reason")).isEqualTo("explicit");
      assertThat(pinned.containsKey("score")).isFalse();
      assertThat(verdicts(pinned)).containsExactly("chosen");
      String tight = "{\"max_tokens\":10," + RawHttp.ask("auto", HARD).substring(1);
      JsonObject unable = explained(gateway, tight);
      assertThat(verdicts(unable)).containsExactly("chosen", "capability");
      assertThat(unable.getString("reason")).isEqualTo("capability");
    }
  }

  @Test
  void explanation_ofShortMoney() throws IOException {
    String policies =
        """
        policies:
          - { name: thinking, applies_to: { tier: lrm }, budget: 0.000001 USD per month }
          - { name: all, budget: 5 USD per month }
        """;
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS + policies)) {
      JsonObject down = explained(gateway, RawHttp.ask("auto", HARD));
      assertThat(down.getString("model")).isEqualTo("mini");
      assertThat(down.getString("reason")).isEqualTo("exhausted");
      assertThat(verdicts(down)).containsExactly("chosen", "budget");
      assertThat(down.getJsonArray("budgets").getJsonObject(0).getString("name")).isEqualTo("all");
      assertThat(down.getJsonArray("budgets").getJsonObject(0).getString("remaining_usd"))
          .isEqualTo("5");
      JsonObject refused = explained(gateway, RawHttp.ask("thinker", HARD));
      assertThat(refused.getString("outcome")).isEqualTo("refuse");
      assertThat(refused.getJsonObject("error").getString("code")).isEqualTo("insufficient_quota");
      assertThat(verdicts(refused)).containsExactly("refused");
      RawHttp.Response real = chat(gateway, RawHttp.ask("auto", HARD));
      assertThat(real.header("x-ponder-model")).hasValue("mini");
      assertThat(real.header("x-ponder-reason")).hasValue("exhausted");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', nonsense, 400",
    "?key=nobody, '{\"model\":\"auto\",\"messages\":[]}', 400",
    "'', '{\"model\":\"nothing\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}', 404"
  })
  void explanation_ofWhatIsWrong(String query, String body, int status) throws IOException {
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS)) {
      assertThat(explain(gateway, query, body).status()).isEqualTo(status);
      assertThat(get(gateway, "/admin/v1/explain").status()).isEqualTo(405);
    }
  }

  @Test
  void decisions_areTold_withoutALog() throws IOException {
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS)) {
      for (int i = 0; i < 5; i++) {
        chat(gateway, RawHttp.ask("auto", "swordfish"), "x-request-id: r" + i);
      }
      Eventually.holds("five", () -> decisions(gateway, "").size() == 5);
      assertThat(decisions(gateway, "?limit=2").stream())
          .extracting(d -> ((JsonObject) d).getString("request_id"))
          .containsExactly("r4", "r3");
      assertThat(decisions(gateway, "").encode()).doesNotContain("swordfish");
      for (String wrong : List.of("0", "1001", "-1", "x")) {
        assertThat(get(gateway, "/admin/v1/decisions?limit=" + wrong).status()).isEqualTo(400);
      }
    }
  }

  private static JsonArray decisions(RunningGateway gateway, String query) {
    try {
      return get(gateway, "/admin/v1/decisions" + query).json().getJsonArray("decisions");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void stream_tellsWhatComes_withSignals() throws IOException {
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS);
        RawHttp tail = new RawHttp(gateway.adminUrl())) {
      chat(gateway, RawHttp.ask("auto", "Hi"), "x-request-id: before");
      Eventually.holds("its line", () -> decisions(gateway, "").size() == 1);
      tail.send("GET /admin/v1/decisions/stream HTTP/1.1\r\nhost: a\r\n\r\n");
      assertThat(tail.readStatus()).isEqualTo(200);
      assertThat(tail.readHeaders().get("content-type")).isEqualTo("text/event-stream");
      tail.readChunksUntil("each\n\n");
      chat(gateway, RawHttp.ask("auto", HARD), "x-request-id: after");
      assertThat(tail.readChunksUntil("}\n\n"))
          .contains("id: 1\ndata: {")
          .contains("\"after\"")
          .contains("\"signals\":[\"")
          .doesNotContain("\"before\"");
    }
  }

  @Test
  void share_ofAKey_isHeld() throws IOException {
    String more =
        "policies: [ { name: fair, each: key, lrm_share: 2% } ]\nkeys:\n"
            + key("greedy")
            + key("modest");
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS + more)) {
      String greedy = "authorization: Bearer greedy";
      for (int i = 0; i < 4; i++) {
        chat(gateway, RawHttp.ask("auto", HARD), greedy, "x-ponder-dry-run: true");
      }
      for (int i = 0; i < 4; i++) { // 2 % of the last 200
        RawHttp.Response thought = chat(gateway, RawHttp.ask("auto", HARD), greedy);
        assertThat(thought.header("x-ponder-model")).hasValue("thinker");
      }
      RawHttp.Response held = chat(gateway, RawHttp.ask("auto", HARD), greedy);
      assertThat(held.header("x-ponder-model")).hasValue("mini");
      assertThat(held.header("x-ponder-reason")).hasValue("paced");
      RawHttp.Response hinted =
          chat(gateway, RawHttp.ask("auto", "Hi"), greedy, "x-ponder-effort: high");
      assertThat(hinted.header("x-ponder-model")).as("a hint is no way around").hasValue("mini");
      RawHttp.Response pinned = chat(gateway, RawHttp.ask("thinker", "Hi"), greedy);
      assertThat(pinned.header("x-ponder-model")).as("a name is").hasValue("thinker");
      RawHttp.Response other =
          chat(gateway, RawHttp.ask("auto", HARD), "authorization: Bearer modest");
      assertThat(other.header("x-ponder-model")).hasValue("thinker");

      JsonObject why = explain(gateway, "?key=greedy", RawHttp.ask("auto", HARD)).json();
      assertThat(verdicts(why)).containsExactly("chosen", "lrm_share");
      assertThat(why.getString("reason")).isEqualTo("paced");
      JsonObject page = get(gateway, "/admin/v1/lrm-shares").json();
      assertThat(page.getInteger("window")).isEqualTo(200);
      JsonObject first = page.getJsonArray("limits").getJsonObject(1);
      assertThat(first.getJsonObject("scope").getString("key")).isEqualTo("greedy");
      assertThat(first.getInteger("requests")).isEqualTo(7);
      assertThat(first.getInteger("lrm_requests")).isEqualTo(5);
      assertThat(first.getBoolean("held")).isTrue();
      Scrape now = Scrape.of(gateway);
      assertThat(now.sum("ponder_lrm_share_held_total", "policy=\"fair\"")).isEqualTo(2);
      assertThat(now.sum("ponder_lrm_share_held_owners", "policy=\"fair\"")).isEqualTo(1);
    }
  }

  private static String key(String name) {
    return "  - { name: " + name + ", sha256: " + Keyring.sha256(name) + " }\n";
  }
}
