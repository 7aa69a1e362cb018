package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a call may be billed at most is set aside, and its limit reaches the upstream: exactly one,
 * and no more than the money covers. Upstreams that do not keep to it are in {@link CapBreakTest}.
 */
class CapTest {

  private static final String POLICIES =
      """
      policies:
        - { name: full, applies_to: { tags: { purse: full } }, budget: 900000 USD per month,
            at_exhaustion: reject, alert_at: [] }
        - { name: tight, applies_to: { tags: { purse: tight } }, budget: 0.50 USD per month,
            at_exhaustion: reject, alert_at: [] }
        - { name: tiny, applies_to: { tags: { purse: tiny } }, budget: 0.03 USD per month,
            at_exhaustion: reject, alert_at: [] }
        - { name: whole, applies_to: { tags: { purse: whole } }, budget: 0.50 USD per month,
            at_exhaustion: reject, alert_at: [], cap_output: never }
        - { name: soft, applies_to: { tags: { purse: soft } }, budget: 0.50 USD per month,
            at_exhaustion: warn, alert_at: [] }
      """;

  /** 1,000 and 10,000 nano-dollars a token. */
  private static final String MODELS =
      """
      upstreams: { stub: { base_url: "${STUB}" } }
      models:
        thinker: { served_by: stub/stub-thinker, reasoning: true, max_output_tokens: 65536,
                   context_tokens: 200000, vision: true, price: { input: 1, output: 10 } }
        r1: { served_by: stub/stub-thinker, reasoning: true, max_output_tokens: 8000,
              cap_covers_reasoning: false, max_reasoning_tokens: 32000,
              price: { input: 1, output: 10 } }
        picky: { served_by: stub/stub-thinker, reasoning: true, max_output_tokens: 65536,
                 refused_params: [ max_tokens ], price: { input: 1, output: 10 } }
        old: { served_by: stub/stub-mini, max_output_tokens: 65536, cap_param: max_tokens,
               price: { input: 1, output: 10 } }
        endless: { served_by: stub/stub-endless, max_output_tokens: 65536,
                   price: { input: 0, output: 1 } }
      routes: { auto: [ thinker ] }
      """;

  private static Path ledger;
  private static RunningGateway gateway;
  private static int ids;

  @BeforeAll
  static void start(@TempDir Path folder) {
    ledger = folder.resolve("ponder.db");
    StubOptions options =
        StubOptions.standard()
            .withModel("stub-thinker", StubScript.parse("tokens=10; reasoning=0"))
            .withModel("stub-mini", StubScript.parse("tokens=10"))
            .withModel("stub-endless", StubScript.parse("tokens=1000000"));
    gateway = RunningGateway.start(MODELS + POLICIES + "ledger: sqlite:" + ledger + "\n", options);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** A request with more members, an answer to it, and what stands under its id. */
  private record Asked(String id, String body, RawHttp.Response answer) {

    JsonObject upstream() {
      return new JsonObject(new String(Scenes.body(gateway, id), UTF_8));
    }

    void isRefused(String param) {
      assertThat(answer.status()).describedAs(answer.text()).isEqualTo(400);
      JsonObject error = answer.json().getJsonObject("error");
      assertThat(error.getString("type")).isEqualTo("invalid_request_error");
      assertThat(error.getString("param")).isEqualTo(param);
      assertThat(Scenes.find(gateway, id)).isEmpty();
    }
  }

  private static Asked ask(String purse, String model, String members) throws IOException {
    String id = "cap-" + ++ids;
    String ask = RawHttp.ask(model, "Hi");
    String more = members.isEmpty() ? "" : "," + members.replace('\'', '"');
    String body = ask.substring(0, ask.length() - 1) + more + "}";
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(body, "x-request-id: " + id, "x-ponder-tags: purse=" + purse);
      return new Asked(id, body, client.read());
    }
  }

