package dev.ponder.gateway.ledger;

import dev.ponder.budget.AccountKey;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the ledger: what has gathered becomes one transaction, synced once.
 *
 * <p>A batch is at most {@value #BATCH_MAX} rows, or what came within ten milliseconds of its first
 * row, or what gathered while the batch before was being synced. A batch that cannot be written is
 * tried again until it can: rows wait in the queue and in their slots, and nothing that a budget is
 * charged for is given up.
 */
final class LedgerWriter {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerWriter.class);

  /** With more rows waiting than this no budgeted call is sent. */
  static final int QUEUE_MAX = 50_000;

  static final int BATCH_MAX = 1_024;

  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long GATHER_BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** A batch of so many rows is followed by a larger one: each has the same costs. */
  private static final int BUSY_ROWS = 50;

  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long PAUSE_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long the end waits for a disk that does not take any more, unless told otherwise. */
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Queue<LedgerRow> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<AccountKey, String> pacers = new ConcurrentHashMap<>();
  private final Map<String, Long> capBreakers = new ConcurrentHashMap<>();
  private final AtomicBoolean saturated = new AtomicBoolean();
  private final AtomicBoolean dropping = new AtomicBoolean();
  private final AtomicLong dropped = new AtomicLong();
  private final LedgerDatabase database;
  private final OpenTable table;
  private final LedgerRetention retention;
  private final Thread thread;
  private final List<LedgerRow> batch = new ArrayList<>(); // the thread's own, as are the next
  private int written; // rows of the batch before
  private String reason = "";
  private volatile CommitListener listener = (nanos, succeeded) -> {};
  private volatile boolean resting;
  private volatile boolean failing;
  private volatile boolean closing;
  private volatile boolean stopped;
  private volatile long closeDeadline;
  private volatile long closeNanos = CLOSE_NANOS;

  LedgerWriter(LedgerDatabase database, OpenTable table, LedgerRetention retention) {
    this.database = database;
    this.table = table;
    this.retention = retention;
    this.thread = new Thread(this::run, "ledger");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void watch(CommitListener next) {
    listener = next;
  }

  /** Hands a row over; never waits. */
  void add(LedgerRow row) {
    queue.add(row);
    if (waiting.incrementAndGet() > QUEUE_MAX && saturated.compareAndSet(false, true)) {
      LOG.error("event=ledger_unavailable reason=queue rows={} max={}", waiting, QUEUE_MAX);
    }
    wake();
  }

  /** Whether what no budget is charged for is to be {@link #drop}ped: too much waits. */
  boolean isFull() {
    return waiting.get() >= QUEUE_MAX;
  }

  /** Counts a row that is given up. */
  void drop() {
    dropped.incrementAndGet();
    if (dropping.compareAndSet(false, true)) {
      LOG.error("event=ledger_rows_dropped reason=queue kind=unbudgeted max={}", QUEUE_MAX);
    }
  }

  /** Rows that were given up since the start. */
  long dropped() {
    return dropped.get();
  }

  void keep(AccountKey account, String snapshot) {
    pacers.put(account, snapshot);
    wake();
  }

  /** The most tokens seen; 0: the model is trusted again. */
  void brokeCap(String model, long tokens) {
    capBreakers.put(model, tokens);
    wake();
  }

  boolean accepts() {
    return !failing && !saturated.get() && !closing && !stopped;
  }

  /** Whether nothing is written any more. */
  boolean isStopped() {
    return stopped;
  }

  /** Rows that are not durable yet. */
  int waiting() {
    return waiting.get();
  }

  /** Writes what is there and ends; gives up after ten seconds without a disk that takes it. */
  void finish() {
    closeDeadline = System.nanoTime() + closeNanos;
    closing = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // half written is not an option
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** How long the end waits: so that tests need not. */
  void closePatience(long nanos) {
    closeNanos = nanos;
  }

  private void wake() {
    if (resting) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    try {
      while (gather() && commit()) {
        roll();
      }
    } finally {
      stopped = true;
      if (!closing) { // an error of the machine: it goes on to whoever handles those
        LOG.error("event=ledger_unavailable rows={} reason=writer_ended", waiting.get());
      }
    }
  }

  /** Whether there was something to roll. */
  private boolean roll() {
    if (closing || !retention.isDue()) {
      return false;
    }
    try {
      retention.step();
      table.committed(database.commits());
    } catch (SQLException | RuntimeException e) {
      LOG.warn("event=ledger_retention_failed reason=\"{}\"", e.toString());
    }
    return true;
  }

  /** Waits for something to write; false: there is nothing, and there will be nothing more. */
  private boolean gather() {
    while (queue.isEmpty() && pacers.isEmpty() && capBreakers.isEmpty()) {
      if (closing) {
        return false;
      }
      if (roll()) {
        continue;
      }
      resting = true;
      if (queue.isEmpty() && pacers.isEmpty() && capBreakers.isEmpty() && !closing) {
        LockSupport.parkNanos(this, REST_NANOS);
      }
      resting = false;
    }
    long left = written < BUSY_ROWS ? GATHER_NANOS : GATHER_BUSY_NANOS;
    long deadline = System.nanoTime() + left;
    while (left > 0 && waiting.get() < BATCH_MAX && !closing) {
      LockSupport.parkNanos(this, left);
      left = deadline - System.nanoTime();
    }
    LedgerRow row;
    while (batch.size() < BATCH_MAX && (row = queue.poll()) != null) {
      batch.add(row);
    }
    return true;
  }

  /** Writes the batch, however often it takes; false: the end came first. */
  private boolean commit() {
    Map<AccountKey, String> keptPacers = Map.copyOf(pacers);
    Map<String, Long> keptBreakers = Map.copyOf(capBreakers);
    long pause = PAUSE_MIN_NANOS;
    while (!write(keptPacers, keptBreakers)) {
      if (closing && System.nanoTime() - closeDeadline > 0) {
        LOG.error("event=ledger_closed_unwritten rows={} kept_until_restart=true", waiting.get());
        return false;
      }
      LockSupport.parkNanos(this, pause);
      pause = Math.min(PAUSE_MAX_NANOS, 2 * pause);
    }
    table.committed(database.commits());
    keptPacers.forEach(pacers::remove);
    keptBreakers.forEach(capBreakers::remove);
    for (LedgerRow row : batch) {
      if (row.slot() != OpenTable.NO_SLOT) {
        table.free(row.slot());
      }
    }
    written = batch.size();
    int left = waiting.addAndGet(-written);
    batch.clear();
    if (left < QUEUE_MAX / 2) {
      if (saturated.compareAndSet(true, false)) {
        LOG.info("event=ledger_available rows={}", left);
      }
      if (dropping.compareAndSet(true, false)) {
        LOG.info("event=ledger_rows_kept_again rows={} dropped={}", left, dropped);
      }
    }
    return true;
  }

  private boolean write(Map<AccountKey, String> keptPacers, Map<String, Long> keptBreakers) {
    long begun = System.nanoTime();
    try {
      database.write(batch, keptPacers, keptBreakers);
    } catch (SQLException | RuntimeException e) {
      listener.committed(System.nanoTime() - begun, false);
      failing = true;
      if (!e.toString().equals(reason)) {
        reason = e.toString();
        LOG.error("event=ledger_unavailable rows={} reason=\"{}\"", waiting.get(), reason);
      }
      return false;
    }
    listener.committed(System.nanoTime() - begun, true);
    if (failing) {
      failing = false;
      reason = "";
      LOG.info("event=ledger_available rows={}", waiting.get());
    }
    return true;
  }
}
