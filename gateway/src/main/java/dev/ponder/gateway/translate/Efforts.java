package dev.ponder.gateway.translate;

import org.jspecify.annotations.Nullable;

/**
 * What {@code reasoning_effort} amounts to in tokens of thinking, and back.
 *
 * <table>
 *   <caption>Both ways</caption>
 *   <tr><th>effort</th><th>budget_tokens</th><th>output_config.effort</th></tr>
 *   <tr><td>none</td><td>no thinking</td><td>no thinking</td></tr>
 *   <tr><td>minimal</td><td>1,024</td><td>low</td></tr>
 *   <tr><td>low</td><td>2,048</td><td>low</td></tr>
 *   <tr><td>medium</td><td>8,192</td><td>medium</td></tr>
 *   <tr><td>high</td><td>16,384</td><td>high</td></tr>
 *   <tr><td>xhigh</td><td>32,768</td><td>xhigh, or high before 4.7</td></tr>
 *   <tr><td>max</td><td>65,536</td><td>max</td></tr>
 * </table>
 *
 * <p>A budget takes at most four fifths of {@code max_tokens}, because the answer has to fit in
 * too. Back, a budget below 4,096 is low, below 12,288 medium, and else high: these three are the
 * ones that every reasoning model knows.
 */
public final class Efforts {

  /** Anthropic takes no smaller budget. */
  public static final long BUDGET_MIN = 1024;

  private Efforts() {}

  /**
   * The budget for an effort.
   *
   * @return tokens; 0 where thinking does not fit in, or is not wanted
   */
  public static long budget(String effort, long maxTokens) {
    long wanted =
        switch (effort) {
          case "none" -> 0;
          case "minimal" -> BUDGET_MIN;
          case "low" -> 2048;
          case "high" -> 16_384;
          case "xhigh" -> 32_768;
          case "max" -> 65_536;
          default -> 8192;
        };
    long budget = Math.min(wanted, maxTokens / 5 * 4);
    return budget < BUDGET_MIN ? 0 : budget;
  }

  /** The effort for a budget of tokens. */
  static String ofBudget(long tokens) {
    if (tokens < 4096) {
      return "low";
    }
    return tokens < 12_288 ? "medium" : "high";
  }

  /** The effort as {@code output_config} spells it; null where the model's own default is meant. */
  static @Nullable String forOutput(String effort, boolean knowsExtraHigh) {
    return switch (effort) {
      case "minimal", "low" -> "low";
      case "high", "medium", "max" -> effort;
      case "xhigh" -> knowsExtraHigh ? "xhigh" : "high";
      default -> null;
    };
  }
}
