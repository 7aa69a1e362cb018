package dev.ponder.gateway.wire;

import java.util.Arrays;

/**
 * The event that was read last, kept so that the next one need not be read when it says the same:
 * most events of a stream differ from each other within one or two strings and nowhere else.
 *
 * <p>An event is like the template when it has the same bytes but inside string values, and those
 * that differ are sound and empty in neither. Then both have the same members in the same places
 * with the same numbers, and all that is asked of a string is whether it is empty. So nothing can
 * be overlooked, however a name is spelt: what is not like the template is read in full. Events of
 * which a string's text matters must not be learnt.
 *
 * <p>Reusable; not safe for use by two threads.
 */
final class EventTemplate {

  /** A longer event is not learnt: there are few of its kind. */
  private static final int BYTES_MAX = 4096;

  /** An event with more strings is not learnt. */
  private static final int STRINGS_MAX = 64;

  /** After so many misses one after another only every so many events are learnt. */
  private static final int MISSES_MAX = 8;

  private static final int PATIENCE = 32;

  private final JsonCursor cursor = new JsonCursor(1);

  /** Where each string value that is not empty begins and ends, quotes left out, by turns. */
  private final IntList strings = new IntList();

  /** A bit for each string that is part of the answer. */
  private long visible;

  private byte[] bytes = {};
  private int length;
  private int growth;
  private int misses;

  /** Forgets the event; then nothing is like it. */
  void forget() {
    length = 0;
  }

  /**
   * Learns the event in {@code event[from..to)}, whose data is one sound JSON object on one line
   * between {@code dataFrom} and {@code dataTo}; or forgets all if that is not worth it.
   *
   * @param shown where the answer's bytes lie, starts and ends by turns, in their order
   */
  void learn(byte[] event, int from, int to, int dataFrom, int dataTo, IntList shown) {
    forget();
    strings.clear();
    visible = 0;
    if (to - from > BYTES_MAX || (misses > MISSES_MAX && misses % PATIENCE != 0)) {
      return;
    }
    int at = dataFrom;
    int nextShown = 0;
    while (at < dataTo) {
      if (event[at] != '"') {
        at++;
        continue;
      }
      cursor.open(event, at, dataTo);
      cursor.string();
      int end = cursor.at();
      cursor.space();
      boolean empty = end - at == 2;
      if (!empty && !cursor.nextIs(':')) {
        strings.add(at + 1 - from);
        strings.add(end - 1 - from);
        while (nextShown < shown.size() && shown.get(nextShown + 1) <= at) {
          nextShown += 2;
        }
        if (nextShown < shown.size() && shown.get(nextShown) <= at + 1) {
          visible |= 1L << (strings.size() / 2 - 1);
        }
      }
      at = end;
    }
    cursor.close();
    if (strings.size() > 2 * STRINGS_MAX) {
      return;
    }
    length = to - from;
    if (bytes.length < length) {
      bytes = new byte[Math.max(512, length)];
    }
    System.arraycopy(event, from, bytes, 0, length);
  }

  /** Whether the event in {@code event[from..to)} is like the one that was learnt. */
  boolean matches(byte[] event, int from, int to) {
    boolean like = end(event, from, to) == to;
    misses += like ? 0 : 1;
    return like;
  }

  /** How many bytes of the answer the event that matched has more than the template. */
  int visibleGrowth() {
    return growth;
  }

  /**
   * Where an event like the one that was learnt ends that begins at {@code from}; -1 if none does,
   * or not all of it lies before {@code limit}.
   */
  int end(byte[] event, int from, int limit) {
    if (length == 0) {
      return -1;
    }
    growth = 0;
    int origin = from; // where the template would begin, had its strings the same lengths so far
    int at = 0;
    int next = 0;
    for (; ; ) {
      int same = Arrays.mismatch(bytes, at, length, event, origin + at, limit);
      if (same < 0 || at + same == length) {
        misses = 0;
        return origin + length;
      }
      int differs = at + same;
      while (next < strings.size() && strings.get(next + 1) < differs) {
        next += 2;
      }
      if (next == strings.size() || strings.get(next) > differs) {
        return -1;
      }
      int start = origin + strings.get(next);
      int end = stringEnd(event, start, limit);
      if (end <= start) {
        return -1;
      }
      at = strings.get(next + 1);
      if ((visible >> (next >> 1) & 1) != 0) {
        growth += end - at - origin;
      }
      origin = end - at;
      next += 2;
    }
  }

  /** The closing quote of the string whose text begins at {@code start}; -1 if it is not sound. */
  private int stringEnd(byte[] event, int start, int to) {
    int plain = ByteSearch.plainEnd(event, start, to);
    if (plain == to || event[plain] == '"') {
      return plain == to ? -1 : plain;
    }
    cursor.open(event, start - 1, to);
    try {
      cursor.string();
      return cursor.at() - 1;
    } catch (ApiError malformed) {
      return -1;
    } finally {
      cursor.close();
    }
  }
}
