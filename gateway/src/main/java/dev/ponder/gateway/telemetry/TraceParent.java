package dev.ponder.gateway.telemetry;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code traceparent} of W3C Trace Context: to which trace a request belongs, and which
 * span it was sent by.
 *
 * @param text the header as it came
 * @param traceId 32 lower-case hexadecimal digits, not all zero
 * @param spanId 16 of them
 * @param flags the lowest bit says whether the caller records the trace
 */
public record TraceParent(String text, String traceId, String spanId, int flags) {

  /** The header's name. */
  static final CharSequence NAME = HttpHeaders.createOptimized("traceparent");

  private static final int LENGTH = 55;

  /** That of a request; null if there is none, more than one, or one that is not valid. */
  static @Nullable TraceParent of(MultiMap headers) {
    String only = headers.get(NAME);
    if (only == null) {
      return null;
    }
    List<String> all = headers.getAll(NAME);
    return all.size() == 1 ? parse(only.strip()) : null;
  }

  /** The trace that a request says it belongs to; null if it does not, or not in a valid way. */
  public static @Nullable String traceId(MultiMap headers) {
    TraceParent parent = of(headers);
    return parent == null ? null : parent.traceId();
  }

  /**
   * Reads {@code version-traceId-spanId-flags}. Of versions that are not known yet the same four
   * fields count, and what follows them after another dash is left alone.
   */
  static @Nullable TraceParent parse(String text) {
    if (text.length() < LENGTH
        || text.charAt(2) != '-'
        || text.charAt(35) != '-'
        || text.charAt(52) != '-') {
      return null;
    }
    String version = text.substring(0, 2);
    String traceId = text.substring(3, 35);
    String spanId = text.substring(36, 52);
    String flags = text.substring(53, LENGTH);
    boolean ends = text.length() == LENGTH || (!version.equals("00") && text.charAt(LENGTH) == '-');
    if (!ends
        || !isHex(version)
        || version.equals("ff")
        || !isHex(flags)
        || !isId(traceId)
        || !isId(spanId)) {
      return null;
    }
    return new TraceParent(text, traceId, spanId, Integer.parseInt(flags, 16));
  }

  /** Of a trace that begins here and is recorded by nobody. */
  static TraceParent fresh() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    String traceId = hex.toHexDigits(random.nextLong()) + hex.toHexDigits(notZero(random));
    String spanId = hex.toHexDigits(notZero(random));
    return new TraceParent(header(traceId, spanId, 0), traceId, spanId, 0);
  }

  /** The header for a span, in the version that we write. */
  static String header(String traceId, String spanId, int flags) {
    return "00-" + traceId + "-" + spanId + (flags < 16 ? "-0" : "-") + Integer.toHexString(flags);
  }

  private static long notZero(ThreadLocalRandom random) {
    long bits = random.nextLong();
    return bits == 0 ? 1 : bits;
  }

  private static boolean isId(String digits) {
    return isHex(digits) && !digits.equals("0".repeat(digits.length()));
  }

  /** Lower case only: that is what the standard wants. */
  private static boolean isHex(String digits) {
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }
}
