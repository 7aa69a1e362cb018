package dev.ponder.gateway.translate;

import dev.ponder.policy.EffortParam;
import java.util.Optional;

/**
 * The model at an OpenAI-compatible API that a translated request goes to.
 *
 * @param modelId what its provider calls it
 * @param capParam the member that limits its output: {@code max_completion_tokens} or {@code
 *     max_tokens}
 * @param reasoning whether it reasons
 * @param takesThoughts whether it wants its earlier thoughts back. Servers that send {@code
 *     reasoning_content} do, and some of them insist; OpenAI's own never sends any
 * @param effort the {@code reasoning_effort} to ask for; absent: as the client says
 * @param how it is asked for
 */
public record ChatTarget(
    String modelId,
    String capParam,
    boolean reasoning,
    boolean takesThoughts,
    Optional<String> effort,
    EffortParam how) {

  /** One that takes {@code reasoning_effort}. */
  ChatTarget(
      String modelId,
      String capParam,
      boolean reasoning,
      boolean takesThoughts,
      Optional<String> effort) {
    this(modelId, capParam, reasoning, takesThoughts, effort, EffortParam.REASONING_EFFORT);
  }
}
