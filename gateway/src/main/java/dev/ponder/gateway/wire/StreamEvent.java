package dev.ponder.gateway.wire;

import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway wants to know of one server-sent event of an answer. The data is walked once,
 * member by member, so that text which merely looks like a usage fools nobody; nothing is allocated
 * but for the usage itself. An event that differs from the one before only inside strings says the
 * same and is not even walked.
 *
 * <p>Reusable, one per stream: each {@link #read} replaces what was known. Not safe for use by two
 * threads.
 */
public final class StreamEvent {

  private static final byte[] DATA = JsonCursor.ascii("data");
  private static final byte[] EVENT = JsonCursor.ascii("event");
  private static final byte[] ERROR = JsonCursor.ascii("error");
  private static final byte[] DONE = JsonCursor.ascii("[DONE]");

  private final AnswerReader answer;

  /** Whether events that differ within strings only can be taken for the same. */
  private final boolean alike;

  /** The event that all else here is about, or nothing. */
  private final EventTemplate template = new EventTemplate();

  private boolean done;
  private boolean namedError;
  private int dataLines;
  private int dataStart;
  private int dataEnd;
  private int objectEnd;
  private long visibleBytes;

  /** What {@link #visibleBytes} is for the event that was learnt. */
  private long learntBytes;

  /** Whether the event that was learnt ends where it does whatever comes behind: not with a CR. */
  private boolean endsItself;

  /** Bytes from the object's closing brace to the end of the event that was learnt. */
  private int objectTail;

  /** A reader of the events of a chat completion. */
  public StreamEvent() {
    this(Dialect.CHAT);
  }

  /** A reader of one stream's events. */
  public StreamEvent(Dialect dialect) {
    this.answer = new AnswerReader(dialect);
    this.alike = dialect.usageOnRequest();
  }

  /** Reads the event in {@code bytes[from..to)}, as {@link SseFramer} hands it out. */
  public void read(byte[] bytes, int from, int to) {
    if (!alike) {
      walk(bytes, from, to); // in other dialects a string says of which kind an event is
      return;
    }
    if (template.matches(bytes, from, to)) {
      readAlike(to);
      return;
    }
    walk(bytes, from, to);
    boolean ordinary = dataLines == 1 && objectEnd >= 0 && !finished() && !error();
    if (ordinary && usage() == null && !odd()) {
      objectTail = to - objectEnd;
      learntBytes = visibleBytes;
      endsItself = bytes[to - 1] == '\n' && bytes[to - 2] == '\n';
      template.learn(bytes, from, to, dataStart, dataEnd, answer.visible());
    } else {
      template.forget();
    }
  }

  /**
   * Reads the event that begins at {@code from} if it differs from the one before only inside
   * strings, which shows where it ends.
   *
   * @param limit where the bytes end that may belong to it
   * @return where the event ends; -1 if it has to be framed and read like any other
   */
  public int readAlike(byte[] bytes, int from, int limit) {
    int end = endsItself ? template.end(bytes, from, limit) : -1;
    if (end >= 0) {
      readAlike(end);
    }
    return end;
  }

  private void readAlike(int to) {
    objectEnd = to - objectTail;
    visibleBytes = learntBytes + template.visibleGrowth();
  }

  private void walk(byte[] bytes, int from, int to) {
    done = false;
    namedError = false;
    dataLines = 0;
    visibleBytes = 0;
    answer.clear();
    lines(bytes, from, to);
    done = dataLines > 0 && startsWith(bytes, dataStart, to, DONE);
    if (dataLines > 0 && !done) {
      byte[] data = dataLines == 1 ? bytes : unfold(bytes, from, to);
      boolean sound = answer.read(data, dataStart, dataEnd);
      visibleBytes = sound ? answer.visibleBytes() : dataEnd - dataStart;
      done = answer.last();
    }
    objectEnd = answer.objectEnd();
  }

  /** Whether it is the one that ends a stream: {@code [DONE]} or, elsewhere, its kind. */
  public boolean done() {
    return done;
  }

  /** Whether a choice has a finish reason. */
  public boolean finished() {
    return answer.finished();
  }

  /** The finish reason of the event's first choice, as the provider spelt it. */
  public @Nullable String finishReason() {
    return answer.finishReason();
  }

  /** Whether there are choices and they are empty, as in the chunk that carries the usage. */
  public boolean emptyChoices() {
    return answer.choicesEmpty();
  }

  /**
   * The tokens, an {@link #odd} count read in the dearest way; null when the event does not say. A
   * stream may say it more than once, see {@link UsageReader#dearer}, and not only at its end.
   */
  public @Nullable Usage usage() {
    return answer.usage();
  }

  /** What that costs by the upstream's own word; negative when that is no amount of money. */
  public @Nullable Money cost() {
    return answer.cost();
  }

  /** The usage in the event in {@code bytes} as the upstream wrote it, without any text. */
  public @Nullable String rawUsage(byte[] bytes) {
    return answer.usage() == null ? null : answer.rawUsage(bytes);
  }

  /** Whether it reports an error, by its name or in its data. */
  public boolean error() {
    return namedError || answer.error();
  }

  /**
   * The error that the event in {@code bytes[from..to)} reports, as an event of its own which all
   * clients take for one: named, and with nothing of an answer in it. Null if it has no error in
   * its data.
   */
  public byte @Nullable [] errorEvent(byte[] bytes, int from, int to) {
    byte[] data = dataLines == 1 ? bytes : unfold(bytes, from, to);
    byte[] alone = ErrorMember.alone(data, dataStart, dataEnd);
    return alone == null ? null : Dialect.CHAT.event(alone);
  }

  /** The {@code code} of its error, if that is a number of three digits; else 0. */
  public int errorCode() {
    return answer.errorCode();
  }

  /** Whether it brings a part of the answer: text, a refusal, a tool call. */
  public boolean content() {
    return answer.content();
  }

  /** Whether it brings a part of the reasoning. */
  public boolean reasoning() {
    return answer.reasoning();
  }

  /** Whether it has a usage that an honest count does not look like, be it too odd to be read. */
  public boolean odd() {
    return answer.odd();
  }

  /**
   * The bytes of text, refusals, reasoning and tool calls that it brings, as they lie in the JSON,
   * escapes and all; what is spoken counts with its transcript. All of the data when it is no JSON
   * object. A token of text is at least one byte, so that it brings no more tokens than these.
   */
  public long visibleBytes() {
    return visibleBytes;
  }

  /** What the answer is called in the Responses API; null in events that do not say. */
  public @Nullable String id() {
    return answer.seen().id;
  }

  /** Whether it has encrypted thoughts. */
  public boolean hasThoughts() {
    return answer.seen().encrypted.size() > 0;
  }

  /** The fingerprints of the encrypted thoughts that the event in {@code bytes} has. */
  public List<String> thoughts(byte[] bytes) {
    return answer.thoughts(bytes);
  }

  /** The number that the Responses API gives to its events; -1 without. */
  public long sequence() {
    return answer.seen().sequence;
  }

  /**
   * The brace that closes the data's JSON object, before which a further member may be put; -1 when
   * the data is no JSON object or an empty one.
   */
  public int objectEnd() {
    return objectEnd;
  }

  private void lines(byte[] bytes, int from, int to) {
    int at = startsWith(bytes, from, to, SseFramer.BYTE_ORDER_MARK) ? from + 3 : from;
    while (at < to) {
      int end = ByteSearch.lineEnd(bytes, at, to);
      int value = valueOf(DATA, bytes, at, end);
      if (value >= 0) {
        dataStart = dataLines == 0 ? value : dataStart;
        dataEnd = end;
        dataLines++;
      } else {
        value = valueOf(EVENT, bytes, at, end);
        if (value >= 0) {
          namedError = Arrays.equals(bytes, value, end, ERROR, 0, ERROR.length);
        }
      }
      at = end + 1;
    }
  }

  /** Where the value of this field begins, when the line is one of it; -1 else. */
  private static int valueOf(byte[] field, byte[] bytes, int from, int end) {
    if (!startsWith(bytes, from, end, field)) {
      return -1;
    }
    int at = from + field.length;
    if (at == end) {
      return end;
    }
    if (bytes[at] != ':') {
      return -1;
    }
    at++;
    return at < end && bytes[at] == ' ' ? at + 1 : at;
  }

  private static boolean startsWith(byte[] bytes, int from, int to, byte[] start) {
    return to - from >= start.length
        && Arrays.equals(bytes, from, from + start.length, start, 0, start.length);
  }

  /**
   * A copy in which all between the pieces of data is blank, so that data spread over several lines
   * can be read as one and every offset still holds. Line ends stay: JSON allows them between
   * tokens and nowhere else.
   */
  private static byte[] unfold(byte[] bytes, int from, int to) {
    byte[] copy = Arrays.copyOf(bytes, to);
    int at = from;
    while (at < to) {
      int end = ByteSearch.lineEnd(bytes, at, to);
      int value = valueOf(DATA, bytes, at, end);
      Arrays.fill(copy, at, value < 0 ? end : value, (byte) ' ');
      at = end + 1;
    }
    return copy;
  }
}
