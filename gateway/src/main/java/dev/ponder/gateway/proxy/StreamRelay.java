package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.AttemptOutcome;
import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.translate.StreamTranslation;
import dev.ponder.gateway.upstream.Bytes;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.SseFramer;
import dev.ponder.gateway.wire.StreamEvent;
import dev.ponder.price.Usage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;

/**
 * Relays an event stream: whole events, byte for byte, with three exceptions. The usage chunk that
 * the gateway asked for on its own behalf is withheld, and the one that the client asked for is
 * told the cost. An error within a chat is told so that every client takes it for one, and last.
 */
final class StreamRelay implements Relay, SseFramer.Sink {

  /** Bytes that may wait for the end of the event loop's turn. */
  private static final int PENDING_MAX = 16 * 1024;

  /** How long an upstream may take to close its body after the last event. */
  private static final long CLOSE_MILLIS = 2_000;

  private final Lane lane;
  private final Exchange exchange;
  private final Calls calls;
  private final Attempt attempt;
  private final Answer answer;
  private final Weighed weighed;
  private final HttpClientResponse head;
  private final boolean withhold;
  private final boolean annotate;
  private final SseFramer framer;
  private final StreamEvent event;
  private final CostNote note;
  private final Keeping keeping;

  private final Pieces pieces = new Pieces();
  private final Prelude prelude = new Prelude();

  /** Tells the events in the client's dialect; null if the upstream's is the same. */
  private final @Nullable StreamTranslation translation;

  private boolean begun;
  private boolean flushing;
  private boolean inParts;
  private boolean withheld;
  private boolean done;
  private boolean closed;
  private boolean sawError;
  private int finished;
  private long deltas;
  private final long tokensMax;
  private final Pace pace;
  private final StreamUsage used;

  StreamRelay(
      Lane lane,
      Exchange exchange,
      Calls calls,
      Attempt attempt,
      Answer answer,
      Weighed weighed,
      HttpClientResponse head) {
    this.lane = lane;
    this.exchange = exchange;
    this.calls = calls;
    this.attempt = attempt;
    this.answer = answer;
    this.weighed = weighed;
    this.head = head;
    this.event = new StreamEvent(attempt.dialect());
    this.keeping = new Keeping(lane.house().responses(), attempt, weighed.background());
    this.pace = new Pace(exchange, attempt);
    this.used = new StreamUsage(exchange, attempt);
    this.note = new CostNote(exchange);
    this.tokensMax = attempt.funds().tokensMax();
    this.withhold =
        Adaptation.asksForUsage(
            attempt.dialect(),
            weighed.stream(),
            weighed.includeUsage(),
            attempt.candidate().model().capabilities());
    this.annotate = weighed.includeUsage() && lane.house().configuration().annotateUsage();
    Translation into = attempt.translation();
    this.translation =
        into == null ? null : into.stream(weighed.includeUsage(), annotate ? note::usd : null);
    this.framer =
        new SseFramer(
            into == null ? attempt.dialect().eventBytesMax() : StreamTranslation.EVENT_BYTES_MAX);
  }

  @Override
  public void chunk(Buffer bytes) {
    if (closed) {
      return; // nothing that an SDK would read comes after [DONE]
    }
    attempt.touch();
    byte[] chunk = Bytes.of(bytes);
    pieces.at(chunk);
    framer.feed(chunk, this);
    if (done && chunk[chunk.length - 1] != '\r') { // else its line feed is still to come
      finish();
    } else if (!closed && pieces.length() >= PENDING_MAX) {
      flush();
    } else if (!flushing) {
      flushing = true;
      lane.defer(
          () ->
              exchange.guard(
                  () -> {
                    flushing = false;
                    if (calls.relay() == this) { // else another upstream answers by now
                      flush();
                    }
                  }));
    }
  }

  @Override
  public void event(byte[] bytes, int from, int to) {
    if (!closed) { // else given up in the middle of these bytes
      event.read(bytes, from, to);
      take(bytes, from, to);
    }
  }

  @Override
  public int known(byte[] bytes, int from, int limit) {
    int to = closed ? -1 : event.readAlike(bytes, from, limit);
    if (to >= 0) {
      take(bytes, from, to);
    }
    return to;
  }

  /** Takes the event that was read. */
  private void take(byte[] bytes, int from, int to) {
    boolean muted = muted();
    attempt.told(bytes, from, to);
    observe(bytes);
    if (closed) {
      return;
    }
    inParts = false;
    withheld = muted;
    Usage usage = used.take(event, bytes, finished > 0);
    if (muted) {
      return;
    }
    if (attempt.dialect().usageOnRequest() && prelude.takes(event, bytes, from, to)) {
      return;
    }
    release();
    if (translation != null) {
      tell(translation, translation.event(bytes, from, to));
      return;
    }
    byte[] error = muted() ? event.errorEvent(bytes, from, to) : null;
    if (error != null) {
      pieces.append(error, 0, error.length);
      withheld = true;
      return;
    }
    withheld = withhold && event.emptyChoices() && (usage != null || event.odd());
    if (withheld) {
      return;
    }
    int brace = annotate && usage != null ? event.objectEnd() : -1;
    if (brace >= 0) {
      byte[] cost = note.member();
      pieces.append(bytes, from, brace);
      pieces.append(cost, 0, cost.length);
      pieces.append(bytes, brace, to);
    } else {
      pieces.append(bytes, from, to);
    }
  }

  /** Whether a chat was told an error, behind which nothing comes. */
  private boolean muted() {
    return sawError && translation == null && attempt.dialect().usageOnRequest();
  }

