package dev.ponder.policy;

import dev.ponder.price.ModelPrice;
import java.util.List;

/**
 * A model that requests are sent to, with its price.
 *
 * @param name the configured name
 * @param servedBy the same model at one or more upstreams, in the order in which they are tried
 * @param reasoning whether it is an LRM, which bills hidden reasoning tokens
 * @param price what it charges
 * @param capabilities what requests it takes
 */
public record Model(
    String name,
    List<Deployment> servedBy,
    boolean reasoning,
    ModelPrice price,
    Capabilities capabilities) {

  public Model {
    servedBy = List.copyOf(servedBy);
    if (servedBy.isEmpty()) {
      throw new IllegalArgumentException("servedBy: empty (expected: at least one deployment)");
    }
  }

  /** The label that metrics use for its kind: {@code lrm} or {@code llm}. */
  public String tierLabel() {
    return reasoning ? "lrm" : "llm";
  }
}
