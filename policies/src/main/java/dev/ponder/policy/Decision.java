package dev.ponder.policy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Which deployments a request goes to, and why.
 *
 * @param route the route or model that was asked for, by its configured name
 * @param routed whether Ponder chose: a pinned request goes out as it came
 * @param candidates where to send it, in order; at least one
 * @param effort the reasoning effort to ask for; absent: as the client says
 * @param score how much reasoning would help, 0 to 1; absent when nothing was scored
 * @param threshold the score that parts the chosen tier from its neighbour; absent when the route
 *     has one tier
 * @param reason why
 * @param baseline the model that always asking the dearest tier would have asked
 * @param rung where on the target's ladder it stands; -1 for what has none
 */
public record Decision(
    String route,
    boolean routed,
    List<Candidate> candidates,
    Optional<Effort> effort,
    OptionalDouble score,
    OptionalDouble threshold,
    Reason reason,
    Model baseline,
    int rung) {

  public Decision {
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("candidates: empty (expected: at least one)");
    }
  }

  /** The same decision for another reason. */
  public Decision because(Reason other) {
    return new Decision(route, routed, candidates, effort, score, threshold, other, baseline, rung);
  }

  /** The same request at a dearer tier. */
  Decision at(Rung step, List<Candidate> able, int stepNumber) {
    return new Decision(
        route,
        routed,
        able,
        step.effort(),
        score,
        threshold,
        Reason.ESCALATED,
        baseline,
        stepNumber);
  }

  /** The model decided on. */
  public Model model() {
    return candidates.get(0).model();
  }
}
