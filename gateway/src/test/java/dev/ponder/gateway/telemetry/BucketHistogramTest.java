package dev.ponder.gateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BucketHistogramTest {

  private static final double[] BOUNDS = {.1, 1, 10};
  private static final Metric METRIC =
      Metric.histogram("ponder_test_seconds", BOUNDS, "A test.", Label.TIER);

  private final BucketHistogram ours = new BucketHistogram(METRIC);

  @Test
  void scrape_isThatOfTheLibrarysOwn() throws IOException {
    Histogram theirs =
        Histogram.builder()
            .name(METRIC.name())
            .help(METRIC.help())
            .labelNames(METRIC.labelNames())
            .classicUpperBounds(BOUNDS)
            .classicOnly()
            .withoutExemplars()
            .build();
    for (StatefulMetric<DistributionDataPoint, ?> each : List.of(ours, theirs)) {
      each.initLabelValues("none");
      for (double value : new double[] {0, -1, .1, .100001, 1, 5, 10, 11, 1e9, Double.NaN}) {
        each.labelValues("llm").observe(value);
      }
      each.labelValues("lrm").observe(Double.POSITIVE_INFINITY);
    }
    assertThat(text(ours)).isEqualTo(text(theirs)).contains("le=\"+Inf\"} 9");
    assertThat(ours.labelValues("llm").getCount()).isEqualTo(9);
    assertThat(ours.labelValues("llm").getSum()).isEqualTo(theirs.labelValues("llm").getSum());
    assertThat(ours.getMetricFamilyDescriptor())
        .usingRecursiveComparison()
        .isEqualTo(theirs.getMetricFamilyDescriptor());
  }

  @Test
  void observe_byManyThreads_losesNothing() {
    DistributionDataPoint series = ours.labelValues("llm");
    IntStream.range(0, 100_000).parallel().forEach(i -> series.observe(.5));
    assertThat(series.getCount()).isEqualTo(100_000);
    assertThat(series.getSum()).isEqualTo(50_000);
  }

  private static String text(StatefulMetric<?, ?> metric) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OpenMetricsTextFormatWriter.create().write(out, MetricSnapshots.of(metric.collect()));
    return out.toString(StandardCharsets.UTF_8);
  }
}
