package dev.ponder.gateway.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.ponder.config.Configuration.Logs;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The levels of the process's own log, which may change while it runs.
 *
 * <p>Whatever they are, Netty's handler that writes bytes down stays off: nobody installs it here,
 * and if somebody did, prompts and keys would be in its lines.
 */
public final class LogLevels {

  /** The logger above all. */
  public static final String ROOT = org.slf4j.Logger.ROOT_LOGGER_NAME;

  private static final String BYTES = "io.netty.handler.logging";

  private LogLevels() {}

  /** Sets the level of all loggers that have none of their own. */
  public static void configure(Logs.Level level) {
    set(ROOT, level);
    context().getLogger(BYTES).setLevel(Level.OFF);
  }

  /** Sets the level of a logger and those below it; null: that of the logger above again. */
  public static void set(String logger, Logs.@Nullable Level level) {
    if (!logger.startsWith(BYTES)) {
      context().getLogger(logger).setLevel(level == null ? null : Level.toLevel(level.name()));
    }
  }

  /** The level that a logger has now, in lower case. */
  public static String of(String logger) {
    return context().getLogger(logger).getEffectiveLevel().toString().toLowerCase(Locale.ROOT);
  }

  static LoggerContext context() {
    return ((Logger) LoggerFactory.getLogger(ROOT)).getLoggerContext();
  }
}
