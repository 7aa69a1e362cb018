package dev.ponder.gateway.wire;

/**
 * The answers of chat completions, completions and embeddings: {@code choices} with a {@code
 * message}, a {@code delta} or a {@code text}, and a {@code usage}.
 */
final class ChatShape implements AnswerShape {

  private static final byte[] CHOICES = JsonCursor.ascii("choices");
  private static final byte[] USAGE = JsonCursor.ascii("usage");
  private static final byte[] X_GROQ = JsonCursor.ascii("x_groq");
  private static final byte[] FINISH_REASON = JsonCursor.ascii("finish_reason");
  private static final byte[] DELTA = JsonCursor.ascii("delta");
  private static final byte[] MESSAGE = JsonCursor.ascii("message");
  private static final byte[] TEXT = JsonCursor.ascii("text");
  private static final byte[] CONTENT = JsonCursor.ascii("content");
  private static final byte[] REFUSAL = JsonCursor.ascii("refusal");
  private static final byte[] TOOL_CALLS = JsonCursor.ascii("tool_calls");
  private static final byte[] FUNCTION_CALL = JsonCursor.ascii("function_call");
  private static final byte[] FUNCTION = JsonCursor.ascii("function");
  private static final byte[] CUSTOM = JsonCursor.ascii("custom");
  private static final byte[] TRANSCRIPT = JsonCursor.ascii("transcript");
  private static final byte[] AUDIO = JsonCursor.ascii("audio");
  private static final byte[] REASONING_CONTENT = JsonCursor.ascii("reasoning_content");
  private static final byte[] REASONING = JsonCursor.ascii("reasoning");
  private static final byte[] REASONING_DETAILS = JsonCursor.ascii("reasoning_details");
  private static final byte[] THINKING = JsonCursor.ascii("thinking");

  private final AnswerSeen seen;
  private final JsonCursor cursor;

  ChatShape(AnswerSeen seen) {
    this.seen = seen;
    this.cursor = seen.cursor;
  }

  @Override
  public void member() {
    if (cursor.nameIs(CHOICES)) {
      choices();
    } else if (cursor.nameIs(USAGE)) {
      seen.usage();
    } else if (cursor.nameIs(X_GROQ) && cursor.nextIs('{') && seen.counts.usage() == null) {
      groq();
    } else {
      cursor.skipValue();
    }
  }

  private void groq() {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(USAGE)) {
        seen.usage();
      } else {
        cursor.skipValue();
      }
    }
  }

  private void choices() {
    if (!cursor.nextIs('[')) {
      cursor.skipValue();
      return;
    }
    seen.choicesEmpty = true;
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      boolean first = seen.choicesEmpty;
      seen.choicesEmpty = false;
      if (cursor.nextIs('{')) {
        choice(first);
      } else {
        cursor.skipValue();
      }
    }
  }

  private void choice(boolean first) {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nextIs('"') && cursor.nameIs(FINISH_REASON)) {
        cursor.string();
        seen.finished = true;
        seen.finishReason = first ? cursor.span().text() : seen.finishReason;
      } else if (cursor.nextIs('{') && (cursor.nameIs(DELTA) || cursor.nameIs(MESSAGE))) {
        speech();
      } else if (cursor.nameIs(TEXT)) {
        seen.content |= seen.isSaid();
      } else {
        cursor.skipValue();
      }
    }
  }

  private void speech() {
    boolean thought = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(CONTENT)) {
        if (cursor.nextIs('[')) {
          parts();
        } else {
          seen.content |= seen.isSaid();
        }
      } else if (cursor.nameIs(REFUSAL)) {
        seen.content |= seen.isSaid();
      } else if (cursor.nameIs(TOOL_CALLS)) {
        toolCalls();
      } else if (cursor.nameIs(FUNCTION_CALL)) {
        seen.content |= function();
      } else if (cursor.nameIs(AUDIO)) {
        seen.content |= spoken();
      } else if (cursor.nameIs(REASONING_CONTENT) || cursor.nameIs(REASONING)) {
        // Some say it twice, once under each name.
        thought |= thought ? seen.isSomething() : seen.isSaid();
      } else if (cursor.nameIs(REASONING_DETAILS)) {
        seen.reasoning |= seen.isSomething(); // the text of which is in the reasoning too
      } else {
        cursor.skipValue();
      }
    }
    seen.reasoning |= thought;
  }

  private void toolCalls() {
    if (!cursor.nextIs('[')) {
      seen.content |= seen.isSomething();
      return;
    }
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      seen.content = true;
      if (!cursor.nextIs('{')) {
        cursor.skipValue();
        continue;
      }
      for (boolean any = cursor.firstMember(); any; any = cursor.nextMember()) {
        if (cursor.nameIs(FUNCTION) || cursor.nameIs(CUSTOM)) {
          function();
        } else {
          cursor.skipValue();
        }
      }
    }
  }

  /** The function's name and its arguments, which some send as they are and not as a string. */
  private boolean function() {
    if (!cursor.nextIs('{')) {
      return seen.isSomething();
    }
    boolean something = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      something = true;
      seen.isSaid();
    }
    return something;
  }

  private boolean spoken() {
    if (!cursor.nextIs('{')) {
      return seen.isSomething();
    }
    boolean something = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      something = true;
      if (cursor.nameIs(TRANSCRIPT)) {
        seen.isSaid();
      } else {
        cursor.skipValue();
      }
    }
    return something;
  }

  /** Content as an array of parts, of which some may be thoughts. */
  private void parts() {
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (!cursor.nextIs('{')) {
        seen.content |= seen.isSaid();
        continue;
      }
      boolean thought = false;
      boolean text = false;
      for (boolean any = cursor.firstMember(); any; any = cursor.nextMember()) {
        if (cursor.nameIs(THINKING)) {
          thought |= seen.isSaid();
        } else if (cursor.nameIs(TEXT)) {
          text |= seen.isSaid();
        } else {
          cursor.skipValue();
        }
      }
      seen.reasoning |= thought;
      seen.content |= text;
    }
  }
}
