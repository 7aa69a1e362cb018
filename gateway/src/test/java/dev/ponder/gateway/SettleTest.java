package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.Audit.Row;
import dev.ponder.gateway.server.Keyring;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However a call ends, its money is settled once, as {@code Settlement} says: by the ledger's file
 * and by the admin API, to the nano-dollar. How callers who leave are settled is in {@link
 * LeaveTest}.
 */
class SettleTest {

  /** Whose budget pays is the caller's choice: each key has a policy of its own. */
  static final String POLICIES =
      """
      policies:
        - { name: hard, applies_to: { key: hard }, budget: 900 USD per month,
            at_exhaustion: reject, alert_at: [] }
        - { name: soft, applies_to: { key: soft }, budget: 900 USD per month,
            at_exhaustion: warn, alert_at: [] }
      keys:
        - { name: hard, sha256: %s }
        - { name: soft, sha256: %s }
      """
          .formatted(Keyring.sha256("hard"), Keyring.sha256("soft"));

  /** 1,000 and 4,000 nano-dollars a token, and 2,000 and 8,000; at most 1,000 and 10,000 tokens. */
  private static final String MODELS =
      """
      upstreams:
        stub: { base_url: "${STUB}", retries: &once { max: 0 } }
        unkind: { base_url: "${STUB}", on_5xx: presume, retries: *once,
                  breaker: &never { failures: 1000, rate: 100%% } }
        hasty:
          base_url: "${STUB}"
          retries: *once
          breaker: *never
          timeouts: { connect: 300ms, first_byte: 300ms, idle: 300ms }
        nowhere: { base_url: "http://127.0.0.1:%d/v1", retries: *once }
        raw: { base_url: "%s", retries: *once }
      models:
        mini: { served_by: stub/stub-mini, max_output_tokens: 1000,
                price: &p { input: 1, output: 4 } }
        thinker: { served_by: stub/stub-thinker, reasoning: true, max_output_tokens: 10000,
                   price: &t { input: 2, output: 8 } }
        unkind: { served_by: unkind/stub-mini, max_output_tokens: 1000, price: *p }
        hasty-mini: { served_by: hasty/stub-mini, max_output_tokens: 1000, price: *p }
        hasty-thinker: { served_by: hasty/stub-thinker, reasoning: true, max_output_tokens: 10000,
                         price: *t }
        nowhere: { served_by: nowhere/x, max_output_tokens: 1000, price: *p }
        raw-mini: { served_by: raw/x, max_output_tokens: 1000, price: *p }
        raw-thinker: { served_by: raw/x, reasoning: true, max_output_tokens: 10000, price: *t }
        twice: { served_by: [ unkind/stub-mini, stub/other ], max_output_tokens: 1000, price: *p }
        late: { served_by: [ hasty/stub-mini, stub/other ], max_output_tokens: 1000, price: *p }
      """;

  private static final ModelPrice MINI = price("1", "4");
  private static final ModelPrice THINKER = price("2", "8");

  private static final AtomicInteger IDS = new AtomicInteger();

