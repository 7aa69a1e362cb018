package dev.ponder.gateway.translate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a model of Anthropic's as its name tells it, and what follows for how it thinks.
 *
 * @param number 405 for 4.5; {@value #UNKNOWN} if the name does not say
 */
public record ClaudeVersion(int number) {

  /** The number of a model whose name has none. */
  static final int UNKNOWN = -1;

  private static final Pattern NAMED =
      Pattern.compile("claude-(?:[a-z]{1,20}-){0,2}(\\d{1,2})(?:[-.](\\d{1,2}))?(?!\\d)");

  public ClaudeVersion {
    if (number < UNKNOWN) {
      throw new IllegalArgumentException(
          "number: " + number + " (expected: 100 * major + minor, or " + UNKNOWN + ")");
    }
  }

  /**
   * The version in a name such as {@code claude-sonnet-4-5-20250929}, whatever stands before it.
   */
  public static ClaudeVersion of(String modelId) {
    Matcher named = NAMED.matcher(modelId);
    if (!named.find()) {
      return new ClaudeVersion(UNKNOWN);
    }
    int minor = named.group(2) == null ? 0 : Integer.parseInt(named.group(2));
    return new ClaudeVersion(100 * Integer.parseInt(named.group(1)) + minor);
  }

  /** Whether it can think: from 3.7 on; one that is not known is taken for one that can. */
  public boolean thinks() {
    return number == UNKNOWN || number >= 307;
  }

  /** Whether it is told how hard to think by a word, and not by a number of tokens: from 4.6 on. */
  public boolean thinksByWord() {
    return number >= 406;
  }

  /** Whether it knows the effort {@code xhigh}: from 4.7 on. */
  public boolean knowsExtraHigh() {
    return number >= 407;
  }
}
