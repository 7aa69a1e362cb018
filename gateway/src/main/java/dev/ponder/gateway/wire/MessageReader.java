package dev.ponder.gateway.wire;

import dev.ponder.classify.PromptText;
import dev.ponder.classify.PromptText.Role;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code messages} of a chat request: who speaks, what the text says, what is attached.
 * Members come in any order, so a text is remembered by its place until its part or message has
 * ended.
 *
 * <p>Of all users' messages only the last one's text is looked at, and so of the system's: a
 * message that is one string waits until another takes its place or the array ends, and is decoded
 * in the latter case only. In a long conversation that is most of what there is.
 */
final class MessageReader {

  /** The most messages of a developer, which may have to be renamed one by one. */
  static final int DEVELOPERS_MAX = 4096;

  private static final KnownNames ROLES =
      new KnownNames("system", "developer", "user", "assistant", "tool");

  /** Of which tokens are bounded by bytes, or which are counted on their own. */
  private static final KnownNames PARTS =
      new KnownNames(
          "text",
          "input_text",
          "output_text",
          "refusal",
          "thinking",
          "reasoning",
          "image_url",
          "input_image",
          "input_audio");

  private static final byte[] ROLE = JsonCursor.ascii("role");
  private static final byte[] CONTENT = JsonCursor.ascii("content");
  private static final byte[] TYPE = JsonCursor.ascii("type");
  private static final byte[] TEXT = JsonCursor.ascii("text");
  private static final byte[] REFUSAL = JsonCursor.ascii("refusal");
  private static final byte[] IMAGE_URL = JsonCursor.ascii("image_url");
  private static final byte[] INPUT_AUDIO = JsonCursor.ascii("input_audio");
  private static final byte[] FILE = JsonCursor.ascii("file");
  private static final byte[] AUDIO = JsonCursor.ascii("audio");
  private static final byte[] TOOL_CALLS = JsonCursor.ascii("tool_calls");
  private static final byte[] FUNCTION_CALL = JsonCursor.ascii("function_call");

  private final JsonCursor cursor;
  private final StringSpan partText = new StringSpan();
  private final StringSpan waitingSystem = new StringSpan();
  private final StringSpan waitingUser = new StringSpan();
  private final StringSpan content = new StringSpan();
  private int index;
  private @Nullable Role role;
  private boolean contentSeen;

  MessageReader(JsonCursor cursor) {
    this.cursor = cursor;
  }

  /** Lets go of the bytes. */
  void close() {
    partText.clear();
    content.clear();
    waitingSystem.clear();
    waitingUser.clear();
  }

