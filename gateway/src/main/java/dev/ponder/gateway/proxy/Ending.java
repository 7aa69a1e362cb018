package dev.ponder.gateway.proxy;

import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, as far as money is concerned.
 *
 * @param dispatched whether it was sent
 * @param status the status of its answer; 0 if no head came
 * @param usage the tokens that the upstream reported; null if none
 * @param whole whether the answer came to its proper end
 * @param answered whether anything of an answer came: a word, or a thought, as far as can be told
 * @param visibleBytes the bytes of text that were seen
 * @param cost what the usage costs by the upstream's own word; null: by the price
 */
record Ending(
    boolean dispatched,
    int status,
    @Nullable Usage usage,
    boolean whole,
    boolean answered,
    long visibleBytes,
    @Nullable Money cost) {

  /** An end with what the upstream says of its bill; null if it says nothing. */
  static Ending of(
      boolean dispatched,
      int status,
      @Nullable Billed billed,
      boolean whole,
      boolean answered,
      long visibleBytes) {
    Usage usage = billed == null ? null : billed.usage();
    Money cost = billed == null ? null : billed.cost();
    return new Ending(dispatched, status, usage, whole, answered, visibleBytes, cost);
  }

  /** The end of a call that was never sent. */
  static final Ending UNSENT = new Ending(false, 0, null, false, false, 0, null);
}