  /** Sends what waited for a proper beginning. */
  private void release() {
    for (byte[] waited : prelude.release()) {
      if (translation == null) {
        pieces.append(waited, 0, waited.length);
      } else {
        tell(translation, translation.event(waited, 0, waited.length));
      }
    }
  }

  private void tell(StreamTranslation told, byte[] events) {
    pieces.append(events, 0, events.length);
    sawError |= told.failed();
  }

  @Override
  public void part(byte[] bytes, int from, int to) {
    if (closed || muted()) {
      return;
    }
    if (!inParts && to - from == 1 && bytes[from] == '\n') { // late, of the event before
      if (!withheld && !prelude.takesLineFeed() && translation == null) {
        pieces.append(bytes, from, to);
      }
      return;
    }
    release();
    if (translation != null) {
      giveUp("The upstream sent an event that is too long to be translated.");
      return;
    }
    inParts = !framer.atBoundary();
    withheld = false;
    attempt.saw(to - from);
    pace.content(); // nothing but content is that long
    pieces.append(bytes, from, to);
  }

  @Override
  public void end() {
    if (closed) {
      return;
    }
    boolean torn = !framer.atBoundary();
    int whole = pieces.length();
    framer.end(this);
    if (done || sawError || finished >= weighed.answers()) {
      finish();
      return;
    }
    if (torn) { // half an event is no news to anybody
      pieces.cut(whole);
    }
    attempt.tear(AttemptOutcome.BAD_RESPONSE);
    String what = "The upstream ended its stream before the answer was complete.";
    calls.failed(attempt, AttemptOutcome.BAD_RESPONSE, ApiError.upstreamFailed(what), what);
  }

  /** The answer is whole, or ends with the upstream's own error. */
  private void finish() {
    closed = true;
    if (translation != null) {
      tell(translation, translation.end());
    }
    keeping.ended();
    Buffer last = pieces.take();
    attempt.finish(sawError ? AttemptOutcome.BAD_RESPONSE : AttemptOutcome.OK);
    if (!sawError) {
      exchange.record().whole(pace.sawContent());
    }
    pace.whole(sawError ? null : used.used());
    begin();
    answer.endStream(last, !sawError);
    exchange.done(sawError ? Outcome.UPSTREAM_ERROR : Outcome.SUCCESS);
    lane.defer(this::awaitClose); // the end nearly always comes in the same turn
  }

  private void awaitClose() {
    if (!attempt.isEnded()) {
      lane.later(CLOSE_MILLIS, attempt::abandon);
    }
  }

  @Override
  public boolean begun() {
    return begun;
  }

  @Override
  public boolean atBoundary() {
    return framer.atBoundary() && pieces.length() == 0;
  }

  @Override
  public boolean broke(ApiError error) {
    flush();
    if (answer.over()) {
      return true;
    }
    begin();
    if (done) { // the client has all of it
      answer.endStream(null, !sawError);
      exchange.done(sawError ? Outcome.UPSTREAM_ERROR : Outcome.SUCCESS);
    } else if (sawError) { // the client knows
      answer.endStream(null, false);
    } else {
      answer.fail(error, inParts && begun);
    }
    return true;
  }

  /** Begins the answer with its first bytes: until then it may still be another upstream's. */
  private void begin() {
    if (!answer.begun()) {
      exchange.putHeaders(head.headers());
      answer.beginStream();
    }
  }

  private void observe(byte[] bytes) {
    done |= event.done();
    if (event.sequence() >= 0) {
      answer.next(event.sequence() + 1);
    }
    keeping.see(exchange.record(), event, bytes);
    if (event.finished()) {
      finished++;
      if (finished >= weighed.answers()) {
        attempt.said(); // usage that was seen is final from now on
      }
      String reason = event.finishReason();
      if (reason != null) {
        exchange.finishedBecause(reason);
      }
    }
    closed = event.error() && !begun && calls.goElsewhere(attempt, event.errorCode(), null);
    if (closed) {
      return;
    }
    sawError |= event.error();
    if (event.reasoning()) {
      pace.reasoning();
    }
    if (event.content()) {
      pace.content();
    }
    bill();
  }

  /** Notes what the bill is reckoned by, and ends an answer that has broken its cap. */
  private void bill() {
    if (event.error()) {
      attempt.failedAt(event.usage());
      return;
    }
    attempt.saw(event.visibleBytes());
    if (event.content() || event.reasoning()) {
      deltas++;
      if (deltas > tokensMax && attempt.surelyLonger(tokensMax)) {
        brokeCap();
      }
    }
  }

  /**
   * More deltas than tokens, and more text than so many tokens hold: an upstream that ignores its
   * cap would bill ever more.
   */
  private void brokeCap() {
    attempt.funds().capBroken(deltas);
    giveUp("The upstream wrote more than its limit allowed.");
  }

  private void giveUp(String what) {
    closed = true;
    attempt.cancel(AttemptOutcome.BAD_RESPONSE);
    calls.failed(attempt, AttemptOutcome.BAD_RESPONSE, ApiError.upstreamFailed(what), what);
  }

  /** Whether a word of the visible answer came. */
  boolean sawContent() {
    return pace.sawContent();
  }

  /** Writes what is pending: once for all chunks that came in one turn of the event loop. */
  private void flush() {
    Buffer ready = pieces.take();
    if (ready == null || answer.over()) {
      return;
    }
    begun = true;
    begin();
    answer.write(ready);
    if (answer.full()) {
      attempt.pause();
      answer.onDrain(attempt::resume);
    }
  }
}
