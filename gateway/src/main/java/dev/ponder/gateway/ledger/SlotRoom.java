package dev.ponder.gateway.ledger;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that makes room in an {@link OpenTable} before there is none: neither who sends calls
 * nor who writes entries waits for it, so calls can be sent while a sync stalls.
 */
final class SlotRoom implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SlotRoom.class);

  /** How long a disk that had no room is left alone. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final OpenTable table;
  private final Thread thread = new Thread(this::run, "ledger-slots");
  private volatile boolean resting;
  private volatile boolean closed;
  private boolean failing; // the thread's own, once it runs

  SlotRoom(OpenTable table) {
    this.table = table;
    thread.setDaemon(true);
  }

  /** Makes the first room, on this thread, and starts the one that makes more. */
  void start() {
    makeRoom();
    thread.start();
  }

  /** Has room made if little is left; never waits. */
  void look() {
    if (table.isScarce() && resting) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (!closed) {
      resting = true;
      if (!table.isScarce() && !closed) {
        LockSupport.park(this);
      }
      resting = false;
      if (!makeRoom() && !closed) {
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
    }
  }

  private boolean makeRoom() {
    try {
      table.makeRoom();
      failing = false;
      return true;
    } catch (IOException e) {
      if (!failing && !closed) {
        failing = true;
        LOG.warn("event=ledger_slots_scarce taken={} reason=\"{}\"", table.taken(), e.toString());
      }
      return false;
    }
  }

  /** Ends the thread, and waits for it: the table may be closed afterwards. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // it is mapping: what it maps must not be closed under it
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
