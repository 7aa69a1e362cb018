package dev.ponder.gateway.proxy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ponder.classify.Classifier;
import dev.ponder.config.Configuration.OwnClassifier;
import dev.ponder.gateway.telemetry.Meters;
import dev.ponder.gateway.telemetry.ScorerMeters;
import dev.ponder.gateway.upstream.ScorerFault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What all event loops share of a scorer of the user's own: its address, and the answers that it
 * gave. Safe for many threads.
 */
public final class OwnScores {

  /** Its name in logs and metrics. */
  public static final String NAME = "http";

  /** A scorer may be retrained: what it said before is not kept for ever. */
  private static final Duration KEPT = Duration.ofMinutes(10);

  private final OwnClassifier scorer;
  private final Optional<String> token;
  private final ScorerMeters meters;
  private final Cache<ScorerQuestion.Key, Double> answers;

  /** The answers of a scorer that has not been asked. */
  public OwnScores(OwnClassifier scorer, Optional<String> token, Meters meters) {
    this.scorer = scorer;
    this.token = token;
    this.meters = meters.scorer(NAME, ScorerFault.labels());
    this.answers = Caffeine.newBuilder().maximumSize(scorer.cache()).expireAfterWrite(KEPT).build();
  }

  /** The names of what gives scores: the built-in classifier's first. */
  public static List<String> names(Classifier builtIn, Optional<OwnScores> own) {
    return own.isPresent() ? List.of(builtIn.name(), NAME) : List.of(builtIn.name());
  }

  OwnClassifier scorer() {
    return scorer;
  }

  Optional<String> token() {
    return token;
  }

  ScorerMeters meters() {
    return meters;
  }

  /** What was answered to such a question before; null if nothing is remembered. */
  @Nullable Double known(ScorerQuestion.Key question) {
    if (scorer.cache() == 0) {
      return null; // a cache of size 0 lets go of an entry a moment later only
    }
    Double answer = answers.getIfPresent(question);
    meters.looked(answer != null);
    return answer;
  }

  /** Remembers an answer. */
  void remember(ScorerQuestion.Key question, double score) {
    if (scorer.cache() > 0) {
      answers.put(question, score);
    }
  }

  /** Whether it is the same scorer, asked in the same way: then its answers are worth as much. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OwnScores own && scorer.equals(own.scorer) && token.equals(own.token);
  }

  @Override
  public int hashCode() {
    return scorer.hashCode();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "OwnScores[http=" + scorer.http() + "]";
  }
}
