package dev.ponder.gateway.proxy;

import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/** When the deltas of a stream came: its first thought, its first word, and how fast the rest. */
final class Pace {

  private final Exchange exchange;
  private final Attempt attempt;
  private boolean sawReasoning;
  private boolean sawContent;
  private long firstNanos;

  Pace(Exchange exchange, Attempt attempt) {
    this.exchange = exchange;
    this.attempt = attempt;
  }

  /** A thought came. */
  void reasoning() {
    if (!sawReasoning) {
      sawReasoning = true;
      attempt.meters().firstReasoning(first() - attempt.begunNanos());
    }
  }

  /** A word of the visible answer came. */
  void content() {
    if (!sawContent) {
      sawContent = true;
      attempt.meters().firstContent(first() - attempt.begunNanos());
    }
  }

  private long first() {
    long now = System.nanoTime();
    exchange.firstByte();
    if (firstNanos == 0) {
      firstNanos = now;
      attempt.firstDelta(now - attempt.begunNanos());
    }
    return now;
  }

  /** Whether a word of the visible answer came. */
  boolean sawContent() {
    return sawContent;
  }

  /**
   * The stream is whole: counts the time of its tokens from the first delta to the last bytes,
   * which nearly always come with the last delta.
   *
   * @param usage what it used; null if that is not known
   */
  void whole(@Nullable Usage usage) {
    if (usage == null || firstNanos == 0) {
      return;
    }
    long tokens = sawReasoning ? usage.outputTokens() : usage.visibleOutputTokens();
    if (tokens > 1) {
      attempt.meters().streamed(tokens, attempt.lastReadNanos() - firstNanos);
    }
  }
}
