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
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of lines that others have made: decisions, accesses, what the process says about itself.
 *
 * <p>Event loops hand lines over and never wait: one thread writes them, and a line that finds the
 * queue full is dropped and counted.
 */
public final class LineLog {

  private static final Logger LOG = LoggerFactory.getLogger(LineLog.class);
  private static final int QUEUE_MAX = 65_536;

  /** Between two looks at the queue: waking the writer for each line would cost more than it. */
  private static final long PAUSE_NANOS = 20_000_000;

  private final BlockingQueue<String> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Sink kind;
  private final Runnable dropped;
  private final OutputStream sink;
  private final boolean ownsSink;
  private final Thread writer;
  private final List<String> batch = new ArrayList<>(); // the writer's own, as is the text
  private final StringBuilder text = new StringBuilder();
  private volatile boolean closing;
  private volatile boolean drained;

  /** What is written: the label {@code sink} of the metric that counts what is not. */
  public enum Sink {
    DECISIONS,
    ACCESS,
    LOGS;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private LineLog(OutputStream sink, boolean ownsSink, Sink kind, Runnable dropped) {
    this.sink = sink;
    this.ownsSink = ownsSink;
    this.kind = kind;
    this.dropped = dropped;
    this.writer = new Thread(this::write, "log-" + kind.label());
    writer.setDaemon(true);
  }

  /**
   * A log that goes where the configuration says.
   *
   * @param target {@code stdout}, {@code stderr} or {@code file:PATH}; the file is appended to
   * @param dropped runs for each line that is not written
   * @throws IOException if the file cannot be opened
   */
  public static LineLog open(String target, Sink kind, Runnable dropped) throws IOException {
    boolean file = target.startsWith("file:"); // the others are the process's: never closed here
    OutputStream sink =
        !file
            ? new FileOutputStream(
                target.equals("stdout") ? FileDescriptor.out : FileDescriptor.err)
            : Files.newOutputStream(
                Path.of(target.substring("file:".length())),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    LineLog log = new LineLog(sink, file, kind, dropped);
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
      dropped.run();
    }
  }

  /** Writes soon what was handed over. */
  void hurry() {
    LockSupport.unpark(writer);
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
        failed(0, e);
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
      batch.forEach(line -> dropped.run());
      failed(batch.size(), e);
    }
    batch.clear();
    text.setLength(0);
  }

  /** The log of the process itself cannot say that it cannot be written. */
  private void failed(int lines, IOException e) {
    if (kind != Sink.LOGS) {
      LOG.error("event=log_failed sink={} lines={} error={}", kind.label(), lines, e.toString());
    }
  }
}