  /** Reads the array that comes next. */
  void read(PromptText text, RequestView.Scalars scalars) {
    if (!cursor.nextIs('[')) {
      throw cursor.wrongKind("messages", "an array of messages");
    }
    index = 0;
    waitingSystem.clear();
    waitingUser.clear();
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      message(text, scalars);
      index++;
    }
    if (index == 0) {
      throw JsonFault.wrong("messages", "empty", "at least one message");
    }
    decode(text, waitingSystem, Role.SYSTEM);
    decode(text, waitingUser, Role.USER);
  }

  private static void decode(PromptText text, StringSpan waiting, Role role) {
    if (!waiting.isEmpty()) {
      text.beginMessage();
      waiting.feed(text);
      text.endMessage(role);
    }
  }

  private void message(PromptText text, RequestView.Scalars scalars) {
    if (!cursor.nextIs('{')) {
      throw cursor.wrongKind("messages[" + index + "]", "an object");
    }
    role = null;
    contentSeen = false;
    content.clear();
    text.beginMessage();
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(ROLE)) {
        role(scalars);
      } else if (cursor.nameIs(CONTENT)) {
        once(contentSeen, "content");
        contentSeen = true;
        content(text, scalars);
      } else if (cursor.nameIs(TOOL_CALLS) || cursor.nameIs(FUNCTION_CALL)) {
        int start = cursor.at();
        cursor.skipValue();
        text.addUnreadChars(cursor.at() - start);
      } else {
        // An earlier spoken answer is only named, and yet is input.
        scalars.audios += cursor.nextIs('{') && cursor.nameIs(AUDIO) ? 1 : 0;
        cursor.skipValue();
      }
    }
    // Without a role the upstream decides; the classifier had better read it.
    end(text, role == null ? Role.USER : role);
  }

  private void end(PromptText text, Role speaker) {
    if (speaker == Role.SYSTEM || speaker == Role.USER) {
      StringSpan waiting = speaker == Role.SYSTEM ? waitingSystem : waitingUser;
      if (!waiting.isEmpty()) {
        passOver(text, waiting, speaker);
      }
      waiting.copyFrom(content);
    }
    if (content.isEmpty()) {
      text.endMessage(speaker);
    } else if (speaker != Role.SYSTEM && speaker != Role.USER) {
      passOver(text, content, speaker);
    }
  }

  private static void passOver(PromptText text, StringSpan span, Role speaker) {
    text.passOver(speaker, span.units() - span.others(), span.others());
  }

  private void role(RequestView.Scalars scalars) {
    once(role != null, "role");
    if (!cursor.nextIs('"')) {
      throw cursor.wrongKind("messages[" + index + "].role", "a string");
    }
    int start = cursor.at();
    cursor.string();
    String known = ROLES.find(cursor.span());
    String name = known == null ? "" : known;
    if (name.equals("developer")) {
      if (scalars.developers.size() == 2 * DEVELOPERS_MAX) {
        String expected = "at most " + DEVELOPERS_MAX + " messages of a developer";
        throw JsonFault.wrong("messages[" + index + "].role", "one developer more", expected);
      }
      scalars.developers.add(start);
      scalars.developers.add(cursor.at());
    }
    role =
        switch (name) {
          case "system", "developer" -> Role.SYSTEM;
          case "user" -> Role.USER;
          case "assistant" -> Role.ASSISTANT;
          default -> Role.TOOL;
        };
  }

  private void once(boolean seen, String member) {
    if (seen) {
      String param = "messages[" + index + "]." + member;
      throw JsonFault.wrong(param, "given twice", "once");
    }
  }

  private void content(PromptText text, RequestView.Scalars scalars) {
    if (cursor.nextIs('"')) {
      cursor.string();
      content.copyFrom(cursor.span());
    } else if (cursor.nextIs('[')) {
      for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
        if (cursor.nextIs('{')) {
          part(text, scalars);
        } else if (cursor.nextIs('"')) {
          text.breakPart();
          cursor.string();
          text(text, cursor.span());
        } else {
          scalars.files++;
          cursor.skipValue();
        }
      }
    } else {
      scalars.files += cursor.nextIs('{') ? 1 : 0;
      cursor.skipValue();
    }
  }

  private void part(PromptText text, RequestView.Scalars scalars) {
    boolean hasText = false;
    boolean bounded = false;
    boolean image = false;
    boolean audio = false;
    boolean file = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      boolean readable = cursor.nextIs('"');
      if (readable && (cursor.nameIs(TEXT) || cursor.nameIs(REFUSAL))) {
        cursor.string();
        partText.copyFrom(cursor.span());
        hasText = true;
      } else if (readable && cursor.nameIs(TYPE)) {
        cursor.string();
        String type = PARTS.find(cursor.span());
        file |= type == null;
        image |= "image_url".equals(type) || "input_image".equals(type);
        audio |= "input_audio".equals(type);
        bounded = true;
      } else {
        image |= cursor.nameIs(IMAGE_URL);
        audio |= cursor.nameIs(INPUT_AUDIO);
        file |= cursor.nameIs(FILE);
        cursor.skipValue();
      }
    }
    scalars.audios += audio ? 1 : 0;
    scalars.files += file || !(bounded || hasText || image || audio) ? 1 : 0;
    if (image) {
      text.addImage();
    } else if (hasText) {
      text.breakPart();
      text(text, partText);
    } else {
      text.addOtherPart();
    }
  }

  private void text(PromptText text, StringSpan span) {
    if (role == Role.ASSISTANT || role == Role.TOOL) {
      text.addUnreadChars(span.units() - span.others(), span.others());
    } else {
      span.feed(text);
    }
  }
}
