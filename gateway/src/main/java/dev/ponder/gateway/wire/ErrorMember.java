package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The error in an event of a stream, as JSON that nobody can take for a part of an answer: some
 * clients look at {@code choices} first.
 */
final class ErrorMember {

  private static final byte[] ERROR = JsonCursor.ascii("error");
  private static final byte[] CHOICES = JsonCursor.ascii("choices");
  private static final byte[] OPEN = "{\"error\":".getBytes(US_ASCII);
  private static final int DEPTH_MAX = 1_000;

  private ErrorMember() {}

  /**
   * The object in {@code data[from..to)} in one line, with its {@code error} alone if it has {@code
   * choices} beside it; null if it has no error.
   */
  static byte @Nullable [] alone(byte[] data, int from, int to) {
    JsonCursor cursor = new JsonCursor(DEPTH_MAX);
    cursor.open(data, from, to);
    int start = -1;
    int end = -1;
    boolean choices = false;
    try {
      if (!cursor.nextIs('{')) {
        return null;
      }
      int object = cursor.at();
      for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
        boolean error = cursor.nameIs(ERROR);
        choices |= cursor.nameIs(CHOICES);
        int value = cursor.at();
        cursor.skipValue();
        start = error ? value : start;
        end = error ? cursor.at() : end;
      }
      if (start < 0) {
        return null;
      }
      return choices ? around(data, start, end) : line(data, object, cursor.at());
    } catch (ApiError malformed) {
      return null;
    }
  }

  private static byte[] around(byte[] data, int from, int to) {
    byte[] error = line(data, from, to);
    ByteArrayOutputStream out = new ByteArrayOutputStream(OPEN.length + error.length + 1);
    out.writeBytes(OPEN);
    out.writeBytes(error);
    out.write('}');
    return out.toByteArray();
  }

  /** Line ends stand between the tokens of JSON and nowhere else. */
  private static byte[] line(byte[] data, int from, int to) {
    byte[] line = new byte[to - from];
    for (int i = 0; i < line.length; i++) {
      byte b = data[from + i];
      line[i] = b == '\n' || b == '\r' ? (byte) ' ' : b;
    }
    return line;
  }
}
