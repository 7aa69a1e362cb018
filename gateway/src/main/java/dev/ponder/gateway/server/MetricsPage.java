package dev.ponder.gateway.server;

import dev.ponder.config.Configuration.Telemetry;
import dev.ponder.gateway.wire.ApiError;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /metrics}: one registry in the format that {@code Accept} asks for, Prometheus's text
 * 0.0.4, OpenMetrics or protobuf; compressed if the reader takes gzip. Written on a worker thread.
 */
final class MetricsPage {

  private static final Logger LOG = LoggerFactory.getLogger(MetricsPage.class);

  private static final int BYTES_EXPECTED = 64 * 1024;

  private final Vertx vertx;
  private final PrometheusRegistry registry;
  private final ExpositionFormats formats = ExpositionFormats.init();

  MetricsPage(Vertx vertx, PrometheusRegistry registry) {
    this.vertx = vertx;
    this.registry = registry;
  }

  void handle(HttpServerRequest request) {
    ExpositionFormatWriter writer = formats.findWriter(request.getHeader("accept"));
    boolean gzip = takesGzip(request.getHeader("accept-encoding"));
    HttpServerResponse response = request.response();
    vertx
        .executeBlocking(() -> Buffer.buffer(write(writer, gzip)), false)
        .onComplete(
            page -> {
              response.putHeader("content-type", writer.getContentType());
              response.putHeader("vary", "accept, accept-encoding");
              if (gzip) {
                response.putHeader("content-encoding", "gzip");
              }
              response.end(page);
            },
            failure -> {
              LOG.error("event=admin_failed path={}", request.path(), failure);
              ApiHandler.send(response, ApiError.internal());
            });
  }

  private byte[] write(ExpositionFormatWriter writer, boolean gzip) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(BYTES_EXPECTED);
    try (OutputStream sink = gzip ? new GZIPOutputStream(out) : out) {
      writer.write(sink, registry.scrape());
    }
    return out.toByteArray();
  }

  /** What is fixed when metrics are registered cannot change with a reload. */
  static void demandSame(Telemetry next, Telemetry started) throws IOException {
    if (next.nativeHistograms() != started.nativeHistograms()) {
      throw new IOException(
          "telemetry.histograms: cannot change while running (expected: a restart)");
    }
    if (next.semconv() != started.semconv()) {
      throw new IOException("telemetry.semconv: cannot change while running (expected: a restart)");
    }
  }

  /** Whether gzip is among the encodings, with another weight than 0. */
  static boolean takesGzip(@Nullable String acceptEncoding) {
    if (acceptEncoding == null) {
      return false;
    }
    for (String part : acceptEncoding.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] words = part.split(";", 2);
      if (words[0].strip().equals("gzip")) {
        return words.length == 1 || !words[1].strip().matches("q=0(\\.0*)?");
      }
    }
    return false;
  }
}
