package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.StreamEvent;
import dev.ponder.policy.Candidate;
import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/** What a stream says of its usage, which may be told bit by bit, and more than once. */
final class StreamUsage {

  private final Exchange exchange;
  private final Attempt attempt;
  private @Nullable Billed used;

  /** The usage that the beginning of a stream told in parts has. */
  private @Nullable String rawBefore;

  StreamUsage(Exchange exchange, Attempt attempt) {
    this.exchange = exchange;
    this.attempt = attempt;
  }

  /**
   * Counts what an event says.
   *
   * @param bytes those that the event was read from
   * @param finished whether one of the stream's answers has ended
   * @return null if it says nothing that holds
   */
  @Nullable Usage take(StreamEvent event, byte[] bytes, boolean finished) {
    if (event.odd()) {
      attempt.meters().usageOdd();
    }
    Usage usage = event.usage();
    if (usage == null) {
      return null;
    }
    String raw = event.rawUsage(bytes);
    if (!finished && attempt.dialect().usageInParts()) {
      rawBefore = raw == null ? rawBefore : raw;
      return null; // so far only
    }
    Candidate by = attempt.candidate();
    String both = rawBefore == null || raw == null ? raw : "[" + rawBefore + "," + raw + "]";
    Billed told = Billed.of(usage, event.cost(), both, by);
    used = told.after(used, by); // some repeat it, and it grows
    exchange.used(used);
    return usage;
  }

  /** The tokens that were counted so far; null if none were. */
  @Nullable Usage used() {
    return used == null ? null : used.usage();
  }
}
