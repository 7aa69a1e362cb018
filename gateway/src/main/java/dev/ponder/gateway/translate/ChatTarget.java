package dev.ponder.gateway.translate;

/**
 * The model at an OpenAI-compatible API that a translated request goes to.
 *
 * @param modelId what its provider calls it
 * @param capParam the member that limits its output: {@code max_completion_tokens} or {@code
 *     max_tokens}
 * @param reasoning whether it takes {@code reasoning_effort}
 * @param takesThoughts whether it wants its earlier thoughts back. Servers that send {@code
 *     reasoning_content} do, and some of them insist; OpenAI's own never sends any
 */
public record ChatTarget(
    String modelId, String capParam, boolean reasoning, boolean takesThoughts) {}
