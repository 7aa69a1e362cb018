package dev.ponder.policy;

/**
 * A model at one upstream.
 *
 * @param upstream where it is called
 * @param modelId what that upstream calls it
 */
public record Deployment(Upstream upstream, String modelId) {

  /** The name that a request may use: {@code openai/gpt-4.1-mini}. */
  public String name() {
    return upstream.name() + "/" + modelId;
  }
}
