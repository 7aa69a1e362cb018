package dev.ponder.gateway.telemetry;

import dev.ponder.policy.Reason;
import dev.ponder.price.Money;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The series of one route, looked up once so that counting costs no label lookup. */
public final class RouteMeters {

  /** Scores nearer to the threshold than this are decisions of low confidence. */
  private static final double NEAR = 0.1;

  private final Map<Reason, CounterDataPoint[]> decisions = new EnumMap<>(Reason.class);
  private final LongAdder avoided;
  private final CounterDataPoint escalated;
  private final CounterDataPoint littleReasoning;
  private final CounterDataPoint truncated;
  private final CounterDataPoint lrmEmpty;

  /** The series of a route; those that an enum names exist at 0 from now on. */
  RouteMeters(Meters meters, Claims claims, String route) {
    for (Reason reason : Reason.values()) {
      if (reason == Reason.FALLBACK || reason == Reason.ESCALATED) {
        continue; // of no decision: they come after it
      }
      CounterDataPoint[] points = new CounterDataPoint[4];
      for (int i = 0; i < points.length; i++) {
        String tier = i < 2 ? "llm" : "lrm";
        String confidence = i % 2 == 0 ? "high" : "low";
        points[i] =
            claims.series(meters.routing.decisions(), route, tier, reason.label(), confidence);
      }
      decisions.put(reason, points);
    }
    avoided = claims.series(meters.routing.avoided(), route);
    escalated = claims.series(meters.routing.regret(), route, "llm_escalated");
    littleReasoning = claims.series(meters.routing.regret(), route, "lrm_little_reasoning");
    truncated = claims.series(meters.routing.regret(), route, "llm_truncated");
    lrmEmpty = claims.series(meters.routing.regret(), route, "lrm_empty");
  }

  /** A decision was made; the distance is that of the score from the threshold. */
  public void decided(boolean reasoning, Reason reason, double distance) {
    CounterDataPoint[] points = decisions.get(reason);
    if (points != null) {
      points[(reasoning ? 2 : 0) + (Math.abs(distance) < NEAR ? 1 : 0)].inc();
    }
  }

  /** An answer of a cheap tier would not do. */
  public void escalated() {
    escalated.inc();
  }

  /** A cheaper model than the dearest answered. */
  public void avoided(Money cost, Money baseline) {
    long nanos = baseline.nanos() - cost.nanos();
    if (nanos > 0) {
      avoided.add(nanos);
    }
  }

  /** A reasoning model hardly thought. */
  public void littleReasoning() {
    littleReasoning.inc();
  }

  /** A reasoning model spent all that its limit allows on thinking, and said nothing. */
  public void lrmEmpty() {
    lrmEmpty.inc();
  }

  /** A plain model was cut off by its limit. */
  public void truncated() {
    truncated.inc();
  }
}
