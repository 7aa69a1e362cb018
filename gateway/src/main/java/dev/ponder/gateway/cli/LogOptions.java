package dev.ponder.gateway.cli;

import dev.ponder.config.Configuration.Logs;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How log lines look: what the command line says, else the environment, else the file. */
final class LogOptions {

  private static final String VARIABLE = "PONDER_LOG_FORMAT";

  private LogOptions() {}

  /**
   * What the file says, with the format that wins.
   *
   * @param option of the command line; null if it is not there
   * @throws IllegalArgumentException if a format is none; the message says which
   */
  static Logs of(Logs file, @Nullable String option, Map<String, String> environment) {
    String variable = environment.getOrDefault(VARIABLE, "");
    Logs.Format format = file.format();
    if (option != null) {
      format = format("--log-format", option);
    } else if (!variable.isBlank()) {
      format = format(VARIABLE, variable.strip());
    }
    return new Logs(format, file.level(), file.to(), file.access());
  }

  private static Logs.Format format(String place, String word) {
    for (Logs.Format format : Logs.Format.values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(word)) {
        return format;
      }
    }
    throw new IllegalArgumentException(place + ": " + word + " (expected: text or json)");
  }
}
