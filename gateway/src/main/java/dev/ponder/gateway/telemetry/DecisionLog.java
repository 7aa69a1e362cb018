package dev.ponder.gateway.telemetry;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decision log: one line of JSON for each exchange, without a word of the prompt.
 *
 * <p>Event loops hand lines over and never wait: one thread writes them, and a line that finds the
 * queue full is dropped and counted.
 */
public final class DecisionLog {

  private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);
  private static final int QUEUE_MAX = 65_536;

  /** Between two looks at the queue: waking the writer for each line would cost more than it. */
  private static final long PAUSE_NANOS = 20_000_000;

  private final BlockingQueue<String> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Meters meters;
  private final OutputStream sink;
  private final boolean ownsSink;
  private final Thread writer;
  private final List<String> batch = new ArrayList<>(); // the writer's own, as is the text
  private final StringBuilder text = new StringBuilder();
  private volatile boolean closing;
  private volatile boolean drained;

  private DecisionLog(OutputStream sink, boolean ownsSink, Meters meters) {
    this.sink = sink;
    this.ownsSink = ownsSink;
    this.meters = meters;
    this.writer = new Thread(this::write, "decision-log");
    writer.setDaemon(true);
  }

  /**
   * A log that goes where the configuration says.
   *
   * @param target {@code stdout} or {@code file:PATH}; the file is appended to
   * @throws IOException if the file cannot be opened
   */
  public static DecisionLog open(String target, Meters meters) throws IOException {
    boolean stdout = target.equals("stdout"); // the process's own: never closed here
    OutputStream sink =
        stdout
            ? new FileOutputStream(FileDescriptor.out)
            : Files.newOutputStream(
                Path.of(target.substring("file:".length())),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    DecisionLog log = new DecisionLog(sink, !stdout, meters);
    log.writer.start();
    return log;
  }

  /**
   * Hands a line over, without a line break at its end. Every line is either written or counted as
   * dropped, also one that comes after the end.
   */
  public void add(String line) {
    boolean taken = !closing && queue.offer(line);
    // The writer may have looked for the last time just before: then the line is still there.
    if (!taken || (drained && queue.remove(line))) {
      meters.decisionDropped();
    }
  }

  /**
   * Writes what was handed over, then ends; waits for it at most ten seconds, so not for an event
   * loop. Lines that come later are dropped and counted.
   */
  public void finish() {
    closing = true;
    LockSupport.unpark(writer);
    try {
      writer.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    while (!closing || !queue.isEmpty()) {
      if (!closing) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      writeQueue();
    }
    drained = true;
    writeQueue(); // what came before anybody could see that it is drained
    if (ownsSink) {
      try {
        sink.close();
      } catch (IOException e) {
        LOG.error("event=decision_log_failed lines=0 error={}", e.toString());
      }
    }
  }

  private void writeQueue() {
    queue.drainTo(batch);
    if (batch.isEmpty()) {
      return;
    }
    for (String line : batch) {
      text.append(line).append('\n');
    }
    try {
      sink.write(text.toString().getBytes(StandardCharsets.UTF_8));
      sink.flush();
    } catch (IOException e) {
      batch.forEach(line -> meters.decisionDropped());
      LOG.error("event=decision_log_failed lines={} error={}", batch.size(), e.toString());
    }
    batch.clear();
    text.setLength(0);
  }
}
