package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Effort;
import dev.ponder.policy.EffortParam;
import dev.ponder.policy.Reason;
import java.util.Optional;

/**
 * How hard a model is to think: as its caller says, else as the tier does, and no harder than
 * policy allows. Where money has lowered the tier, the caller may have less than the tier's effort
 * and no more. {@code medium} is what many clients always send, so it says nothing.
 */
final class Dial {

  private Dial() {}

  /**
   * The effort to ask for; absent: the request goes out as it says.
   *
   * @param max the most that policy allows
   */
  static Optional<Effort> effort(
      Weighed weighed, RequestView view, Candidate candidate, Optional<Effort> max) {
    EffortParam how = EffortParam.of(candidate.model(), candidate.deployment());
    if (!candidate.model().reasoning()
        || !view.dialect().takesEffort()
        || how == EffortParam.NONE) {
      return Optional.empty();
    }
    Optional<Effort> wanted =
        weighed.decision().routed()
            ? wanted(weighed.decision(), view, candidate, how)
            : Optional.empty();
    if (max.isEmpty()) {
      return wanted;
    }
    String asked = view.reasoningEffort();
    Effort own =
        wanted
            .or(() -> asked == null ? Optional.empty() : Optional.of(known(asked)))
            .orElse(saysOtherwise(view) ? Effort.MAX : unsaid(view));
    return own.compareTo(max.get()) > 0 ? max : wanted;
  }

  private static Optional<Effort> wanted(
      Decision decision, RequestView view, Candidate candidate, EffortParam how) {
    Optional<Effort> tier = decision.effort();
    String asked = view.reasoningEffort();
    Optional<Effort> own = asked == null ? Optional.empty() : Effort.ofWireName(asked);
    boolean lowered = decision.reason() == Reason.EXHAUSTED || decision.reason() == Reason.PACED;
    if (own.isEmpty()) {
      return lowered || !saysOtherwise(view) ? tier : Optional.empty();
    }
    boolean saysNothing = own.get() == Effort.MEDIUM;
    boolean tooMuch = lowered && tier.isPresent() && own.get().compareTo(tier.get()) > 0;
    if (tier.isPresent() && (saysNothing || tooMuch)) {
      return tier;
    }
    return understood(view, candidate, how) ? Optional.empty() : own;
  }

  /** Whether the caller says it in words that a gateway does not read, such as a model's own. */
  private static boolean saysOtherwise(RequestView view) {
    return view.dialect() == Dialect.CHAT
        && (view.has("reasoning")
            || view.has("thinking")
            || view.has("enable_thinking")
            || view.has("chat_template_kwargs"));
  }

  /** Whether the upstream understands the caller's effort as it is said. */
  private static boolean understood(RequestView view, Candidate candidate, EffortParam how) {
    Dialect dialect = view.dialect();
    boolean translated = dialect.at(candidate.deployment().upstream().provider()) != dialect;
    if (translated || dialect != Dialect.CHAT) {
      return true;
    }
    return switch (how) {
      case REASONING_EFFORT -> view.has("reasoning_effort");
      case REASONING -> view.has("reasoning") && !view.has("reasoning_effort");
      default -> false;
    };
  }

  /** How hard a model thinks whose caller says nothing of it. */
  private static Effort unsaid(RequestView view) {
    if (view.dialect() != Dialect.MESSAGES) {
      return Effort.MEDIUM;
    }
    return view.thinks() ? Effort.HIGH : Effort.NONE;
  }

  /** A word that is not known may stand for any effort. */
  private static Effort known(String word) {
    return Effort.ofWireName(word).orElse(Effort.MAX);
  }
}
