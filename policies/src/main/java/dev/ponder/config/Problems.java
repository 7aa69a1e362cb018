package dev.ponder.config;

import dev.ponder.config.Problem.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The mistakes found so far in one file. It keeps the first {@value #PROBLEMS_MAX} and counts the
 * rest.
 */
final class Problems {

  /** More than anybody reads; it bounds what a hostile file makes us hold. */
  static final int PROBLEMS_MAX = 500;

  private static final int SHOWN_MAX = 60;

  /** What provider keys look like: such a value may stand anywhere by mistake. */
  private static final Pattern SECRET =
      Pattern.compile("(?i)(?<![a-z0-9])(?:sk-|gsk_|xai-|hf_|aiza|bearer )[a-z0-9_-]{6,}");

  private final String file;
  private final List<Problem> found = new ArrayList<>();
  private int errors;
  private int dropped;

  Problems(String file) {
    this.file = file;
  }

  void add(int line, int column, String path, String message, Severity severity) {
    if (severity == Severity.ERROR) {
      errors++;
    }
    if (found.size() == PROBLEMS_MAX) {
      dropped++;
      return;
    }
    found.add(new Problem(file, line, column, path, message, severity));
  }

  void error(int line, int column, String path, String message) {
    add(line, column, path, message, Severity.ERROR);
  }

  boolean hasErrors() {
    return errors > 0;
  }

  /** All problems in the order of the file. */
  List<Problem> inOrder() {
    List<Problem> sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
    if (dropped > 0) {
      int lastLine = sorted.get(sorted.size() - 1).line();
      String message = "and " + dropped + " more problems";
      sorted.add(new Problem(file, lastLine, 1, "", message, Severity.ERROR));
    }
    return List.copyOf(sorted);
  }

  /**
   * A text of the file as messages show it: on one line, at most {@value #SHOWN_MAX} characters,
   * and never a secret.
   */
  static String shown(String text) {
    return shown(text, SHOWN_MAX);
  }

  static String shown(String text, int max) {
    if (SECRET.matcher(text).find()) {
      return "a secret";
    }
    StringBuilder out = new StringBuilder();
    int count = 0;
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      if (count++ == max) {
        return out.append("...").toString();
      }
      int c = text.codePointAt(at);
      boolean printable = !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
      out.appendCodePoint(printable && !isLineEnd(c) ? c : ' ');
    }
    return out.isEmpty() ? "\"\"" : out.toString();
  }

  private static boolean isLineEnd(int c) {
    return c == 0x2028 || c == 0x2029;
  }
}
