package dev.ponder.policy;

import java.util.Set;

/**
 * When the answer of a cheap tier is not good enough, so that the next dearer one is asked, once;
 * or a reasoning model's, which is then asked again with more room.
 *
 * @param when what an answer must not be; at least one
 * @param minLogprob the mean log-probability of a token below which an answer counts as doubtful,
 *     at most 0
 * @param raisesCallersCap whether more room may be more than the caller's own limit allows
 */
public record Escalation(Set<Fault> when, double minLogprob, boolean raisesCallersCap) {

  /** The usual limit: a token that was as likely as one of three. */
  public static final double MIN_LOGPROB = -1.1;

  /** What may be wrong with an answer. */
  public enum Fault {
    /** A reasoning model spent all that its limit allows on thinking, and says nothing. */
    LRM_EMPTY,
    /** The model declines, or a filter did. */
    REFUSAL,
    /** There is no text, and no tool is called. */
    EMPTY,
    /** It ends because it is as long as it may be. */
    TRUNCATED,
    /** JSON was asked for, and this is none. */
    INVALID_JSON,
    /** The model was unsure of its words, where the answer tells how sure it was. */
    LOW_CONFIDENCE
  }

  /** Whether any of these faults sends a question on to a dearer tier. */
  public boolean asksDearer() {
    return when.size() > 1 || !when.contains(Fault.LRM_EMPTY);
  }

  public Escalation {
    when = Set.copyOf(when);
    if (when.isEmpty()) {
      throw new IllegalArgumentException("when: empty (expected: at least one fault)");
    }
    if (!(minLogprob <= 0)) {
      throw new IllegalArgumentException("minLogprob: " + minLogprob + " (expected: 0 or less)");
    }
  }
}
