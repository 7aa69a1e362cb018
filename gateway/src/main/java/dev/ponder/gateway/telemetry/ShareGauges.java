package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
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
    gauge("ponder_lrm_share_highest_ratio", "Of all owners of a limit, the highest share.")
        .labelNames("policy")
        .callback(gauge -> policies.get().forEach(p -> gauge.call(p.highest(), p.policy())))
        .register(registry);
    gauge("ponder_lrm_share_held_owners", "Owners that are at their limit now.")
        .labelNames("policy")
        .callback(gauge -> policies.get().forEach(p -> gauge.call(p.held(), p.policy())))
        .register(registry);
    gauge("ponder_key_lrm_share_highest_ratio", "Of all keys, the highest share of LRM requests.")
        .callback(gauge -> gauge.call(highest.getAsDouble()))
        .register(registry);
  }

  private static GaugeWithCallback.Builder gauge(String name, String help) {
    return GaugeWithCallback.builder().name(name).help(help);
  }
}
