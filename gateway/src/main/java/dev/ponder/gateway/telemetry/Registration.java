package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Puts metrics of the catalogue into a registry, each once. Series whose labels are all constants
 * exist at 0 from then on, so that {@code rate()} sees the first event.
 *
 * <p>Without exemplars: the client would ask OpenTelemetry for the thread's span at each count, and
 * load it to do so. An event loop has none.
 */
final class Registration {

  /** Enough for percentiles within a tenth; a native histogram that needs more gets coarser. */
  private static final int NATIVE_BUCKETS_MAX = 100;

  private final PrometheusRegistry registry;
  private final boolean nativeToo;
  private final List<StatefulMetric<?, ?>> ofConfiguration = new ArrayList<>();
  private final List<MoneyCounter> moneyOfConfiguration = new ArrayList<>();

  /**
   * A registration.
   *
   * @param nativeToo whether histograms have native buckets beside the classic ones
   */
  Registration(PrometheusRegistry registry, boolean nativeToo) {
    this.registry = registry;
    this.nativeToo = nativeToo;
  }

  PrometheusRegistry registry() {
    return registry;
  }

  Counter counter(Metric metric) {
    expect(metric, Metric.Type.COUNTER);
    return keep(
        metric,
        Counter.builder()
            .name(metric.name())
            .help(metric.help())
            .labelNames(metric.labelNames())
            .withoutExemplars()
            .register(registry));
  }

  MoneyCounter money(Metric metric) {
    expect(metric, Metric.Type.MONEY);
    MoneyCounter counter = new MoneyCounter(metric);
    registry.register(counter);
    if (metric.labels().isEmpty()) {
      counter.labelValues();
    } else if (metric.closed()) {
      combinations(metric.labels(), values -> counter.labelValues(values));
    } else if (metric.configured()) {
      moneyOfConfiguration.add(counter);
    }
    return counter;
  }

  Gauge gauge(Metric metric) {
    expect(metric, Metric.Type.GAUGE);
    return keep(
        metric,
        Gauge.builder()
            .name(metric.name())
            .help(metric.help())
            .labelNames(metric.labelNames())
            .withoutExemplars()
            .register(registry));
  }

  /** A gauge whose values are asked for at each scrape. */
  static void gauge(
      PrometheusRegistry registry, Metric metric, Consumer<GaugeWithCallback.Callback> values) {
    expect(metric, Metric.Type.GAUGE);
    GaugeWithCallback.builder()
        .name(metric.name())
        .help(metric.help())
        .labelNames(metric.labelNames())
        .callback(values)
        .register(registry);
  }

  Histogram histogram(Metric metric) {
    expect(metric, Metric.Type.HISTOGRAM);
    Histogram.Builder builder =
        Histogram.builder()
            .name(metric.name())
            .help(metric.help())
            .labelNames(metric.labelNames())
            .classicUpperBounds(metric.upperBounds())
            .withoutExemplars();
    if (nativeToo) {
      builder.nativeMaxNumberOfBuckets(NATIVE_BUCKETS_MAX).nativeResetDuration(1, TimeUnit.HOURS);
    } else {
      builder.classicOnly();
    }
    return keep(metric, builder.register(registry));
  }

  static void info(PrometheusRegistry registry, Metric metric, String... values) {
    expect(metric, Metric.Type.INFO);
    Info.builder()
        .name(metric.name())
        .help(metric.help())
        .labelNames(metric.labelNames())
        .register(registry)
        .setLabelValues(values);
  }

  /** The series that a configuration is about to claim; see {@link Claims}. */
  Claims claims() {
    return new Claims(ofConfiguration, moneyOfConfiguration);
  }

  private <M extends StatefulMetric<?, ?>> M keep(Metric metric, M registered) {
    if (metric.closed()) {
      combinations(metric.labels(), values -> registered.initLabelValues(values));
    } else if (metric.configured()) {
      ofConfiguration.add(registered);
    }
    return registered;
  }

  private static void expect(Metric metric, Metric.Type type) {
    if (metric.type() != type) {
      throw new IllegalArgumentException(metric.name() + ": " + metric.type());
    }
  }

  /** All that these labels can be together; nothing for a metric without labels. */
  private static void combinations(List<Label> labels, Consumer<String[]> each) {
    if (!labels.isEmpty()) {
      combine(labels, 0, new String[labels.size()], each);
    }
  }

  private static void combine(
      List<Label> labels, int at, String[] values, Consumer<String[]> each) {
    if (at == labels.size()) {
      each.accept(values.clone());
      return;
    }
    for (String value : labels.get(at).values()) {
      values[at] = value;
      combine(labels, at + 1, values, each);
    }
  }
}
