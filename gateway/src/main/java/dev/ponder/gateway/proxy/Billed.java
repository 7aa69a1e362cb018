package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.AnswerFacts;
import dev.ponder.gateway.wire.UsageReader;
import dev.ponder.policy.Candidate;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What an answer used, and what that costs: by the upstream's own word where it gives one that can
 * be believed, else by the configured price.
 *
 * <p>Believed is any amount up to a dollar, and more if it is at most a thousand times what the
 * price says: searches and tools may well cost more than the tokens, but nobody's slip of a decimal
 * point is to empty a budget. No cost at all is not believed of tokens that have a price: servers
 * that know no prices say so, too.
 *
 * @param usage the tokens
 * @param told what the upstream says it costs; null if it does not, negative if that is no amount
 * @param cost what it is taken to cost
 * @param raw the usage as the upstream wrote it, as JSON without any text; null if not known
 */
record Billed(Usage usage, @Nullable Money told, Money cost, @Nullable String raw) {

  /** One dollar. */
  private static final long BELIEVED_NANOS = 1_000_000_000L;

  private static final long TIMES_MAX = 1_000;

  /** What a whole answer says; null if it tells no usage. */
  static @Nullable Billed of(AnswerFacts facts, Candidate by) {
    Usage usage = facts.usage();
    return usage == null ? null : of(usage, facts.cost(), facts.usageRaw(), by);
  }

  /** What an answer of this candidate says. */
  static Billed of(Usage usage, @Nullable Money told, @Nullable String raw, Candidate by) {
    Money own = by.model().price().of(usage);
    Money heard = by.deployment().upstream().reportedCost() ? told : null;
    return new Billed(usage, heard, heard != null && isBelieved(heard, own) ? heard : own, raw);
  }

  /** This, and what a stream said before: of each the dearer reading. */
  Billed after(@Nullable Billed before, Candidate by) {
    if (before == null) {
      return this;
    }
    boolean dearer = told == null || (before.told != null && before.told.compareTo(told) > 0);
    Usage both = UsageReader.dearer(before.usage, usage);
    return of(both, dearer ? before.told : told, raw, by);
  }

  /** Whether the cost is the upstream's own word. */
  boolean believed() {
    return told != null && told.equals(cost);
  }

  private static boolean isBelieved(Money told, Money own) {
    long nanos = told.nanos();
    if (nanos <= 0) {
      return nanos == 0 && own.nanos() == 0;
    }
    return nanos <= BELIEVED_NANOS || nanos / TIMES_MAX <= own.nanos();
  }
}
