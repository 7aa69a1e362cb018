package dev.ponder.gateway.stub;

import dev.ponder.price.Usage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * One question to the stub in any dialect, from the read body to the entry in the log. Runs on the
 * event loop of its connection; all waiting is timers.
 */
final class StubExchange {

  private static final CharSequence JSON_TYPE = HttpHeaders.createOptimized("application/json");
  private static final CharSequence SSE_TYPE =
      HttpHeaders.createOptimized("text/event-stream; charset=utf-8");

  private static final String DEPLOYMENTS = "/openai/deployments/";

  /** How far a lying content-length is off, in bytes. */
  private static final int LIE = 10;

  private static final long NO_TIMER = -1;
  private static final long POLLS_DEFAULT = 2;

  private final StubRoom room;
  private final HttpServerRequest http;
  private final HttpServerResponse response;
  private final StubDialect dialect;
  private final byte[] body;
  private final String deployment;
  private final CallNote note;

  private String model = "";
  private boolean stream;
  private boolean background;
  private StubScript script = StubScript.EMPTY;
  private @Nullable Answer answer;
  private @Nullable StubStream events;
  private long timer = NO_TIMER;

  StubExchange(StubRoom room, HttpServerRequest http, StubDialect dialect, byte[] body) {
    this.room = room;
    this.http = http;
    this.dialect = dialect;
    this.body = body;
    deployment = deployment(http.path());
    response = http.response();
    note = new CallNote(room, http, body, dialect.idPrefix());
  }

  void run() {
    response.closeHandler(gone -> left());
    response.exceptionHandler(failure -> left());
    try {
      room.checkKey(http);
      checkVersion();
      StubRequest request = StubRequest.read(dialect, body, deployment);
      model = request.model();
      stream = request.stream();
      background = request.background();
      remember(request);
      script = request.script().over(StubScript.ofHeader(http)).over(room.profiles().of(model));
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

  /** The deployment that an Azure path names; else empty. */
  private static String deployment(String path) {
    int start = path.indexOf(DEPLOYMENTS);
    if (start < 0) {
      return "";
    }
    String rest = path.substring(start + DEPLOYMENTS.length());
    return rest.substring(0, Math.max(0, rest.indexOf('/')));
  }

  /** Two providers want to know which version of their interface is meant. */
  private void checkVersion() {
    if (dialect.isAnthropic() && http.getHeader("anthropic-version") == null) {
      throw StubRefusal.badRequest(null, "anthropic-version: header is required");
    }
    if (!deployment.isEmpty() && http.getParam("api-version") == null) {
      throw StubRefusal.noSuchResource();
    }
  }

  /** Adds to the question the conversation that it goes on with. */
  private void remember(StubRequest request) {
    String previous = request.previous();
    if (!previous.isEmpty()) {
      Answer before =
          room.shelf()
              .get(previous)
              .orElseThrow(() -> StubRefusal.previousNotFound(previous))
              .json()
              .answer();
      request.prompt().addTokens(before.promptTokens() + before.visibleTokens());
    }
  }

  private void head(StubRequest request, Answer settled) {
    int failure = failure(request);
    if (failure != 0) {
      refuse(failure, StubRefusal.scripted(failure));
    } else if (script.flag(Knob.STATUS200_ERROR)) {
      refuse(200, StubRefusal.scripted(502));
    } else {
      Reply reply = Reply.of(note.id(), note.startedMillis() / 1000, request, settled, script);
      store(request, reply);
      headers(200, stream ? SSE_TYPE : JSON_TYPE);
      if (stream) {
        response.setChunked(true);
        whenHeadIsOut(() -> stream(reply.events().get()));
      } else {
        Buffer whole = Buffer.buffer(script.flag(Knob.GARBAGE) ? garbage() : plain(reply));
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length(whole)));
        whenHeadIsOut(() -> plain(whole, settled));
      }
    }
  }

  private void store(StubRequest request, Reply reply) {
    ResponsesJson json = reply.response();
    if (json != null && request.store()) {
      long polls = background && !stream ? polls() : 0;
      room.shelf().put(new StoredResponse(json, polls));
    }
  }

