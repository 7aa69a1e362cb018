package dev.ponder.gateway.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A {@code usage} object as an upstream wrote it, for the decision log: its structure and its
 * numbers, digit by digit, on one line. No text goes along, and no name that is not one, so that
 * nobody's words do; a long one is cut and says so by a member {@code _cut}.
 */
final class RawUsage {

  /** The most bytes of it. */
  static final int BYTES_MAX = 2_048;

  private static final int DEPTH_MAX = 8;
  private static final int NAME_MAX = 64;
  private static final int NUMBER_MAX = 40;

  /** Of a number, the braces that may have to be closed after it, and the note of a cut. */
  private static final int ROOM = NUMBER_MAX + DEPTH_MAX + 16;

  private static final byte[] CUT = JsonCursor.ascii("\"_cut\":true");
  private static final byte[] NULL = JsonCursor.ascii("null");

  private final JsonCursor cursor = new JsonCursor(64);
  private final byte[] json;

  /** No longer than the object and the note of a cut. */
  private final byte[] out;

  private int length;
  private boolean cut;

  private RawUsage(byte[] json, int length) {
    this.json = json;
    this.out = new byte[Math.min(length, BYTES_MAX) + ROOM];
  }

  /** The object in {@code json[from..to)}, which was read before; null if there was none. */
  static @Nullable String of(byte[] json, int from, int to) {
    if (from < 0 || to > json.length) {
      return null;
    }
    if (isPlain(json, from, to)) {
      return new String(json, from, to - from, StandardCharsets.US_ASCII);
    }
    RawUsage raw = new RawUsage(json, to - from);
    raw.cursor.open(json, from, to);
    try {
      if (!raw.cursor.nextIs('{')) {
        return null;
      }
      raw.object(1);
      return new String(raw.out, 0, raw.length, StandardCharsets.US_ASCII);
    } catch (ApiError malformed) {
      return null;
    }
  }

  /** Whether all of a sound object is kept as it is: nearly always, if it has no white space. */
  private static boolean isPlain(byte[] json, int from, int to) {
    int depth = 0;
    int at = from;
    while (at < to) {
      int end = wordEnd(json, at, to);
      if (end == to || end - at > NUMBER_MAX) {
        return false;
      }
      at = end + 1;
      switch (json[end]) {
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        case ',' -> {}
        case '"' -> {
          int quote = wordEnd(json, at, to);
          boolean name = quote + 1 < to && json[quote] == '"' && json[quote + 1] == ':';
          if (!name || quote == at || quote - at > NAME_MAX) {
            return false;
          }
          at = quote + 2;
        }
        default -> {
          return false;
        }
      }
      if (depth > DEPTH_MAX) {
        return false;
      }
    }
    return to - from <= BYTES_MAX - ROOM;
  }

  private void object(int depth) {
    out[length++] = '{';
    boolean first = true;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      int start = cursor.nameStart() + 1;
      int end = cursor.nameEnd() - 1;
      if (!isName(start, end) || !fits(depth, end - start)) {
        cursor.skipValue();
        continue;
      }
      if (!first) {
        out[length++] = ',';
      }
      first = false;
      put(json, start - 1, end + 1);
      out[length++] = ':';
      value(depth);
    }
    if (depth == 1 && cut) {
      if (!first) {
        out[length++] = ',';
      }
      put(CUT, 0, CUT.length);
    }
    out[length++] = '}';
  }

  private void array(int depth) {
    out[length++] = '[';
    boolean first = true;
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (fits(depth, 0)) {
        if (!first) {
          out[length++] = ',';
        }
        first = false;
        value(depth);
      } else {
        cursor.skipValue();
      }
    }
    out[length++] = ']';
  }

  private void value(int depth) {
    if (cursor.nextIs('{')) {
      object(depth + 1);
    } else if (cursor.nextIs('[')) {
      array(depth + 1);
    } else {
      int from = cursor.at();
      cursor.skipValue();
      if (cursor.at() - from <= NUMBER_MAX) {
        put(json, from, cursor.at());
      } else {
        put(NULL, 0, NULL.length);
      }
    }
  }

  /** Whether the value that comes next is one to keep, and there is room for it. */
  private boolean fits(int depth, int nameLength) {
    if (cursor.nextIs('"')) {
      return false;
    }
    boolean deep = depth == DEPTH_MAX && (cursor.nextIs('{') || cursor.nextIs('['));
    boolean room = !deep && length + nameLength + ROOM <= BYTES_MAX;
    cut |= !room;
    return room;
  }

  private boolean isName(int from, int to) {
    return to > from && to - from <= NAME_MAX && wordEnd(json, from, to) == to;
  }

  /**
   * Where the letters, digits and the like end that a name may have, and a number nearly always.
   */
  private static int wordEnd(byte[] json, int from, int to) {
    int at = from;
    while (at < to && isOfWord(json[at])) {
      at++;
    }
    return at;
  }

  private static boolean isOfWord(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= '0' && b <= '9')
        || (b >= 'A' && b <= 'Z')
        || b == '_'
        || b == '-'
        || b == '.';
  }

  private void put(byte[] bytes, int from, int to) {
    System.arraycopy(bytes, from, out, length, to - from);
    length += to - from;
  }
}
