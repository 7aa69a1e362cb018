package dev.ponder.gateway.wire;

/**
 * The answers of the Responses API: {@code output} items and a {@code status}, or events that each
 * have a {@code type}. A stream ends with the whole {@code response}, usage and all, in {@code
 * response.completed}, {@code response.incomplete} or {@code response.failed}.
 */
final class ResponsesShape implements AnswerShape {

  private static final KnownNames ENDS =
      new KnownNames(
          "response.completed",
          "response.incomplete",
          "response.failed",
          "response.cancelled",
          "error");

  private static final KnownNames STATES =
      new KnownNames("completed", "incomplete", "failed", "cancelled", "queued", "in_progress");

  private static final KnownNames THOUGHTS =
      new KnownNames("response.reasoning_text.delta", "response.reasoning_summary_text.delta");

  private static final byte[] TYPE = JsonCursor.ascii("type");
  private static final byte[] RESPONSE = JsonCursor.ascii("response");
  private static final byte[] ITEM = JsonCursor.ascii("item");
  private static final byte[] DELTA = JsonCursor.ascii("delta");
  private static final byte[] SEQUENCE = JsonCursor.ascii("sequence_number");
  private static final byte[] ID = JsonCursor.ascii("id");
  private static final byte[] USAGE = JsonCursor.ascii("usage");
  private static final byte[] STATUS = JsonCursor.ascii("status");
  private static final byte[] INCOMPLETE = JsonCursor.ascii("incomplete_details");
  private static final byte[] REASON = JsonCursor.ascii("reason");
  private static final byte[] OUTPUT = JsonCursor.ascii("output");
  private static final byte[] CONTENT = JsonCursor.ascii("content");
  private static final byte[] SUMMARY = JsonCursor.ascii("summary");
  private static final byte[] TEXT = JsonCursor.ascii("text");
  private static final byte[] REFUSAL = JsonCursor.ascii("refusal");
  private static final byte[] NAME = JsonCursor.ascii("name");
  private static final byte[] ARGUMENTS = JsonCursor.ascii("arguments");
  private static final byte[] INPUT = JsonCursor.ascii("input");
  private static final byte[] ENCRYPTED = JsonCursor.ascii("encrypted_content");

  private final AnswerSeen seen;
  private final JsonCursor cursor;
  private boolean said;
  private boolean thought;
  private boolean ofEvent;

  ResponsesShape(AnswerSeen seen) {
    this.seen = seen;
    this.cursor = seen.cursor;
  }

  @Override
  public void begun() {
    said = false;
    thought = false;
    ofEvent = false;
  }

  @Override
  public void member() {
    if (cursor.nextIs('"') && cursor.nameIs(TYPE)) {
      type();
    } else if (cursor.nextIs('{') && cursor.nameIs(RESPONSE)) {
      ofEvent = true;
      for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
        ofResponse();
      }
    } else if (cursor.nextIs('{') && cursor.nameIs(ITEM)) {
      ofEvent = true;
      item();
    } else if (cursor.nameIs(DELTA)) {
      said |= seen.isSaid();
    } else if (cursor.nextIsNumber() && cursor.nameIs(SEQUENCE)) {
      int from = cursor.at();
      cursor.skipValue();
      seen.sequence = cursor.integer(from, cursor.at());
    } else {
      ofResponse();
    }
  }

  private void type() {
    cursor.string();
    thought = THOUGHTS.find(cursor.span()) != null;
    String end = ENDS.find(cursor.span());
    if (end != null) {
      seen.last = true;
      seen.error |= end.equals("error") || end.equals("response.failed");
    }
  }

  /** What a delta is, its type tells, which may come after it. */
  @Override
  public void ended() {
    seen.reasoning |= said && thought;
    seen.content |= said && !thought;
    String status = seen.status;
    if (ofEvent && !seen.last) {
      return; // a stream's response is still on its way
    }
    if ("completed".equals(status) || "incomplete".equals(status)) {
      seen.finished = true;
      seen.finishReason = seen.finishReason == null ? status : seen.finishReason;
    }
  }

  private void ofResponse() {
    if (cursor.nameIs(USAGE)) {
      seen.usage();
    } else if (cursor.nextIs('"') && cursor.nameIs(STATUS)) {
      cursor.string();
      seen.status = STATES.find(cursor.span());
    } else if (cursor.nextIs('"') && cursor.nameIs(ID)) {
      cursor.string();
      seen.id = cursor.span().units() > ScalarReader.TEXT_MAX ? null : cursor.span().text();
    } else if (cursor.nextIs('{') && cursor.nameIs(INCOMPLETE)) {
      for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
        if (cursor.nextIs('"') && cursor.nameIs(REASON)) {
          cursor.string();
          seen.finishReason = cursor.span().text();
        } else {
          cursor.skipValue();
        }
      }
    } else if (cursor.nextIs('[') && cursor.nameIs(OUTPUT)) {
      for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
        if (cursor.nextIs('{')) {
          item();
        } else {
          cursor.skipValue();
        }
      }
    } else {
      cursor.skipValue();
    }
  }

  /** An item, of which a stream has told the words in deltas before. */
  private void item() {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nextIs('"') && cursor.nameIs(ENCRYPTED)) {
        int from = cursor.at() + 1;
        cursor.skipValue();
        if (cursor.at() - 1 > from) {
          seen.encrypted.add(from);
          seen.encrypted.add(cursor.at() - 1);
        }
      } else if (ofEvent) {
        cursor.skipValue();
      } else if (cursor.nextIs('[') && (cursor.nameIs(CONTENT) || cursor.nameIs(SUMMARY))) {
        parts(cursor.nameIs(SUMMARY));
      } else if (cursor.nameIs(NAME) || cursor.nameIs(ARGUMENTS) || cursor.nameIs(INPUT)) {
        seen.content |= seen.isSaid();
      } else {
        cursor.skipValue();
      }
    }
  }

  private void parts(boolean ofThought) {
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (!cursor.nextIs('{')) {
        cursor.skipValue();
        continue;
      }
      for (boolean any = cursor.firstMember(); any; any = cursor.nextMember()) {
        if (cursor.nameIs(TEXT) || cursor.nameIs(REFUSAL)) {
          boolean something = seen.isSaid();
          seen.reasoning |= something && ofThought;
          seen.content |= something && !ofThought;
        } else {
          cursor.skipValue();
        }
      }
    }
  }
}
