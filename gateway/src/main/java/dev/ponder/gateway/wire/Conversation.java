package dev.ponder.gateway.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Which conversation a request belongs to, and whether only its model can go on with it.
 *
 * @param opening a hash of what stands up to the end of the user's first message, the same for
 *     every later request of a conversation; empty if there are no messages
 * @param bound whether tools are being called, whose result the last message is, or the history
 *     holds thoughts that only their author can read
 */
public record Conversation(String opening, boolean bound) {

  private static final Conversation NONE = new Conversation("", false);

  /** Of an opening message so much is hashed, with its length: a prompt may be a book. */
  private static final int HASHED_MAX = 64 * 1024;

  private static final int OPENING_MESSAGES_MAX = 16;
  private static final int HASH_BYTES = 16;

  private static final byte[] ROLE = JsonCursor.ascii("role");
  private static final byte[] TYPE = JsonCursor.ascii("type");
  private static final byte[] USER = JsonCursor.ascii("user");

  private static final KnownNames TOOLS =
      new KnownNames("tool", "function", "function_call_output", "custom_tool_call_output");

  /** How members are named that hold what only the author of a thought can read. */
  private static final byte[][] SIGNED = {
    JsonCursor.ascii("signature\":\""),
    JsonCursor.ascii("signature\": \""),
    JsonCursor.ascii("\"encrypted_content\":\""),
    JsonCursor.ascii("\"encrypted_content\": \"")
  };

  private static final byte[] TOOL_RESULT = JsonCursor.ascii("\"tool_result\"");

  /** The conversation of a request, read anew from its bytes; as deep as the request's scan. */
  public static Conversation of(RequestView view, int depthMax) {
    int messages = view.members().indexOf("messages");
    if (messages < 0) {
      messages = view.members().indexOf("input");
    }
    if (messages < 0) {
      return NONE;
    }
    MessageDigest digest = sha256();
    for (String preamble : new String[] {"system", "instructions"}) {
      int at = view.members().indexOf(preamble);
      if (at >= 0) {
        add(digest, view.body(), view.valueStart(at), view.valueEnd(at));
      }
    }
    int from = view.valueStart(messages);
    int to = view.valueEnd(messages);
    boolean tools = walk(view.body(), from, to, digest, depthMax);
    String opening = HexFormat.of().formatHex(digest.digest(), 0, HASH_BYTES);
    return new Conversation(opening, tools || signed(view.body(), from, to));
  }

  /** Hashes the opening; returns whether the last message is what a tool said. */
  private static boolean walk(byte[] body, int from, int to, MessageDigest digest, int depthMax) {
    JsonCursor cursor = new JsonCursor(depthMax);
    cursor.open(body, from, to);
    if (!cursor.nextIs('[')) {
      add(digest, body, from, to);
      return false;
    }
    boolean opening = true;
    boolean tools = false;
    int count = 0;
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      int begin = cursor.at();
      Speaker speaker = speaker(cursor);
      tools = speaker.tool() || (speaker.user() && holdsResult(body, begin, cursor.at()));
      if (opening && count < OPENING_MESSAGES_MAX) {
        add(digest, body, begin, cursor.at());
        opening = !speaker.user();
      }
      count++;
    }
    return tools;
  }

  /** Whose message it is. */
  private record Speaker(boolean user, boolean tool) {}

  private static Speaker speaker(JsonCursor cursor) {
    boolean user = false;
    boolean tool = false;
    if (!cursor.nextIs('{')) {
      cursor.skipValue();
      return new Speaker(false, false);
    }
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if ((cursor.nameIs(ROLE) || cursor.nameIs(TYPE)) && cursor.nextIs('"')) {
        cursor.string();
        user |= cursor.span().matches(USER);
        tool |= TOOLS.find(cursor.span()) != null;
      } else {
        cursor.skipValue();
      }
    }
    return new Speaker(user, tool);
  }

  private static boolean holdsResult(byte[] body, int from, int to) {
    return find(body, from, to, TOOL_RESULT);
  }

  /** A quote inside of a text has a backslash before it, so that no text looks like a member. */
  private static boolean signed(byte[] body, int from, int to) {
    for (byte[] name : SIGNED) {
      if (find(body, from, to, name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean find(byte[] body, int from, int to, byte[] wanted) {
    byte first = wanted[0];
    for (int at = from; at <= to - wanted.length; at++) {
      if (body[at] == first
          && Arrays.equals(body, at, at + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  private static void add(MessageDigest digest, byte[] body, int from, int to) {
    int length = to - from;
    digest.update(Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
    digest.update((byte) ' ');
    digest.update(body, from, Math.min(length, HASHED_MAX));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
