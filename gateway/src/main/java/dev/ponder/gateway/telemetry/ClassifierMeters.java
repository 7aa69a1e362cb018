package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;

/** The series of a classifier, looked up once so that counting costs no label lookup. */
public final class ClassifierMeters {

  private final Meters meters;
  private final DistributionDataPoint score;
  private final DistributionDataPoint duration;

  ClassifierMeters(Meters meters, Claims claims, String classifier) {
    this.meters = meters;
    score = claims.series(meters.routing.score(), classifier);
    duration = claims.series(meters.routing.duration(), classifier);
  }

  /** A request was scored, 0 to 1, in so many nanoseconds. */
  public void classified(double given, long nanos) {
    score.observe(given);
    duration.observe(nanos / 1e9);
    meters.took(Phase.CLASSIFY, nanos);
  }
}
