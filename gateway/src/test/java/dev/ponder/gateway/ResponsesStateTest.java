package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ponder.gateway.server.Keyring;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers of the Responses API that stay with an upstream: asked for again, gone on with, billed.
 */
class ResponsesStateTest {

  private static final String PATH = "/v1/responses";
  private static final String USAGE = ",\"usage\":{\"input_tokens\":100,\"output_tokens\":50}";
  private static final String ANN = "authorization: Bearer pk-ann";
  private static final String BEN = "authorization: Bearer pk-ben";
  private static final String EVE = "authorization: Bearer pk-eve";

  @TempDir private static Path folder;

  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", api_key: env:STUB_KEY }
              b: { base_url: "${B}" }
            models:
              mini:
                served_by: [ a/mini, b/mini ]
                context_tokens: 100000
                price: { input: 1, output: 4 }
              sage:
                served_by: b/sage
                reasoning: true
                context_tokens: 100000
                price: { input: 2, output: 8 }
            routes:
              auto: [ mini, { model: sage, min_score: 0.5 } ]
            policies: [ { name: all, budget: 99 USD per day, at_exhaustion: reject } ]
            keys:
              - { name: ann, team: data, sha256: HASH_ann }
              - { name: ben, team: data, sha256: HASH_ben }
              - { name: eve, team: shop, sha256: HASH_eve }
            """
                .replace("HASH_ann", Keyring.sha256("pk-ann"))
                .replace("HASH_ben", Keyring.sha256("pk-ben"))
                .replace("HASH_eve", Keyring.sha256("pk-eve")),
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  private static String response(String id, String status, String more) {
    return "{\"id\":\""
        + id
        + "\",\"object\":\"response\",\"status\":\""
        + status
        + "\""
        + more
        + "}";
  }

  private static String ask(String model, String more) {
    return "{\"model\":\"" + model + "\",\"input\":\"hello\"" + more + "}";
  }

  private static RawHttp.Response bare(String method, String path, String... headers)
      throws IOException {
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      return client.bare(method, path, headers).read();
    }
  }

  private static int head(String below, String... headers) throws IOException {
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      return client.bare("HEAD", PATH + below, headers).readStatus();
    }
  }

  /** Makes a response; returns the id of the request. */
  private static String make(String id, String status, String more) throws IOException {
    pair.first(Pair.json(200, response(id, status, more)));
    Pair.Told told = pair.askAt(PATH, ask("mini", ""), ANN);
    assertThat(told.response().status()).isEqualTo(200);
    return told.decision().getString("request_id");
  }

  private static JsonObject budget() throws IOException {
    try (RawHttp admin = new RawHttp(pair.gateway().adminUrl())) {
      admin.send("GET /admin/v1/budgets HTTP/1.1\r\nhost: admin\r\n\r\n");
      return admin.read().json().getJsonArray("budgets").getJsonObject(0);
    }
  }

  private static String pending() throws IOException {
    return budget().getString("pending_usd");
  }

  private static double posted() throws IOException {
    return Double.parseDouble(budget().getString("posted_usd"));
  }

  @Test
  void known_isAskedWhereItIs_asItCame() throws IOException {
    make("resp_known", "completed", USAGE);
    String answer = response("resp_known", "completed", "  ");
    pair.first(Pair.json(200, answer));
    RawHttp.Response got = bare("GET", PATH + "/resp_known?include=a&include=b%20c", ANN);
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.text()).isEqualTo(answer);
    assertThat(pair.lastHead())
        .startsWith("GET /v1/responses/resp_known?include=a&include=b%20c HTTP/1.1\r\n")
        .containsIgnoringCase("authorization: Bearer stub-secret")
        .doesNotContain("pk-ann");
    pair.first(Pair.json(200, "{\"data\":[]}"));
    assertThat(bare("GET", PATH + "/resp_known/input_items", BEN).text())
        .isEqualTo("{\"data\":[]}");
    pair.first(Pair.json(409, "{\"error\":{}}"));
    assertThat(bare("POST", PATH + "/resp_known/cancel", ANN).status()).isEqualTo(409);
    pair.first(Pair.json(200, "{\"deleted\":true}"));
    assertThat(bare("DELETE", PATH + "/resp_known", ANN).text()).isEqualTo("{\"deleted\":true}");
    assertThat(bare("GET", PATH + "/resp_known", ANN).status()).isEqualTo(404);
  }

  @Test
  void somebodyElses_andUnknownOnes_areNotFound() throws IOException {
    make("resp_own", "completed", USAGE);
    pair.first(Pair.json(200, response("resp_own", "completed", "")));
    RawHttp.Response refused = bare("GET", PATH + "/resp_own", EVE);
    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.json().getJsonObject("error").getString("code"))
        .isEqualTo("response_not_found");
    assertThat(bare("DELETE", PATH + "/resp_own", EVE).status()).isEqualTo(404);
    RawHttp.Response unknown = bare("GET", PATH + "/resp_nobody", ANN);
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.json().getJsonObject("error").getString("code"))
        .isEqualTo("response_not_found");
    assertThat(bare("GET", PATH + "/resp_own").status()).isEqualTo(401);
    assertThat(head("/resp_own")).isEqualTo(401);
    assertThat(head("/resp_own", EVE)).isEqualTo(404);
    assertThat(head("/resp_nobody", EVE)).isEqualTo(404);
    assertThat(bare("GET", PATH + "/resp_own", ANN, "x-ponder-dry-run: true").status())
        .isEqualTo(400);
    assertThat(bare("POST", PATH + "/resp_own", ANN).status()).isEqualTo(404);
    assertThat(pair.firstCalls()).isZero();
    String more = ",\"previous_response_id\":\"resp_own\"";
    Pair.Told told = pair.askAt(PATH, ask("mini", more), EVE);
    assertThat(told.response().status()).isEqualTo(400);
    JsonObject error = told.json().getJsonObject("error");
    assertThat(error.getString("code")).isEqualTo("previous_response_not_found");
    assertThat(error.getString("param")).isEqualTo("previous_response_id");
    assertThat(pair.firstCalls()).isZero();
  }

  /** The first upstream would be asked, and the score says the cheap model: neither counts. */
  @Test
  void whatGoesOn_goesOnWhereItIs() throws IOException {
    String thought =
        ",\"output\":[{\"type\":\"reasoning\",\"encrypted_content\":\"gAAAthought\"}]" + USAGE;
    pair.first(Pair.json(503, "{}"))
        .second(Pair.json(200, response("resp_b", "completed", thought)));
    String first = ask("mini", ",\"conversation\":\"conv_1\"");
    assertThat(pair.askAt(PATH, first, ANN).response().status()).isEqualTo(200);
    assertThat(pair.secondCalls()).isEqualTo(1);
    String input =
        "\"input\":[{\"type\":\"reasoning\",\"encrypted_content\":\"gAAAthought\",\"summary\":[]},"
            + "{\"role\":\"user\",\"content\":\"go on\"}]";
    for (String body :
        new String[] {
          ask("mini", ",\"previous_response_id\":\"resp_b\""),
          ask("auto", ",\"previous_response_id\":\"resp_b\""),
          ask("mini", ",\"conversation\":{\"id\":\"conv_1\"}"),
          "{\"model\":\"auto\"," + input + "}",
        }) {
      pair.first(Pair.json(200, response("resp_x", "completed", USAGE)))
          .second(Pair.json(200, response("resp_y", "completed", USAGE)));
      Pair.Told told = pair.askAt(PATH, body, BEN, "x-ponder-effort: high");
      assertThat(told.response().status()).describedAs(told.text()).isEqualTo(200);
      assertThat(told.decision().getString("deployment")).describedAs(body).isEqualTo("b/mini");
      assertThat(pair.firstCalls()).isZero();
      boolean routed = body.contains("\"auto\"");
      assertThat(told.response().header("x-ponder-reason"))
          .contains(routed ? "sticky" : "explicit");
    }
    pair.first(Pair.json(200, response("resp_z", "completed", USAGE)));
    String other = "{\"model\":\"mini\"," + input.replace("gAAAthought", "gAAAother") + "}";
    assertThat(pair.askAt(PATH, other, BEN).decision().getString("deployment")).isEqualTo("a/mini");
  }

  @Test
  void background_isSettledByThePollThatShowsItsEnd_once() throws IOException {
    String made = make("resp_bg", "queued", ",\"usage\":null");
    assertThat(pending()).isNotEqualTo("0");
    double before = posted();
    double tokens = Scrape.of(pair.gateway()).sum("ponder_tokens_total");
    double team = teamCost();
    pair.first(Pair.json(200, response("resp_bg", "in_progress", ",\"usage\":null")));
    bare("GET", PATH + "/resp_bg", ANN);
    assertThat(pending()).isNotEqualTo("0");
    for (int i = 0; i < 2; i++) {
      pair.first(Pair.json(200, response("resp_bg", "completed", USAGE)));
      assertThat(bare("GET", PATH + "/resp_bg", ANN).status()).isEqualTo(200);
      assertThat(pending()).isEqualTo("0");
      assertThat(posted() - before).isCloseTo(0.0003, within(1e-9));
    }
    assertThat(Scrape.of(pair.gateway()).sum("ponder_tokens_total") - tokens)
        .isCloseTo(150, within(1e-9));
    assertThat(teamCost() - team).isCloseTo(0.0003, within(1e-9));
    List<JsonObject> bills = lateBills(made);
    assertThat(bills).hasSize(1);
    JsonObject bill = bills.get(0);
    assertThat(bill.getString("cost_usd")).isEqualTo("0.0003");
    assertThat(bill.getString("posted_usd")).isEqualTo("0.0003");
    assertThat(bill.getString("settled_by")).isEqualTo("reported");
    assertThat(bill.getString("team")).isEqualTo("data");
    assertThat(bill.getJsonObject("usage_raw").getInteger("input_tokens")).isEqualTo(100);
    assertThat(pair.decision(made).containsKey("cost_usd")).isFalse();
  }

  /** The lines of bills that came with a later request than the one which made this response. */
  private static List<JsonObject> lateBills(String made) {
    String mark = "\"late_bill_of\":\"" + made + "\"";
    Eventually.holds("a bill", () -> pair.logText().contains(mark));
    return pair.logText().lines().filter(line -> line.contains(mark)).map(JsonObject::new).toList();
  }

  private static double teamCost() throws IOException {
    return Scrape.of(pair.gateway())
        .sum("ponder_tenant_cost_usd_total", "tenant=\"data\"", "tier=\"llm\"");
  }

  @Test
  void background_isSettledByAStreamToo() throws IOException {
    make("resp_bs", "queued", "");
    double before = posted();
    String end =
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":9,"
            + "\"response\":"
            + response("resp_bs", "completed", USAGE)
            + "}\n\n";
    pair.first(Pair.stream(": hi\n\n" + end.substring(0, 50), end.substring(50)));
    RawHttp.Response got = bare("GET", PATH + "/resp_bs?stream=true&starting_after=4", ANN);
    assertThat(got.text()).isEqualTo(": hi\n\n" + end);
    assertThat(pair.lastHead()).contains("?stream=true&starting_after=4 HTTP/1.1");
    assertThat(pending()).isEqualTo("0");
    assertThat(posted() - before).isCloseTo(0.0003, within(1e-9));
  }

  private static String event(String kind, int number, String response) {
    return ("event: response.%s\n"
            + "data: {\"type\":\"response.%s\",\"sequence_number\":%d,\"response\":%s}\n\n")
        .formatted(kind, kind, number, response);
  }

  /** A client that leaves may come back to its answer: that is what it is made there for. */
  @Test
  void backgroundStream_thatItsClientLeaves_isSettledByALaterPoll() throws IOException {
    String queued = event("queued", 0, response("resp_left", "queued", ",\"usage\":null"));
    pair.first(call -> call.beginStream().chunk(queued).awaitLeaving());
    double before = posted();
    String made;
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      client.post(PATH, ask("mini", ",\"background\":true,\"stream\":true"), ANN);
      assertThat(client.readStatus()).isEqualTo(200);
      made = client.readHeaders().get("x-request-id");
      client.readChunksUntil("resp_left");
    }
    assertThat(pair.decision(made).getString("outcome")).isEqualTo("cancelled");
    assertThat(pending()).isNotEqualTo("0");
    assertThat(posted()).isCloseTo(before, within(1e-9));
    pair.first(Pair.json(200, response("resp_left", "completed", USAGE)));
    assertThat(bare("GET", PATH + "/resp_left", ANN).status()).isEqualTo(200);
    assertThat(pending()).isEqualTo("0");
    assertThat(posted() - before).isCloseTo(0.0003, within(1e-9));
    assertThat(lateBills(made)).hasSize(1);
  }

  @Test
  void backgroundStream_thatIsWhole_isSettledAtOnce() throws IOException {
    String created = event("created", 0, response("resp_whole", "queued", ",\"usage\":null"));
    String end = event("completed", 1, response("resp_whole", "completed", USAGE));
    pair.first(Pair.stream(created, end));
    double before = posted();
    String body = ask("mini", ",\"background\":true,\"stream\":true");
    Pair.Told told = pair.askAt(PATH, body, ANN);
    assertThat(told.text()).endsWith(end);
    assertThat(told.decision().getString("settled_by")).isEqualTo("reported");
    assertThat(pending()).isEqualTo("0");
    assertThat(posted() - before).isCloseTo(0.0003, within(1e-9));
    pair.first(Pair.json(200, response("resp_whole", "completed", USAGE)));
    bare("GET", PATH + "/resp_whole", ANN);
    assertThat(posted() - before).isCloseTo(0.0003, within(1e-9));
  }

  @Test
  void background_cancelledWithoutUsage_isPresumedSpent() throws IOException {
    make("resp_bc", "queued", "");
    String held = pending();
    double before = posted();
    pair.first(Pair.json(200, response("resp_bc", "cancelled", "")));
    bare("POST", PATH + "/resp_bc/cancel", ANN);
    assertThat(pending()).isEqualTo("0");
    assertThat(posted() - before).isCloseTo(Double.parseDouble(held), within(1e-9));
  }

  @Test
  void background_cancelledWithUsage_isBilledByIt() throws IOException {
    make("resp_bu", "queued", "");
    double before = posted();
    pair.first(Pair.json(200, response("resp_bu", "cancelled", USAGE)));
    bare("POST", PATH + "/resp_bu/cancel", ANN);
    assertThat(pending()).isEqualTo("0");
    assertThat(posted() - before).isCloseTo(0.0003, within(1e-9));
  }

  @Test
  void keeperThatDoesNotAnswer_isAnUpstreamError() throws IOException {
    make("resp_gone", "completed", USAGE);
    pair.first(RawUpstream.Call::reset);
    RawHttp.Response got = bare("GET", PATH + "/resp_gone", ANN);
    assertThat(got.status()).isEqualTo(502);
    assertThat(got.json().getJsonObject("error").getString("code")).isEqualTo("upstream_error");
  }
}
