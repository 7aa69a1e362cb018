package dev.ponder.price;

import java.util.Optional;

/**
 * What a model charges, in money per million tokens of each kind. Each price is 0 to 1,000 USD.
 *
 * <p>Some models have a second list of prices for long requests. It then holds for all tokens of
 * the call, the output too, and not only for those above the step.
 *
 * @param input for input that no cache helped with
 * @param cachedInput for input read from the provider's prompt cache
 * @param cacheWrite for input written to the provider's prompt cache
 * @param longCacheWrite for input written to be kept for an hour
 * @param output for output that the client sees
 * @param reasoning for hidden output; nearly always the same as {@code output}
 * @param step what long requests cost; absent: the same
 */
public record ModelPrice(
    Money input,
    Money cachedInput,
    Money cacheWrite,
    Money longCacheWrite,
    Money output,
    Money reasoning,
    Optional<Step> step) {

  /**
   * The prices of a call whose input is longer than this.
   *
   * @param inputTokens the longest input that costs the prices below the step, 1 to {@value
   *     Usage#TOKENS_MAX} tokens, cached ones included
   * @param price what a call with more input costs; it has no step of its own
   */
  public record Step(long inputTokens, ModelPrice price) {

    public Step {
      if (inputTokens < 1 || inputTokens > Usage.TOKENS_MAX) {
        throw new IllegalArgumentException(
            "inputTokens: " + inputTokens + " (expected: 1.." + Usage.TOKENS_MAX + ")");
      }
      if (price.step().isPresent()) {
        throw new IllegalArgumentException("price: has a step (expected: none above a step)");
      }
    }
  }

  /** Tokens that a price is quoted for. */
  private static final long QUOTED = 1_000_000L;

  private static final long PRICE_MAX_NANOS = 1_000_000_000_000L;

  public ModelPrice {
    check("input", input);
    check("cachedInput", cachedInput);
    check("cacheWrite", cacheWrite);
    check("longCacheWrite", longCacheWrite);
    check("output", output);
    check("reasoning", reasoning);
  }

  /** The same price for requests of any length. */
  public ModelPrice(
      Money input, Money cachedInput, Money cacheWrite, Money output, Money reasoning) {
    this(input, cachedInput, cacheWrite, output, reasoning, Optional.empty());
  }

  /** A price that says nothing of writes for an hour: they are {@link #usualLongCacheWrite}. */
  public ModelPrice(
      Money input,
      Money cachedInput,
      Money cacheWrite,
      Money output,
      Money reasoning,
      Optional<Step> step) {
    this(
        input,
        cachedInput,
        cacheWrite,
        usualLongCacheWrite(input, cacheWrite),
        output,
        reasoning,
        step);
  }

  /**
   * What writing for an hour costs where nobody says: twice the input, as at the only provider that
   * reports such writes, and no less than any other write.
   */
  public static Money usualLongCacheWrite(Money input, Money cacheWrite) {
    long twice = Math.min(2 * input.nanos(), PRICE_MAX_NANOS);
    return Money.ofNanos(Math.max(twice, cacheWrite.nanos()));
  }

  /**
   * A price without discounts: caches cost what input costs, but for an hour the usual, and
   * reasoning what output costs.
   */
  public static ModelPrice of(Money input, Money output) {
    return new ModelPrice(input, input, input, output, output);
  }

  /**
   * The prices of a call with so many input tokens, cached ones included: above the step those of
   * the step, else these.
   */
  public ModelPrice at(long inputTokens) {
    return step.isPresent() && inputTokens > step.get().inputTokens() ? step.get().price() : this;
  }

  /**
   * What these tokens cost: the sum over the six disjoint kinds of tokens times price, divided by a
   * million and rounded up once, so that no call is ever counted as less than its bill. The prices
   * are those {@link #at} its input.
   */
  public Money of(Usage usage) {
    return at(usage.inputTokens()).flat(usage);
  }

  private Money flat(Usage usage) {
    long whole = 0;
    long parts = 0; // at most 6 * 1e6 * 1e12: below Long.MAX_VALUE
    whole += whole(usage.plainInputTokens(), input);
    parts += part(usage.plainInputTokens(), input);
    whole += whole(usage.cachedInputTokens(), cachedInput);
    parts += part(usage.cachedInputTokens(), cachedInput);
    whole += whole(usage.shortCacheWriteTokens(), cacheWrite);
    parts += part(usage.shortCacheWriteTokens(), cacheWrite);
    whole += whole(usage.longCacheWriteTokens(), longCacheWrite);
    parts += part(usage.longCacheWriteTokens(), longCacheWrite);
    whole += whole(usage.visibleOutputTokens(), output);
    parts += part(usage.visibleOutputTokens(), output);
    whole += whole(usage.reasoningTokens(), reasoning);
    parts += part(usage.reasoningTokens(), reasoning);
    return Money.ofNanos(whole + (parts + QUOTED - 1) / QUOTED);
  }

  private static long whole(long tokens, Money price) {
    return tokens / QUOTED * price.nanos();
  }

  private static long part(long tokens, Money price) {
    return tokens % QUOTED * price.nanos();
  }

  private static void check(String name, Money price) {
    if (price.nanos() < 0 || price.nanos() > PRICE_MAX_NANOS) {
      throw new IllegalArgumentException(
          name + ": " + price.toUsd() + " (expected: 0..1000 USD per million tokens)");
    }
  }
}
