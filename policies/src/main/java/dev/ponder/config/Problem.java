package dev.ponder.config;

/**
 * One mistake in a file, with its exact place.
 *
 * @param file the file's name as the user gave it
 * @param line from 1
 * @param column from 1
 * @param path the member, such as {@code models.mini.price}; empty for the file as a whole
 * @param message the value and what was expected
 * @param severity whether it can be served all the same
 */
public record Problem(
    String file, int line, int column, String path, String message, Severity severity) {

  /** How bad it is. */
  public enum Severity {
    /** The configuration is refused. */
    ERROR,
    /** The configuration is served; somebody should look. */
    WARNING
  }

  /** {@code ponder.yaml:12:9 models.mini.prise: unknown key (did you mean price?)}. */
  @Override
  public String toString() {
    String place = file + ":" + line + ":" + column + " ";
    String what = path.isEmpty() ? message : path + ": " + message;
    return place + (severity == Severity.WARNING ? "warning: " : "") + what;
  }
}
