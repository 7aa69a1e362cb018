package dev.ponder.gateway.telemetry;

import dev.ponder.policy.Deployment;
import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one deployment under OpenTelemetry's names. Its series appear with the first call
 * that they tell of: of all that there could be, few ever are.
 */
public final class GenAiMeters {

  private static final String UNKNOWN = "unknown";

  private final GenAiSeries to;
  private final String provider;
  private final String asked;
  private final String modelId;

  /**
   * The series of a deployment.
   *
   * @param own whether it is told apart from others
   */
  GenAiMeters(GenAiSeries to, Claims claims, Deployment deployment, boolean own) {
    this.to = to;
    this.provider = ProviderNames.of(deployment.upstream());
    this.modelId = deployment.modelId();
    this.asked = own ? modelId : Label.OTHER;
    to.all().forEach(metric -> claims.all(metric, 1, provider, asked));
  }

  /**
   * A call is over.
   *
   * @param operation what OpenTelemetry calls it
   * @param model which model the answer says it is from; null if none
   * @param usage what was reported; null if nothing was
   */
  public void ended(
      String operation,
      AttemptOutcome outcome,
      long nanos,
      @Nullable String model,
      @Nullable Usage usage) {
    boolean good = outcome == AttemptOutcome.OK;
    String answered = !good ? "" : modelId.equals(model) ? asked : Label.OTHER;
    String error = good ? "" : outcome.label();
    to.duration.labelValues(operation, provider, asked, answered, error).observe(nanos / 1e9);
    if (to.tokens != null && usage != null) {
      to.tokens
          .labelValues(operation, provider, asked, answered, "input")
          .observe((double) usage.inputTokens());
      to.tokens
          .labelValues(operation, provider, asked, answered, "output")
          .observe((double) usage.outputTokens());
    }
    if (to.usage != null) {
      split(to.usage, new String[] {operation, provider, asked, answered}, usage);
    }
  }

  /** Zero where nothing is known: the conventions want to see that there was a call. */
  private static void split(GenAiSeries.Usage to, String[] labels, @Nullable Usage usage) {
    String[] all = {labels[0], labels[1], labels[2], labels[3], UNKNOWN};
    long input = usage == null ? 0 : usage.inputTokens();
    long output = usage == null ? 0 : usage.outputTokens();
    to.input().labelValues(all).inc(input);
    to.output().labelValues(all).inc(output);
    to.eachInput().labelValues(labels).observe((double) input);
    to.eachOutput().labelValues(labels).observe((double) output);
    if (usage != null) {
      to.cacheRead().labelValues(all).inc(usage.cachedInputTokens());
      to.cacheWrite().labelValues(all).inc(usage.cacheWriteTokens());
      to.reasoning().labelValues(all).inc(usage.reasoningTokens());
    }
  }

  /** The first delta of a stream came, so long after the call began. */
  public void firstChunk(String operation, long nanos) {
    to.first.labelValues(operation, provider, asked).observe(nanos / 1e9);
  }
}
