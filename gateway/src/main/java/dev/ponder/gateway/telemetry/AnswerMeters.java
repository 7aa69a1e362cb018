package dev.ponder.gateway.telemetry;

import dev.ponder.price.Money;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.concurrent.atomic.LongAdder;

/** The series of kept answers; they exist at 0 from the start. */
public final class AnswerMeters {

  private static final String CACHE = "response";

  private final CounterDataPoint hits;
  private final CounterDataPoint misses;
  private final CounterDataPoint bypassed;
  private final LongAdder saved;

  /** The series of the one cache that there is. */
  public AnswerMeters(Meters meters) {
    Counter lookups = meters.scoring.cache();
    hits = lookups.labelValues(CACHE, "hit");
    misses = lookups.labelValues(CACHE, "miss");
    bypassed = lookups.labelValues(CACHE, "bypass");
    saved = meters.routing.saved().labelValues();
  }

  /** An answer was found that cost this much when it was made. */
  public void hit(Money cost) {
    hits.inc();
    saved.add(cost.nanos());
  }

  public void missed() {
    misses.inc();
  }

  /** A request that could have been answered so did not want it. */
  public void bypassed() {
    bypassed.inc();
  }
}
