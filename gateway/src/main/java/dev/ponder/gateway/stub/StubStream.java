package dev.ponder.gateway.stub;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * The playing of a stream: at the scripted pace, no faster than the client reads, and up to the
 * event or byte where the script has it end, die or fall silent.
 */
final class StubStream {

  /** Events that go into one write when they are all due. */
  private static final int BATCH = 64;

  /** Tokens that fall due within this time go out together, to spare timers. */
  private static final long TICK_MILLIS = 10;

  private final StubExchange exchange;
  private final HttpServerResponse response;
  private final StubEvents events;
  private final long tokensPerSecond;
  private final boolean dies;
  private final boolean stalls;
  private final boolean failsInside;
  private final int end;
  private final long startedMillis;
  private long bytesLeft = Long.MAX_VALUE;
  private int next;
  private final StringBuilder pending = new StringBuilder();

  StubStream(StubExchange exchange, StubEvents events, StubScript script) {
    this.exchange = exchange;
    this.events = events;
    response = exchange.response();
    tokensPerSecond = script.number(Knob.TPS, 0);
    Cut die = script.cut(Knob.DIE);
    Cut cut = die == null ? script.cut(Knob.STALL) : die;
    dies = die != null;
    stalls = die == null && cut != null;
    failsInside = script.has(Knob.ERROR_EVENT) || script.text(Knob.END, "").equals("clean");
    if (cut == null) {
      end = events.size();
    } else if (cut.unit() == Cut.Unit.EVENTS) {
      end = (int) Math.min(events.size(), cut.after());
    } else {
      end = events.size();
      bytesLeft = cut.after();
    }
    startedMillis = exchange.nowMillis();
  }

  /** Writes what is due, then waits for time, for the client, or for nothing any more. */
  void play() {
    while (next < end && bytesLeft > 0) {
      if (response.writeQueueFull()) {
        response.drainHandler(drained -> play());
        return;
      }
      int due = due();
      if (due == next) {
        exchange.after(untilNext(), this::play);
        return;
      }
      write(Math.min(due, next + BATCH));
    }
    finish();
  }

  private void write(int upTo) {
    while (next < upTo) {
      events.append(next++, pending);
    }
    if (next == end && !dies && !stalls) {
      return; // the last batch goes out with the end
    }
    Buffer buffer = Buffer.buffer(pending.toString());
    pending.setLength(0);
    if (buffer.length() > bytesLeft) {
      buffer = buffer.slice(0, (int) bytesLeft);
    }
    bytesLeft -= buffer.length();
    response.write(buffer).onFailure(gone -> exchange.left());
  }

  private void finish() {
    if (stalls) { // the client's leaving ends it
      if (!response.headWritten()) {
        response.writeHead().onFailure(gone -> exchange.left());
      }
      return;
    }
    exchange.streamEnded(!dies && !failsInside, visibleTokens());
    if (dies) {
      response.write(Buffer.buffer()).onComplete(flushed -> exchange.hangUp());
    } else {
      response.end(pending.toString()).onFailure(gone -> exchange.left());
    }
  }

  /** The first event that is not due yet. */
  private int due() {
    if (tokensPerSecond == 0) {
      return end;
    }
    long tokens = (exchange.nowMillis() - startedMillis) * tokensPerSecond / 1000;
    int due = next;
    while (due < end && events.tokensWithin(due + 1) <= tokens) {
      due++;
    }
    return due;
  }

  private long untilNext() {
    long tokens = events.tokensWithin(next + 1);
    long atMillis = startedMillis + (tokens * 1000 + tokensPerSecond - 1) / tokensPerSecond;
    return Math.max(TICK_MILLIS, atMillis - exchange.nowMillis());
  }

  boolean hasBegun() {
    return next > 0;
  }

  /** Tokens of text in the events that have been written. */
  long visibleTokens() {
    return events.tokensWithin(next);
  }
}
