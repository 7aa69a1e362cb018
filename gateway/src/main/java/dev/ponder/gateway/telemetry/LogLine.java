package dev.ponder.gateway.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import dev.ponder.gateway.wire.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;

/**
 * One event of the process's own log as a line, text or JSON, of bounded length. Of an exception it
 * has the class and the frames, and the message as far as {@link ExceptionText} lets it out.
 */
final class LogLine {

  private static final int MESSAGE_MAX = 8 * 1024;
  private static final int FRAMES_MAX = 40;
  private static final int CAUSES_MAX = 5;
  private static final String OURS = "dev.ponder.";

  /** Members that every line has, or that are not of the message. */
  private static final Set<String> TAKEN = Set.of("time", "level", "logger", "msg", "stack");

  private LogLine() {}

  /** {@code 2026-11-23T07:25:51.223Z INFO Gateway event=...}, and the frames of an exception. */
  static String text(ILoggingEvent event) {
    StringBuilder out = new StringBuilder(160);
    out.append(time(event)).append(' ').append(event.getLevel());
    out.append(event.getLevel().toString().length() == 4 ? "  " : " ");
    String logger = event.getLoggerName();
    out.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(' ');
    visible(out, message(event));
    if (event.getThrowableProxy() != null) {
      out.append('\n').append(stack(event.getThrowableProxy()));
    }
    return out.toString();
  }

  /**
   * {@code {"time", "level", "logger", "msg"}}, the pairs of a message of ours ({@code event},
   * {@code request_id} ...) as members, and an exception as {@code stack}.
   */
  static String json(ILoggingEvent event) {
    StringBuilder out = new StringBuilder(240);
    out.append("{\"time\":\"").append(time(event));
    out.append("\",\"level\":\"").append(event.getLevel()).append("\",\"logger\":");
    Json.appendString(out, event.getLoggerName());
    out.append(",\"msg\":");
    Json.appendString(out, message(event));
    String template = event.getMessage();
    Object[] arguments = event.getArgumentArray();
    if (event.getLoggerName().startsWith(OURS) && template != null) {
      pairs(out, template, arguments == null ? new Object[0] : arguments);
    }
    if (event.getThrowableProxy() != null) {
      out.append(",\"stack\":");
      Json.appendString(out, stack(event.getThrowableProxy()));
    }
    return out.append('}').toString();
  }

  /**
   * By the template, whose values are known, and not by the message, where they may have spaces.
   */
  private static void pairs(StringBuilder out, String template, Object[] arguments) {
    int next = 0;
    for (String word : template.split(" ", -1)) {
      int equals = word.indexOf('=');
      boolean filled = word.endsWith("{}") || word.endsWith("\"{}\"");
      Object value = null;
      if (filled) {
        value = next < arguments.length ? arguments[next] : null;
        next++;
      } else if (equals > 0) {
        value = word.substring(equals + 1);
      }
      String name = equals > 0 ? word.substring(0, equals) : "";
      if (value != null && !name.isEmpty() && !TAKEN.contains(name)) {
        pair(out, name, value);
      }
    }
  }

  private static void pair(StringBuilder out, String name, Object value) {
    String text = value.toString();
    if (text.isEmpty()) {
      return;
    }
    out.append(',');
    Json.appendString(out, name);
    out.append(':');
    if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
      out.append(text);
    } else {
      Json.appendString(out, bounded(text));
    }
  }

  private static String time(ILoggingEvent event) {
    Instant millis = Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS);
    String text = millis.toString(); // leaves out a fraction that is zero
    return text.length() == 20 ? text.substring(0, 19) + ".000Z" : text;
  }

  /** Libraries like to repeat the message of an exception in their own. */
  private static String message(ILoggingEvent event) {
    String text = String.valueOf(event.getFormattedMessage());
    IThrowableProxy cause = event.getThrowableProxy();
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      String quoted = cause.getMessage();
      if (quoted != null && !quoted.isEmpty() && !quotesNobody(cause)) {
        text = text.replace(quoted, "…");
      }
      cause = cause.getCause();
    }
    return bounded(text);
  }

  private static String bounded(String text) {
    return text.length() <= MESSAGE_MAX ? text : text.substring(0, MESSAGE_MAX) + "…";
  }

  /** A line break in a message would look like another line. */
  private static void visible(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(Character.isISOControl(c) ? ' ' : c);
    }
  }

  private static String stack(IThrowableProxy thrown) {
    StringBuilder out = new StringBuilder(2_048);
    IThrowableProxy cause = thrown;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      if (depth > 0) {
        out.append("\nCaused by: ");
      }
      out.append(cause.getClassName());
      if (cause.getMessage() != null && quotesNobody(cause)) {
        out.append(": ");
        visible(out, bounded(cause.getMessage()));
      }
      StackTraceElementProxy[] frames = cause.getStackTraceElementProxyArray();
      for (int i = 0; i < frames.length && i < FRAMES_MAX; i++) {
        out.append("\n\tat ").append(frames[i].getStackTraceElement());
      }
      cause = cause.getCause();
    }
    return out.toString();
  }

  private static boolean quotesNobody(IThrowableProxy proxy) {
    return proxy instanceof ThrowableProxy real && ExceptionText.quotesNobody(real.getThrowable());
  }
}
