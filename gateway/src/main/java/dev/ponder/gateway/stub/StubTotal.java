package dev.ponder.gateway.stub;

import dev.ponder.price.Money;
import dev.ponder.price.Usage;

/**
 * What some calls were altogether.
 *
 * @param calls all of them, failed and aborted ones included
 * @param failed calls that were answered with an error or broke off
 * @param aborted calls whose client left
 * @param promptTokens input, cached included
 * @param cachedTokens input reported as read from a cache
 * @param cacheWriteTokens input reported as written to a cache
 * @param completionTokens output, reasoning included
 * @param reasoningTokens hidden output
 * @param cost what they cost, each call rounded up by itself; zero where no prices were given
 */
public record StubTotal(
    long calls,
    long failed,
    long aborted,
    long promptTokens,
    long cachedTokens,
    long cacheWriteTokens,
    long completionTokens,
    long reasoningTokens,
    Money cost) {

  /** Nothing yet. */
  public static final StubTotal ZERO = new StubTotal(0, 0, 0, 0, 0, 0, 0, 0, Money.ZERO);

  StubTotal plus(StubCall call, Money callCost) {
    boolean bad = call.finish().equals("error") || call.finish().equals("cut");
    Usage more = call.usage();
    return new StubTotal(
        calls + 1,
        failed + (bad ? 1 : 0),
        aborted + (call.aborted() ? 1 : 0),
        promptTokens + more.inputTokens(),
        cachedTokens + more.cachedInputTokens(),
        cacheWriteTokens + more.cacheWriteTokens(),
        completionTokens + more.outputTokens(),
        reasoningTokens + more.reasoningTokens(),
        cost.plus(callCost));
  }
}
