package dev.ponder.gateway.telemetry;

import dev.ponder.config.Configuration.Traces;
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
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The export of spans: OpenTelemetry's SDK, which sends them in batches by OTLP over HTTP. Whoever
 * does not export has no instance of it, and not one of the SDK's classes is loaded.
 *
 * <p>The environment's {@code OTEL_*} variables win over the file, as wherever this SDK runs.
 */
public final class Tracing {

  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

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
   * The export that file and environment ask for; absent if neither does.
   *
   * @throws IOException if what they say cannot be done
   */
  public static Optional<Tracing> open(
      Traces traces, Map<String, String> environment, Meters meters) throws IOException {
    return wanted(traces, environment)
        ? Optional.of(Sdk.open(properties(traces, environment), meters))
        : Optional.empty();
  }

  private static boolean wanted(Traces traces, Map<String, String> environment) {
    String exporter = environment.getOrDefault("OTEL_TRACES_EXPORTER", "").strip();
    if (exporter.equals("none")
        || environment.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true")) {
      return false;
    }
    return traces.otlp().isPresent()
        || exporter.equals("otlp")
        || !environment.getOrDefault(ENDPOINT, "").isBlank()
        || !environment.getOrDefault(TRACES_ENDPOINT, "").isBlank();
  }

  private static Map<String, String> properties(Traces traces, Map<String, String> environment) {
    Map<String, String> properties = new HashMap<>();
    properties.put("otel.service.name", "ponder");
    properties.put("otel.exporter.otlp.protocol", "http/protobuf");
    properties.put("otel.exporter.otlp.compression", "gzip");
    traces.otlp().ifPresent(url -> properties.put(endpointKey(url.getPath()), url.toString()));
    if (!environment.getOrDefault(ENDPOINT, "").isBlank()) {
      properties.remove(endpointKey("/v1/traces")); // else the more special one would win
    }
    traces
        .sample()
        .ifPresent(
            share -> {
              properties.put("otel.traces.sampler", "parentbased_traceidratio");
              properties.put("otel.traces.sampler.arg", Double.toString(share));
            });
    environment.forEach(
        (name, value) -> {
          if (name.startsWith("OTEL_") && !value.isBlank()) {
            properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
          }
        });
    return properties;
  }

  /** The SDK adds the path to the general endpoint only. */
  private static String endpointKey(String path) {
    return path.endsWith("/v1/traces")
        ? "otel.exporter.otlp.traces.endpoint"
        : "otel.exporter.otlp.endpoint";
  }

  /** What touches the SDK's classes, so that nothing else has to. */
  private static final class Sdk {

    static Tracing open(Map<String, String> properties, Meters meters) throws IOException {
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
