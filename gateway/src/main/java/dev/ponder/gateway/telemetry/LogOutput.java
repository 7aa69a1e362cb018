package dev.ponder.gateway.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.ponder.config.Configuration.Logs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * Where the process's own log goes while it serves: lines are made by whoever logs and written by a
 * thread of their own, so that a terminal or pipe that is slow holds nobody up.
 */
public final class LogOutput extends UnsynchronizedAppenderBase<ILoggingEvent> {

  /** Lines that were dropped before anybody counted. */
  private static final LongAdder UNCOUNTED = new LongAdder();

  private static volatile Runnable counter = UNCOUNTED::increment;

  private final Logs.Format format;
  private final LineLog lines;
  private final List<Appender<ILoggingEvent>> before = new ArrayList<>();

  private LogOutput(Logs.Format format, LineLog lines) {
    this.format = format;
    this.lines = lines;
  }

  /**
   * Writes all log lines in this way from now on.
   *
   * @throws IOException never for a stream of the process
   */
  public static LogOutput install(Logs logs) throws IOException {
    return install(logs, logs.to().name().toLowerCase(Locale.ROOT));
  }

  /**
   * Writes all log lines to this place from now on.
   *
   * @param target as of {@link LineLog#open}
   * @throws IOException if the file cannot be opened
   */
  public static LogOutput install(Logs logs, String target) throws IOException {
    LineLog lines = LineLog.open(target, LineLog.Sink.LOGS, () -> counter.run());
    LogOutput output = new LogOutput(logs.format(), lines);
    LoggerContext context = LogLevels.context();
    output.setContext(context);
    output.start();
    Logger root = context.getLogger(LogLevels.ROOT);
    Iterator<Appender<ILoggingEvent>> present = root.iteratorForAppenders();
    while (present.hasNext()) {
      output.before.add(present.next());
    }
    output.before.forEach(root::detachAppender);
    root.addAppender(output);
    LogLevels.configure(logs.level());
    return output;
  }

  /** Counts lines that are not written by this from now on, those until now included. */
  public static void countDropsBy(Runnable dropped) {
    counter = dropped;
    for (long missed = UNCOUNTED.sumThenReset(); missed > 0; missed--) {
      dropped.run();
    }
  }

  /** Whether both say the same about what was fixed at the start. */
  public static boolean sameLines(Logs one, Logs other) {
    return one.format() == other.format() && one.to() == other.to();
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.add(format == Logs.Format.JSON ? LogLine.json(event) : LogLine.text(event));
    if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
      lines.hurry(); // it may be the last one
    }
  }

  /** Writes what waits; lines that come later are written at once, as before {@link #install}. */
  public void finish() {
    Logger root = LogLevels.context().getLogger(LogLevels.ROOT);
    before.forEach(root::addAppender);
    root.detachAppender(this);
    stop();
    lines.finish();
  }
}
