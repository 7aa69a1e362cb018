package dev.ponder.gateway.telemetry;

import dev.ponder.policy.Model;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
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
  private final Map<TokenType, OfType> types = new EnumMap<>(TokenType.class);
  private final Map<AttemptOutcome, CounterDataPoint> outcomes =
      new EnumMap<>(AttemptOutcome.class);
  private final Map<AttemptOutcome, CounterDataPoint> retries = new EnumMap<>(AttemptOutcome.class);
  private final CounterDataPoint reported;
  private final CounterDataPoint estimated;
  private final CounterDataPoint missing;
  private final CounterDataPoint odd;
  private final CounterDataPoint costBelieved;
  private final CounterDataPoint costIgnored;
  private final CounterDataPoint unpriced;
  private final DistributionDataPoint duration;
  private final DistributionDataPoint firstReasoning;
  private final DistributionDataPoint firstContent;
  private final DistributionDataPoint tokenTime;
  private final DistributionDataPoint share;
  private final DistributionDataPoint surprise;

  /**
   * Whether hidden tokens were ever reported: until then, none need not mean that there are none.
   */
  private volatile boolean tellsReasoning;

  /** The tokens of one type. */
  private record OfType(CounterDataPoint tokens, LongAdder nanos, DistributionDataPoint each) {}

  /** The series of a deployment; those that an enum names exist at 0 from now on. */
  DeploymentMeters(Meters meters, Claims claims, Model model, String provider, String name) {
    this.model = model;
    Meters.Upstreams to = meters.upstreams;
    String tier = model.tierLabel();
    for (TokenType type : TokenType.values()) {
      types.put(
          type,
          new OfType(
              claims.series(to.tokens(), provider, name, tier, type.label()),
              claims.series(to.cost(), provider, name, tier, type.label()),
              to.requestTokens().labelValues(tier, type.label())));
    }
    for (AttemptOutcome outcome : AttemptOutcome.values()) {
      outcomes.put(outcome, claims.series(to.total(), provider, name, outcome.label()));
    }
    for (AttemptOutcome why : RETRIED) {
      retries.put(why, claims.series(to.retries(), provider, name, why.label()));
    }
    reported = claims.series(to.reports(), provider, "reported");
    estimated = claims.series(to.reports(), provider, "estimated");
    missing = claims.series(to.reports(), provider, "missing");
    odd = claims.series(to.anomalies(), provider, name);
    costBelieved = claims.series(to.costReports(), provider, "used");
    costIgnored = claims.series(to.costReports(), provider, "ignored");
    unpriced = claims.series(to.unpriced(), name);
    duration = claims.series(to.duration(), provider, name);
    firstReasoning = claims.series(to.first(), provider, name, "reasoning");
    firstContent = claims.series(to.first(), provider, name, "content");
    tokenTime = claims.series(to.tokenTime(), provider, name);
    share = claims.series(to.share(), name);
    surprise = claims.series(to.surprise(), name);
  }

  /** Tokens were reported, and cost what the price says. */
  public void used(Usage usage) {
    used(usage, model.price().of(usage));
  }

  /** A cost was reported, if it is not null, and believed or not. */
  public void told(@Nullable Money cost, boolean believed) {
    if (cost != null) {
      (believed ? costBelieved : costIgnored).inc();
    }
  }

  /**
   * Tokens were reported, and what they cost, be it by the upstream's own word: then each kind has
   * its part of that as it has of the price. Each kind's cost is rounded down and what rounding
   * leaves of the call's cost goes to the visible output, so that the sum over the kinds is the
   * cost that headers and log show.
   */
  public void used(Usage usage, Money cost) {
    reported.inc();
    ModelPrice price = model.price().at(usage.inputTokens());
    long rest = cost.nanos();
    long own = price.of(usage).nanos();
    for (Map.Entry<TokenType, OfType> entry : types.entrySet()) {
      TokenType type = entry.getKey();
      long count = type.tokens(usage);
      if (count == 0) {
        continue;
      }
      OfType series = entry.getValue();
      series.tokens.inc(count);
      series.each.observe((double) count);
      long free = type.unpriced(price, usage);
      if (free > 0) {
        unpriced.inc(free);
      }
      long nanos = part(type.nanos(price, usage), cost.nanos(), own);
      series.nanos.add(nanos);
      rest -= nanos;
    }
    OfType output = types.get(TokenType.OUTPUT);
    if (output != null) { // every constant has one
      output.nanos.add(rest);
    }
    if (model.reasoning() && usage.outputTokens() > 0) {
      if (usage.reasoningTokens() > 0) {
        tellsReasoning = true;
      }
      if (tellsReasoning) {
        share.observe((double) usage.reasoningTokens() / (double) usage.outputTokens());
      }
    }
  }

  /** Whether a count of no hidden tokens means that the model did not think. */
  public boolean tellsReasoning() {
    return tellsReasoning;
  }

  /** An answer had so many hidden tokens where so many, 1 or more, were expected. */
  public void reasoned(long hidden, long expected) {
    if (hidden > 0 || tellsReasoning) {
      surprise.observe((double) hidden / (double) expected);
    }
  }

  /**
   * An answer came without usage.
   *
   * @param counted whether its tokens were counted here instead
   */
  public void usageMissing(boolean counted) {
    (counted ? estimated : missing).inc();
  }

  /** Usage came that contradicts itself or is no number; it was read the dearer way. */
  public void usageOdd() {
    odd.inc();
  }

  public void attempted(AttemptOutcome outcome, long nanos) {
    inc(outcomes.get(outcome));
    duration.observe(nanos / 1e9);
  }

  /** It is asked once more for a request, because of how the call before ended. */
  public void retried(AttemptOutcome why) {
    inc(retries.get(why));
  }

  public void firstReasoning(long nanos) {
    firstReasoning.observe(nanos / 1e9);
  }

  public void firstContent(long nanos) {
    firstContent.observe(nanos / 1e9);
  }

  /** A stream wrote so many tokens, 2 or more, in the time from its first to its last delta. */
  public void streamed(long tokens, long nanos) {
    tokenTime.observe(nanos / 1e9 / (double) (tokens - 1));
  }

  /** What {@code nanos} of {@code own} are of {@code cost}, rounded down. */
  private static long part(long nanos, long cost, long own) {
    if (cost == own || nanos == 0) {
      return nanos;
    }
    BigInteger product = BigInteger.valueOf(nanos).multiply(BigInteger.valueOf(cost));
    return product.divide(BigInteger.valueOf(own)).longValueExact();
  }

  private static void inc(@Nullable CounterDataPoint point) {
    if (point != null) {
      point.inc();
    }
  }
}
