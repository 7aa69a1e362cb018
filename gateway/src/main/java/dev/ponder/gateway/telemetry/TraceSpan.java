package dev.ponder.gateway.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;

/**
 * A span that is to be exported. Its attributes are numbers, configured names and constants: never
 * what a caller or a model wrote.
 */
public final class TraceSpan {

  private final Tracer tracer;
  private final Span span;

  private TraceSpan(Tracer tracer, Span span) {
    this.tracer = tracer;
    this.span = span;
  }

  static TraceSpan begin(Tracer tracer, Context parent, String name, SpanKind kind) {
    return new TraceSpan(
        tracer, tracer.spanBuilder(name).setParent(parent).setSpanKind(kind).startSpan());
  }

  /** A call that is made on behalf of this span. */
  public TraceSpan call(String name) {
    return begin(tracer, Context.root().with(span), name, SpanKind.CLIENT);
  }

  /** Whether attributes are worth their cost. */
  public boolean recorded() {
    return span.isRecording();
  }

  /** The trace it belongs to. */
  public String traceId() {
    return span.getSpanContext().getTraceId();
  }

  /** The header that makes a request the child of this span. */
  String traceParent() {
    SpanContext context = span.getSpanContext();
    return TraceParent.header(
        context.getTraceId(), context.getSpanId(), context.getTraceFlags().asByte() & 0xff);
  }

  /** Gives it another name, once more is known. */
  public void rename(String name) {
    span.updateName(name);
  }

  /** Sets an attribute. */
  public TraceSpan put(String key, String value) {
    span.setAttribute(key, value);
    return this;
  }

  /** Sets an attribute. */
  public TraceSpan put(String key, long value) {
    span.setAttribute(key, value);
    return this;
  }

  /** Sets an attribute. */
  public TraceSpan put(String key, double value) {
    span.setAttribute(key, value);
    return this;
  }

  /** Sets an attribute. */
  public TraceSpan put(String key, boolean value) {
    span.setAttribute(key, value);
    return this;
  }

  /** Sets an attribute that is a list of one. */
  public TraceSpan putList(String key, String value) {
    span.setAttribute(AttributeKey.stringArrayKey(key), List.of(value));
    return this;
  }

  /** Says that it failed. */
  public void failed() {
    span.setStatus(StatusCode.ERROR);
  }

  /** Ends it, once. */
  public void end() {
    span.end();
  }
}
