package dev.ponder.gateway.telemetry;

import dev.ponder.policy.Deployment;
import dev.ponder.policy.Model;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Usage;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The series of one deployment, looked up once so that counting costs no label lookup. */
public final class DeploymentMeters {

  /** How calls end that are made again. */
  private static final List<AttemptOutcome> RETRIED =
      List.of(
          AttemptOutcome.CONNECT_ERROR,
          AttemptOutcome.RESET,
          AttemptOutcome.HTTP_4XX,
          AttemptOutcome.HTTP_429,
          AttemptOutcome.HTTP_5XX);

  private final Model model;
  private final Map<TokenType, CounterDataPoint> tokens = new EnumMap<>(TokenType.class);
  private final Map<TokenType, CounterDataPoint> cost = new EnumMap<>(TokenType.class);
  private final Map<AttemptOutcome, CounterDataPoint> outcomes =
      new EnumMap<>(AttemptOutcome.class);
  private final Map<AttemptOutcome, CounterDataPoint> retries = new EnumMap<>(AttemptOutcome.class);
  private final CounterDataPoint reported;
  private final CounterDataPoint missing;
  private final CounterDataPoint odd;
  private final DistributionDataPoint duration;
  private final DistributionDataPoint firstReasoning;
  private final DistributionDataPoint firstContent;

  /** The series of this deployment; those that an enum names exist at 0 from now on. */
  public DeploymentMeters(Meters meters, Model model, Deployment deployment) {
    this.model = model;
    String provider = deployment.upstream().name();
    String name = model.name();
    for (TokenType type : TokenType.values()) {
      String tier = model.tierLabel();
      tokens.put(type, meters.upstreams.tokens().labelValues(provider, name, tier, type.label()));
      cost.put(type, meters.upstreams.cost().labelValues(provider, name, tier, type.label()));
    }
    for (AttemptOutcome outcome : AttemptOutcome.values()) {
      outcomes.put(outcome, meters.upstreams.total().labelValues(provider, name, outcome.label()));
    }
    for (AttemptOutcome why : RETRIED) {
      retries.put(why, meters.upstreams.retries().labelValues(provider, name, why.label()));
    }
    reported = meters.upstreams.reports().labelValues(provider, "reported");
    missing = meters.upstreams.reports().labelValues(provider, "missing");
    odd = meters.upstreams.anomalies().labelValues(provider, name);
    duration = meters.upstreams.duration().labelValues(provider, name);
    firstReasoning = meters.upstreams.first().labelValues(provider, name, "reasoning");
    firstContent = meters.upstreams.first().labelValues(provider, name, "content");
  }

  /**
   * Tokens and their cost were reported. Each kind's cost is rounded down and what rounding leaves
   * of the call's cost goes to the visible output, so that the sum over the kinds is the cost that
   * headers and log show.
   */
  public void used(Usage usage) {
    reported.inc();
    ModelPrice price = model.price().at(usage.inputTokens());
    long rest = price.of(usage).nanos();
    for (TokenType type : TokenType.values()) {
      long count = type.tokens(usage);
      if (count == 0) {
        continue;
      }
      inc(tokens.get(type), (double) count);
      long nanos = nanos(count, type.price(price).nanos());
      inc(cost.get(type), nanos / 1e9);
      rest -= nanos;
    }
    inc(cost.get(TokenType.OUTPUT), rest / 1e9);
  }

  /** An answer came without usage. */
  public void usageMissing() {
    missing.inc();
  }

  /** Usage came that contradicts itself or is no number; it was read the dearer way. */
  public void usageOdd() {
    odd.inc();
  }

  public void attempted(AttemptOutcome outcome, long nanos) {
    inc(outcomes.get(outcome), 1);
    duration.observe(nanos / 1e9);
  }

  /** It is asked once more for a request, because of how the call before ended. */
  public void retried(AttemptOutcome why) {
    inc(retries.get(why), 1);
  }

  public void firstReasoning(long nanos) {
    firstReasoning.observe(nanos / 1e9);
  }

  public void firstContent(long nanos) {
    firstContent.observe(nanos / 1e9);
  }

  private static long nanos(long count, long priceNanos) {
    return count / 1_000_000 * priceNanos + count % 1_000_000 * priceNanos / 1_000_000;
  }

  private static void inc(@Nullable CounterDataPoint point, double by) {
    if (point != null && by > 0) {
      point.inc(by);
    }
  }
}
