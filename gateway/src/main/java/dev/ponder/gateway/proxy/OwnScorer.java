package dev.ponder.gateway.proxy;

import dev.ponder.gateway.upstream.ScorerClient;
import dev.ponder.gateway.upstream.ScorerFault;
import dev.ponder.policy.ShareTracker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * Asks a scorer of the user's own, on one event loop, and falls back to the built-in classifier
 * where it gives no score. A request never fails for want of a score, and never waits for one
 * longer than the time-out.
 *
 * <p>After {@value #FAILURES_MAX} failures in a row it is left alone for a second: while it is
 * down, not every request shall wait for the time-out.
 */
final class OwnScorer {

  private static final int FAILURES_MAX = 10;
  private static final long PAUSE_NANOS = 1_000_000_000L;

  private final OwnScores shared;
  private final ScorerClient client;
  private final int callsMax;
  private int calls;
  private int failures;
  private long pausedAt;

  /**
   * A scorer for the event loop of the calling context.
   *
   * @param loops how many event loops share its {@code max_concurrency}
   */
  OwnScorer(Vertx vertx, OwnScores shared, int loops) {
    this.shared = shared;
    this.callsMax = Math.max(1, (shared.scorer().maxConcurrency() + loops - 1) / loops);
    this.client = new ScorerClient(vertx, shared.scorer(), shared.token(), callsMax);
  }

  /**
   * The score of a question: the scorer's own, or {@code builtIn} if it gives none. Never fails.
   *
   * @param nowNanos the present, by {@link System#nanoTime()}
   */
  Future<Score> score(ScorerQuestion question, Score builtIn, long nowNanos) {
    Double known = shared.known(question.key());
    if (known != null) {
      return Future.succeededFuture(own(known, nowNanos));
    }
    if (failures >= FAILURES_MAX && nowNanos - pausedAt < PAUSE_NANOS) {
      return instead(builtIn, ScorerFault.PAUSED);
    }
    if (calls >= callsMax) {
      return instead(builtIn, ScorerFault.BUSY);
    }
    calls++;
    return client
        .ask(question.body())
        .map(score -> answered(question, score, nowNanos))
        .otherwise(failure -> failed(failure, builtIn))
        .onComplete(ended -> calls--);
  }

  private Score answered(ScorerQuestion question, double score, long askedNanos) {
    failures = 0;
    shared.remember(question.key(), score);
    return own(score, askedNanos);
  }

  private Score failed(Throwable failure, Score builtIn) {
    failures++;
    pausedAt = System.nanoTime();
    ScorerFault fault =
        failure instanceof ScorerClient.NoScore none ? none.fault() : ScorerFault.CONNECT;
    shared.meters().failed(fault.label());
    return builtIn;
  }

  private Future<Score> instead(Score builtIn, ScorerFault fault) {
    shared.meters().failed(fault.label());
    return Future.succeededFuture(builtIn);
  }

  private static Score own(double score, long sinceNanos) {
    return new Score(
        Math.min(score, ShareTracker.SCORE_MAX), OwnScores.NAME, System.nanoTime() - sinceNanos);
  }

  /** Closes all connections. */
  void close() {
    client.close();
  }
}