  /** Output tokens beyond those of one answer, and whether each answer has its own. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'temperature':0                               | 1 | 0",
        "'n':3                                         | 3 | 0",
        "'best_of':4                                   | 4 | 0",
        "'n':2,'best_of':4                             | 4 | 0",
        "'prediction':{'type':'content','content':'x'} | 1 | 32",
        "'n':2,'prediction':{'content':'x'}            | 2 | 15"
      })
  void setAside_isTheMostThatCanBeBilled(String members, int answers, int more) throws IOException {
    Asked asked = ask("full", "thinker", members);
    assertThat(asked.answer().status()).describedAs(asked.answer().text()).isEqualTo(200);
    long input = asked.body().length() + 64L;
    assertThat(Audit.row(ledger, asked.id()).reserved())
        .isEqualTo(1_000 * input + 10_000L * (65_536L * answers + more));
    Asked limited = ask("full", "thinker", "'max_tokens':100," + members);
    input = limited.body().length() + 64L;
    assertThat(Audit.row(ledger, limited.id()).reserved())
        .isEqualTo(1_000 * input + 10_000L * (100L * answers + more));
  }

  @Test
  void setAside_hasRoomForReasoningThatNoCapCovers() throws IOException {
    Asked asked = ask("full", "r1", "'n':2,'max_tokens':100");
    long input = asked.body().length() + 64L;
    assertThat(Audit.row(ledger, asked.id()).reserved())
        .isEqualTo(1_000 * input + 10_000L * 2 * (100 + 32_000));
  }

  @Test
  void setAside_hasRoomForEveryImage() throws IOException {
    String image = "{'type':'image_url','image_url':{'url':'http://127.0.0.1:1/i.png'}}";
    String content = "[{'type':'text','text':'x'}," + image + "," + image + "]";
    String body =
        ("{'model':'thinker','max_tokens':100,'messages':[{'role':'user','content':" + content)
            .concat("}]}")
            .replace('\'', '"');
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(body, "x-request-id: images", "x-ponder-tags: purse=full");
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(Audit.row(ledger, "images").reserved())
        .isEqualTo(1_000L * (body.length() + 64 + 2 * 50_000) + 10_000 * 100);
  }

  /** All answers together stay within the money, though each of them writes as much as it may. */
  @Test
  void tightPurse_sharesTheMoneyAmongTheAnswers() throws IOException {
    Asked asked = ask("tiny", "endless", "'n':5");
    assertThat(asked.answer().status()).describedAs(asked.answer().text()).isEqualTo(200);
    long cap = Long.parseLong(asked.answer().headers().get("x-ponder-capped"));
    Audit.Row row = Audit.row(ledger, asked.id());
    assertThat(row.cap()).isEqualTo(cap);
    assertThat(row.output()).isEqualTo(5 * cap);
    assertThat(row.nanos()).isEqualTo(5_000 * cap);
    assertThat(row.reserved()).isEqualTo(row.nanos());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'service_tier':'priority'                                   | service_tier",
        "'service_tier':'scale'                                      | service_tier",
        "'service_tier':'next-years-tier'                            | service_tier",
        "'web_search_options':{}                                     | web_search_options",
        "'tools':[{'type':'web_search'}]                             | tools",
        "'tools':[{'type':'function','function':{'name':'f'}},{'type':'mcp'}] | tools",
        "'modalities':['text','audio']                               | modalities",
        "'audio':{'voice':'alloy','format':'mp3'}                    | modalities"
      })
  void beyondAnyCap_isRefusedUnderAHardBudget_andPassedWithoutOne(String members, String param)
      throws IOException {
    for (String purse : new String[] {"full", "tight"}) {
      ask(purse, "thinker", members).isRefused(param);
      assertThat(Audit.pending(gateway, purse).nanos()).isZero();
    }
    for (String purse : new String[] {"soft", "none"}) {
      Asked asked = ask(purse, "thinker", members);
      assertThat(asked.answer().status()).describedAs(asked.answer().text()).isEqualTo(200);
      for (String member : new JsonObject("{" + members.replace('\'', '"') + "}").fieldNames()) {
        assertThat(asked.upstream().containsKey(member)).isTrue();
      }
    }
  }

  @Test
  void serviceTier_thatCostsNoMore_passes() throws IOException {
    for (String tier : new String[] {"default", "flex"}) {
      Asked asked = ask("tight", "thinker", "'service_tier':'" + tier + "'");
      assertThat(asked.upstream().getString("service_tier")).isEqualTo(tier);
    }
    // What it stands for is set at the provider, where it may be the dear one.
    assertThat(
            ask("tight", "thinker", "'service_tier':'auto'").upstream().getString("service_tier"))
        .isEqualTo("default");
    assertThat(ask("none", "thinker", "'service_tier':'auto'").upstream().fieldNames())
        .contains("service_tier");
  }

  @Test
  void file_toAModelOfUnknownContext_isRefused() throws IOException {
    String messages =
        "'messages':[{'role':'user','content':[{'type':'file','file':{'file_id':'f'}}]}]";
    for (String model : new String[] {"old", "thinker"}) {
      String body = ("{'model':'" + model + "'," + messages + "}").replace('\'', '"');
      String id = "file-" + model;
      try (RawHttp client = new RawHttp(gateway.apiUrl())) {
        client.chat(body, "x-request-id: " + id, "x-ponder-tags: purse=full");
        Asked asked = new Asked(id, body, client.read());
        if (model.equals("old")) {
          asked.isRefused("messages");
        } else {
          assertThat(Audit.row(ledger, id).reserved())
              .isEqualTo(1_000L * 200_000 + 10_000L * 65_536);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "'max_tokens':null",
        "'max_completion_tokens':null",
        "'max_tokens':null,'max_completion_tokens':null",
        "'max_tokens':65536",
        "'max_completion_tokens':2000000000",
        "'max_tokens':2147483647,'max_completion_tokens':60000",
        "'max_completion_tokens':60000,'max_tokens':50000"
      })
  void tightPurse_exactlyOneCapReachesTheUpstream(String members) throws IOException {
    for (String model : new String[] {"thinker", "old"}) {
      Asked asked = ask("tight", model, members);
      assertThat(asked.answer().status()).describedAs(asked.answer().text()).isEqualTo(200);
      long cap = Long.parseLong(asked.answer().headers().get("x-ponder-capped"));
      assertThat(cap).isBetween(512L, 50_000L);
      JsonObject sent = asked.upstream();
      String member = model.equals("old") ? "max_tokens" : capOf(sent);
      assertThat(sent.getLong(member)).isEqualTo(cap);
      assertThat(sent.containsKey("max_tokens") && sent.containsKey("max_completion_tokens"))
          .describedAs("%s", sent)
          .isFalse();
      assertThat(Audit.row(ledger, asked.id()).cap()).isEqualTo(cap);
    }
  }

  private static String capOf(JsonObject sent) {
    return sent.containsKey("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
  }

  /** Which of two caps an upstream reads is its own affair: so there must not be two. */
  @Test
  void fullPurse_twoCaps_becomeOne() throws IOException {
    Asked asked = ask("full", "thinker", "'max_completion_tokens':60,'max_tokens':50000");
    JsonObject sent = asked.upstream();
    assertThat(sent.getLong(capOf(sent))).isEqualTo(60);
    assertThat(sent.containsKey("max_tokens") && sent.containsKey("max_completion_tokens"))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'max_tokens':10,'max_tokens':999999",
        "'max_completion_tokens':10,'max_completion\\u005ftokens':999999",
        "'n':1,'n':100",
        "'max_tokens':1e9",
        "'max_tokens':-1",
        "'max_tokens':'10'",
        "'max_tokens':9223372036854775808",
        "'n':129"
      })
  void capsThatTwoReadersReadDifferently_areRefused(String members) throws IOException {
    for (String purse : new String[] {"tight", "none"}) {
      Asked asked = ask(purse, "thinker", members);
      assertThat(asked.answer().status()).describedAs(asked.answer().text()).isEqualTo(400);
      assertThat(Scenes.find(gateway, asked.id())).isEmpty();
    }
  }

  @Test
  void callersOwnCap_ifSmaller_stands() throws IOException {
    Asked asked = ask("tight", "thinker", "'max_tokens':77");
    assertThat(asked.answer().header("x-ponder-capped")).isEmpty();
    // Under the name that the model is sure to know, since money depends on it
    assertThat(asked.upstream().getLong("max_completion_tokens")).isEqualTo(77);
    assertThat(asked.upstream().containsKey("max_tokens")).isFalse();
  }

  /** A null beside the number, or a name that the model refuses, must not take the limit away. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'max_tokens':16,'max_completion_tokens':null",
        "'max_completion_tokens':null,'max_tokens':16",
        "'max_tokens':null,'max_completion_tokens':16",
        "'max_tokens':16"
      })
  void callersOwnCap_howeverItIsSpelled_reachesTheUpstream(String members) throws IOException {
    for (String model : new String[] {"auto", "thinker", "picky"}) {
      Asked asked = ask("tight", model, members);
      assertThat(asked.upstream().getValue("max_completion_tokens")).isEqualTo(16);
      assertThat(asked.upstream().containsKey("max_tokens")).isFalse();
    }
  }

  @Test
  void answersCutOff_byOurCap_areCounted_andThoseByTheCallersAreNot() throws IOException {
    Scrape before = Scrape.of(gateway);
    Asked own = ask("tiny", "endless", "'max_tokens':100");
    assertThat(own.answer().text()).contains("\"finish_reason\":\"length\"");
    Asked ours = ask("tiny", "endless", "");
    assertThat(ours.answer().text()).contains("\"finish_reason\":\"length\"");
    assertThat(ours.answer().header("x-ponder-capped")).isPresent();
    Scrape after = Scrape.of(gateway);
    for (String name :
        new String[] {"ponder_capped_calls_total", "ponder_truncated_answers_total"}) {
      assertThat(after.sum(name) - before.sum(name)).describedAs(name).isEqualTo(1);
    }
    assertThat(after.sum("ponder_cap_violations_total")).isZero();
  }

  /** 0.655 USD for the longest answer there is, of 0.50: rather none than a shorter one. */
  @Test
  void capOutputNever_isRefusedRatherThanCapped() throws IOException {
    Asked asked = ask("whole", "thinker", "");
    assertThat(asked.answer().status()).isEqualTo(429);
    assertThat(Scenes.find(gateway, asked.id())).isEmpty();
    Asked shorter = ask("whole", "thinker", "'max_tokens':40000");
    assertThat(shorter.answer().status()).describedAs(shorter.answer().text()).isEqualTo(200);
    assertThat(shorter.answer().header("x-ponder-capped")).isEmpty();
  }
}
