package dev.ponder.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/** A collector of spans in this process: takes OTLP over HTTP with protobuf. */
final class Collector implements Closeable {

  private final HttpServer server;
  private final List<Told> spans = new CopyOnWriteArrayList<>();
  private final List<byte[]> bodies = new CopyOnWriteArrayList<>();
  private final AtomicInteger posts = new AtomicInteger();
  private volatile int status = 200;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /**
   * A span that arrived.
   *
   * @param resource what its process says of itself
   * @param attributes by name: text, whole numbers, doubles, flags, or a list's elements in
   *     brackets
   */
  record Told(
      String name,
      Span.SpanKind kind,
      String traceId,
      String spanId,
      String parentId,
      boolean failed,
      Map<String, String> resource,
      Map<String, String> attributes) {}

  Collector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  /** {@code http://host:port}. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers with this status from now on. */
  void answerWith(int next) {
    status = next;
  }

  /** Keeps every sender waiting until {@link #release}. */
  void hold() {
    gate = new CountDownLatch(1);
  }

  void release() {
    gate.countDown();
  }

  int posts() {
    return posts.get();
  }

  /** The spans of this name; waits until so many are there. */
  List<Told> named(String name, int count) {
    Eventually.holds(count + " spans " + name, () -> find(name).size() >= count);
    return find(name);
  }

  Told named(String name) {
    return named(name, 1).get(0);
  }

  List<Told> find(String name) {
    return spans.stream().filter(span -> span.name().equals(name)).toList();
  }

  List<Told> all() {
    return spans;
  }

  /** All that arrived, as text: strings in protobuf are bytes of UTF-8. */
  String everything() {
    StringBuilder out = new StringBuilder();
    bodies.forEach(body -> out.append(new String(body, StandardCharsets.UTF_8)));
    return out.toString();
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readAllBytes();
    }
    if ("gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"))) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
        body = in.readAllBytes();
      }
    }
    posts.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    bodies.add(body);
    for (ResourceSpans of : ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
      Map<String, String> resource = attributes(of.getResource().getAttributesList());
      of.getScopeSpansList()
          .forEach(scope -> scope.getSpansList().forEach(span -> spans.add(told(span, resource))));
    }
    byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
    exchange.getResponseHeaders().set("content-type", "application/x-protobuf");
    exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
    exchange.close();
  }

  private static Told told(Span span, Map<String, String> resource) {
    HexFormat hex = HexFormat.of();
    return new Told(
        span.getName(),
        span.getKind(),
        hex.formatHex(span.getTraceId().toByteArray()),
        hex.formatHex(span.getSpanId().toByteArray()),
        hex.formatHex(span.getParentSpanId().toByteArray()),
        span.getStatus().getCodeValue() == 2,
        resource,
        attributes(span.getAttributesList()));
  }

  private static Map<String, String> attributes(List<KeyValue> pairs) {
    Map<String, String> map = new TreeMap<>();
    pairs.forEach(pair -> map.put(pair.getKey(), text(pair.getValue())));
    return map;
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> Long.toString(value.getIntValue());
      case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case ARRAY_VALUE -> {
        List<String> elements = new ArrayList<>();
        value.getArrayValue().getValuesList().forEach(element -> elements.add(text(element)));
        yield elements.toString();
      }
      default -> value.toString();
    };
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
