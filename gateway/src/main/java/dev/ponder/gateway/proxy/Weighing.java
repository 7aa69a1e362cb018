package dev.ponder.gateway.proxy;

import dev.ponder.gateway.proxy.Weigher.Reading;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Principal;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From the bytes of one request to its decision: at once; after a worker thread has read a large
 * body; or after a scorer of the user's own has answered. Only those two leave the event loop's
 * turn.
 */
final class Weighing {

  /** A larger body is read on a worker thread: at a gigabyte a second it would hold up the loop. */
  static final int INLINE_MAX = 1024 * 1024;

  /** Of a dry run and an explanation: all that the classifier tells. */
  static final int ALL_SIGNALS = 8;

  /** Of a line in the decision log. */
  private static final int LOGGED_SIGNALS = 3;

  private static final CharSequence EFFORT = HttpHeaders.createOptimized("x-ponder-effort");
  private static final CharSequence CONVERSATION =
      HttpHeaders.createOptimized("x-ponder-conversation");

  private final Lane lane;
  private final Exchange exchange;
  private final Principal principal;
  private final @Nullable String effort;
  private final boolean dry;
  private final @Nullable String conversation;
  private final @Nullable String cacheControl;
  private final Pacing pacing;
  private final ShareGuard guard;
  private long decidedIn;

  /** Written by whoever reads the request, before anybody else looks. */
  private @Nullable Staying staying;

  /**
   * The weighing of one request.
   *
   * @param headers the request's: its hint and its conversation
   * @param dry whether only the decision is wanted
   */
  Weighing(
      Lane lane,
      Exchange exchange,
      Principal principal,
      Map<String, String> tags,
      MultiMap headers,
      boolean dry) {
    this.lane = lane;
    this.exchange = exchange;
    this.principal = principal;
    this.effort = headers.get(EFFORT);
    this.conversation = headers.get(CONVERSATION);
    this.cacheControl = headers.get(HttpHeaders.CACHE_CONTROL);
    this.dry = dry;
    this.pacing = lane.pacing(principal, tags);
    this.guard = lane.shareGuard(principal, tags);
  }

  /** Whether only the decision is wanted. */
  boolean dry() {
    return dry;
  }

  /** What can be said without asking anybody: the decision only, or an answer that is kept. */
  @Nullable Buffer said(RequestView view, Weighed known, ExchangeRecord record, Answer answer) {
    if (dry) {
      answer.headers().set("content-type", "application/json");
      return Buffer.buffer(DryRun.toJson(known));
    }
    AnswerSlot slot = AnswerSlot.of(lane.house(), view, known, record, answer, cacheControl);
    return slot == null ? null : slot.look();
  }

  /** The request as far as its caller may have reasoning models. */
  Weighed held(Weighed weighed) {
    long begun = System.nanoTime();
    Weighed held = dry ? guard.look(weighed) : guard.admit(weighed);
    lane.meters().decided(decidedIn + System.nanoTime() - begun);
    return held;
  }

  Pacing pacing() {
    return pacing;
  }

  /** Goes ahead; the exchange is told the decision, or what is wrong with the request. */
  void begin(Dialect dialect, byte[] body, int length) {
    int signals = dry ? ALL_SIGNALS : lane.tellsSignals() ? LOGGED_SIGNALS : 0;
    if (length <= INLINE_MAX) {
      score(read(lane.weigher(), dialect, body, length, signals));
      return;
    }
    Weigher weigher = lane.newWeigher();
    lane.vertx()
        .executeBlocking(() -> read(weigher, dialect, body, length, signals), false)
        .onComplete(draft -> exchange.guard(() -> score(draft)), exchange::refuse);
  }

  private Draft read(Weigher weigher, Dialect dialect, byte[] body, int length, int signals) {
    Draft draft = weigher.read(dialect, body, length, lane.router(), principal, effort, signals);
    staying = Staying.of(lane.house(), draft, principal, conversation);
    return draft;
  }

  private void score(Draft draft) {
    String builtIn = lane.house().classifier().name();
    Score score = new Score(draft.score(), builtIn, draft.classifyNanos());
    OwnScorer scorer = lane.ownScorer();
    ScorerQuestion question = draft.question();
    if (scorer == null || question == null) {
      decide(draft, score);
      return;
    }
    scorer
        .score(question, score, System.nanoTime())
        .onComplete(said -> exchange.guard(() -> decide(draft, said)), exchange::refuse);
  }

  private void decide(Draft draft, Score score) {
    if (exchange.over()) {
      return;
    }
    long begun = System.nanoTime();
    Reading reading = Weigher.decide(draft, score, pacing, lane.house().trackers(), !dry);
    Staying known = staying;
    if (known != null) {
      reading = new Reading(reading.view(), known.apply(reading.weighed()));
      exchange.record().staying = dry ? null : known;
    }
    if (reading.view().dialect() == Dialect.RESPONSES) {
      Weighed kept = lane.house().responses().pin(reading, principal);
      reading = new Reading(reading.view(), kept);
    }
    decidedIn = System.nanoTime() - begun;
    exchange.weighed(reading, this);
  }
}
