package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;

/** The series of a classifier, looked up once so that counting costs no label lookup. */
public final class ClassifierMeters {

  private final DistributionDataPoint score;
  private final DistributionDataPoint duration;
  private final DistributionDataPoint overhead;

  ClassifierMeters(Meters meters, String classifier) {
    score = meters.routing.score().labelValues(classifier);
    duration = meters.routing.duration().labelValues(classifier);
    overhead = meters.requests.overhead().labelValues("classify");
  }

  /** A request was scored, 0 to 1, in so many nanoseconds. */
  public void classified(double given, long nanos) {
    score.observe(given);
    duration.observe(nanos / 1e9);
    overhead.observe(nanos / 1e9);
  }
}
