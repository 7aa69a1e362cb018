package dev.ponder.gateway.wire;

import dev.ponder.classify.PromptText;

/**
 * Reads the members of a request that can make it cost more than its output cap allows: what runs
 * at the provider, what is billed apart, and what raises the price.
 */
final class ExtrasReader {

  private static final byte[] TYPE = JsonCursor.ascii("type");
  private static final byte[] NAME = JsonCursor.ascii("name");
  private static final byte[] FUNCTION = JsonCursor.ascii("function");
  private static final byte[] CUSTOM = JsonCursor.ascii("custom");
  private static final byte[] AUDIO = JsonCursor.ascii("audio");

  private final JsonCursor cursor;
  private final ScalarReader values;

  ExtrasReader(JsonCursor cursor, ScalarReader values) {
    this.cursor = cursor;
    this.values = values;
  }

  /** What the answer may hold beside text. */
  void modalities(RequestView.Scalars scalars) {
    if (values.skippedNull()) {
      return;
    }
    String expected = "an array of strings or null";
    if (!cursor.nextIs('[')) {
      throw cursor.wrongKind("modalities", expected);
    }
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (!cursor.nextIs('"')) {
        throw cursor.wrongKind("modalities", expected);
      }
      cursor.string();
      scalars.audioOut |= cursor.span().matches(AUDIO);
    }
  }

  /** The tools that are offered, of which some may run, and be billed, at the provider. */
  void tools(PromptText text, RequestView.Scalars scalars) {
    if (values.skippedNull()) {
      return;
    }
    if (!cursor.nextIs('[')) {
      throw cursor.wrongKind("tools", "an array or null");
    }
    int start = cursor.at();
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (cursor.nextIs('{')) {
        tool(scalars);
      } else if (cursor.nextIs('"')) {
        cursor.string();
        hosted(scalars); // its bare name
      } else {
        cursor.skipValue();
      }
      text.addTool();
      scalars.tools = true;
    }
    text.addUnreadChars(cursor.at() - start);
  }

  /**
   * Some providers know a hosted tool by its only member: a tool without a type, and without what
   * the caller's own tools have, goes by the name of its first member.
   */
  private void tool(RequestView.Scalars scalars) {
    boolean known = false;
    int nameStart = -1;
    int nameEnd = -1;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nextIs('"') && cursor.nameIs(TYPE)) {
        known = true;
        cursor.string();
        StringSpan type = cursor.span();
        if (!type.matches(FUNCTION) && !type.matches(CUSTOM)) {
          hosted(scalars);
        }
        continue;
      }
      known |= cursor.nameIs(FUNCTION) || cursor.nameIs(CUSTOM) || cursor.nameIs(NAME);
      if (nameStart < 0) {
        nameStart = cursor.nameStart() + 1;
        nameEnd = cursor.nameEnd() - 1;
      }
      cursor.skipValue();
    }
    if (!known && nameStart >= 0 && scalars.hostedTool == null) {
      scalars.hostedTool = cursor.excerpt(nameStart, nameEnd);
    }
  }

  private void hosted(RequestView.Scalars scalars) {
    if (scalars.hostedTool == null) {
      scalars.hostedTool = values.walkedText("tools");
    }
  }
}
