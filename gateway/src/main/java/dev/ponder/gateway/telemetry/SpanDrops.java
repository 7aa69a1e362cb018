package dev.ponder.gateway.telemetry;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Counts the spans that never reach the collector. It stands before the SDK's queue and behind it,
 * so that a span that would not fit is seen, and one that was not accepted, too.
 */
final class SpanDrops {

  private final AtomicInteger waiting = new AtomicInteger();
  private final IntConsumer dropped;

  SpanDrops(IntConsumer dropped) {
    this.dropped = dropped;
  }

  /** Lets so many spans wait for export. */
  SpanProcessor before(SpanProcessor queue, int max) {
    return new Before(queue, max);
  }

  /** Counts what is not accepted. */
  SpanExporter behind(SpanExporter exporter) {
    return new Behind(exporter);
  }

  private final class Before implements SpanProcessor {

    private final SpanProcessor queue;
    private final int max;

    Before(SpanProcessor queue, int max) {
      this.queue = queue;
      this.max = max;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
      queue.onStart(parent, span);
    }

    @Override
    public boolean isStartRequired() {
      return queue.isStartRequired();
    }

    @Override
    public void onEnd(ReadableSpan span) {
      if (!span.getSpanContext().isSampled()) {
        return;
      }
      if (waiting.incrementAndGet() > max) {
        waiting.decrementAndGet();
        dropped.accept(1);
      } else {
        queue.onEnd(span);
      }
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }

    @Override
    public CompletableResultCode shutdown() {
      return queue.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
      return queue.forceFlush();
    }
  }

  private final class Behind implements SpanExporter {

    private final SpanExporter exporter;

    Behind(SpanExporter exporter) {
      this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      int count = spans.size();
      waiting.addAndGet(-count);
      CompletableResultCode result = exporter.export(spans);
      result.whenComplete(
          () -> {
            if (!result.isSuccess()) {
              dropped.accept(count);
            }
          });
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return exporter.shutdown();
    }
  }
}
