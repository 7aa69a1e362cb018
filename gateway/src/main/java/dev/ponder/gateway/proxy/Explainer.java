package dev.ponder.gateway.proxy;

import dev.ponder.config.Configuration;
import dev.ponder.gateway.proxy.Weigher.Reading;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.DialectGuess;
import dev.ponder.policy.Principal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Explains requests by a configuration as it serves now. Reads whole bodies and looks at many
 * things: for a worker thread, not for an event loop.
 */
public final class Explainer {

  private final House house;
  private final Principal principal;
  private final Map<String, String> tags;
  private final @Nullable String effort;
  private final @Nullable Dialect dialect;

  /**
   * An explainer of what one caller sends.
   *
   * @param key the name of a configured key; null: whoever has none
   * @param tags the value of {@code x-ponder-tags}; null if there is none
   * @param effort the value of {@code x-ponder-effort}; null if there is none
   * @param dialect what requests are written in, such as {@code messages}; null: as it looks
   * @throws ApiError 400 if there is no such key or dialect, or effort or tags are none
   */
  public Explainer(
      House house,
      @Nullable String key,
      @Nullable String tags,
      @Nullable String effort,
      @Nullable String dialect) {
    this.house = house;
    this.principal = principal(house.configuration(), key);
    this.tags = Tags.of(tags);
    this.effort = effort;
    if (effort != null) {
      Weigher.hint(effort); // or throws
    }
    this.dialect = dialect == null ? null : Dialect.named(dialect);
    if (dialect != null && this.dialect == null) {
      String expected = "dialect: no such dialect (expected: one of " + Dialect.names() + ")";
      throw ApiError.badRequest("dialect", expected);
    }
  }

  private static Principal principal(Configuration configuration, @Nullable String name) {
    if (name == null) {
      return Principal.ANONYMOUS;
    }
    return configuration.keys().stream()
        .filter(key -> key.name().equals(name))
        .findFirst()
        .map(k -> new Principal(k.name(), k.team(), k.tags(), k.models(), k.expires()))
        .orElseThrow(() -> ApiError.badRequest("key", "key: none of that name is configured"));
  }

  /**
   * The explanation by the built-in classifier.
   *
   * @throws ApiError if the body is not a valid request or names what this caller may not use
   */
  public JsonObject explain(byte[] body, int length) {
    Draft draft = read(body, length);
    return explain(draft, builtIn(draft));
  }

  /** The explanation by whoever scores: a scorer of the user's own is asked. */
  public Future<JsonObject> explain(Vertx vertx, byte[] body, int length) {
    return vertx
        .executeBlocking(() -> read(body, length), false)
        .compose(draft -> score(vertx, draft).map(score -> new Scored(draft, score)))
        .compose(s -> vertx.executeBlocking(() -> explain(s.draft(), s.score()), false));
  }

  private record Scored(Draft draft, Score score) {}

  private Future<Score> score(Vertx vertx, Draft draft) {
    OwnScores own = house.ownScores().orElse(null);
    ScorerQuestion question = draft.question();
    if (own == null || question == null) {
      return Future.succeededFuture(builtIn(draft));
    }
    OwnScorer scorer = new OwnScorer(vertx, own, 1);
    return scorer
        .score(question, builtIn(draft), System.nanoTime())
        .onComplete(ended -> scorer.close());
  }

  private Score builtIn(Draft draft) {
    return new Score(draft.score(), house.classifier().name(), draft.classifyNanos());
  }

  private Draft read(byte[] body, int length) {
    ScorerQuestion.Writer questions =
        house.ownScores().map(own -> new ScorerQuestion.Writer(own.scorer().send())).orElse(null);
    Dialect written = dialect == null ? DialectGuess.of(body, length) : dialect;
    int depth = house.configuration().limits().depth();
    return new Weigher(house.classifier(), house.treasury().corrections(), depth, questions)
        .read(written, body, length, house.router(), principal, effort, Weighing.ALL_SIGNALS);
  }

  private JsonObject explain(Draft draft, Score score) {
    Pacing pacing =
        new Pacing(house.purses(), house.classifier(), principal, tags, house.treasury().now());
    Reading reading = Weigher.decide(draft, score, pacing, house.trackers(), false);
    int status = house.configuration().limits().budgetStatus();
    Till till = new Till(house.treasury(), house.purses(), status, principal, tags, "explain");
    ShareGuard guard = new ShareGuard(house.treasury(), house.purses(), principal, tags);
    return Explanation.of(house, reading, till, guard);
  }
}
