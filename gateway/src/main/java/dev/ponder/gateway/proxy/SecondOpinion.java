package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.AnswerCheck;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.CapChoice;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Escalation;
import dev.ponder.policy.Escalation.Fault;
import dev.ponder.policy.Router;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is asked because an answer would not do, with the money for it: the next dearer tier, or the
 * same one with more room for what it has thought about.
 *
 * @param why what is wrong with the answer
 * @param weighed the request, decided on anew or with more room
 * @param first who is asked
 * @param funds the money for that call
 */
record SecondOpinion(Fault why, Weighed weighed, Candidate first, Funds funds) {

  /** So many times the room that was too little. */
  private static final long TIMES = 4;

  /** Whether an answer to this request may send it on: its bytes are needed until then. */
  static boolean mayBeAskedFor(Weighed weighed) {
    return escalation(weighed).isPresent() && !weighed.stream() && weighed.answers() == 1;
  }

  private static Optional<Escalation> escalation(Weighed weighed) {
    return weighed.target().route().flatMap(route -> route.escalation());
  }

  /** One for an answer; null if the answer will do, or nobody dearer may be asked. */
  static @Nullable SecondOpinion on(
      byte[] answer,
      ExchangeRecord record,
      Weighed weighed,
      RequestView request,
      Lane lane,
      Till till) {
    Escalation escalation = escalation(weighed).orElse(null);
    if (escalation == null || !mayBeAskedFor(weighed)) {
      return null;
    }
    Funds before = record.funds;
    if (before != null && record.lrmEmpty && escalation.when().contains(Fault.LRM_EMPTY)) {
      SecondOpinion again = withMoreRoom(before, escalation, weighed, request, lane, till);
      if (again != null) {
        return again;
      }
    }
    if (request.dialect() != Dialect.CHAT) {
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

  /**
   * The same model with a higher limit, where the limit was the gateway's, or may be raised; null
   * where there is none to raise. What is said in a conversation that the upstream keeps is not
   * said twice.
   */
  private static @Nullable SecondOpinion withMoreRoom(
      Funds before,
      Escalation escalation,
      Weighed weighed,
      RequestView request,
      Lane lane,
      Till till) {
    long asked = request.maxOutputTokens();
    long had = before.writtenCap() >= 0 ? before.writtenCap() : asked;
    Candidate first = lane.first(weighed.decision().candidates());
    int max = first.model().capabilities().maxOutputTokens();
    long most = max > 0 ? max : Capabilities.OUTPUT_TOKENS;
    if (asked >= 0 && !escalation.raisesCallersCap()) {
      most = Math.min(most, asked);
    }
    if (had < 0 || had >= most || weighed.conversation() != null) {
      return null;
    }
    long to = Math.min(most, Math.max(TIMES * had, had + CapChoice.LEAST_TOKENS_REASONING));
    Weighed roomier = weighed.with(new Weighed.Raise(had, to));
    if (!till.letsReason(roomier)) {
      return null;
    }
    Funds funds = till.spare(roomier, request, first);
    return funds == null ? null : new SecondOpinion(Fault.LRM_EMPTY, roomier, first, funds);
  }

  private static @Nullable Fault fault(
      AnswerCheck answer, Escalation escalation, RequestView request) {
    for (Fault fault : Fault.values()) {
      boolean found =
          switch (fault) {
            case LRM_EMPTY -> false; // asked again at most
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
