package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Gauges of how much callers have reasoned about, read when somebody scrapes. */
public final class ShareGauges {

  private ShareGauges() {}

  /**
   * One policy that limits the share of reasoning models.
   *
   * @param policy its name
   * @param highest the highest share of any owner, 0 to 1
   * @param held how many owners are at their limit
   */
  public record ShareLine(String policy, double highest, int held) {

    /** Both together. */
    public ShareLine with(ShareLine other) {
      return new ShareLine(policy, Math.max(highest, other.highest), held + other.held);
    }
  }

  /** Registers them; the suppliers are asked at each scrape. */
  public static void register(
      PrometheusRegistry registry, Supplier<List<ShareLine>> policies, DoubleSupplier highest) {
    Registration.gauge(
        registry,
        TrafficMetrics.SHARE_HIGHEST,
        gauge -> policies.get().forEach(p -> gauge.call(p.highest(), p.policy())));
    Registration.gauge(
        registry,
        TrafficMetrics.SHARE_OWNERS_HELD,
        gauge -> policies.get().forEach(p -> gauge.call(p.held(), p.policy())));
    Registration.gauge(
        registry, TrafficMetrics.KEY_SHARE_HIGHEST, gauge -> gauge.call(highest.getAsDouble()));
  }
}
