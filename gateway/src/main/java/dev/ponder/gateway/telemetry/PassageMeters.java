package dev.ponder.gateway.telemetry;

import dev.ponder.price.Usage;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The series of calls that go through unread; they exist at 0 from the start. */
public final class PassageMeters {

  /** Stands for the model and the operation, of which nothing is known. */
  public static final String NAME = "passthrough";

  private static final String TIER = "none";

  private final OperationMeters operation;
  private final Map<AttemptOutcome, CounterDataPoint> outcomes =
      new EnumMap<>(AttemptOutcome.class);
  private final Map<TokenType, CounterDataPoint> tokens = new EnumMap<>(TokenType.class);
  private final DistributionDataPoint duration;
  private final CounterDataPoint reported;
  private final CounterDataPoint unpriced;
  private final CounterDataPoint unpricedTokens;

  /** The series of this upstream. */
  PassageMeters(Meters meters, Claims claims, String upstream) {
    operation = meters.operation(NAME);
    Meters.Upstreams series = meters.upstreams;
    for (AttemptOutcome outcome : AttemptOutcome.values()) {
      outcomes.put(outcome, claims.series(series.total(), upstream, NAME, outcome.label()));
    }
    for (TokenType type : TokenType.values()) {
      tokens.put(type, claims.series(series.tokens(), upstream, NAME, TIER, type.label()));
    }
    duration = claims.series(series.duration(), upstream, NAME);
    reported = claims.series(series.reports(), upstream, "reported");
    unpriced = claims.series(series.unpricedCalls(), upstream);
    unpricedTokens = claims.series(series.unpriced(), NAME);
  }

  /** A request is on its way. */
  public void began() {
    operation.began(TIER);
  }

  /** A request is over. */
  public void ended(Outcome outcome, long nanos) {
    operation.ended(TIER, outcome, false, nanos, true);
  }

  /** The upstream's part of it is over. */
  public void attempted(AttemptOutcome outcome, long nanos) {
    Objects.requireNonNull(outcomes.get(outcome)).inc();
    duration.observe(nanos / 1e9);
  }

  /** A call succeeded that may be billed, and nobody here knows its price. */
  public void unpriced() {
    unpriced.inc();
  }

  /** An answer told its usage. */
  public void used(Usage usage) {
    reported.inc();
    for (TokenType type : TokenType.values()) {
      long count = type.tokens(usage);
      if (count > 0) {
        Objects.requireNonNull(tokens.get(type)).inc(count);
        unpricedTokens.inc(count);
      }
    }
  }
}
