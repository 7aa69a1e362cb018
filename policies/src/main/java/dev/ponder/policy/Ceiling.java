package dev.ponder.policy;

import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.math.BigInteger;

/**
 * The most that a call can be billed, as a function of its cap on the output.
 *
 * <p>{@code r(cap) = ceil((inputTokens × dearest input price + (cap × answers + extraOutputTokens)
 * × dearest output price) / 1,000,000)}: without any discount, at the dearest kind of token. Writes
 * to a cache for an hour are such a kind only of a request that asks for them: of any other they
 * would hold back twice what it can cost. Where the input may be above the step of the price, the
 * dearer of both lists counts, kind by kind: the bound is above it, the input itself may not be.
 *
 * <p>The sums are exact. What is {@link #MOST} or more is taken for {@link #MOST}: no budget is
 * nearly as large, so such a call is never covered.
 *
 * @param price what the model charges
 * @param keepsLong whether the request has input kept in a cache for an hour
 * @param inputTokens a true upper bound of the input tokens, 0 or more
 * @param answers how many answers are asked for, each of which the cap limits; 1 or more
 * @param extraOutputTokens output that the cap does not limit: rejected predictions, hidden
 *     reasoning of a model whose cap does not cover it; of all answers together, 0 or more
 */
public record Ceiling(
    ModelPrice price, boolean keepsLong, long inputTokens, int answers, long extraOutputTokens) {

  /** About 2.3 billion dollars. */
  public static final Money MOST = Money.ofNanos(Long.MAX_VALUE / 4);

  /** Tokens that a price is quoted for. */
  private static final long QUOTED = 1_000_000L;

  /** Up to so many tokens of each kind, at up to 1,000 USD, nothing here overflows a long. */
  private static final long PLAIN_TOKENS_MAX = 500_000_000_000L;

  public Ceiling {
    if (inputTokens < 0 || extraOutputTokens < 0) {
      String name = inputTokens < 0 ? "inputTokens: " : "extraOutputTokens: ";
      throw new IllegalArgumentException(
          name + Math.min(inputTokens, extraOutputTokens) + " (expected: 0 or more)");
    }
    if (answers < 1) {
      throw new IllegalArgumentException("answers: " + answers + " (expected: 1 or more)");
    }
  }

  /** The most that a call can be billed that has nothing kept for an hour. */
  public Ceiling(ModelPrice price, long inputTokens, int answers, long extraOutputTokens) {
    this(price, false, inputTokens, answers, extraOutputTokens);
  }

  /**
   * The most that a call with this cap can be billed.
   *
   * @param cap tokens of each answer, 0 or more
   */
  public Money of(long cap) {
    if (cap < 0) {
      throw new IllegalArgumentException("cap: " + cap + " (expected: 0 or more)");
    }
    boolean plain =
        cap <= PLAIN_TOKENS_MAX / answers
            && extraOutputTokens <= PLAIN_TOKENS_MAX
            && inputTokens <= PLAIN_TOKENS_MAX;
    if (!plain) {
      BigInteger nanos =
          fixedParts()
              .add(perToken().multiply(BigInteger.valueOf(cap)))
              .add(BigInteger.valueOf(QUOTED - 1))
              .divide(BigInteger.valueOf(QUOTED));
      return Money.ofNanos(nanos.min(BigInteger.valueOf(MOST.nanos())).longValueExact());
    }
    long output = cap * answers + extraOutputTokens; // at most 1e12
    long whole = inputTokens / QUOTED * inputPrice() + output / QUOTED * outputPrice();
    long parts = inputTokens % QUOTED * inputPrice() + output % QUOTED * outputPrice();
    return Money.ofNanos(whole + (parts + QUOTED - 1) / QUOTED); // at most 1.5e18 + 2e12
  }

  /**
   * The largest cap that this much money covers: the largest {@code cap} with {@code of(cap) <=
   * money}; -1 if the money does not even cover the input. {@link Long#MAX_VALUE} for a model whose
   * output is free, and for {@link #MOST}.
   */
  public long capFor(Money money) {
    if (money.compareTo(MOST) >= 0) {
      return Long.MAX_VALUE;
    }
    BigInteger left =
        BigInteger.valueOf(money.nanos())
            .multiply(BigInteger.valueOf(QUOTED))
            .subtract(fixedParts());
    if (left.signum() < 0) {
      return -1;
    }
    return outputPrice() == 0
        ? Long.MAX_VALUE
        : left.divide(perToken()).min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact();
  }

  /** What the cap does not change, in millionths of a nano-dollar. */
  private BigInteger fixedParts() {
    BigInteger input = BigInteger.valueOf(inputTokens).multiply(BigInteger.valueOf(inputPrice()));
    return BigInteger.valueOf(extraOutputTokens)
        .multiply(BigInteger.valueOf(outputPrice()))
        .add(input);
  }

  /** What a token of the cap adds, in millionths of a nano-dollar. */
  private BigInteger perToken() {
    return BigInteger.valueOf(answers).multiply(BigInteger.valueOf(outputPrice()));
  }

  /** Whether output costs anything: else no cap limits the bill. */
  public boolean paysForOutput() {
    return outputPrice() > 0;
  }

  private long inputPrice() {
    return Math.max(inputPrice(price), inputPrice(price.at(inputTokens)));
  }

  private long outputPrice() {
    return Math.max(outputPrice(price), outputPrice(price.at(inputTokens)));
  }

  private long inputPrice(ModelPrice list) {
    long dearest =
        Math.max(
            list.input().nanos(), Math.max(list.cachedInput().nanos(), list.cacheWrite().nanos()));
    return keepsLong ? Math.max(dearest, list.longCacheWrite().nanos()) : dearest;
  }

  private static long outputPrice(ModelPrice list) {
    return Math.max(list.output().nanos(), list.reasoning().nanos());
  }
}
