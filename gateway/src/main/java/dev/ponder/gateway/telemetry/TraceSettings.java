package dev.ponder.gateway.telemetry;

import dev.ponder.config.Configuration.Traces;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whether spans are exported, and how: what the file says, and the environment's {@code OTEL_*}
 * variables, which win over it as wherever OpenTelemetry runs.
 */
public final class TraceSettings {

  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

  private TraceSettings() {}

  /**
   * The export that file and environment ask for; absent if neither does.
   *
   * @throws IOException if what they say cannot be done
   */
  public static Optional<Tracing> open(
      Traces traces, Map<String, String> environment, Meters meters) throws IOException {
    return wanted(traces, environment)
        ? Optional.of(Tracing.start(properties(traces, environment), meters))
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
}
