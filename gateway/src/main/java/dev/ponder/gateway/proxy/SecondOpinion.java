package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.AnswerCheck;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Escalation;
import dev.ponder.policy.Escalation.Fault;
import dev.ponder.policy.Router;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The dearer tier that is asked because a cheap answer would not do, with the money for it.
 *
 * @param why what is wrong with the answer
 * @param weighed the request, decided on anew
 * @param first who is asked
 * @param funds the money for that call
 */
record SecondOpinion(Fault why, Weighed weighed, Candidate first, Funds funds) {

  /** Whether an answer to this request may send it on: its bytes are needed until then. */
  static boolean mayBeAskedFor(Weighed weighed) {
    return escalation(weighed).isPresent() && !weighed.stream() && weighed.answers() == 1;
  }

  private static Optional<Escalation> escalation(Weighed weighed) {
    return weighed.target().route().flatMap(route -> route.escalation());
  }

  /** One for an answer; null if the answer will do, or nobody dearer may be asked. */
  static @Nullable SecondOpinion on(
      byte[] answer, Weighed weighed, RequestView request, Lane lane, Till till) {
    Escalation escalation = escalation(weighed).orElse(null);
    boolean chat = request.dialect() == Dialect.CHAT;
    if (escalation == null || !chat || !mayBeAskedFor(weighed)) {
      return null;
    }
    Fault why = fault(AnswerCheck.of(answer), escalation, request);
    Weighed dearer =
        Router.dearer(weighed.target(), weighed.question(), weighed.decision())
            .map(weighed::with)
            .orElse(null);
    if (why == null || dearer == null || !till.letsReason(dearer)) {
      return null;
    }
    Candidate first = lane.first(dearer.decision().candidates());
    Funds funds = till.spare(dearer, request, first);
    return funds == null ? null : new SecondOpinion(why, dearer, first, funds);
  }

  private static @Nullable Fault fault(
      AnswerCheck answer, Escalation escalation, RequestView request) {
    for (Fault fault : Fault.values()) {
      boolean found =
          switch (fault) {
            case REFUSAL -> answer.refused();
            case EMPTY -> answer.empty();
            case TRUNCATED -> answer.truncated();
            case INVALID_JSON -> answer.notJson() && request.wantsJson();
            case LOW_CONFIDENCE -> answer.meanLogprob() < escalation.minLogprob();
          };
      if (found && escalation.when().contains(fault)) {
        return fault;
      }
    }
    return null;
  }
}
