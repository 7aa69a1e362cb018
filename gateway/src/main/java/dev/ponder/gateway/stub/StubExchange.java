package dev.ponder.gateway.stub;

import dev.ponder.price.Usage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One chat completion of the stub, from the read body to the entry in the log. Runs on the event
 * loop of its connection; all waiting is timers.
 */
final class StubExchange {

  private static final CharSequence JSON_TYPE = HttpHeaders.createOptimized("application/json");
  private static final CharSequence SSE_TYPE =
      HttpHeaders.createOptimized("text/event-stream; charset=utf-8");
  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
  private static final CharSequence MILLIS = HttpHeaders.createOptimized("openai-processing-ms");

  /** Headers that never change: what a real upstream sends and a gateway passes on. */
  private static final CharSequence[][] FIXED = {
    optimized("openai-version", "2020-10-01"),
    optimized("openai-organization", "stub"),
    optimized("x-ratelimit-limit-requests", "10000"),
    optimized("x-ratelimit-remaining-requests", "9999"),
    optimized("x-ratelimit-reset-requests", "6ms"),
    optimized("x-ratelimit-limit-tokens", "30000000"),
    optimized("x-ratelimit-remaining-tokens", "29999000"),
    optimized("x-ratelimit-reset-tokens", "2ms"),
  };

  /** How far a lying content-length is off, in bytes. */
  private static final int LIE = 10;

  private static final long NO_TIMER = -1;

  private final StubRoom room;
  private final HttpServerRequest http;
  private final HttpServerResponse response;
  private final byte[] body;
  private final String id;
  private final long startedMillis;

  private String model = "";
  private boolean stream;
  private StubScript script = StubScript.EMPTY;
  private @Nullable Answer answer;
  private @Nullable StubStream events;
  private long timer = NO_TIMER;
  private boolean logged;

  StubExchange(StubRoom room, HttpServerRequest http, byte[] body) {
    this.room = room;
    this.http = http;
    this.body = body;
    response = http.response();
    id = room.nextId();
    startedMillis = room.clock().millis();
  }

  void run() {
    response.closeHandler(gone -> left());
    response.exceptionHandler(failure -> left());
    try {
      room.checkKey(http);
      StubRequest request = StubRequest.read(body);
      model = request.model();
      stream = request.stream();
      script = request.script().over(headerScript()).over(room.profiles().of(model));
      Answer settled = Answer.of(request, script, room.seed());
      answer = settled;
      after(script.number(Knob.LATENCY, 0), () -> head(request, settled));
    } catch (StubRefusal refusal) {
      refuse(refusal.status(), refusal);
    } catch (ClassCastException | DecodeException e) { // a schema or a tool of another shape
      StubRefusal refusal = StubRefusal.badRequest(null, "A member has the wrong type");
      refuse(refusal.status(), refusal);
    }
  }

  private StubScript headerScript() {
    String header = http.getHeader("x-stub-script");
    try {
      return header == null ? StubScript.EMPTY : StubScript.parse(header);
    } catch (IllegalArgumentException e) {
      throw StubRefusal.badRequest("x-stub-script", String.valueOf(e.getMessage()));
    }
  }

