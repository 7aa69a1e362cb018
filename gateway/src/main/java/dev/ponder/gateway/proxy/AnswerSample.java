package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.AnswerFacts;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.ModelMember;
import dev.ponder.gateway.wire.UsageReader;
import dev.ponder.price.Usage;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an answer that goes through unread, to see what it used: all of a small one, else
 * its beginning and its end. Usage stands at the end, and the model at the beginning.
 */
final class AnswerSample {

  private static final int HEAD_MAX = 256 * 1024;
  private static final int TAIL_MAX = 64 * 1024;

  /** Members of this name, or lines of data, that are looked at from the end on. */
  private static final int LOOKS_MAX = 64;

  private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);

  private final boolean events;
  private final Buffer head = Buffer.buffer();
  private Buffer tail = Buffer.buffer();
  private boolean gap;

  /**
   * Nothing yet.
   *
   * @param events whether it is an event stream, and not JSON
   */
  AnswerSample(boolean events) {
    this.events = events;
  }

  /** More of the answer. */
  void add(Buffer chunk) {
    int room = Math.min(chunk.length(), HEAD_MAX - head.length());
    head.appendBuffer(chunk, 0, room);
    tail.appendBuffer(chunk, room, chunk.length() - room);
    if (tail.length() > 2 * TAIL_MAX) {
      tail = Buffer.buffer().appendBuffer(tail, tail.length() - TAIL_MAX, TAIL_MAX);
      gap = true;
    }
  }

  /** The model that it says it is from; null if it does not say, or not at its beginning. */
  @Nullable String model() {
    byte[] bytes = head.getBytes();
    return ModelMember.of(bytes, 0, bytes.length);
  }

  /** The tokens that it used; null if it does not say. */
  @Nullable Usage usage() {
    if (events) {
      return usageOfEvents(end());
    }
    if (tail.length() == 0) {
      byte[] all = head.getBytes();
      return UsageReader.facts(all, 0, all.length).usage();
    }
    return usageOfEnd(end());
  }

  private byte[] end() {
    if (gap) {
      return tail.getBytes();
    }
    Buffer all = Buffer.buffer().appendBuffer(head).appendBuffer(tail);
    return all.getBytes(Math.max(0, all.length() - TAIL_MAX), all.length());
  }

  /**
   * The usage in the end of a JSON object. A quote within a string is escaped, so that a member's
   * name never looks the same there; and with a brace before it, what follows is an object only if
   * the member is one of the outermost.
   */
  private static @Nullable Usage usageOfEnd(byte[] end) {
    int looks = 0;
    for (int at = end.length - USAGE.length; at > 0 && looks < LOOKS_MAX; at--) {
      if (!matches(end, at, USAGE) || end[at - 1] == '\\') {
        continue;
      }
      looks++;
      byte[] object = new byte[end.length - at + 1];
      object[0] = '{';
      System.arraycopy(end, at, object, 1, end.length - at);
      AnswerFacts facts = UsageReader.facts(object, 0, object.length);
      if (facts.usage() != null) {
        return facts.usage();
      }
    }
    return null;
  }

  private static @Nullable Usage usageOfEvents(byte[] end) {
    int to = end.length;
    int looks = 0;
    for (int at = end.length - 1; at >= 0 && looks < LOOKS_MAX; at--) {
      boolean begins = at == 0 || end[at - 1] == '\n' || end[at - 1] == '\r';
      if (!begins) {
        continue;
      }
      if (matches(end, at, DATA)) {
        looks++;
        Usage usage = usageOfEvent(end, at + DATA.length, to);
        if (usage != null) {
          return usage;
        }
      }
      to = at;
    }
    return null;
  }

  private static @Nullable Usage usageOfEvent(byte[] bytes, int from, int to) {
    Usage plain = UsageReader.facts(bytes, from, to).usage();
    return plain != null ? plain : UsageReader.facts(Dialect.RESPONSES, bytes, from, to).usage();
  }

  private static boolean matches(byte[] bytes, int at, byte[] wanted) {
    if (at + wanted.length > bytes.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (bytes[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
