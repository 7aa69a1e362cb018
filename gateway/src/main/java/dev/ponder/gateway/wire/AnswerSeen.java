package dev.ponder.gateway.wire;

import org.jspecify.annotations.Nullable;

/**
 * What was seen of an answer, or of one event of it, while its JSON is walked. Reusable; not safe
 * for use by two threads.
 */
final class AnswerSeen {

  final JsonCursor cursor;
  final UsageCounts counts;

  /** Where the bytes of the answer lie that the client gets to see: starts and ends by turns. */
  final IntList visible = new IntList();

  long visibleBytes;
  boolean odd;
  boolean error;
  boolean choicesEmpty;

  /** Whether an answer was ended by it. */
  boolean finished;

  boolean content;
  boolean reasoning;

  /** Whether nothing comes after it, by its own word. */
  boolean last;

  @Nullable String finishReason;

  // Of the Responses API only

  /** Where encrypted thoughts lie: starts and ends by turns. */
  final IntList encrypted = new IntList();

  /** The number of an event; -1 if it has none. */
  long sequence = -1;

  @Nullable String status;

  /** What the answer is called, by which it can be asked for again. */
  @Nullable String id;

  AnswerSeen(JsonCursor cursor, UsageCounts counts) {
    this.cursor = cursor;
    this.counts = counts;
  }

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
    last = false;
    finishReason = null;
    encrypted.clear();
    sequence = -1;
    status = null;
    id = null;
  }

  /** Reads a {@code usage}, or null. */
  void usage() {
    if (cursor.nextIs('{')) {
      counts.read();
    } else {
      odd |= !cursor.nextIs('n');
      cursor.skipValue();
    }
  }

  /** Skips a value that the client gets to see; like {@link #isSomething}. */
  boolean isSaid() {
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
  boolean isSomething() {
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
