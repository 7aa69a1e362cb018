package dev.ponder.gateway.wire;

import java.util.Set;

/**
 * Looks into members of which some values may cost money beyond the request's own tokens, and some
 * cannot. What it does not know to be free is taken for dear.
 */
public final class InnerMembers {

  private static final byte[] EDITS = JsonCursor.ascii("edits");
  private static final byte[] TYPE = JsonCursor.ascii("type");
  private static final byte[] INCLUDE = JsonCursor.ascii("include");
  private static final byte[] GOOGLE = JsonCursor.ascii("google");
  private static final byte[] THINKING = JsonCursor.ascii("thinking_config");
  private static final int DEPTH_MAX = 1_000;

  /** Edits that take something out of the input, and call nobody. */
  private static final Set<String> CLEARING =
      Set.of("clear_tool_uses_20250919", "clear_thinking_20251015");

  private InnerMembers() {}

  /**
   * Whether a top-level member costs no more than tokens within the bounds of the request:
   * Messages' {@code context_management} that only clears, {@code usage} that asks to be told, and
   * an {@code extra_body} that says how Gemini is to think. False for all others.
   */
  public static boolean free(RequestView view, String member) {
    int at = view.members().indexOf(member);
    if (at < 0) {
      return false;
    }
    JsonCursor cursor = new JsonCursor(DEPTH_MAX);
    cursor.open(view.body(), view.valueStart(at), view.valueEnd(at));
    try {
      boolean messages = view.dialect() == Dialect.MESSAGES;
      return switch (member) {
        case "context_management" -> messages && (cursor.nextIs('n') || clears(cursor));
        case "usage" -> !messages && only(cursor, INCLUDE);
        case "extra_body" -> view.dialect() == Dialect.CHAT && thinks(cursor);
        default -> false;
      };
    } catch (ApiError malformed) {
      return false; // nested too deep to be looked at
    }
  }

  private static boolean clears(JsonCursor cursor) {
    if (!cursor.nextIs('{')) {
      return false;
    }
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (!cursor.nameIs(EDITS) || !cursor.nextIs('[')) {
        return false;
      }
      for (boolean edit = cursor.firstElement(); edit; edit = cursor.nextElement()) {
        if (!clearing(cursor)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Each type that it has must be a known one: another reader may believe another of two. */
  private static boolean clearing(JsonCursor cursor) {
    if (!cursor.nextIs('{')) {
      return false;
    }
    boolean typed = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (!cursor.nameIs(TYPE)) {
        cursor.skipValue();
        continue;
      }
      if (!cursor.nextIs('"')) {
        return false;
      }
      cursor.string();
      typed = true;
      if (cursor.span().units() > ScalarReader.TEXT_MAX
          || !CLEARING.contains(cursor.span().text())) {
        return false;
      }
    }
    return typed;
  }

  private static boolean thinks(JsonCursor cursor) {
    if (!cursor.nextIs('{')) {
      return false;
    }
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (!cursor.nameIs(GOOGLE) || !only(cursor, THINKING)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the next value is an object without any other member. */
  private static boolean only(JsonCursor cursor, byte[] name) {
    if (!cursor.nextIs('{')) {
      return false;
    }
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (!cursor.nameIs(name)) {
        return false;
      }
      cursor.skipValue();
    }
    return true;
  }
}
