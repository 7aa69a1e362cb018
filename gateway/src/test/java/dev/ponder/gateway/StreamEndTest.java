package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However an upstream ends its stream, the client learns exactly once whether it is whole. */
class StreamEndTest {

  private static final String TORN = "data: {\"choices\":[{\"index\":0,\"del";
  private static final String OWN_ERROR = "data: {\"error\":{\"message\":\"theirs\"}}\n\n";
  private static final String ASK = RawHttp.askStream("raw", "x");
  private static final String ASK_TWO = ASK.replace("{\"model\"", "{\"n\":2,\"model\"");

  @TempDir private static Path folder;

  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}", retries: { max: 0 } }
              hasty: { base_url: "${A}", timeouts: { first_byte: 15s, idle: 300ms } }
            models:
              raw: { served_by: a/x, price: { input: 1, output: 2 } }
              hasty: { served_by: hasty/x, price: { input: 1, output: 2 } }
            limits: { keep_alive: 1s }
            """,
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  /** The error event, which must be all of this text. */
  private static JsonObject error(String text) {
    assertThat(text).startsWith("event: error\ndata: {").endsWith("}\n\n");
    assertThat(text.strip().lines()).hasSize(2);
    return new JsonObject(text.substring(text.indexOf('{'))).getJsonObject("error");
  }

  private static void assertUpstreamError(Pair.Told told, String before) {
    assertThat(told.text()).startsWith(before);
    assertThat(error(told.text().substring(before.length())).getString("code"))
        .isEqualTo("upstream_error");
    assertThat(told.outcome()).isEqualTo("upstream_error");
  }

  @Test
  void torn_inAChunkOfItsOwn() throws IOException {
    Pair.Told told = pair.first(Pair.stream(Pair.HELLO, TORN)).ask(ASK);
    assertUpstreamError(told, Pair.HELLO);
  }

  @Test
  void torn_inTheChunkOfAWholeEvent() throws IOException {
    Pair.Told told = pair.first(Pair.stream(Pair.HELLO + TORN)).ask(ASK);
    assertUpstreamError(told, Pair.HELLO);
  }

  @Test
  void torn_butForTheEmptyLine_isNotWhole() throws IOException {
    String oneLineFeedShort = Pair.HELLO.substring(0, Pair.HELLO.length() - 1);
    Pair.Told told = pair.first(Pair.stream(Pair.HELLO, oneLineFeedShort)).ask(ASK);
    assertUpstreamError(told, Pair.HELLO);
  }

  @Test
  void torn_overlongEvent_isClosedOff() throws IOException {
    String overlong = "data: {\"x\":\"" + "y".repeat(70 * 1024);
    assertUpstreamError(pair.first(Pair.stream(overlong)).ask(ASK), overlong + "\n\n");
    Pair.Told later = pair.first(Pair.stream(Pair.HELLO, overlong, "yy")).ask(ASK);
    assertUpstreamError(later, Pair.HELLO + overlong + "yy\n\n");
  }

  @Test
  void overlongEvent_whole_isNotClosedOffTwice() throws IOException {
    String overlong = "data: {\"x\":\"" + "y".repeat(70 * 1024) + "\"}\n\n";
    assertUpstreamError(pair.first(Pair.stream(overlong)).ask(ASK), overlong);
  }

  @Test
  void done_thenReset_isSuccess() throws IOException {
    pair.first(
        call -> {
          call.beginStream().chunk(Pair.HELLO).chunk(Pair.STOP).chunk(Pair.DONE);
          return call.reset();
        });
    Pair.Told told = pair.ask(ASK);
    assertThat(told.text()).isEqualTo(Pair.HELLO + Pair.STOP + Pair.DONE);
    assertThat(told.outcome()).isEqualTo("success");
  }

  @Test
  void done_thenOpen_endsAtOnce_andTheConnectionIsClosed() throws IOException {
    AtomicBoolean left = new AtomicBoolean();
    pair.first(
        call -> {
          call.beginStream().chunk(Pair.HELLO + Pair.STOP + Pair.DONE);
          call.awaitLeaving();
          left.set(true);
          return false;
        });
    Pair.Told told = pair.ask(ASK);
    assertThat(told.text()).isEqualTo(Pair.HELLO + Pair.STOP + Pair.DONE);
    assertThat(told.outcome()).isEqualTo("success");
    assertThat(told.decision().getDouble("duration_ms")).isLessThan(1_900);
    Eventually.holds("the gateway hangs up", left::get);
  }

  @Test
  void done_thenMore_isNotRelayed() throws IOException {
    Pair.Told told = pair.first(Pair.stream(Pair.STOP, Pair.DONE, Pair.HELLO)).ask(ASK);
    assertThat(told.text()).isEqualTo(Pair.STOP + Pair.DONE);
    assertThat(told.outcome()).isEqualTo("success");
  }

  @Test
  void ownError_thenReset_isTheOnlyOne() throws IOException {
    pair.first(
        call -> {
          call.beginStream().chunk(Pair.HELLO).chunk(OWN_ERROR);
          return call.reset();
        });
    Pair.Told told = pair.ask(ASK);
    assertThat(told.text()).isEqualTo(Pair.HELLO + "event: error\n" + OWN_ERROR);
    assertThat(told.outcome()).isEqualTo("upstream_error");
  }

  @Test
  void ownError_thenEnd_isTheOnlyOne() throws IOException {
    Pair.Told told = pair.first(Pair.stream(Pair.HELLO, OWN_ERROR)).ask(ASK);
    assertThat(told.text()).isEqualTo(Pair.HELLO + "event: error\n" + OWN_ERROR);
    assertThat(told.outcome()).isEqualTo("upstream_error");
  }

  /** OpenRouter's two forms, and those of others: no client must take them for an answer's end. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data: {'error':{'code':502}}~~                        | {'error':{'code':502}}",
        "data: {'id':'1','error':{'code':502}}~~               | {'id':'1','error':{'code':502}}",
        "data:{ 'error' : 'full', 'choices':[{'index':0,'finish_reason':'error'}]}~~"
            + "                                                | {'error':'full'}",
        "data: {'id':'1','choices':[{'delta':{'content':''},'finish_reason':'error'}],"
            + "'error':{'code':502,'m':'x'},'usage':null}~~     | {'error':{'code':502,'m':'x'}}",
        ": c~event: chunk~data: {'error':~data: {'code':502}}~~ | {'error':       {'code':502}}",
        "event: error~data: {'error':{'code':502}}~~           | {'error':{'code':502}}"
      })
  void ownError_isNamed_andLast(String event, String data) throws IOException {
    String told = event.replace('\'', '"').replace('~', '\n');
    String expected = "event: error\ndata: " + data.replace('\'', '"') + "\n\n";
    for (String end : new String[] {"", Pair.DONE, Pair.HELLO + Pair.STOP + Pair.DONE}) {
      Pair.Told after = pair.first(Pair.stream(Pair.HELLO, told + end)).ask(ASK);
      assertThat(after.text()).isEqualTo(Pair.HELLO + expected);
      assertThat(after.outcome()).isEqualTo("upstream_error");
      Pair.Told first = pair.first(Pair.stream(told, end)).ask(ASK);
      assertThat(first.text()).isEqualTo(expected);
    }
  }

  @Test
  void ownError_withLineEndsOfTheirOwn_isNamedOnce() throws IOException {
    String crlf = OWN_ERROR.replace("\n", "\r\n");
    String start = crlf.substring(0, crlf.length() - 1);
    Pair.Told told = pair.first(Pair.stream(Pair.HELLO + start, "\n" + Pair.DONE)).ask(ASK);
    assertThat(told.text()).isEqualTo(Pair.HELLO + "event: error\n" + OWN_ERROR);
  }

  @Test
  void twoAnswers_oneFinished_isNotWhole() throws IOException {
    Pair.Told told = pair.first(Pair.stream(Pair.HELLO, Pair.finish(0))).ask(ASK_TWO);
    assertUpstreamError(told, Pair.HELLO + Pair.finish(0));
  }

  @Test
  void twoAnswers_bothFinished_isWhole_evenWithoutDone() throws IOException {
    String both = Pair.finish(0) + Pair.finish(1);
    Pair.Told told = pair.first(Pair.stream(Pair.finish(0), Pair.finish(1))).ask(ASK_TWO);
    assertThat(told.text()).isEqualTo(both);
    assertThat(told.outcome()).isEqualTo("success");
  }

  @Test
  void silence_afterTheHead_isMeasuredByFirstByte() throws IOException {
    pair.first(
        call -> {
          call.beginStream();
          boolean there = Pair.silent(call, 900); // three times the idle time
          return there && call.chunk(Pair.STOP).chunk(Pair.DONE).end();
        });
    Pair.Told told = pair.ask(RawHttp.askStream("hasty", "x"));
    String events = told.text().replace(": keep-alive\n\n", "");
    assertThat(events).isEqualTo(Pair.STOP + Pair.DONE);
    assertThat(told.outcome()).isEqualTo("success");
  }

  @Test
  void silence_afterTheFirstEvent_isMeasuredByIdle() throws IOException {
    pair.first(call -> call.beginStream().chunk(Pair.HELLO).awaitLeaving());
    Pair.Told told = pair.ask(RawHttp.askStream("hasty", "x"));
    assertThat(told.text()).startsWith(Pair.HELLO);
    assertThat(error(told.text().substring(Pair.HELLO.length())).getString("code"))
        .isEqualTo("upstream_timeout");
    assertThat(told.outcome()).isEqualTo("timeout");
    assertThat(told.decision().getDouble("duration_ms")).isBetween(300.0, 14_000.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | {'choices':[{'finish_reason':'stop'}]} | The upstream did not      | upstream_error",
        "400 | {'error':{'message':'no good'}}        | no good                   | client_error",
        "429 | {'error':{'message':'slower'}}         | slower                    | rate_limited",
        "500 | {'error':{'message':'broken'}}         | broken                    | upstream_error",
        "503 | <html>gone</html>                      | The upstream answered 503 | upstream_error"
      })
  void plainAnswer_afterAKeepAlive_isAnErrorEvent(
      int status, String body, String message, String outcome) throws IOException {
    CountDownLatch told = new CountDownLatch(1);
    RawUpstream.Script answer = Pair.json(status, body.replace('\'', '"'));
    pair.first(call -> told.await(20, TimeUnit.SECONDS) && answer.answer(call));
    String id = pair.nextId();
    try (RawHttp client = new RawHttp(pair.gateway().apiUrl())) {
      client.chat(ASK, "x-request-id: " + id);
      assertThat(client.readStatus()).isEqualTo(200);
      assertThat(client.readHeaders()).containsEntry("x-ponder-model", "raw");
      assertThat(client.readChunksUntil("\n\n")).isEqualTo(": keep-alive\n\n");
      told.countDown();
      JsonObject error = error(client.readChunksUntil("}\n\n"));
      assertThat(error.getString("message")).startsWith(message);
      assertThat(client.readChunk()).isEmpty();
    }
    assertThat(pair.decision(id).getString("outcome")).isEqualTo(outcome);
  }
}
