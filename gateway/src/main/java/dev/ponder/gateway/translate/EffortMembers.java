package dev.ponder.gateway.translate;

import dev.ponder.policy.EffortParam;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of a chat completion that say how hard to think, as each kind of model wants it. */
public final class EffortMembers {

  /** Every member that says so somewhere, but for one that may say other things, too. */
  public static final List<String> ALL =
      List.of("reasoning_effort", "reasoning", "thinking", "enable_thinking", "thinking_budget");

  private EffortMembers() {}

  /**
   * The members by their names, each as JSON.
   *
   * @param effort as {@code reasoning_effort} spells it
   * @param maxTokens what an answer may have at most, which budgets of thinking stay below
   */
  public static Map<String, String> json(EffortParam how, String effort, long maxTokens) {
    Map<String, String> members = new LinkedHashMap<>();
    tree(how, effort, maxTokens).forEach((name, value) -> members.put(name, JsonTree.text(value)));
    return members;
  }

  /** The same as values of a tree. */
  static Map<String, @Nullable Object> tree(EffortParam how, String effort, long maxTokens) {
    boolean off = effort.equals("none");
    long budget = Efforts.budget(effort, maxTokens);
    boolean thinks = !off && !(effort.equals("minimal") && how.isSwitch());
    return switch (how) {
      case REASONING_EFFORT -> JsonTree.object("reasoning_effort", effort);
      case GEMINI -> JsonTree.object("reasoning_effort", atMostHigh(effort));
      case REASONING ->
          JsonTree.object(
              "reasoning", JsonTree.object("effort", effort.equals("max") ? "xhigh" : effort));
      case THINKING ->
          JsonTree.object(
              "thinking",
              budget == 0
                  ? JsonTree.object("type", "disabled")
                  : JsonTree.object("type", "enabled", "budget_tokens", budget));
      case THINKING_TYPE ->
          JsonTree.object("thinking", JsonTree.object("type", thinks ? "enabled" : "disabled"));
      case ENABLE_THINKING ->
          JsonTree.object(
              "enable_thinking", budget > 0, "thinking_budget", budget > 0 ? budget : null);
      case CHAT_TEMPLATE_KWARGS ->
          JsonTree.object("chat_template_kwargs", JsonTree.object("enable_thinking", thinks));
      case NONE -> Map.of();
    };
  }

  private static String atMostHigh(String effort) {
    return effort.equals("xhigh") || effort.equals("max") ? "high" : effort;
  }
}
