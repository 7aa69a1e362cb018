package dev.ponder.policy;

import java.util.Set;

/**
 * What requests a model takes. It steers routed requests only; a request that names its model goes
 * out as it came.
 *
 * @param tools whether it can call tools
 * @param vision whether it takes images
 * @param contextTokens input and output together, in tokens; 0 if unknown
 * @param maxOutputTokens the most it writes, in tokens; 0 if unknown
 * @param capParam the request member that limits its output: {@code max_completion_tokens} or
 *     {@code max_tokens}; empty if it takes both
 * @param refusedParams top-level request members that it answers with an error
 */
public record Capabilities(
    boolean tools,
    boolean vision,
    int contextTokens,
    int maxOutputTokens,
    String capParam,
    Set<String> refusedParams) {

  public Capabilities {
    refusedParams = Set.copyOf(refusedParams);
  }
}
