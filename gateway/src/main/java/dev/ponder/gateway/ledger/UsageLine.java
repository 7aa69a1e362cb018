package dev.ponder.gateway.ledger;

import dev.ponder.budget.Entry;

/**
 * The sums of some calls of one kind on one day.
 *
 * @param day UTC, in days since 1970
 * @param calls calls that were billed or presumed to be; a call of each attempt
 * @param nanos what they cost, in nano-dollars
 * @param presumedNanos the part of the cost that is presumed and was not corrected
 */
record UsageLine(
    long day,
    String key,
    String team,
    String route,
    String model,
    long calls,
    long inputTokens,
    long cachedInputTokens,
    long outputTokens,
    long reasoningTokens,
    long nanos,
    long presumedNanos) {

  static final long DAY_MILLIS = 86_400_000;

  /** One entry as a line. */
  static UsageLine of(CallRecord call, long reserved, Entry entry) {
    boolean counts = entry.sequence() == 0 && entry.state() != Entry.State.VOIDED;
    long amount = entry.amount().nanos();
    long corrected = entry.sequence() == 1 ? -reserved : 0;
    return new UsageLine(
        call.openedMillis() / DAY_MILLIS,
        call.key(),
        call.team(),
        call.route(),
        call.model(),
        counts ? 1 : 0,
        entry.usage().inputTokens(),
        entry.usage().cachedInputTokens(),
        entry.usage().outputTokens(),
        entry.usage().reasoningTokens(),
        amount,
        entry.state() == Entry.State.PRESUMED ? amount : corrected);
  }

  /** The sums of both, under this one's names. */
  UsageLine plus(UsageLine other) {
    return new UsageLine(
        day,
        key,
        team,
        route,
        model,
        calls + other.calls,
        inputTokens + other.inputTokens,
        cachedInputTokens + other.cachedInputTokens,
        outputTokens + other.outputTokens,
        reasoningTokens + other.reasoningTokens,
        Math.addExact(nanos, other.nanos),
        Math.addExact(presumedNanos, other.presumedNanos));
  }
}