  private static Path ledger;
  private static RawUpstream upstream;
  private static RunningGateway gateway;
  private static volatile RawUpstream.Script script;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    upstream = new RawUpstream(call -> script.answer(call));
    ledger = folder.resolve("ponder.db");
    StubOptions options =
        StubOptions.standard()
            .withModel("stub-mini", StubScript.parse("tokens=20"))
            .withModel("other", StubScript.parse("tokens=20"))
            .withModel("stub-thinker", StubScript.parse("tokens=20; reasoning=300"));
    String models = MODELS.formatted(unusedPort(), upstream.baseUrl());
    gateway = RunningGateway.start(models + POLICIES + "ledger: sqlite:" + ledger + "\n", options);
  }

  @AfterAll
  static void stop() throws IOException {
    for (String budget : new String[] {"hard", "soft"}) {
      assertThat(Audit.pending(gateway, budget)).isEqualTo(Money.ZERO);
    }
    gateway.close();
    upstream.close();
  }

  private static ModelPrice price(String input, String output) {
    return ModelPrice.of(Ledger.usd(input), Ledger.usd(output));
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A question of a caller, what came of it, and what was posted for it. */
  private record Asked(String id, String body, RawHttp.Response answer, Money posted) {

    /** What was set aside: every byte a token, and the longest answer that there can be. */
    long ceiling(String model) {
      long input = body.length() + 64L;
      return model.endsWith("thinker")
          ? 2_000 * input + 8_000L * 10_000
          : 1_000 * input + 4_000L * 1_000;
    }

    long expected() {
      return Ledger.usd(answer.headers().get("x-ponder-estimated-cost-usd")).nanos();
    }

    Row row() {
      Row row = Audit.row(ledger, id);
      assertThat(row.nanos()).describedAs("%s", row).isEqualTo(posted.nanos());
      return row;
    }

    Row row(String source, long nanos) {
      Row row = row();
      assertThat(row.source()).describedAs("%s %s", answer, row).isEqualTo(source);
      assertThat(row.nanos()).describedAs("%s %s", answer, row).isEqualTo(nanos);
      return row;
    }
  }

  private static Asked ask(String key, String model, boolean stream, String... stub)
      throws IOException {
    String id = "settle-" + IDS.incrementAndGet();
    String body = stream ? RawHttp.askStream(model, "Hello") : RawHttp.ask(model, "Hello");
    Money before = Audit.posted(gateway, key);
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      String stubbed = stub.length == 0 ? "x-nothing: x" : "x-stub-script: " + stub[0];
      client.chat(body, "authorization: Bearer " + key, "x-request-id: " + id, stubbed);
      RawHttp.Response answer = client.read();
      Eventually.holds("nothing pending", () -> Audit.pending(gateway, key).equals(Money.ZERO));
      return new Asked(id, body, answer, Audit.posted(gateway, key).minus(before));
    }
  }

  /** Writes an answer after which the connection may stay open. */
  private static boolean wrote(RawUpstream.Call call, String answer) throws IOException {
    call.write("HTTP/1.1 " + answer);
    return true;
  }

  @ParameterizedTest
  @CsvSource({
    "hard, mini, false",
    "hard, mini, true",
    "hard, thinker, false",
    "hard, thinker, true",
    "soft, mini, true",
    "soft, thinker, false"
  })
  void usage_reported_isPosted(String key, String model, boolean stream) throws IOException {
    Asked asked = ask(key, model, stream);
    long bill =
        (model.equals("mini") ? MINI : THINKER)
            .of(Scenes.call(gateway, asked.id()).usage())
            .nanos();
    Row row = asked.row("reported", bill);
    assertThat(row.state()).isEqualTo("posted");
    assertThat(row.reserved()).isEqualTo(asked.ceiling(model));
    assertThat(row.output()).isEqualTo(model.equals("mini") ? 20 : 320);
    assertThat(row.reasoning()).isEqualTo(model.equals("mini") ? 0 : 300);
  }

  /** 20 tokens of 4 bytes: they are counted as 41, of which none is missing. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void usage_missing_plainModel_soft_isCounted(boolean stream) throws IOException {
    Asked asked = ask("soft", "mini", stream, "no_usage");
    assertThat(asked.answer().status()).isEqualTo(200);
    long counted = 1_000L * (asked.body().length() / 2 + 1) + 4_000L * 41;
    Row row = asked.row("counted", counted);
    assertThat(row.output()).isEqualTo(41);
    long billed = MINI.of(Scenes.call(gateway, asked.id()).usage()).nanos();
    assertThat(counted).isGreaterThan(billed);
  }

  /** Thoughts are billed and not shown, be it by a model of which nobody said that it reasons. */
  @ParameterizedTest
  @CsvSource({"hard, mini", "hard, thinker", "soft, thinker"})
  void usage_missing_isAllThatWasSetAside(String key, String model) throws IOException {
    for (boolean stream : new boolean[] {false, true}) {
      Asked asked = ask(key, model, stream, "no_usage; reasoning=30");
      assertThat(asked.answer().status()).isEqualTo(200);
      Row row = asked.row("presumed", asked.ceiling(model));
      assertThat(row.state()).isEqualTo("presumed");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 408, 409, 422, 429})
  void status_refused_isFree(int status) throws IOException {
    for (String model : new String[] {"mini", "thinker", "unkind"}) {
      Asked asked = ask("hard", model, status % 2 == 0, "fail=" + status);
      assertThat(asked.answer().status()).isEqualTo(status);
      assertThat(asked.row("none", 0).state()).isEqualTo("voided");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 529})
  void status_serverError_isFreeOrAll_asConfigured(int status) throws IOException {
    Asked kind = ask("hard", "mini", false, "fail=" + status);
    assertThat(kind.answer().status()).isEqualTo(status);
    kind.row("none", 0);
    Asked unkind = ask("hard", "unkind", false, "fail=" + status);
    assertThat(unkind.answer().status()).isEqualTo(status);
    unkind.row("presumed", unkind.ceiling("unkind"));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void status_redirect_isFreeAndNotFollowed(int status) throws IOException {
    String head = status + " Moved\r\nlocation: " + gateway.stub().baseUrl();
    script = call -> wrote(call, head + "\r\ncontent-length: 0\r\n\r\n");
    int before = gateway.stub().log().calls().size();
    Asked asked = ask("hard", "raw-thinker", false);
    assertThat(asked.answer().status()).isEqualTo(502);
    asked.row("none", 0);
    assertThat(gateway.stub().log().calls()).hasSize(before);
  }

  @Test
  void connection_refused_isNotEvenNoted() throws IOException {
    Asked asked = ask("hard", "nowhere", false);
    assertThat(asked.answer().status()).isEqualTo(502);
    assertThat(asked.posted()).isEqualTo(Money.ZERO);
    ask("hard", "mini", false).row(); // whatever came before it is in the file by now
    assertThat(Audit.rows(ledger, asked.id())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mini", "thinker"})
  void timeout_afterSending_isAllIfHard_andExpectedIfSoft(String model) throws IOException {
    Asked hard = ask("hard", "hasty-" + model, false, "latency=1m");
    assertThat(hard.answer().status()).isEqualTo(504);
    hard.row("presumed", hard.ceiling(model));
    Asked soft = ask("soft", "hasty-" + model, true, "latency=1m");
    assertThat(soft.answer().status()).isEqualTo(504);
    soft.row("estimated", soft.expected());
  }

  @ParameterizedTest
  @CsvSource({"stall=after_events:3", "first_byte=1m"})
  void timeout_inTheAnswer_isAllIfHard_andExpectedIfSoft(String stub) throws IOException {
    Asked hard = ask("hard", "hasty-thinker", true, stub);
    hard.row("presumed", hard.ceiling("thinker"));
    Asked soft = ask("soft", "hasty-thinker", true, stub);
    soft.row("estimated", soft.expected());
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw-mini", "raw-thinker"})
  void reset_beforeTheHead_isAllIfHard_andExpectedIfSoft(String model) throws IOException {
    script = RawUpstream.Call::reset;
    Asked hard = ask("hard", model, false);
    assertThat(hard.answer().status()).isEqualTo(502);
    hard.row("presumed", hard.ceiling(model));
    Asked soft = ask("soft", model, true);
    soft.row("estimated", soft.expected());
  }

  @ParameterizedTest
  @ValueSource(strings = {"die=after_events:3", "die=after_bytes:400", "end=clean"})
  void reset_inTheStream_isAllIfHard_andExpectedIfSoft(String stub) throws IOException {
    for (String model : new String[] {"mini", "thinker"}) {
      Asked hard = ask("hard", model, true, stub);
      assertThat(hard.answer().text()).contains("event: error");
      hard.row("presumed", hard.ceiling(model));
      Asked soft = ask("soft", model, true, stub);
      soft.row("estimated", soft.expected());
    }
  }

  /** 23 events: a role, 20 words, the finish, and the usage, after which it dies. */
  @Test
  void reset_afterTheUsage_isReported() throws IOException {
    Asked asked = ask("hard", "mini", true, "die=after_events:23");
    long bill = MINI.of(Scenes.call(gateway, asked.id()).usage()).nanos();
    assertThat(asked.row("reported", bill).output()).isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"die=after_bytes:50", "length=longer", "length=shorter", "garbage"})
  void body_cutOff_isAllIfHard_andExpectedIfSoft(String stub) throws IOException {
    Asked hard = ask("hard", "mini", false, stub);
    assertThat(hard.answer().status()).isEqualTo(502);
    hard.row("presumed", hard.ceiling("mini"));
    Asked soft = ask("soft", "mini", false, stub);
    soft.row("estimated", soft.expected());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void error_with200_isFree(boolean stream) throws IOException {
    Asked asked = ask("hard", "thinker", stream, "status200_error");
    assertThat(asked.answer().text()).contains("\"error\"");
    asked.row("none", 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mini", "thinker"})
  void error_asAnEvent_isFreeOnlyBeforeTheFirstWord(String model) throws IOException {
    ask("hard", model, true, "error_event=after_events:0").row("none", 0);
    Asked late = ask("hard", model, true, "reasoning=30; error_event=after_events:11");
    late.row("presumed", late.ceiling(model));
    Asked soft = ask("soft", model, true, "error_event=after_events:11");
    soft.row("estimated", soft.expected());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<html></html>",
        "200 OK\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n",
        "204 No Content\r\n\r\n"
      })
  void answer_isNone_isFree(String answer) throws IOException {
    script = call -> wrote(call, answer);
    for (String model : new String[] {"raw-mini", "raw-thinker"}) {
      Asked asked = ask("hard", model, false);
      assertThat(asked.answer().status()).isEqualTo(502);
      asked.row("none", 0);
    }
  }

  /** Behind both there may be an answer that is billed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n",
        "200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\037\213\010"
      })
  void answer_cannotBeSeen_isAllIfHard(String answer) throws IOException {
    script = call -> wrote(call, answer) && answer.contains("content-length");
    Asked asked = ask("hard", "raw-thinker", false);
    assertThat(asked.answer().status()).isEqualTo(502);
    asked.row("presumed", asked.ceiling("raw-thinker"));
  }

  @Test
  void status_informational_isNoAnswerYet() throws IOException {
    String body = "{\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5}}";
    script =
        call ->
            wrote(call, "103 Early Hints\r\nlink: </x>\r\n\r\n")
                && wrote(call, "200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
    Asked asked = ask("hard", "raw-mini", false);
    assertThat(asked.answer().text()).isEqualTo(body);
    asked.row("reported", 10_000 + 20_000);
  }

  @Test
  void fallback_afterAnError_hasARowForEachCall() throws IOException {
    Asked asked = ask("hard", "twice", false, "fail_first=1");
    assertThat(asked.answer().status()).describedAs(asked.answer().text()).isEqualTo(200);
    List<Row> rows = Audit.rows(ledger, asked.id(), 2);
    assertThat(rows).extracting(Row::attempt).containsExactly(1, 2);
    assertThat(rows).extracting(Row::deployment).containsExactly("unkind/stub-mini", "stub/other");
    assertThat(rows).extracting(Row::source).containsExactly("presumed", "reported");
    long bill = rows.get(1).nanos();
    assertThat(bill).isEqualTo(1_000 * rows.get(1).input() + 4_000 * 20);
    assertThat(asked.posted().nanos()).isEqualTo(asked.ceiling("twice") + bill);
  }

  /** Both may be billed: the first was never answered, but it was sent. */
  @Test
  void fallback_afterATimeout_keepsTheMoneyOfTheFirst() throws IOException {
    Asked asked = ask("hard", "late", true, "latency=600ms");
    assertThat(asked.answer().status()).describedAs(asked.answer().text()).isEqualTo(200);
    List<Row> rows = Audit.rows(ledger, asked.id(), 2);
    assertThat(rows).extracting(Row::source).containsExactly("presumed", "reported");
    assertThat(rows.get(0).nanos()).isEqualTo(asked.ceiling("late"));
    assertThat(asked.posted().nanos()).isEqualTo(asked.ceiling("late") + rows.get(1).nanos());
  }
}
