package dev.ponder.gateway.proxy;

import dev.ponder.classify.Classifier;
import dev.ponder.config.Configuration;
import dev.ponder.gateway.telemetry.ConfiguredSeries;
import dev.ponder.gateway.telemetry.LineLog;
import dev.ponder.gateway.telemetry.Meters;
import dev.ponder.gateway.telemetry.OperationMeters;
import dev.ponder.gateway.telemetry.RecentDecisions;
import dev.ponder.gateway.telemetry.Tracing;
import dev.ponder.gateway.treasury.Purses;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.gateway.upstream.Fleet;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Router;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What all event loops share: the configuration and what was built of it, the meters and the log.
 * Immutable or safe for many threads.
 *
 * @param configuration what {@code ponder.yaml} says
 * @param router its routes and models
 * @param secrets the key of each upstream that wants one, by the upstream's name
 * @param classifier the scorer
 * @param ownScores what the user's own scorer said, if there is one
 * @param trackers what the scores of the routes are like
 * @param answers what is kept of answers, if anything is
 * @param affinity where conversations were answered last
 * @param meters the metrics
 * @param series the series of what the configuration names
 * @param operations the series of each dialect's requests
 * @param treasury the money
 * @param purses who pays for what, by the configuration
 * @param responses where answers are kept, and what is still to be paid for them
 * @param recent the last decisions
 * @param decisionLog the decision log, if there is one
 * @param accessLog the access log, if there is one
 * @param tracing where spans go, if anywhere
 * @param fleet what is known of the deployments
 * @param loops how many event loops serve
 */
public record House(
    Configuration configuration,
    Router router,
    Map<String, String> secrets,
    Classifier classifier,
    Optional<OwnScores> ownScores,
    ScoreTrackers trackers,
    Optional<AnswerCache> answers,
    Affinity affinity,
    Meters meters,
    ConfiguredSeries series,
    Map<Dialect, OperationMeters> operations,
    Treasury treasury,
    Purses purses,
    ResponseStore responses,
    RecentDecisions recent,
    Optional<LineLog> decisionLog,
    Optional<LineLog> accessLog,
    Optional<Tracing> tracing,
    Fleet fleet,
    int loops) {

  /** Stands in for a policy's name where every caller's requests are counted. */
  public static final String CALLERS = ShareGuard.CALLER;

  public House {
    secrets = Map.copyOf(secrets);
  }

  /** The series of a dialect's requests. */
  OperationMeters operation(Dialect dialect) {
    OperationMeters found = operations.get(dialect);
    if (found == null) {
      throw new IllegalStateException("operations: none for " + dialect + " (expected: each)");
    }
    return found;
  }

  /** The series of all dialects. */
  public static Map<Dialect, OperationMeters> operations(Meters meters) {
    Map<Dialect, OperationMeters> operations = new EnumMap<>(Dialect.class);
    for (Dialect dialect : Dialect.values()) {
      operations.put(dialect, meters.operation(dialect.operation()));
    }
    return operations;
  }

  /** Makes its policies and its series the ones that count. */
  public void serve() {
    purses.apply();
    series.serve();
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "House[routes=" + configuration.routes().keySet() + ", loops=" + loops + "]";
  }
}
