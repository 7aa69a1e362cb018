package dev.ponder.gateway.translate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The model at a Messages API that a translated request goes to.
 *
 * @param modelId what its provider calls it
 * @param maxOutputTokens the most it writes, in tokens; 0 if unknown
 * @param reasoning whether it is asked to think at all
 */
public record MessagesTarget(String modelId, int maxOutputTokens, boolean reasoning) {

  /** What a request may take that neither it nor the configuration limits. */
  public static final int OUTPUT_TOKENS = 16_384;

  private static final Pattern CLAUDE_VERSION =
      Pattern.compile("claude-(?:[a-z]{1,20}-){0,2}(\\d{1,2})(?:[-.](\\d{1,2}))?(?!\\d)");

  /** How thinking is asked for. */
  enum Thinking {
    /** It cannot be asked for. */
    NONE,
    /** {@code thinking.budget_tokens}: models up to 4.5, and those that are not known. */
    BUDGET,
    /** {@code thinking.type: adaptive} and {@code output_config.effort}: models from 4.6 on. */
    ADAPTIVE
  }

  public MessagesTarget {
    if (maxOutputTokens < 0) {
      throw new IllegalArgumentException(
          "maxOutputTokens: " + maxOutputTokens + " (expected: 0 or more)");
    }
  }

  Thinking thinking() {
    if (!reasoning) {
      return Thinking.NONE;
    }
    int version = version();
    if (version < 0) {
      return Thinking.BUDGET;
    }
    if (version < 307) {
      return Thinking.NONE;
    }
    return version < 406 ? Thinking.BUDGET : Thinking.ADAPTIVE;
  }

  /** Whether it knows the effort {@code xhigh}. */
  boolean knowsExtraHigh() {
    return version() >= 407;
  }

  /** 405 for 4.5; -1 if its name does not say. */
  private int version() {
    Matcher matcher = CLAUDE_VERSION.matcher(modelId);
    if (!matcher.find()) {
      return -1;
    }
    String minor = matcher.group(2);
    return 100 * Integer.parseInt(matcher.group(1)) + (minor == null ? 0 : Integer.parseInt(minor));
  }
}