  private void head(StubRequest request, Answer settled) {
    int failure = failure(request);
    if (failure != 0) {
      refuse(failure, StubRefusal.scripted(failure));
    } else if (script.flag(Knob.STATUS200_ERROR)) {
      refuse(200, StubRefusal.scripted(502));
    } else {
      ChatJson json = new ChatJson(id, startedMillis / 1000, request, settled, script);
      headers(200, stream ? SSE_TYPE : JSON_TYPE);
      if (stream) {
        response.setChunked(true);
        whenHeadIsOut(() -> stream(json));
      } else {
        Buffer whole = Buffer.buffer(script.flag(Knob.GARBAGE) ? garbage() : json.plain());
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length(whole)));
        whenHeadIsOut(() -> plain(whole, settled));
      }
    }
  }

  /** The status to fail with, 0 for none. */
  private int failure(StubRequest request) {
    long failing = script.number(Knob.FAIL_FIRST, 0);
    int status = (int) script.number(Knob.FAIL, failing > 0 ? 503 : 0);
    boolean over = failing > 0 && room.attempts().next(request.promptHash()) > failing;
    return over ? 0 : status;
  }

  private void whenHeadIsOut(Runnable next) {
    long firstByte = script.number(Knob.FIRST_BYTE, 0);
    if (firstByte > 0) {
      response.writeHead().onFailure(failure -> left());
    }
    after(firstByte, next);
  }

  private void plain(Buffer whole, Answer settled) {
    Cut die = script.cut(Knob.DIE);
    Cut stall = script.cut(Knob.STALL);
    Cut cut = die == null ? stall : die;
    if (cut == null) {
      log(200, settled.finish(), false, usage(settled, settled.billedTokens()));
      if (script.has(Knob.LENGTH)) {
        response.write(whole).onComplete(done -> http.connection().close());
      } else {
        response.end(whole).onFailure(failure -> left());
      }
      return;
    }
    // A plain body has no events: counted in them, it is cut in the middle.
    long middle = whole.length() / 2;
    long reach = cut.unit() == Cut.Unit.BYTES ? cut.after() : middle;
    Buffer part = whole.slice(0, (int) Math.min(whole.length(), reach));
    if (die == null) {
      response.write(part).onFailure(failure -> left());
      return;
    }
    log(200, "cut", false, usage(settled, settled.billedTokens()));
    response.write(part).onComplete(done -> http.connection().close());
  }

  private void stream(ChatJson json) {
    if (script.flag(Knob.GARBAGE)) {
      log(200, "cut", false, usage(settledAnswer(), 0));
      response.end("data: " + garbage() + "\n\ndata: [DONE]\n\n").onFailure(gone -> left());
      return;
    }
    events = new StubStream(this, json, script);
    events.play();
  }

  private String garbage() {
    return "{\"id\":\"chatcmpl-" + id + "\",\"choices\":[{\"index\":0,\"delta\":oops";
  }

  private long length(Buffer whole) {
    return switch (script.text(Knob.LENGTH, "")) {
      case "lie", "longer" -> whole.length() + LIE;
      case "shorter" -> Math.max(0, whole.length() - LIE);
      default -> whole.length();
    };
  }

  private void refuse(int status, StubRefusal refusal) {
    Buffer whole = refusal.toJson().toBuffer();
    headers(status, JSON_TYPE);
    if (script.has(Knob.RETRY_AFTER)) {
      response.putHeader("retry-after", Long.toString(script.number(Knob.RETRY_AFTER, 0)));
    }
    log(status, "error", false, Usage.NONE);
    response.end(whole).onFailure(gone -> left());
  }

  private void headers(int status, CharSequence contentType) {
    response.setStatusCode(status);
    for (CharSequence[] header : FIXED) {
      response.putHeader(header[0], header[1]);
    }
    CharSequence scripted = script.text(Knob.CONTENT_TYPE, "");
    response.putHeader(HttpHeaders.CONTENT_TYPE, scripted.isEmpty() ? contentType : scripted);
    response.putHeader(REQUEST_ID, "req_" + id);
    response.putHeader(MILLIS, Long.toString(room.clock().millis() - startedMillis));
  }

  /** Runs {@code next} after a delay, at once if there is none. */
  void after(long millis, Runnable next) {
    if (millis == 0) {
      next.run();
      return;
    }
    timer =
        room.vertx()
            .setTimer(
                millis,
                fired -> {
                  timer = NO_TIMER;
                  next.run();
                });
  }

  HttpServerResponse response() {
    return response;
  }

  long nowMillis() {
    return room.clock().millis();
  }

  /** Writes a stream down as ended, at {@code visible} tokens of text. */
  void streamEnded(boolean whole, long visible) {
    Answer settled = settledAnswer();
    log(200, whole ? settled.finish() : "cut", false, usage(settled, visible));
  }

  /** Closes the socket under the client's feet. */
  void hangUp() {
    http.connection().close();
  }

  /** The client is gone: nothing more is generated, and what was is written down. */
  void left() {
    if (logged) {
      return;
    }
    if (timer != NO_TIMER) {
      room.vertx().cancelTimer(timer);
    }
    Answer settled = answer;
    Usage usage = Usage.NONE;
    if (settled != null && events != null && events.hasBegun()) {
      usage = usage(settled, events.visibleTokens());
    } else if (settled != null) {
      usage = Usage.of(settled.promptTokens(), 0);
    }
    log(response.headWritten() ? 200 : 0, "", true, usage);
  }

  private Answer settledAnswer() {
    Answer settled = answer;
    if (settled == null) {
      throw new IllegalStateException("an answer before it was settled");
    }
    return settled;
  }

  /** All the reasoning counts as soon as one event is out: it was done before. */
  private static Usage usage(Answer settled, long visible) {
    long reasoning = settled.reasoningTokens() * settled.choices();
    return new Usage(
        settled.promptTokens(), settled.cachedTokens(), 0, visible + reasoning, reasoning);
  }

  private void log(int status, String finish, boolean aborted, Usage usage) {
    if (logged) { // the client left while the end was on its way
      return;
    }
    logged = true;
    room.log()
        .add(
            new StubCall(
                "chatcmpl-" + id,
                http.getHeader(REQUEST_ID),
                model,
                stream,
                usage,
                status,
                finish,
                aborted,
                startedMillis,
                room.clock().millis(),
                body.length,
                sha256(body)),
            body);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static CharSequence[] optimized(String name, String value) {
    return new CharSequence[] {
      HttpHeaders.createOptimized(name), HttpHeaders.createOptimized(value)
    };
  }
}
