package dev.ponder.gateway.wire;

/**
 * The answers of Anthropic's Messages: blocks of {@code content}, or events that each have a {@code
 * type}. A stream tells its input in {@code message_start}, its output so far in every {@code
 * message_delta}, and ends with {@code message_stop}.
 */
final class MessagesShape implements AnswerShape {

  private static final KnownNames EVENTS = new KnownNames("message_stop", "error");

  private static final KnownNames TOOLS =
      new KnownNames("tool_use", "server_tool_use", "mcp_tool_use");

  private static final byte[] TYPE = JsonCursor.ascii("type");
  private static final byte[] MESSAGE = JsonCursor.ascii("message");
  private static final byte[] CONTENT = JsonCursor.ascii("content");
  private static final byte[] CONTENT_BLOCK = JsonCursor.ascii("content_block");
  private static final byte[] DELTA = JsonCursor.ascii("delta");
  private static final byte[] USAGE = JsonCursor.ascii("usage");
  private static final byte[] STOP_REASON = JsonCursor.ascii("stop_reason");
  private static final byte[] TEXT = JsonCursor.ascii("text");
  private static final byte[] PARTIAL_JSON = JsonCursor.ascii("partial_json");
  private static final byte[] THINKING = JsonCursor.ascii("thinking");
  private static final byte[] DATA = JsonCursor.ascii("data");
  private static final byte[] NAME = JsonCursor.ascii("name");
  private static final byte[] INPUT = JsonCursor.ascii("input");

  private final AnswerSeen seen;
  private final JsonCursor cursor;

  MessagesShape(AnswerSeen seen) {
    this.seen = seen;
    this.cursor = seen.cursor;
  }

  @Override
  public void member() {
    if (cursor.nextIs('"') && cursor.nameIs(TYPE)) {
      cursor.string();
      String event = EVENTS.find(cursor.span());
      seen.last |= event != null;
      seen.error |= "error".equals(event);
    } else if (cursor.nextIs('{') && cursor.nameIs(MESSAGE)) {
      for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
        ofMessage();
      }
    } else if (cursor.nextIs('{') && (cursor.nameIs(DELTA) || cursor.nameIs(CONTENT_BLOCK))) {
      block();
    } else {
      ofMessage();
    }
  }

  /** A member of a whole message, or of what there is of it when a stream begins. */
  private void ofMessage() {
    if (cursor.nameIs(USAGE)) {
      seen.usage();
    } else if (cursor.nextIs('"') && cursor.nameIs(STOP_REASON)) {
      stopped();
    } else if (cursor.nextIs('[') && cursor.nameIs(CONTENT)) {
      for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
        if (cursor.nextIs('{')) {
          block();
        } else {
          cursor.skipValue();
        }
      }
    } else {
      cursor.skipValue();
    }
  }

  private void stopped() {
    cursor.string();
    seen.finished = true;
    seen.finishReason = cursor.span().text();
  }

  /** A block, its beginning, or a piece of it. */
  private void block() {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(TEXT) || cursor.nameIs(PARTIAL_JSON) || cursor.nameIs(INPUT)) {
        seen.content |= seen.isSaid();
      } else if (cursor.nameIs(THINKING) || cursor.nameIs(DATA)) {
        seen.reasoning |= seen.isSaid();
      } else if (cursor.nameIs(NAME)) {
        seen.isSaid(); // of a tool: it is an answer by its type
      } else if (cursor.nextIs('"') && cursor.nameIs(TYPE)) {
        cursor.string();
        seen.content |= TOOLS.find(cursor.span()) != null;
      } else if (cursor.nextIs('"') && cursor.nameIs(STOP_REASON)) {
        stopped();
      } else {
        cursor.skipValue();
      }
    }
  }
}
