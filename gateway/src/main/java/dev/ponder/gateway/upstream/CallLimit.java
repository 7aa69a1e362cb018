package dev.ponder.gateway.upstream;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * How many calls of one upstream run at the same time, over all event loops, and the queue of those
 * that are too many. Safe for many threads, none of which ever waits: who is queued is called.
 */
final class CallLimit {

  private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
  private int most;
  private int queueMax;
  private int running;

  /** One that waits for its turn. */
  static final class Waiter {

    private final Runnable turn;

    private Waiter(Runnable turn) {
      this.turn = turn;
    }
  }

  CallLimit(int most, int queueMax) {
    this.most = most;
    this.queueMax = queueMax;
  }

  /** Other limits, from the next call on. */
  void change(int newMost, int newQueueMax) {
    synchronized (this) {
      most = newMost;
      queueMax = newQueueMax;
    }
    letIn();
  }

  synchronized boolean hasRoom() {
    return running < most && waiting.isEmpty();
  }

  /** Takes a place, to be given back by {@link #leave}; false if none is free. */
  synchronized boolean enter() {
    if (!hasRoom()) {
      return false;
    }
    running++;
    return true;
  }

  /**
   * Waits for a place.
   *
   * @param turn runs on the thread of whoever leaves, once there is a place: it is taken then
   * @return null if too many wait already
   */
  synchronized @Nullable Waiter queue(Runnable turn) {
    if (waiting.size() >= queueMax) {
      return null;
    }
    Waiter waiter = new Waiter(turn);
    waiting.add(waiter);
    return waiter;
  }

  /** Waits no longer; false if it has a place already, which it must leave. */
  synchronized boolean giveUp(Waiter waiter) {
    return waiting.remove(waiter);
  }

  /** Gives a place back: to the next one, if any waits. */
  void leave() {
    synchronized (this) {
      running--;
      if (waiting.isEmpty()) {
        return;
      }
    }
    letIn();
  }

  private void letIn() {
    for (Waiter next = nextOne(); next != null; next = nextOne()) {
      next.turn.run();
    }
  }

  private synchronized @Nullable Waiter nextOne() {
    Waiter next = running < most ? waiting.poll() : null;
    running += next == null ? 0 : 1;
    return next;
  }

  synchronized int running() {
    return running;
  }
}
