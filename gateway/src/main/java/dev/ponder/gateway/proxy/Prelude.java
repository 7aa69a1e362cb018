package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.StreamEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The events with which a stream begins before it says anything: Azure tells first how it filtered
 * the prompt, in a chunk without choices. They wait for the next event, since an upstream that dies
 * behind them has answered nothing, and somebody else may still be asked.
 */
final class Prelude {

  /** What waits at most; beyond it, the answer has begun. */
  private static final int BYTES_MAX = 16 * 1024;

  private final List<ByteArrayOutputStream> waiting = new ArrayList<>();
  private int bytes;
  private boolean over;
  private boolean last;

  /**
   * Takes an event that is to wait.
   *
   * @param event what {@code all[from..to)} says
   * @return false if it does not have to wait, and so nothing does any longer
   */
  boolean takes(StreamEvent event, byte[] all, int from, int to) {
    boolean empty = event.emptyChoices() && event.usage() == null && !event.odd();
    bytes += to - from;
    over |= !empty || event.error() || bytes > BYTES_MAX;
    last = !over;
    if (last) {
      ByteArrayOutputStream copy = new ByteArrayOutputStream(to - from + 1);
      copy.write(all, from, to - from);
      waiting.add(copy);
    }
    return last;
  }

  /** Takes the line feed that belongs to the event before; false if that one does not wait. */
  boolean takesLineFeed() {
    if (last) {
      waiting.get(waiting.size() - 1).write('\n');
    }
    return last;
  }

  /** Hands out what waited, which is then gone from here. */
  List<byte[]> release() {
    over = true;
    last = false;
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<byte[]> events = waiting.stream().map(ByteArrayOutputStream::toByteArray).toList();
    waiting.clear();
    return events;
  }
}