  private long polls() {
    return Math.max(1, script.number(Knob.POLLS, POLLS_DEFAULT));
  }

  private String plain(Reply reply) {
    ResponsesJson json = reply.response();
    return json != null && background ? json.at("queued").encode() : reply.plain().get();
  }

  /** The status to fail with, 0 for none. */
  private int failure(StubRequest request) {
    long failing = script.number(Knob.FAIL_FIRST, 0);
    int status = (int) script.number(Knob.FAIL, failing > 0 ? 503 : 0);
    boolean over = failing > 0 && room.attempts().next(request.prompt().hash()) > failing;
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
    boolean free = background || dialect.onlyCounts();
    Usage usage = free ? Usage.NONE : settled.usage();
    if (cut == null) {
      log(200, background ? "queued" : finish(settled), false, usage);
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
    log(200, "cut", false, usage);
    response.write(part).onComplete(done -> http.connection().close());
  }

  private void stream(StubEvents written) {
    if (script.flag(Knob.GARBAGE)) {
      log(200, "cut", false, settledAnswer().usage(0));
      response.end("data: " + garbage() + "\n\ndata: [DONE]\n\n").onFailure(gone -> left());
      return;
    }
    StubEvents all = deployment.isEmpty() ? written : new AzureEvents(written, script.lineEnd());
    events = new StubStream(this, all, script);
    events.play();
  }

  private String garbage() {
    return "{\"id\":\"" + dialect.idPrefix() + note.id() + "\",\"choices\":[{\"index\":0,oops";
  }

  private long length(Buffer whole) {
    return switch (script.text(Knob.LENGTH, "")) {
      case "lie", "longer" -> whole.length() + LIE;
      case "shorter" -> Math.max(0, whole.length() - LIE);
      default -> whole.length();
    };
  }

  private void refuse(int status, StubRefusal refusal) {
    boolean anthropic = dialect.isAnthropic();
    Buffer whole =
        (anthropic ? refusal.toAnthropic("req_" + note.id()) : refusal.toJson()).toBuffer();
    headers(status, JSON_TYPE);
    if (script.has(Knob.RETRY_AFTER)) {
      response.putHeader("retry-after", Long.toString(script.number(Knob.RETRY_AFTER, 0)));
    }
    log(status, "error", false, Usage.NONE);
    response.end(whole).onFailure(gone -> left());
  }

  private void headers(int status, CharSequence contentType) {
    response.setStatusCode(status);
    UpstreamHeaders.put(
        response, dialect.isAnthropic(), note.id(), room.clock().millis() - note.startedMillis());
    if (!deployment.isEmpty()) {
      response.putHeader("apim-request-id", "req_" + note.id()).putHeader("x-ms-region", "stub");
    }
    CharSequence scripted = script.text(Knob.CONTENT_TYPE, "");
    response.putHeader(HttpHeaders.CONTENT_TYPE, scripted.isEmpty() ? contentType : scripted);
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
    log(200, whole ? finish(settled) : "cut", false, settled.usage(visible));
  }

  private String finish(Answer settled) {
    boolean failed = dialect == StubDialect.RESPONSES && script.text(Knob.END, "").equals("failed");
    return failed ? "cut" : settled.finish();
  }

  /** Closes the socket under the client's feet. */
  void hangUp() {
    http.connection().close();
  }

  /** The client is gone: nothing more is generated, and what was is written down. */
  void left() {
    if (note.isWritten()) {
      return;
    }
    if (timer != NO_TIMER) {
      room.vertx().cancelTimer(timer);
    }
    Answer settled = answer;
    Usage usage = Usage.NONE;
    if (settled != null && background && stream) {
      usage = settled.usage(); // it is finished all the same, and can be fetched
    } else if (settled != null && events != null && events.hasBegun()) {
      usage = settled.usage(events.visibleTokens());
    } else if (settled != null && !dialect.onlyCounts()) {
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

  private void log(int status, String finish, boolean aborted, Usage usage) {
    note.write(model, stream, status, finish, aborted, usage);
  }
}
