package dev.ponder.pacing;

/**
 * What money could buy: how the extra cost of the requests that come is spread over what they gain
 * per dollar. Answers which price leaves just as much demand as there is money.
 *
 * <p>A histogram of gain ÷ extra cost, each request weighted by its extra cost; old requests fade
 * with a half-life of {@value #HALF_LIFE} arrivals. Instead of fading every bucket at each arrival,
 * each arrival weighs a little more than the one before, and everything is divided by that weight
 * when it gets large: a few steps per arrival.
 *
 * <p>A request for a cent that surely gains has a ratio of 100; gains of 0.05 to 0.9 for 0.0001 to
 * 0.5 USD reach from 0.1 to 9,000. The buckets cover 1e-2 to 1e6, 26 in each factor of ten: what
 * lies outside counts in the outermost ones.
 */
final class Demand {

  private static final int HALF_LIFE = 3_000;
  private static final double GROWTH = Math.pow(2, 1.0 / HALF_LIFE);
  private static final double LARGE = 1e15;

  private static final int PER_DECADE = 26;
  private static final int BUCKETS = 8 * PER_DECADE;
  private static final double LOWEST_LOG10 = -2;

  /**
   * Requests that are imagined at the beginning, so that the first real ones are not all that is
   * believed: of the mean cost of the real ones, and spread evenly around their mean ratio (on a
   * logarithmic scale) this many buckets to each side.
   */
  private static final double IMAGINED = 40;

  private static final double IMAGINED_BUCKETS = 1.25 * PER_DECADE;

  private final double[] extra = new double[BUCKETS];
  private double base;
  private double mass;
  private double imagined = IMAGINED;
  private double weight = 1;

  /**
   * A request came.
   *
   * @param gain what the dearer model would gain; 0 or less: it would not be sent there
   * @param extraUsd what the dearer model would cost more, 0 or more
   * @param baseUsd what the cheapest costs, 0 or more
   */
  void add(double gain, double extraUsd, double baseUsd) {
    weight *= GROWTH;
    mass += weight;
    base += weight * baseUsd;
    if (gain > 0 && extraUsd > 0) {
      extra[bucket(gain / extraUsd)] += weight * extraUsd;
    }
    if (weight > LARGE) {
      renormalise();
    }
  }

  /** What the cheapest model costs for a request, on average, in dollars. */
  double meanBaseUsd() {
    return mass > 0 ? base / mass : 0;
  }

  /**
   * The price, in gain per dollar, above which requests want no more than this much; 0 if all that
   * gain fits.
   *
   * @param perArrivalUsd the extra money that there is for each request that comes, gain or not
   */
  double price(double perArrivalUsd) {
    double total = 0;
    double centre = 0;
    for (int i = 0; i < BUCKETS; i++) {
      total += extra[i];
      centre += extra[i] * (i + 0.5);
    }
    if (total <= 0 || total <= perArrivalUsd * mass) {
      return 0;
    }
    double low = centre / total - IMAGINED_BUCKETS;
    double imaginedInBucket = total / mass * imagined / (2 * IMAGINED_BUCKETS);
    double wanted = perArrivalUsd * (mass + imagined);
    double tail = 0;
    for (int i = BUCKETS - 1; i >= 0; i--) {
      double share = overlap(i, low, low + 2 * IMAGINED_BUCKETS);
      double inBucket = extra[i] + imaginedInBucket * share;
      if (inBucket > 0 && tail + inBucket > wanted) {
        return edge(i + 1 - Math.max(0, wanted - tail) / inBucket);
      }
      tail += inBucket;
    }
    return 0;
  }

  /** How much of bucket {@code i} lies between two places on the scale of buckets, 0 to 1. */
  private static double overlap(int i, double low, double high) {
    return Math.max(0, Math.min(i + 1, high) - Math.max(i, low));
  }

  private static int bucket(double ratio) {
    double place = (Math.log10(ratio) - LOWEST_LOG10) * PER_DECADE;
    return (int) Math.max(0, Math.min(BUCKETS - 1, place));
  }

  private static double edge(double place) {
    return Math.pow(10, LOWEST_LOG10 + place / PER_DECADE);
  }

  private void renormalise() {
    for (int i = 0; i < BUCKETS; i++) {
      extra[i] /= weight;
    }
    base /= weight;
    mass /= weight;
    imagined /= weight;
    weight = 1;
  }

  void write(SnapshotText.Writer to) {
    to.put("weight", weight);
    to.put("mass", mass);
    to.put("base", base);
    to.put("imagined", imagined);
    to.put("extra", BUCKETS, i -> extra[i]);
  }

  static Demand read(SnapshotText from) {
    Demand demand = new Demand();
    demand.weight = from.amount("weight", 1, Double.MAX_VALUE);
    demand.mass = from.amount("mass");
    demand.base = from.amount("base");
    demand.imagined = from.amount("imagined");
    from.amounts("extra", BUCKETS, Double.MAX_VALUE, (i, value) -> demand.extra[i] = value);
    return demand;
  }
}
