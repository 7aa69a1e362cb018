package dev.ponder.gateway.telemetry;

import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * The headers by which a trace goes on at an upstream: {@code traceparent}, {@code tracestate} and
 * {@code baggage}.
 *
 * <p>While spans are exported, an upstream's parent is our span. While they are not, we take no
 * part in the trace: what came is passed on as it is, since a parent that nobody reports would tear
 * the trace. What is not valid is never passed on: the trace is begun anew, without its state.
 */
public final class TraceHeaders {

  private static final String STATE = "tracestate";
  private static final String BAGGAGE = "baggage";

  private TraceHeaders() {}

  /**
   * Puts into an upstream's request what belongs there.
   *
   * @param from the client's headers
   * @param span ours; null while spans are not exported
   * @param baggage whether the client's baggage goes on
   */
  public static void put(MultiMap from, MultiMap to, @Nullable TraceSpan span, boolean baggage) {
    boolean traced = from.contains(TraceParent.NAME);
    if (traced || span != null) {
      TraceParent parent = TraceParent.of(from);
      if (span != null) {
        to.set(TraceParent.NAME, span.traceParent());
      } else {
        to.set(TraceParent.NAME, (parent == null ? TraceParent.fresh() : parent).text());
      }
      if (parent != null && from.contains(STATE)) {
        to.set(STATE, from.getAll(STATE));
      }
    }
    if (baggage && from.contains(BAGGAGE)) {
      to.set(BAGGAGE, from.getAll(BAGGAGE));
    }
  }
}
