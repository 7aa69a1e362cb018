package dev.ponder.gateway.telemetry;

import dev.ponder.config.Configuration.Semconv;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The registered metrics of {@link GenAiMetrics}: those of one version, and no others. */
final class GenAiSeries {

  final Histogram duration;
  final Histogram first;
  final @Nullable Histogram tokens;
  final @Nullable Usage usage;

  /** The metrics of tokens, after they were split. */
  record Usage(
      Counter input,
      Counter output,
      Counter cacheRead,
      Counter cacheWrite,
      Counter reasoning,
      Histogram eachInput,
      Histogram eachOutput) {}

  /** All that are registered. */
  List<StatefulMetric<?, ?>> all() {
    List<StatefulMetric<?, ?>> all = new ArrayList<>(List.of(duration, first));
    if (tokens != null) {
      all.add(tokens);
    }
    if (usage != null) {
      all.addAll(List.of(usage.input, usage.output, usage.cacheRead, usage.cacheWrite));
      all.addAll(List.of(usage.reasoning, usage.eachInput, usage.eachOutput));
    }
    return all;
  }

  private GenAiSeries(
      Histogram duration, Histogram first, @Nullable Histogram tokens, @Nullable Usage usage) {
    this.duration = duration;
    this.first = first;
    this.tokens = tokens;
    this.usage = usage;
  }

  /** Registers what a version has; null if nothing is asked for. */
  static @Nullable GenAiSeries in(Registration to, Semconv version) {
    return switch (version) {
      case OFF -> null;
      case V1_41 ->
          new GenAiSeries(
              to.histogram(GenAiMetrics.OPERATION_DURATION),
              to.histogram(GenAiMetrics.OPERATION_FIRST),
              to.histogram(GenAiMetrics.TOKEN_USAGE),
              null);
      case MAIN ->
          new GenAiSeries(
              to.histogram(GenAiMetrics.DURATION),
              to.histogram(GenAiMetrics.FIRST),
              null,
              new Usage(
                  to.counter(GenAiMetrics.INPUT),
                  to.counter(GenAiMetrics.OUTPUT),
                  to.counter(GenAiMetrics.CACHE_READ),
                  to.counter(GenAiMetrics.CACHE_WRITE),
                  to.counter(GenAiMetrics.REASONING),
                  to.histogram(GenAiMetrics.EACH_INPUT),
                  to.histogram(GenAiMetrics.EACH_OUTPUT)));
    };
  }
}
