package dev.ponder.gateway.translate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A server-sent event that was read, and how one is written.
 *
 * @param name its {@code event} field; empty if there is none
 * @param data its data, several lines joined; null if there is none, as in a comment
 */
record SseRecord(String name, @Nullable String data) {

  static final String DONE = "[DONE]";

  /** Reads a whole event, as {@link dev.ponder.gateway.wire.SseFramer} hands it out. */
  static SseRecord read(byte[] bytes, int from, int to) {
    String name = "";
    StringBuilder data = null;
    String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    if (text.startsWith("\ufeff")) {
      text = text.substring(1);
    }
    int at = 0;
    while (at < text.length()) {
      int end = lineEnd(text, at);
      String line = text.substring(at, end);
      if (line.startsWith("data:") || line.equals("data")) {
        data = data == null ? new StringBuilder() : data.append('\n');
        data.append(value(line, "data"));
      } else if (line.startsWith("event:")) {
        name = value(line, "event");
      }
      at = end + 1;
    }
    return new SseRecord(name, data == null ? null : data.toString());
  }

  private static int lineEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
    return at;
  }

  private static String value(String line, String field) {
    int at = Math.min(line.length(), field.length() + 1);
    return line.startsWith(" ", at) ? line.substring(at + 1) : line.substring(at);
  }

  boolean done() {
    return data != null && data.startsWith(DONE);
  }

  /**
   * The data as JSON.
   *
   * @throws IOException if it is none
   */
  Place json() throws IOException {
    return Place.of(JsonTree.read(data == null ? "" : data));
  }

  /** Writes an event without a name. */
  static void append(StringBuilder out, Object json) {
    out.append("data: ").append(JsonTree.text(json)).append("\n\n");
  }

  /** Writes an event with a name. */
  static void append(StringBuilder out, String name, Object json) {
    out.append("event: ").append(name).append('\n');
    append(out, json);
  }
}
