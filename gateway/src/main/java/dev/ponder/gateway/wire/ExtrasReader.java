package dev.ponder.gateway.wire;

import dev.ponder.classify.PromptText;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of a request that can make it cost more than its output cap allows: what runs
 * at the provider, what is billed apart, and what raises the price.
 */
final class ExtrasReader {

  private static final byte[] TYPE = JsonCursor.ascii("type");
  private static final byte[] NAME = JsonCursor.ascii("name");
  private static final byte[] FUNCTION = JsonCursor.ascii("function");
  private static final byte[] CUSTOM = JsonCursor.ascii("custom");
  private static final byte[] ID = JsonCursor.ascii("id");
  private static final byte[] ANY = JsonCursor.ascii("any");
  private static final byte[] TOOL = JsonCursor.ascii("tool");
  private static final byte[] BUDGET_TOKENS = JsonCursor.ascii("budget_tokens");
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

  /** Takes the value of a member of a member, which comes next. */
  @FunctionalInterface
  interface Taker {

    /**
     * Reads the value.
     *
     * @param param its whole name, such as {@code stream_options.include_usage}
     */
    void take(String param);
  }

  /** An object of which one member matters, and where that lies; or null. */
  void inner(String outer, String name, RequestView.Inner place, Taker taker) {
    if (values.skippedNull()) {
      return;
    }
    if (!cursor.nextIs('{')) {
      throw cursor.wrongKind(outer, "an object or null");
    }
    byte[] wanted = JsonCursor.ascii(name);
    place.at = cursor.at() + 1;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      place.empty = false;
      if (!cursor.nameIs(wanted)) {
        cursor.skipValue();
        continue;
      }
      String param = outer + "." + name;
      if (place.start >= 0) {
        throw JsonFault.wrong(param, "given twice", "once");
      }
      place.start = cursor.at();
      taker.take(param);
      place.end = cursor.at();
    }
  }

  /** An id, as it is or as the {@code id} of an object; null where there is none. */
  @Nullable String idOf(String param) {
    if (!cursor.nextIs('{')) {
      return values.skippedNull() ? null : values.text(param, "a string, an object or null");
    }
    String id = null;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(ID)) {
        id = values.text(param + ".id", "a string");
      } else {
        cursor.skipValue();
      }
    }
    return id;
  }

  /** Whether and for how long a model of Anthropic's is to think. */
  void thinking(RequestView.Scalars scalars) {
    if (values.skippedNull()) {
      return;
    }
    if (!cursor.nextIs('{')) {
      throw cursor.wrongKind("thinking", "an object or null");
    }
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(TYPE)) {
        String type = values.text("thinking.type", "a string");
        scalars.thinks = !type.equals("disabled");
      } else if (cursor.nameIs(BUDGET_TOKENS)) {
        scalars.thinkingBudget = values.count("thinking.budget_tokens", JsonScan.CAP_MAX);
      } else {
        cursor.skipValue();
      }
    }
  }

  /** Whether a tool must be called. */
  void choice(RequestView.Scalars scalars) {
    if (!cursor.nextIs('{')) {
      cursor.skipValue();
      return;
    }
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nextIs('"') && cursor.nameIs(TYPE)) {
        cursor.string();
        scalars.forcedTool = cursor.span().matches(ANY) || cursor.span().matches(TOOL);
      } else {
        cursor.skipValue();
      }
    }
  }

  /** The tools that are offered, of which some may run, and be billed, at the provider. */
  void tools(Dialect dialect, PromptText text, RequestView.Scalars scalars) {
    if (values.skippedNull()) {
      return;
    }
    if (!cursor.nextIs('[')) {
      throw cursor.wrongKind("tools", "an array or null");
    }
    int start = cursor.at();
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (cursor.nextIs('{')) {
        tool(dialect, scalars);
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
  private void tool(Dialect dialect, RequestView.Scalars scalars) {
    boolean known = false;
    int nameStart = -1;
    int nameEnd = -1;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nextIs('"') && cursor.nameIs(TYPE)) {
        known = true;
        cursor.string();
        StringSpan type = cursor.span();
        if (!type.matches(FUNCTION) && !type.matches(CUSTOM) && !dialect.runsElsewhere(type)) {
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
