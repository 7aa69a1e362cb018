package dev.ponder.gateway.wire;

import dev.ponder.classify.PromptText;
import dev.ponder.classify.PromptText.Role;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code system} and the {@code messages} of Anthropic's dialect: who speaks, what the
 * text says, what is attached. What a tool gave back is in the user's messages there; one of
 * nothing else is the tool's turn, so that the question before it is still the last one.
 */
final class BlockReader {

  private static final KnownNames ROLES = new KnownNames("user", "assistant", "system");

  /** Blocks of which tokens are bounded by bytes, or which are counted on their own. */
  private static final KnownNames BLOCKS =
      new KnownNames(
          "text",
          "image",
          "thinking",
          "redacted_thinking",
          "tool_use",
          "tool_result",
          "search_result",
          "server_tool_use",
          "web_search_tool_result");

  private static final byte[] ROLE = JsonCursor.ascii("role");
  private static final byte[] CONTENT = JsonCursor.ascii("content");
  private static final byte[] TYPE = JsonCursor.ascii("type");
  private static final byte[] TEXT = JsonCursor.ascii("text");

  private final JsonCursor cursor;
  private final StringSpan words = new StringSpan();
  private int index;
  private @Nullable Role role;
  private boolean spoke;
  private boolean handedBack;

  BlockReader(JsonCursor cursor) {
    this.cursor = cursor;
  }

  /** Lets go of the bytes. */
  void close() {
    words.clear();
  }

  /** Reads the instructions that come next: a string, blocks of text, or null. */
  void system(PromptText text, RequestView.Scalars scalars) {
    text.beginMessage();
    role = Role.SYSTEM;
    content("system", text, scalars);
    text.endMessage(Role.SYSTEM);
  }

  /** Reads the array of messages that comes next. */
  void messages(PromptText text, RequestView.Scalars scalars) {
    if (!cursor.nextIs('[')) {
      throw cursor.wrongKind("messages", "an array of messages");
    }
    index = 0;
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      message(text, scalars);
      index++;
    }
    if (index == 0) {
      throw JsonFault.wrong("messages", "empty", "at least one message");
    }
  }

  private void message(PromptText text, RequestView.Scalars scalars) {
    if (!cursor.nextIs('{')) {
      throw cursor.wrongKind("messages[" + index + "]", "an object");
    }
    role = null;
    spoke = false;
    handedBack = false;
    boolean contentSeen = false;
    text.beginMessage();
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(ROLE)) {
        role();
      } else if (cursor.nameIs(CONTENT)) {
        if (contentSeen) {
          throw JsonFault.wrong("messages[" + index + "].content", "given twice", "once");
        }
        contentSeen = true;
        content("content", text, scalars);
      } else {
        cursor.skipValue();
      }
    }
    Role speaker = role == null ? Role.USER : role;
    scalars.toolsTurn = handedBack;
    scalars.prefilled = speaker == Role.ASSISTANT;
    text.endMessage(speaker == Role.USER && handedBack && !spoke ? Role.TOOL : speaker);
  }

  private void role() {
    if (role != null) {
      throw JsonFault.wrong("messages[" + index + "].role", "given twice", "once");
    }
    if (!cursor.nextIs('"')) {
      throw cursor.wrongKind("messages[" + index + "].role", "a string");
    }
    cursor.string();
    String name = String.valueOf(ROLES.find(cursor.span()));
    role =
        switch (name) {
          case "user" -> Role.USER;
          case "system" -> Role.SYSTEM;
          default -> Role.ASSISTANT;
        };
  }

  private void content(String member, PromptText text, RequestView.Scalars scalars) {
    if (cursor.nextIs('"')) {
      cursor.string();
      words.copyFrom(cursor.span());
      say(text, false);
    } else if (cursor.nextIs('[')) {
      blocks(text, scalars, false);
    } else if (cursor.nextIs('n')) {
      cursor.skipValue();
    } else {
      String place = member.equals("system") ? member : "messages[" + index + "]." + member;
      throw cursor.wrongKind(place, "a string or an array of blocks");
    }
  }

  /**
   * Reads an array of blocks.
   *
   * @param inner whether it is the content of another block, which nobody here has said
   */
  private void blocks(PromptText text, RequestView.Scalars scalars, boolean inner) {
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (cursor.nextIs('{')) {
        block(text, scalars, inner);
      } else {
        scalars.files++;
        cursor.skipValue();
      }
    }
  }

  private void block(PromptText text, RequestView.Scalars scalars, boolean inner) {
    String type = null;
    boolean hasText = false;
    long unread = 0;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      int at = cursor.at();
      if (cursor.nextIs('"') && cursor.nameIs(TEXT)) {
        cursor.string();
        words.copyFrom(cursor.span());
        hasText = true;
      } else if (cursor.nextIs('"') && cursor.nameIs(TYPE)) {
        cursor.string();
        type = BLOCKS.find(cursor.span());
      } else if (cursor.nextIs('[') && cursor.nameIs(CONTENT)) {
        blocks(text, scalars, true);
        hasText = false; // the place was needed for what is inside
      } else {
        cursor.skipValue();
        unread += cursor.at() - at;
      }
    }
    if (type == null) {
      scalars.files++;
      text.addOtherPart();
    } else if (type.equals("image")) {
      text.addImage();
    } else if (type.equals("text") && hasText) {
      say(text, inner);
    } else {
      handedBack |= !inner && type.equals("tool_result");
      text.addUnreadChars(unread);
    }
  }

  /** The words that were read last, of whoever speaks. */
  private void say(PromptText text, boolean inner) {
    if (inner || role == Role.ASSISTANT) {
      text.addUnreadChars(words.units() - words.others(), words.others());
      return;
    }
    spoke |= !words.isEmpty();
    text.breakPart();
    words.feed(text);
  }
}
