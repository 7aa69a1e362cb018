package dev.ponder.gateway.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The export of spans: OpenTelemetry's SDK, which sends them in batches by OTLP over HTTP. Whoever
 * does not export has no instance of it, and not one of the SDK's classes is loaded: that is why
 * {@link TraceSettings} stands apart.
 */
public final class Tracing {

  /** The metrics are at {@code /metrics}, and the log has its own place. */
  private static final Map<String, String> TRACES_ONLY =
      Map.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none");

  private static final String QUEUE = "otel.bsp.max.queue.size";
  private static final int QUEUE_MAX = 2_048;
  private static final long CLOSE_SECONDS = 5;

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private Tracing(SdkTracerProvider provider) {
    this.provider = provider;
    this.tracer = provider.get("dev.ponder.gateway");
  }

  /**
   * Begins to export.
   *
   * @throws IOException if the properties ask for what cannot be done
   */
  static Tracing start(Map<String, String> properties, Meters meters) throws IOException {
    SpanDrops drops = new SpanDrops(meters::spansDropped);
    if (!SLF4JBridgeHandler.isInstalled()) { // the SDK's complaints go where ours do
      SLF4JBridgeHandler.removeHandlersForRootLogger();
      SLF4JBridgeHandler.install();
    }
    try {
      return new Tracing(
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(() -> properties)
              .addPropertiesCustomizer(read -> TRACES_ONLY)
              .addSpanExporterCustomizer((exporter, config) -> drops.behind(exporter))
              .addSpanProcessorCustomizer(
                  (queue, config) -> drops.before(queue, config.getInt(QUEUE, QUEUE_MAX)))
              .build()
              .getOpenTelemetrySdk()
              .getSdkTracerProvider());
    } catch (ConfigurationException | IllegalArgumentException e) {
      throw new IOException("telemetry.traces: " + e.getMessage(), e);
    }
  }

  /** A span for a request with these headers, which may belong to its caller's trace. */
  public TraceSpan serve(MultiMap headers, String name) {
    TraceParent caller = TraceParent.of(headers);
    Context parent = Context.root();
    if (caller != null) {
      TraceFlags flags = TraceFlags.fromByte((byte) caller.flags());
      SpanContext remote =
          SpanContext.createFromRemoteParent(
              caller.traceId(), caller.spanId(), flags, TraceState.getDefault());
      parent = parent.with(Span.wrap(remote));
    }
    return TraceSpan.begin(tracer, parent, name, SpanKind.SERVER);
  }

  /** Sends what waits, for some seconds at most; so not on an event loop. */
  public void close() {
    provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
