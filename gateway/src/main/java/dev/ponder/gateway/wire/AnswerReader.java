package dev.ponder.gateway.wire;

import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the gateway wants to know of an answer, whole or one event of a stream: both have
 * nearly the same shape. It never fails: what is not JSON says nothing. Reusable; not safe for use
 * by two threads.
 */
final class AnswerReader {

  private static final int DEPTH_MAX = 512;

  private static final byte[] ERROR = JsonCursor.ascii("error");
  private static final byte[] CODE = JsonCursor.ascii("code");

  private final JsonCursor cursor = new JsonCursor(DEPTH_MAX);
  private final AnswerSeen seen;
  private final AnswerShape shape;
  private int errorCode;
  private int objectEnd;

  /** A reader of a dialect's answers; of all events of a stream it has to be the same one. */
  AnswerReader(Dialect dialect) {
    this.seen = new AnswerSeen(cursor, new UsageCounts(cursor, dialect.usageInParts()));
    this.shape = dialect.shape(seen);
  }

  void clear() {
    seen.clear();
    errorCode = 0;
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

  /** The fingerprints of the encrypted thoughts in what was read. */
  List<String> thoughts(byte[] json) {
    IntList places = seen.encrypted;
    if (places.size() == 0) {
      return List.of();
    }
    List<String> thoughts = new ArrayList<>();
    for (int i = 0; i < places.size(); i += 2) {
      thoughts.add(Fingerprint.of(json, places.get(i), places.get(i + 1)));
    }
    return thoughts;
  }

  /** All that was seen. */
  AnswerSeen seen() {
    return seen;
  }

  /** Whether the stream ends with it, by its own word. */
  boolean last() {
    return seen.last;
  }

  boolean error() {
    return seen.error;
  }

  /** The error's {@code code}, if it is a number of three digits, be it in quotes; else 0. */
  int errorCode() {
    return errorCode;
  }

  boolean choicesEmpty() {
    return seen.choicesEmpty;
  }

  boolean finished() {
    return seen.finished;
  }

  boolean content() {
    return seen.content;
  }

  boolean reasoning() {
    return seen.reasoning;
  }

  @Nullable String finishReason() {
    return seen.finishReason;
  }

  @Nullable Usage usage() {
    return seen.counts.usage();
  }

  /** What that costs by the upstream's own word; negative when that is no amount of money. */
  @Nullable Money cost() {
    return seen.counts.cost();
  }

  /** The usage in what was read, as the upstream wrote it; null if there is none. */
  @Nullable String rawUsage(byte[] json) {
    return seen.counts.raw(json);
  }

  /** Whether a usage is there that an honest count does not look like. */
  boolean odd() {
    return seen.odd || seen.counts.odd();
  }

  /**
   * The bytes of text, refusals, reasoning and tool calls, as they lie in the JSON, escapes and
   * all. What is spoken counts with its transcript.
   */
  long visibleBytes() {
    return seen.visibleBytes;
  }

  /** Where these bytes lie: starts and ends by turns, in the order of the answer. */
  IntList visible() {
    return seen.visible;
  }

  /** The brace that closes the object; -1 when the object is empty or was not read. */
  int objectEnd() {
    return objectEnd;
  }

  private boolean object() {
    boolean any = false;
    shape.begun();
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      any = true;
      if (cursor.nameIs(ERROR)) {
        seen.error |= fault();
      } else {
        shape.member();
      }
    }
    int end = cursor.at() - 1;
    cursor.end();
    shape.ended();
    objectEnd = any ? end : -1;
    return true;
  }

  /** An error, as an object or as text; says whether it is anything. */
  private boolean fault() {
    if (!cursor.nextIs('{')) {
      return seen.isSomething();
    }
    boolean something = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      something = true;
      int start = cursor.at();
      int quote = cursor.nextIs('"') ? 1 : 0;
      boolean counts = cursor.nameIs(CODE) && (quote == 1 || cursor.nextIsNumber());
      cursor.skipValue();
      if (counts) {
        long code = cursor.integer(start + quote, cursor.at() - quote);
        errorCode = code >= 100 && code <= 999 ? (int) code : 0;
      }
    }
    return something;
  }
}
