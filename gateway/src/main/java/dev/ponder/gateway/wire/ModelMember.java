package dev.ponder.gateway.wire;

import org.jspecify.annotations.Nullable;

/** Looks for the model that an answer, or an event of one, says it is from. */
public final class ModelMember {

  private static final byte[] MODEL = JsonCursor.ascii("model");
  private static final byte[] MESSAGE = JsonCursor.ascii("message");
  private static final byte[] RESPONSE = JsonCursor.ascii("response");
  private static final int DEPTH_MAX = 1_000;

  /** What is longer is no model's name. */
  private static final int NAME_MAX = 128;

  /**
   * Where a model is named.
   *
   * @param from the opening quote
   * @param to one past the closing quote
   * @param name what stands between them, escapes resolved
   */
  public record Place(int from, int to, String name) {}

  private ModelMember() {}

  /** The string in the member {@code model} of a body that may be cut off; null if none is seen. */
  public static @Nullable Place placeOf(byte[] bytes, int from, int to) {
    JsonCursor cursor = new JsonCursor(DEPTH_MAX);
    cursor.open(bytes, from, to);
    try {
      if (!cursor.nextIs('{')) {
        return null;
      }
      for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
        if (cursor.nameIs(MODEL) && cursor.nextIs('"')) {
          int quote = cursor.at();
          cursor.string();
          return cursor.span().units() > NAME_MAX
              ? null
              : new Place(quote, cursor.at(), cursor.span().text());
        }
        cursor.skipValue();
      }
    } catch (ApiError cutOff) {
      return null;
    }
    return null;
  }

  /**
   * The string in the member {@code model} of the first JSON object in these bytes, or of the
   * {@code message} or {@code response} that it brings; null if there is none.
   */
  public static @Nullable String of(byte[] bytes, int from, int to) {
    int brace = from;
    while (brace < to && bytes[brace] != '{') {
      brace++;
    }
    JsonCursor cursor = new JsonCursor(DEPTH_MAX);
    cursor.open(bytes, brace, to);
    try {
      return cursor.nextIs('{') ? find(cursor, true) : null;
    } catch (ApiError malformed) {
      return null;
    }
  }

  private static @Nullable String find(JsonCursor cursor, boolean outer) {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(MODEL) && cursor.nextIs('"')) {
        cursor.string();
        String name = cursor.span().text();
        return name.length() > NAME_MAX ? name.substring(0, NAME_MAX) : name;
      }
      if (outer && cursor.nextIs('{') && (cursor.nameIs(MESSAGE) || cursor.nameIs(RESPONSE))) {
        String inner = find(cursor, false);
        if (inner != null) {
          return inner;
        }
      } else {
        cursor.skipValue();
      }
    }
    return null;
  }
}
