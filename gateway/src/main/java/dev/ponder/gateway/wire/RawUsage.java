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

  private final JsonCursor cursor = new JsonCursor(64);
  private final byte[] json;
  private final StringBuilder out = new StringBuilder(256);
  private boolean cut;

  private RawUsage(byte[] json) {
    this.json = json;
  }

  /** The object in {@code json[from..to)}; null if it is none. */
  static @Nullable String of(byte[] json, int from, int to) {
    if (from < 0 || to > json.length) {
      return null;
    }
    RawUsage raw = new RawUsage(json);
    raw.cursor.open(json, from, to);
    try {
      if (!raw.cursor.nextIs('{')) {
        return null;
      }
      raw.object(1);
      return raw.out.toString();
    } catch (ApiError malformed) {
      return null;
    }
  }

  private void object(int depth) {
    out.append('{');
    boolean first = true;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      int start = cursor.nameStart() + 1;
      int end = cursor.nameEnd() - 1;
      if (!isName(start, end) || !fits(depth, end - start)) {
        cursor.skipValue();
        continue;
      }
      out.append(first ? "\"" : ",\"").append(text(start, end)).append("\":");
      first = false;
      value(depth);
    }
    if (depth == 1 && cut) {
      out.append(first ? "\"_cut\":true" : ",\"_cut\":true");
    }
    out.append('}');
  }

  private void array(int depth) {
    out.append('[');
    boolean first = true;
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (fits(depth, 0)) {
        out.append(first ? "" : ",");
        first = false;
        value(depth);
      } else {
        cursor.skipValue();
      }
    }
    out.append(']');
  }

  private void value(int depth) {
    if (cursor.nextIs('{')) {
      object(depth + 1);
    } else if (cursor.nextIs('[')) {
      array(depth + 1);
    } else {
      int from = cursor.at();
      cursor.skipValue();
      boolean kept = cursor.at() - from <= NUMBER_MAX;
      out.append(kept ? text(from, cursor.at()) : "null");
    }
  }

  /** Whether the value that comes next is one to keep, and there is room for it. */
  private boolean fits(int depth, int nameLength) {
    if (cursor.nextIs('"')) {
      return false;
    }
    boolean deep = depth == DEPTH_MAX && (cursor.nextIs('{') || cursor.nextIs('['));
    boolean room = !deep && out.length() + nameLength + ROOM <= BYTES_MAX;
    cut |= !room;
    return room;
  }

  private boolean isName(int from, int to) {
    if (to - from < 1 || to - from > NAME_MAX) {
      return false;
    }
    for (int i = from; i < to; i++) {
      byte b = json[i];
      boolean letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_';
      if (!letter && (b < '0' || b > '9') && b != '-' && b != '.') {
        return false;
      }
    }
    return true;
  }

  private String text(int from, int to) {
    return new String(json, from, to - from, StandardCharsets.US_ASCII);
  }
}
