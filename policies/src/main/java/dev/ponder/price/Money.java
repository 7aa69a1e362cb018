package dev.ponder.price;

import java.math.BigDecimal;

/**
 * An amount of US dollars, held as a whole number of nano-dollars (1e-9 USD).
 *
 * <p>Sums are exact; anything that would overflow a {@code long} (9.2 billion dollars) throws
 * {@link ArithmeticException} rather than wrap. Amounts may be negative (a correction).
 *
 * @param nanos nano-dollars
 */
public record Money(long nanos) implements Comparable<Money> {

  public static final Money ZERO = new Money(0);

  private static final int SCALE = 9;

  public static Money ofNanos(long nanos) {
    return nanos == 0 ? ZERO : new Money(nanos);
  }

  /**
   * The amount that a decimal number of dollars names, such as {@code 0.40}.
   *
   * @throws ArithmeticException if the number has more than nine decimals or does not fit
   */
  public static Money ofUsd(BigDecimal usd) {
    return ofNanos(usd.movePointRight(SCALE).longValueExact());
  }

  public Money plus(Money other) {
    return ofNanos(Math.addExact(nanos, other.nanos));
  }

  public Money minus(Money other) {
    return ofNanos(Math.subtractExact(nanos, other.nanos));
  }

  /** Dollars as a decimal number without exponent or trailing zeros: {@code 0.00125}, {@code 3}. */
  public String toUsd() {
    StringBuilder out = new StringBuilder(20);
    appendUsd(out);
    return out.toString();
  }

  /** Appends {@link #toUsd()}; by hand, because two or three amounts go into every response. */
  public void appendUsd(StringBuilder out) {
    if (nanos == Long.MIN_VALUE) { // has no positive counterpart
      out.append(BigDecimal.valueOf(nanos, SCALE).toPlainString());
      return;
    }
    long rest = Math.abs(nanos);
    if (nanos < 0) {
      out.append('-');
    }
    out.append(rest / 1_000_000_000L);
    int fraction = (int) (rest % 1_000_000_000L);
    if (fraction == 0) {
      return;
    }
    out.append('.');
    for (int first = 100_000_000; first > fraction; first /= 10) {
      out.append('0');
    }
    while (fraction % 10 == 0) {
      fraction /= 10;
    }
    out.append(fraction);
  }

  @Override
  public int compareTo(Money other) {
    return Long.compare(nanos, other.nanos);
  }

  @Override
  public String toString() {
    return toUsd() + " USD";
  }
}
