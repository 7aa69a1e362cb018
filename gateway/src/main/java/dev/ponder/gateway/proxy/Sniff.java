package dev.ponder.gateway.proxy;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells an event stream from a plain body by what is in it; the content type decides if unclear.
 */
final class Sniff {

  private static final List<byte[]> STREAM_STARTS =
      List.of(ascii("data:"), ascii("event:"), ascii("id:"), ascii("retry:"), ascii(":"));

  private Sniff() {}

  static boolean isEventStream(@Nullable String contentType, Buffer first) {
    int at = 0;
    if (first.length() >= 3 && (first.getByte(0) & 0xff) == 0xef) {
      at = 3; // a byte order mark
    }
    while (at < first.length() && isSpace(first.getByte(at))) {
      at++;
    }
    if (at < first.length() && (first.getByte(at) == '{' || first.getByte(at) == '[')) {
      return false;
    }
    for (byte[] start : STREAM_STARTS) {
      if (startsWith(first, at, start)) {
        return true;
      }
    }
    return contentType != null
        && contentType.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
  }

  private static boolean startsWith(Buffer bytes, int at, byte[] start) {
    if (bytes.length() - at < start.length) {
      return false;
    }
    for (int i = 0; i < start.length; i++) {
      if (bytes.getByte(at + i) != start[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
