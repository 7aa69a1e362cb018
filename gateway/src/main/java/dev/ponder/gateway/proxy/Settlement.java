package dev.ponder.gateway.proxy;

import dev.ponder.budget.Entry.Source;
import dev.ponder.policy.Upstream.On5xx;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What is posted for a call, by how it ended. Pure: the table of endings in one place.
 *
 * <pre>
 * never sent                                   nothing
 * usage was reported, whatever came after      what was reported, and its cost, if that was, too
 * 3xx, 4xx                                     nothing
 * 5xx                                          nothing, or all, as the upstream is configured
 * 2xx, no answer in it (an error, a page)      nothing
 * 2xx, whole, no usage, reasoning model        all: hidden tokens cannot be counted
 * 2xx, whole, no usage, plain model            all if a budget is hard, else what was counted
 * an error after a part of an answer           all if a budget is hard, else what is expected
 * broken off, timed out, given up, cancelled   all if a budget is hard, else what is expected
 * </pre>
 *
 * <p>What was seen is not all that may be billed: there may be thoughts that nobody is shown,
 * caches that were written, pictures. So a hard budget never goes by what was seen where nobody
 * reports.
 *
 * <p>"All" is what was set aside: the most that the call can be billed, unless more text was seen.
 *
 * @param source where the amount is from; {@code NONE}: nothing is billed
 * @param amount what is posted
 * @param usage the tokens behind it; {@link Usage#NONE} if not known
 */
record Settlement(Source source, Money amount, Usage usage) {

  private static final Settlement NOTHING = new Settlement(Source.NONE, Money.ZERO, Usage.NONE);

  /**
   * Bytes that one token of text stands for when tokens are counted from bytes: fewer than in any
   * common language, so that the count is rather too high than too low.
   */
  private static final int BYTES_PER_TOKEN = 2;

  /** No common text has more bytes of JSON for each of its tokens: long runs of spaces may. */
  static final int MOST_BYTES_PER_TOKEN = 12;

  /** What the settlement of a call depends on besides its ending. */
  interface Call {
    /** What was set aside. */
    Money reserved();

    /** What the call was expected to cost. */
    Money expected();

    Money priceOf(Usage usage);

    boolean reasoning();

    boolean hard();

    On5xx on5xx();

    /** The size of the request, in bytes. */
    long requestBytes();
  }

  /** What is posted for a call that ended so. */
  static Settlement of(Call call, Ending ending) {
    if (!ending.dispatched()) {
      return NOTHING;
    }
    Usage usage = ending.usage();
    if (usage != null) {
      Money told = ending.cost();
      return new Settlement(Source.REPORTED, told == null ? call.priceOf(usage) : told, usage);
    }
    int status = ending.status();
    if (status >= 300 && status < 500) {
      return NOTHING;
    }
    if (status >= 500) {
      return call.on5xx() == On5xx.PRESUME ? all(call, ending) : NOTHING;
    }
    if (status != 0 && ending.whole()) {
      return whole(call, ending);
    }
    return call.hard() ? all(call, ending) : expected(call, ending);
  }

  private static Settlement whole(Call call, Ending ending) {
    if (!ending.answered()) {
      return NOTHING;
    }
    return call.reasoning() || call.hard() ? all(call, ending) : counted(call, ending, null);
  }

  /** Never more than the most that it can be billed, never less than what was seen. */
  private static Settlement expected(Call call, Ending ending) {
    Settlement seen = counted(call, ending, call.expected());
    return new Settlement(Source.ESTIMATED, seen.amount(), seen.usage());
  }

  private static Settlement counted(Call call, Ending ending, @Nullable Money least) {
    Usage usage =
        Usage.of(
            tokens(call.requestBytes(), BYTES_PER_TOKEN) + 1,
            tokens(ending.visibleBytes(), BYTES_PER_TOKEN) + 1);
    Money amount = call.priceOf(usage);
    if (least != null && least.compareTo(amount) > 0) {
      amount = least;
    }
    if (amount.compareTo(call.reserved()) > 0) {
      amount = call.reserved();
    }
    return new Settlement(Source.COUNTED, larger(amount, seen(call, ending)), usage);
  }

  private static Settlement all(Call call, Ending ending) {
    Money amount = larger(call.reserved(), seen(call, ending));
    return new Settlement(Source.PRESUMED, amount, Usage.NONE);
  }

  /** What the text alone is billed at least: more than was set aside if a cap was broken. */
  private static Money seen(Call call, Ending ending) {
    return call.priceOf(Usage.of(0, tokens(ending.visibleBytes(), MOST_BYTES_PER_TOKEN)));
  }

  private static long tokens(long bytes, int bytesPerToken) {
    return Math.min(Usage.TOKENS_MAX - 1, bytes / bytesPerToken);
  }

  private static Money larger(Money one, Money other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
