package dev.ponder.gateway.wire;

import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the gateway wants to know of an answer, whole or one chunk of a stream: both have the
 * same shape, but for {@code message} and {@code delta}. It never fails: what is not JSON says
 * nothing. Reusable; not safe for use by two threads.
 */
final class AnswerReader {

  private static final int DEPTH_MAX = 512;

  private static final byte[] CHOICES = JsonCursor.ascii("choices");
  private static final byte[] USAGE = JsonCursor.ascii("usage");
  private static final byte[] X_GROQ = JsonCursor.ascii("x_groq");
  private static final byte[] ERROR = JsonCursor.ascii("error");
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

  private final JsonCursor cursor = new JsonCursor(DEPTH_MAX);
  private final UsageCounts counts = new UsageCounts(cursor);

  /** Where the bytes of the answer lie that the client gets to see: starts and ends by turns. */
  private final IntList visible = new IntList();

  private long visibleBytes;
  private boolean odd;
  private boolean error;
  private boolean choicesEmpty;
  private boolean finished;
  private boolean content;
  private boolean reasoning;
  private @Nullable String finishReason;
  private int objectEnd;

  void clear() {
    counts.clear();
    visible.clear();
    visibleBytes = 0;
    odd = false;
    error = false;
    choicesEmpty = false;
    finished = false;
    content = false;
    reasoning = false;
    finishReason = null;
    objectEnd = -1;
  }

  /** Reads one JSON object, white space around it; false, and nothing read, if it is none. */
  boolean read(byte[] json, int from, int to) {
    clear();
    cursor.open(json, from, to);
    boolean sound = false;
    if (cursor.nextIs('{')) {
      try {
        sound = object();
      } catch (ApiError malformed) {
        sound = false;
      }
    }
    cursor.close();
    if (!sound) {
      clear();
    }
    return sound;
  }

  boolean error() {
    return error;
  }

  boolean choicesEmpty() {
    return choicesEmpty;
  }

  boolean finished() {
    return finished;
  }

  boolean content() {
    return content;
  }

  boolean reasoning() {
    return reasoning;
  }

  @Nullable String finishReason() {
    return finishReason;
  }

  @Nullable Usage usage() {
    return counts.usage();
  }

  /** Whether a usage is there that an honest count does not look like. */
  boolean odd() {
    return odd || counts.odd();
  }

  /**
   * The bytes of text, refusals, reasoning and tool calls, as they lie in the JSON, escapes and
   * all. What is spoken counts with its transcript.
   */
  long visibleBytes() {
    return visibleBytes;
  }

  /** Where these bytes lie: starts and ends by turns, in the order of the answer. */
  IntList visible() {
    return visible;
  }

  /** The brace that closes the object; -1 when the object is empty or was not read. */
  int objectEnd() {
    return objectEnd;
  }

  private boolean object() {
    boolean any = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      any = true;
      if (cursor.nameIs(CHOICES)) {
        choices();
      } else if (cursor.nameIs(USAGE)) {
        usageMember();
      } else if (cursor.nameIs(X_GROQ) && cursor.nextIs('{') && counts.usage() == null) {
        groq();
      } else if (cursor.nameIs(ERROR)) {
        error |= isSomething();
      } else {
        cursor.skipValue();
      }
    }
    int end = cursor.at() - 1;
    cursor.end();
    objectEnd = any ? end : -1;
    return true;
  }

  private void groq() {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(USAGE)) {
        usageMember();
      } else {
        cursor.skipValue();
      }
    }
  }

  private void usageMember() {
    if (cursor.nextIs('{')) {
      counts.read();
    } else {
      odd |= !cursor.nextIs('n');
      cursor.skipValue();
    }
  }

  private void choices() {
    if (!cursor.nextIs('[')) {
      cursor.skipValue();
      return;
    }
    choicesEmpty = true;
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      boolean first = choicesEmpty;
      choicesEmpty = false;
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
        finished = true;
        finishReason = first ? cursor.span().text() : finishReason;
      } else if (cursor.nextIs('{') && (cursor.nameIs(DELTA) || cursor.nameIs(MESSAGE))) {
        speech();
      } else if (cursor.nameIs(TEXT)) {
        content |= isSaid();
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
          content |= isSaid();
        }
      } else if (cursor.nameIs(REFUSAL)) {
        content |= isSaid();
      } else if (cursor.nameIs(TOOL_CALLS)) {
        toolCalls();
      } else if (cursor.nameIs(FUNCTION_CALL)) {
        content |= function();
      } else if (cursor.nameIs(AUDIO)) {
        content |= spoken();
      } else if (cursor.nameIs(REASONING_CONTENT) || cursor.nameIs(REASONING)) {
        // Some say it twice, once under each name.
        thought |= thought ? isSomething() : isSaid();
      } else if (cursor.nameIs(REASONING_DETAILS)) {
        reasoning |= isSomething(); // the text of which is in the reasoning too
      } else {
        cursor.skipValue();
      }
    }
    reasoning |= thought;
  }

  private void toolCalls() {
    if (!cursor.nextIs('[')) {
      content |= isSomething();
      return;
    }
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      content = true;
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
      return isSomething();
    }
    boolean something = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      something = true;
      isSaid();
    }
    return something;
  }

  private boolean spoken() {
    if (!cursor.nextIs('{')) {
      return isSomething();
    }
    boolean something = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      something = true;
      if (cursor.nameIs(TRANSCRIPT)) {
        isSaid();
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
        content |= isSaid();
        continue;
      }
      boolean thought = false;
      boolean text = false;
      for (boolean any = cursor.firstMember(); any; any = cursor.nextMember()) {
        if (cursor.nameIs(THINKING)) {
          thought |= isSaid();
        } else if (cursor.nameIs(TEXT)) {
          text |= isSaid();
        } else {
          cursor.skipValue();
        }
      }
      reasoning |= thought;
      content |= text;
    }
  }

  /** Skips a value that the client gets to see; like {@link #isSomething}. */
  private boolean isSaid() {
    int quote = cursor.nextIs('"') ? 1 : 0;
    int start = cursor.at() + quote;
    boolean something = isSomething();
    if (something) {
      int end = cursor.at() - quote;
      visible.add(start);
      visible.add(end);
      visibleBytes += end - start;
    }
    return something;
  }

  /** Skips a value and says whether it is anything but null, false, "", [] or {}. */
  private boolean isSomething() {
    boolean something = !cursor.nextIs('n') && !cursor.nextIs('f');
    if (cursor.nextIs('"')) {
      cursor.string();
      something = !cursor.span().isEmpty();
    } else if (cursor.nextIs('[')) {
      something = false;
      for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
        cursor.skipValue();
        something = true;
      }
    } else if (cursor.nextIs('{')) {
      something = false;
      for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
        cursor.skipValue();
        something = true;
      }
    } else {
      cursor.skipValue();
    }
    return something;
  }
}
