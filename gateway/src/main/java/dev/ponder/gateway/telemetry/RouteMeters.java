package dev.ponder.gateway.telemetry;

import dev.ponder.policy.Reason;
import dev.ponder.price.Money;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.util.EnumMap;
import java.util.Map;

/** The series of one route, looked up once so that counting costs no label lookup. */
public final class RouteMeters {

  /** Scores nearer to the threshold than this are decisions of low confidence. */
  private static final double NEAR = 0.1;

  private final Map<Reason, CounterDataPoint[]> decisions = new EnumMap<>(Reason.class);
  private final CounterDataPoint avoided;

  /** The series of a route; those that an enum names exist at 0 from now on. */
  public RouteMeters(Meters meters, String route) {
    for (Reason reason : Reason.values()) {
      CounterDataPoint[] points = new CounterDataPoint[4];
      for (int i = 0; i < points.length; i++) {
        String tier = i < 2 ? "llm" : "lrm";
        String confidence = i % 2 == 0 ? "high" : "low";
        points[i] = meters.routing.decisions().labelValues(route, tier, reason.label(), confidence);
      }
      decisions.put(reason, points);
    }
    avoided = meters.routing.avoided().labelValues(route);
  }

  /** A decision was made; the distance is that of the score from the threshold. */
  public void decided(boolean reasoning, Reason reason, double distance) {
    CounterDataPoint[] points = decisions.get(reason);
    if (points != null) {
      points[(reasoning ? 2 : 0) + (Math.abs(distance) < NEAR ? 1 : 0)].inc();
    }
  }

  /** A cheaper model than the dearest answered. */
  public void avoided(Money cost, Money baseline) {
    long nanos = baseline.nanos() - cost.nanos();
    if (nanos > 0) {
      avoided.inc(nanos / 1e9);
    }
  }
}
