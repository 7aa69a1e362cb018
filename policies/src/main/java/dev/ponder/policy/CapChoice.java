package dev.ponder.policy;

import dev.ponder.price.Money;

/** How much output a call is to be granted, when money is the limit. */
public final class CapChoice {

  /**
   * A cap below this cuts most answers at medium effort: no call is made rather than one with less.
   * Other efforts need more or less room.
   */
  public static final long LEAST_TOKENS_REASONING = 2_048;

  /** The same for models that do not reason. */
  public static final long LEAST_TOKENS_PLAIN = 512;

  /** Room for so many of the dearest calls is ample: nothing is capped. */
  private static final long AMPLE = 50;

  /** Room for so few of them is tight. */
  private static final long TIGHT = 5;

  private CapChoice() {}

  /**
   * The cap to ask for, in tokens per answer.
   *
   * <p>With {@code room >= 50 × ceiling.of(most)} it is {@code most}; below, it shrinks evenly to
   * {@code usual}, which it reaches at {@code room <= 5 × ceiling.of(most)}. Never more than {@code
   * most}, and never less than {@code least} unless {@code most} is.
   *
   * @param ceiling what the call can be billed by its cap
   * @param room the least that is available in any hard budget of the call
   * @param most the caller's cap or else the model's maximum, 0 or more
   * @param usual 1.1 × the 99th percentile of such calls
   * @param least what a call is not worth making below
   */
  public static long wanted(Ceiling ceiling, Money room, long most, long usual, long least) {
    return Math.min(most, Math.max(least, between(ceiling, room.nanos(), most, usual)));
  }

  private static long between(Ceiling ceiling, long room, long most, long usual) {
    long dearest = ceiling.of(most).nanos();
    // Divided rather than multiplied, which could overflow.
    if (usual >= most || room / AMPLE >= dearest) {
      return most;
    }
    if (room <= 0 || (room - 1) / TIGHT < dearest) {
      return usual;
    }
    double calls = (double) room / dearest;
    return usual + (long) ((most - usual) * ((calls - TIGHT) / (AMPLE - TIGHT)));
  }
}
