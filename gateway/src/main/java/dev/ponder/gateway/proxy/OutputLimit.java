package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Model;
import java.util.List;

/** How a request limits its output, and how a model wants that to be said. */
final class OutputLimit {

  static final String COMPLETION_TOKENS = "max_completion_tokens";
  static final String TOKENS = "max_tokens";

  private static final String OUTPUT_TOKENS = "max_output_tokens";

  private static final List<String> SPELLINGS = List.of(COMPLETION_TOKENS, TOKENS, OUTPUT_TOKENS);

  private OutputLimit() {}

  /** The name of the limit: what the model knows, or else what the caller uses. */
  static String nameFor(RequestView view, Model model) {
    if (view.dialect() != Dialect.CHAT) {
      return view.dialect() == Dialect.RESPONSES ? OUTPUT_TOKENS : TOKENS;
    }
    String known = model.capabilities().capParam();
    if (!known.isEmpty()) {
      return known;
    }
    if (view.has(COMPLETION_TOKENS)) {
      return COMPLETION_TOKENS;
    }
    return view.has(TOKENS) || !model.reasoning() ? TOKENS : COMPLETION_TOKENS;
  }

  /**
   * Whether the request itself limits its output beyond doubt: by one member, with a number, under
   * the name that the model knows. Anything else might be read otherwise upstream than here.
   */
  static boolean isPlain(RequestView view, Model model) {
    if (!view.dialect().writes()) {
      return true; // there is nothing to limit
    }
    int members = 0;
    for (String spelling : SPELLINGS) {
      members += view.has(spelling) ? 1 : 0;
    }
    String name = nameFor(view, model);
    return members == 1
        && view.maxOutputTokens() >= 0
        && view.has(name)
        && !model.capabilities().refusedParams().contains(name);
  }

  /** Whether a member limits the output, by whatever name. */
  static boolean isOne(String member) {
    return SPELLINGS.contains(member);
  }
}
