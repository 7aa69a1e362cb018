package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How hard a model is to think, as it arrives at its provider: by every dialect and effort. */
class EffortDialTest {

  private static final String CHAT = "/v1/chat/completions";
  private static final String MESSAGES = "/v1/messages";
  private static final String RESPONSES = "/v1/responses";

  @TempDir private static Path folder;

  private static Pair pair;

  private static String model(String name, String upstream, String id, String more) {
    return "  %s: { served_by: %s/%s, reasoning: true, max_output_tokens: 20000, %s price: *p }\n"
        .formatted(name, upstream, id, more);
  }

  private static String route(String name, String model) {
    return ("  %s: [ { model: %s, effort: none }, { model: %s, effort: low, min_score: 0.3 },"
            + " { model: %s, effort: high, min_score: 0.6 },"
            + " { model: %s, effort: max, min_score: 0.9 } ]\n")
        .formatted(name, model, model, model, model);
  }

  @BeforeAll
  static void start() throws IOException {
    StringBuilder yaml =
        new StringBuilder(
            """
            upstreams:
              a: { base_url: "${A}", retries: { max: 0 } }
              claude: { provider: anthropic, base_url: "${A}", retries: { max: 0 } }
            models:
              first: { served_by: a/first, reasoning: true, max_output_tokens: 20000,
                       price: &p { input: 1, output: 10 } }
            """);
    StringBuilder routes = new StringBuilder();
    for (String way :
        new String[] {
          "reasoning_effort",
          "gemini",
          "reasoning",
          "thinking",
          "thinking_type",
          "enable_thinking",
          "chat_template_kwargs"
        }) {
      yaml.append(model("m-" + way, "a", way, "effort_param: " + way + ","));
      routes.append(route(way, "m-" + way));
    }
    yaml.append(model("sonnet", "claude", "claude-sonnet-4-5", ""));
    yaml.append(model("new", "claude", "claude-sonnet-5", ""));
    yaml.append("routes:\n").append(routes);
    yaml.append(route("claude", "sonnet")).append(route("word", "new"));
    yaml.append("  hard: { tiers: [ { model: m-chat_template_kwargs, effort: high } ] }\n");
    yaml.append("  budgeted: { tiers: [ { model: m-enable_thinking, effort: high } ] }\n");
    yaml.append("  only: { tiers: [ { model: m-enable_thinking } ] }\n");
    yaml.append(
        """
        policies:
          - { name: calm, applies_to: { key: calm }, max_effort: low }
          - { name: mild, applies_to: { key: mild }, max_effort: medium }
          - { name: short, applies_to: { key: short }, budget: 0.02 USD per month, alert_at: [],
              at_exhaustion: downgrade }
        keys:
          - { name: k, sha256: %s }
          - { name: calm, sha256: %s }
          - { name: mild, sha256: %s }
          - { name: short, sha256: %s }
        """
            .formatted(
                Keyring.sha256("k"),
                Keyring.sha256("calm"),
                Keyring.sha256("mild"),
                Keyring.sha256("short")));
    pair = new Pair(yaml.toString(), folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static JsonObject ask(String path, String model, String hint, String more, String... key)
      throws IOException {
    boolean atAnthropic =
        path.equals(MESSAGES)
            || model.matches("claude|word|sonnet|new"); // else a chat is translated
    pair.first(
        Pair.json(
            200,
            path.equals(RESPONSES)
                ? "{\"id\":\"r\",\"status\":\"completed\",\"output\":[]}"
                : atAnthropic
                    ? "{\"id\":\"m\",\"model\":\"s\",\"type\":\"message\",\"role\":\"assistant\","
                        + "\"content\":[{\"type\":\"text\",\"text\":\"a\"}],"
                        + "\"stop_reason\":\"end_turn\"}"
                    : "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"},"
                        + "\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}"));
    String said =
        path.equals(RESPONSES) ? "\"input\":\"x\"" : "\"messages\":" + RawHttp.messages("x");
    String cap = path.equals(RESPONSES) ? "max_output_tokens" : "max_tokens";
    String body = "{\"model\":\"%s\",\"%s\":10000%s,%s}".formatted(model, cap, more, said);
    String auth = "authorization: Bearer " + (key.length == 0 ? "k" : key[0]);
    Pair.Told told =
        hint.isEmpty()
            ? pair.askAt(path, body, auth)
            : pair.askAt(path, body, auth, "x-ponder-effort: " + hint);
    assertThat(told.decision().getString("deployment")).describedAs(told.text()).isNotNull();
    assertThat(pair.firstCalls()).describedAs(told.text()).isEqualTo(1);
    return new JsonObject(pair.lastBody());
  }

  /** All members that say how hard to think, in the order of the body. */
  private static String said(JsonObject body) {
    JsonObject said = new JsonObject();
    for (String name : body.fieldNames()) {
      if (name.matches("reasoning.*|.*thinking.*|chat_template_kwargs|output_config")) {
        said.put(name, body.getValue(name));
      }
    }
    return said.encode().replace('"', '\'');
  }

  /** The tiers of a route share a model; the score dials from none over low and high to max. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "reasoning_effort | 0.1 | {'reasoning_effort':'none'}",
        "reasoning_effort | 0.4 | {'reasoning_effort':'low'}",
        "reasoning_effort | 0.7 | {'reasoning_effort':'high'}",
        "reasoning_effort | 1.0 | {'reasoning_effort':'max'}",
        "gemini           | 0.1 | {'reasoning_effort':'none'}",
        "gemini           | 0.4 | {'reasoning_effort':'low'}",
        "gemini           | 1.0 | {'reasoning_effort':'high'}",
        "reasoning        | 0.1 | {'reasoning':{'effort':'none'}}",
        "reasoning        | 0.7 | {'reasoning':{'effort':'high'}}",
        "reasoning        | 1.0 | {'reasoning':{'effort':'xhigh'}}",
        "thinking         | 0.1 | {'thinking':{'type':'disabled'}}",
        "thinking         | 0.4 | {'thinking':{'type':'enabled','budget_tokens':2048}}",
        "thinking         | 1.0 | {'thinking':{'type':'enabled','budget_tokens':8000}}",
        "thinking_type    | 0.1 | {'thinking':{'type':'disabled'}}",
        "thinking_type    | 0.7 | {'thinking':{'type':'enabled'}}",
        "enable_thinking  | 0.1 | {'enable_thinking':false}",
        "enable_thinking  | 0.4 | {'enable_thinking':true,'thinking_budget':2048}",
        "enable_thinking  | 1.0 | {'enable_thinking':true,'thinking_budget':8000}",
        "chat_template_kwargs | 0.1 | {'chat_template_kwargs':{'enable_thinking':false}}",
        "chat_template_kwargs | 0.7 | {'chat_template_kwargs':{'enable_thinking':true}}",
        "claude           | 0.1 | {}",
        "claude           | 0.4 | {'thinking':{'type':'enabled','budget_tokens':2048}}",
        "claude           | 1.0 | {'thinking':{'type':'enabled','budget_tokens':8000}}",
        "word             | 0.4 | {'thinking':{'type':'adaptive'},"
            + "'output_config':{'effort':'low'}}",
        "word             | 1.0 | {'thinking':{'type':'adaptive'},"
            + "'output_config':{'effort':'max'}}",
      })
  void chat_asksAsTheModelWants(String route, String hint, String expected) throws IOException {
    assertThat(said(ask(CHAT, route, hint, ""))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "reasoning_effort | 0.4 | {'reasoning_effort':'low'}",
        "reasoning        | 0.7 | {'reasoning':{'effort':'high'}}",
        "enable_thinking  | 0.1 | {'enable_thinking':false}",
        "enable_thinking  | 0.7 | {'enable_thinking':true,'thinking_budget':8000}",
        "chat_template_kwargs | 0.7 | {'chat_template_kwargs':{'enable_thinking':true}}",
      })
  void messages_areTranslatedSo_too(String route, String hint, String expected) throws IOException {
    pair.first(Pair.json(200, "{}"));
    String body =
        "{\"model\":\"%s\",\"max_tokens\":10000,\"messages\":%s}"
            .formatted(route, RawHttp.messages("x"));
    pair.askAt(MESSAGES, body, "authorization: Bearer k", "x-ponder-effort: " + hint);
    assertThat(said(new JsonObject(pair.lastBody()))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "claude | 0.1 | {}",
        "claude | 0.4 | {'thinking':{'type':'enabled','budget_tokens':2048}}",
        "claude | 1.0 | {'thinking':{'type':'enabled','budget_tokens':8000}}",
        "word   | 0.7 | {'thinking':{'type':'adaptive'},'output_config':{'effort':'high'}}",
      })
  void messages_thinkByABudget_orAWord(String route, String hint, String expected)
      throws IOException {
    assertThat(said(ask(MESSAGES, route, hint, ""))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"reasoning_effort, 0.4, low", "reasoning, 1.0, max", "enable_thinking, 0.7, high"})
  void responses_haveItInsideReasoning(String route, String hint, String effort)
      throws IOException {
    assertThat(said(ask(RESPONSES, route, hint, "")))
        .isEqualTo("{'reasoning':{'effort':'" + effort + "'}}");
  }

  /** The caller's own word counts more than the tier's, said as the model wants it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "reasoning_effort | ,\"reasoning_effort\":\"minimal\" | {'reasoning_effort':'minimal'}",
        "reasoning_effort | ,\"reasoning_effort\":\"xhigh\" | {'reasoning_effort':'xhigh'}",
        "reasoning_effort | ,\"reasoning_effort\":\"medium\" | {'reasoning_effort':'high'}",
        "reasoning_effort | ,\"reasoning\":{\"effort\":\"low\"} | {'reasoning_effort':'low'}",
        "reasoning_effort | ,\"thinking\":{\"type\":\"x\"} | {'thinking':{'type':'x'}}",
        "reasoning | ,\"reasoning\":{\"effort\":\"low\",\"exclude\":true}"
            + " | {'reasoning':{'effort':'low','exclude':true}}",
        "reasoning | ,\"reasoning_effort\":\"low\" | {'reasoning':{'effort':'low'}}",
        "enable_thinking | ,\"reasoning_effort\":\"low\""
            + " | {'enable_thinking':true,'thinking_budget':2048}",
        "only | ,\"reasoning_effort\":\"none\" | {'enable_thinking':false}",
        "chat_template_kwargs | ,\"chat_template_kwargs\":{\"a\":1}"
            + " | {'chat_template_kwargs':{'a':1}}",
      })
  void callersOwn_wins(String route, String more, String expected) throws IOException {
    assertThat(said(ask(CHAT, route, "0.7", more))).isEqualTo(expected);
  }

  @Test
  void callersOwnThinking_isLeftAlone_atAnthropic() throws IOException {
    String own = ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1500}";
    assertThat(said(ask(MESSAGES, "claude", "0.7", own)))
        .isEqualTo("{'thinking':{'type':'enabled','budget_tokens':1500}}");
  }

  @Test
  void policy_isTheLimit_howeverTheCallerSaysIt() throws IOException {
    String high = ",\"reasoning_effort\":\"high\"";
    assertThat(said(ask(CHAT, "enable_thinking", "0.7", high, "calm")))
        .isEqualTo("{'enable_thinking':true,'thinking_budget':2048}");
    String routers = ",\"reasoning\":{\"effort\":\"high\"}";
    assertThat(said(ask(CHAT, "reasoning_effort", "0.7", routers, "calm")))
        .isEqualTo("{'reasoning_effort':'low'}");
  }

  @Test
  void policy_isTheLimit_forAModelsOwnWords_too() throws IOException {
    String own = ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":9000}";
    assertThat(said(ask(CHAT, "thinking", "0.7", own, "calm")))
        .isEqualTo("{'thinking':{'type':'enabled','budget_tokens':2048}}");
    assertThat(said(ask(CHAT, "reasoning_effort", "0.7", own, "calm")))
        .isEqualTo("{'reasoning_effort':'low'}");
    assertThat(said(ask(CHAT, "reasoning_effort", "0.7", own, "mild")))
        .isEqualTo("{'reasoning_effort':'medium'}"); // it may stand for any effort
  }

  @Test
  void pinnedModel_isNeverAltered() throws IOException {
    String own = ",\"reasoning_effort\":\"high\",\"enable_thinking\":true";
    for (String model : new String[] {"m-chat_template_kwargs", "m-reasoning", "a/thinking"}) {
      assertThat(said(ask(CHAT, model, "", own)))
          .isEqualTo("{'reasoning_effort':'high','enable_thinking':true}");
    }
    assertThat(said(ask(CHAT, "m-enable_thinking", "", ""))).isEqualTo("{}");
  }

  /** High effort needs room for 4,096 tokens, 0.04 USD: there is half of that. */
  @Test
  void ladder_stepsDownTheEfforts_andASwitchIsTurnedOff() throws IOException {
    String own = ",\"reasoning_effort\":\"xhigh\"";
    assertThat(said(ask(CHAT, "budgeted", "1.0", "", "short")))
        .matches("\\{'enable_thinking':true,'thinking_budget':1[0-9]{3}}");
    assertThat(said(ask(CHAT, "hard", "1.0", own, "short")))
        .isEqualTo("{'chat_template_kwargs':{'enable_thinking':false}}");
  }
}
