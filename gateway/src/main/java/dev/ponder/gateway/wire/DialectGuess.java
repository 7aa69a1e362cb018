package dev.ponder.gateway.wire;

/**
 * The dialect that a request is written in, by what its body has and no other dialect's has: for
 * those who are given a body and no path. A chat and a message that say nothing of the kind are
 * taken for a chat, and an {@code input} that may be anybody's for that of the Responses API.
 */
public final class DialectGuess {

  private static final int DEPTH_MAX = 512;

  /** Members of Messages. */
  private static final KnownNames MESSAGES =
      new KnownNames(
          "system", "stop_sequences", "output_config", "mcp_servers", "anthropic_version");

  /** Members of embeddings. */
  private static final KnownNames EMBEDDINGS = new KnownNames("encoding_format", "dimensions");

  /** Blocks of Messages, and parts of a chat. */
  private static final KnownNames BLOCKS =
      new KnownNames("tool_use", "tool_result", "thinking", "redacted_thinking", "document");

  private static final byte[] MESSAGE_LIST = JsonCursor.ascii("messages");
  private static final byte[] INPUT = JsonCursor.ascii("input");
  private static final byte[] PROMPT = JsonCursor.ascii("prompt");
  private static final byte[] TOOLS = JsonCursor.ascii("tools");
  private static final byte[] INPUT_SCHEMA = JsonCursor.ascii("input_schema");
  private static final byte[] CONTENT = JsonCursor.ascii("content");
  private static final byte[] TYPE = JsonCursor.ascii("type");

  private final JsonCursor cursor = new JsonCursor(DEPTH_MAX);
  private boolean messages;
  private boolean input;
  private boolean texts;
  private boolean prompt;
  private boolean anthropic;
  private boolean embeds;

  private DialectGuess() {}

  /** The dialect of {@code json[0..length)}, as far as that is JSON; a chat's if nothing tells. */
  public static Dialect of(byte[] json, int length) {
    DialectGuess guess = new DialectGuess();
    guess.cursor.open(json, 0, length);
    try {
      if (guess.cursor.nextIs('{')) {
        guess.members();
      }
    } catch (ApiError malformed) {
      // whoever reads it says where
    }
    return guess.dialect();
  }

  private Dialect dialect() {
    if (messages) {
      return anthropic ? Dialect.MESSAGES : Dialect.CHAT;
    }
    if (input) {
      return embeds || texts ? Dialect.EMBEDDINGS : Dialect.RESPONSES;
    }
    return prompt ? Dialect.COMPLETIONS : Dialect.CHAT;
  }

  private void members() {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      anthropic |= MESSAGES.find(cursor.span()) != null;
      embeds |= EMBEDDINGS.find(cursor.span()) != null;
      if (cursor.nameIs(MESSAGE_LIST)) {
        messages = true;
        elements(CONTENT);
      } else if (cursor.nameIs(INPUT)) {
        input = true;
        input();
      } else if (cursor.nameIs(PROMPT)) {
        prompt = !cursor.nextIs('{'); // of the Responses API it is an object
        input |= !prompt;
        cursor.skipValue();
      } else if (cursor.nameIs(TOOLS)) {
        elements(INPUT_SCHEMA);
      } else {
        cursor.skipValue();
      }
    }
  }

  /** Several texts, or tokens, are for embeddings; items are objects. */
  private void input() {
    if (!cursor.nextIs('[')) {
      cursor.skipValue();
      return;
    }
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      texts |= !cursor.nextIs('{');
      cursor.skipValue();
    }
  }

  /** Looks into the objects of a list for one member. */
  private void elements(byte[] wanted) {
    if (!cursor.nextIs('[')) {
      cursor.skipValue();
      return;
    }
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (!cursor.nextIs('{')) {
        cursor.skipValue();
        continue;
      }
      for (boolean any = cursor.firstMember(); any; any = cursor.nextMember()) {
        if (!cursor.nameIs(wanted)) {
          cursor.skipValue();
        } else if (wanted == CONTENT) {
          blocks();
        } else {
          anthropic = true;
          cursor.skipValue();
        }
      }
    }
  }

  private void blocks() {
    if (!cursor.nextIs('[')) {
      cursor.skipValue();
      return;
    }
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (!cursor.nextIs('{')) {
        cursor.skipValue();
        continue;
      }
      for (boolean any = cursor.firstMember(); any; any = cursor.nextMember()) {
        if (cursor.nameIs(TYPE) && cursor.nextIs('"')) {
          cursor.string();
          anthropic |= BLOCKS.find(cursor.span()) != null;
        } else {
          cursor.skipValue();
        }
      }
    }
  }
}
