package dev.ponder.gateway.wire;

import dev.ponder.classify.PromptText;
import dev.ponder.classify.PromptText.Role;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code input} and the {@code instructions} of the Responses API: a text, or items that
 * are messages, thoughts, calls of tools and what came of them.
 */
final class ItemReader {

  private static final KnownNames ROLES =
      new KnownNames("user", "assistant", "system", "developer");

  /** Items of which tokens are bounded by bytes, or which are counted on their own. */
  private static final KnownNames ITEMS =
      new KnownNames(
          "message",
          "reasoning",
          "function_call",
          "function_call_output",
          "custom_tool_call",
          "custom_tool_call_output",
          "local_shell_call",
          "local_shell_call_output",
          "apply_patch_call",
          "apply_patch_call_output",
          "computer_call",
          "computer_call_output",
          "web_search_call");

  private static final KnownNames PARTS =
      new KnownNames(
          "input_text",
          "output_text",
          "text",
          "refusal",
          "reasoning_text",
          "summary_text",
          "input_image",
          "computer_screenshot",
          "input_audio");

  private static final byte[] TYPE = JsonCursor.ascii("type");
  private static final byte[] ROLE = JsonCursor.ascii("role");
  private static final byte[] CONTENT = JsonCursor.ascii("content");
  private static final byte[] OUTPUT = JsonCursor.ascii("output");
  private static final byte[] TEXT = JsonCursor.ascii("text");
  private static final byte[] ENCRYPTED = JsonCursor.ascii("encrypted_content");

  private final JsonCursor cursor;
  private final StringSpan words = new StringSpan();
  private @Nullable Role role;

  ItemReader(JsonCursor cursor) {
    this.cursor = cursor;
  }

  /** Lets go of the bytes. */
  void close() {
    words.clear();
  }

  /** Reads the instructions that come next. */
  void instructions(PromptText text, RequestView.Scalars scalars) {
    message(Role.SYSTEM, "instructions", text, scalars);
  }

  /** Reads the input that comes next. */
  void input(PromptText text, RequestView.Scalars scalars) {
    message(Role.USER, "input", text, scalars);
  }

  private void message(Role speaker, String param, PromptText text, RequestView.Scalars scalars) {
    if (cursor.nextIs('"')) {
      text.beginMessage();
      cursor.string();
      cursor.span().feed(text);
      text.endMessage(speaker);
    } else if (cursor.nextIs('[')) {
      int index = 0;
      for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
        if (!cursor.nextIs('{')) {
          throw cursor.wrongKind(param + "[" + index + "]", "an object");
        }
        item(text, scalars);
        index++;
      }
    } else if (cursor.nextIs('n')) {
      cursor.skipValue();
    } else {
      throw cursor.wrongKind(param, "a string, an array of items or null");
    }
  }

  private void item(PromptText text, RequestView.Scalars scalars) {
    boolean known = true;
    boolean typed = false;
    role = null;
    text.beginMessage();
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      int at = cursor.at();
      if (cursor.nextIs('"') && cursor.nameIs(TYPE)) {
        cursor.string();
        String type = ITEMS.find(cursor.span());
        known = type != null;
        typed = known && !"message".equals(type);
      } else if (cursor.nextIs('"') && cursor.nameIs(ROLE)) {
        cursor.string();
        role = role(ROLES.find(cursor.span()));
      } else if (cursor.nameIs(CONTENT) || cursor.nameIs(OUTPUT)) {
        content(text, scalars, cursor.nameIs(OUTPUT));
      } else {
        boolean secret = cursor.nextIs('"') && cursor.nameIs(ENCRYPTED);
        cursor.skipValue();
        if (secret && cursor.at() - at > 2) {
          scalars.encryptedFrom = at + 1;
          scalars.encryptedTo = cursor.at() - 1;
        }
        text.addUnreadChars(cursor.at() - at);
      }
    }
    scalars.files += known ? 0 : 1; // such as a reference to what lies elsewhere
    Role speaker = role == null ? Role.USER : role;
    text.endMessage(typed ? Role.TOOL : speaker);
  }

  private static Role role(@Nullable String name) {
    return switch (String.valueOf(name)) {
      case "user" -> Role.USER;
      case "system", "developer" -> Role.SYSTEM;
      default -> Role.ASSISTANT;
    };
  }

  private void content(PromptText text, RequestView.Scalars scalars, boolean ofTool) {
    if (cursor.nextIs('"')) {
      cursor.string();
      words.copyFrom(cursor.span());
      say(text, ofTool);
    } else if (cursor.nextIs('[')) {
      for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
        if (cursor.nextIs('{')) {
          part(text, scalars, ofTool);
        } else {
          scalars.files++;
          cursor.skipValue();
        }
      }
    } else if (cursor.nextIs('{')) {
      part(text, scalars, ofTool);
    } else {
      cursor.skipValue();
    }
  }

  private void part(PromptText text, RequestView.Scalars scalars, boolean ofTool) {
    String type = null;
    boolean hasText = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nextIs('"') && cursor.nameIs(TEXT)) {
        cursor.string();
        words.copyFrom(cursor.span());
        hasText = true;
      } else if (cursor.nextIs('"') && cursor.nameIs(TYPE)) {
        cursor.string();
        type = PARTS.find(cursor.span());
      } else {
        cursor.skipValue();
      }
    }
    if (type == null) {
      scalars.files++;
      text.addOtherPart();
    } else if (type.equals("input_image") || type.equals("computer_screenshot")) {
      text.addImage();
    } else if (type.equals("input_audio")) {
      scalars.audios++;
      text.addOtherPart();
    } else if (hasText) {
      say(text, ofTool);
    }
  }

  /** The words that were read last, of whoever speaks. */
  private void say(PromptText text, boolean ofTool) {
    if (ofTool || role == Role.ASSISTANT) {
      text.addUnreadChars(words.units() - words.others(), words.others());
      return;
    }
    text.breakPart();
    words.feed(text);
  }
}
