package dev.ponder.classify;

import java.util.List;

/**
 * How many tokens an answer takes, by the probability that reasoning helps: a prior, to be
 * corrected by what a model really bills.
 *
 * @param curves one for each {@link Kind}, in their order
 */
public record TokenForecast(List<Curve> curves) {

  /** What is forecast. */
  public enum Kind {
    /** Everything that a model without reasoning writes. */
    OUTPUT,
    /** What a reasoning model shows of its answer. */
    VISIBLE_OUTPUT,
    /** What a reasoning model hides, at medium effort. */
    REASONING
  }

  public TokenForecast {
    curves = List.copyOf(curves);
    if (curves.size() != Kind.values().length) {
      throw new IllegalArgumentException(
          "curves: " + curves.size() + " (expected: " + Kind.values().length + ")");
    }
  }

  /**
   * A median that grows exponentially from {@code least} to {@code most} while the probability
   * grows from 0 to {@code reach}, and the same tail everywhere.
   *
   * @param least the median at probability 0, in tokens, 1 or more
   * @param most the median at {@code reach} and beyond, {@code least} or more
   * @param reach the probability from which on the median grows no more, above 0
   * @param tail the 99th percentile over the median, 1 or more
   */
  public record Curve(double least, double most, double reach, double tail) {
    public Curve {
      if (!(least >= 1 && most >= least && reach > 0 && tail >= 1)) {
        throw new IllegalArgumentException(
            "curve: %s %s %s %s (expected: 1 <= least <= most, reach > 0, tail >= 1)"
                .formatted(least, most, reach, tail));
      }
    }

    /** The median at a probability, in tokens. */
    double median(double probability) {
      return least * Math.pow(most / least, Math.min(1, probability / reach));
    }
  }

  /** The median number of tokens, 1 or more. */
  public int median(Kind kind, double probability) {
    return (int) Math.round(curve(kind).median(probability));
  }

  /** The number of tokens that one answer in a hundred exceeds. */
  public int p99(Kind kind, double probability) {
    Curve curve = curve(kind);
    return (int) Math.round(curve.median(probability) * curve.tail());
  }

  @SuppressWarnings("EnumOrdinal") // The order is the index: ModelText names what it stores.
  private Curve curve(Kind kind) {
    return curves.get(kind.ordinal());
  }
}
