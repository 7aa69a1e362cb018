package dev.ponder.gateway.telemetry;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * A histogram with classic buckets only.
 *
 * <p>A request is observed a dozen times, and the client library's own histogram takes twice as
 * long for that: it counts each observation three times, and holds those back that come during a
 * scrape. Here the count is that of the buckets, so that both always agree; only the sum may be
 * ahead of them, or behind, by what is observed in the very moment of the scrape.
 */
final class BucketHistogram extends StatefulMetric<DistributionDataPoint, BucketHistogram.Series> {

  private final Metric metric;
  private final double[] bounds;

  BucketHistogram(Metric metric) {
    super(
        Histogram.builder()
            .name(metric.name())
            .help(metric.help())
            .labelNames(metric.labelNames())
            .classicOnly());
    this.metric = metric;
    double[] finite = metric.upperBounds();
    bounds = Arrays.copyOf(finite, finite.length + 1);
    bounds[finite.length] = Double.POSITIVE_INFINITY;
  }

  /** The observations with the same labels. Safe for many threads. */
  static final class Series implements DistributionDataPoint {

    private final double[] bounds;
    private final AtomicLongArray counts;
    private final DoubleAdder sum = new DoubleAdder();
    private final long createdMillis = System.currentTimeMillis();

    private Series(double[] bounds) {
      this.bounds = bounds;
      this.counts = new AtomicLongArray(bounds.length);
    }

    @Override
    public void observe(double value) {
      if (Double.isNaN(value)) {
        return;
      }
      int bucket = 0;
      while (value > bounds[bucket]) {
        bucket++;
      }
      counts.getAndIncrement(bucket);
      sum.add(value);
    }

    /** Without the exemplar: see {@link Registration}. */
    @Override
    public void observeWithExemplar(double value, Labels labels) {
      observe(value);
    }

    @Override
    public long getCount() {
      return Arrays.stream(counts()).sum();
    }

    @Override
    public double getSum() {
      return sum.sum();
    }

    private long[] counts() {
      long[] copy = new long[bounds.length];
      Arrays.setAll(copy, counts::get);
      return copy;
    }

    private HistogramDataPointSnapshot snapshot(Labels labels) {
      return new HistogramDataPointSnapshot(
          ClassicHistogramBuckets.of(bounds, counts()),
          sum.sum(),
          labels,
          Exemplars.EMPTY,
          createdMillis);
    }
  }

  @Override
  protected Series newDataPoint() {
    return new Series(bounds);
  }

  @Override
  public MetricFamilyDescriptor getMetricFamilyDescriptor() {
    return MetricFamilyDescriptor.histogram(metric.name())
        .help(metric.help())
        .labelNames(metric.labelNames())
        .build();
  }

  @Override
  protected HistogramSnapshot collect(List<Labels> labels, List<Series> series) {
    List<HistogramDataPointSnapshot> points = new ArrayList<>(series.size());
    for (int i = 0; i < series.size(); i++) {
      points.add(series.get(i).snapshot(labels.get(i)));
    }
    return new HistogramSnapshot(metadata, points);
  }
}
