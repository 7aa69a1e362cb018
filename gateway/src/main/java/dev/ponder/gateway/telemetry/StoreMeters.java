package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import java.util.function.LongSupplier;

/** The series of the ledger's commits. */
public final class StoreMeters {

  private final DistributionDataPoint duration;
  private final CounterDataPoint committed;
  private final CounterDataPoint failed;
  private final LongSupplier nowMillis;
  private volatile long committedMillis;

  /** Of a store that has nothing to write as yet. */
  StoreMeters(Meters meters, String store, LongSupplier nowMillis) {
    duration = meters.money.storeDuration().labelValues(store, "commit");
    committed = meters.money.storeOperations().labelValues(store, "commit", "ok");
    failed = meters.money.storeOperations().labelValues(store, "commit", "error");
    this.nowMillis = nowMillis;
    committedMillis = nowMillis.getAsLong();
  }

  /** A commit took so many nanoseconds. */
  public void committed(long nanos, boolean succeeded) {
    duration.observe(nanos / 1e9);
    (succeeded ? committed : failed).inc();
    if (succeeded) {
      committedMillis = nowMillis.getAsLong();
    }
  }

  /** When all was last durable, in seconds: now, if nothing waits. */
  double durableSeconds(int backlog) {
    return (backlog == 0 ? nowMillis.getAsLong() : committedMillis) / 1e3;
  }
}
