package dev.ponder.pacing;

import dev.ponder.budget.Period;
import dev.ponder.price.Money;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The shadow price of one budget: how much expected quality a dollar must buy just now.
 *
 * <p>Re-solved from what is left: the money, less what the cheapest tier will take of it, divided
 * by the requests that are still expected in the window ({@link TrafficShape}), is what there is
 * for each of them; the price is the one at which the demand ({@link Demand}) wants just that.
 * Without a step size or gains to tune, and self-correcting, because all of it is a function of
 * what is left. That money is never overspent does not depend on it: the books see to that.
 *
 * <p>Source of the rule: the dual of the fractional knapsack, re-solved as in Jasin and Kumar, "A
 * re-solving heuristic with bounded revenue loss for network revenue management", 2012.
 *
 * <p>Safe for many threads; time is a parameter. Holds about 4 KB.
 */
public final class Pacer {

  /** The time, in seconds, after which the price is solved anew. */
  public static final int PERIOD_SECONDS = 30;

  /**
   * Requests since the last solution that make it be solved sooner: as many as there ever were
   * before it (a price from one request must not hold for the thousand that come with it), and at
   * most this many.
   */
  private static final long SOONER = 500;

  /** The least number of requests that are expected: the last ones do not get all that is left. */
  private static final double LEAST_LEFT = 30;

  /** Of a cold start: what is added while all is to come, and the least share that has passed. */
  private static final double COLD_CAUTION = 0.5;

  private static final double LEAST_PASSED = 0.004;

  /** A call of the old window may come this late, in seconds, after one of the new. */
  private static final double LATE = 60;

  private static final double NANOS_PER_USD = 1e9;
  private static final double NOT_YET = 0;

  private final TrafficShape shape;
  private final Demand demand;

  /** The window, in epoch seconds; before the first one is known it never ends. */
  private long windowStart;

  private long windowEnd = Long.MAX_VALUE;

  /** The requests that came in this window, and since when they were counted. */
  private long seen;

  private double countedFrom = NOT_YET;
  private double lastArrival = NOT_YET;

  private long arrivals;
  private long arrivalsWhenSolved;
  private double solvedAt = NOT_YET;
  private double price;

  /**
   * The longest time in which nobody counted: from the last request before a restart to the first
   * call after it.
   */
  private double gapStart = NOT_YET;

  private double gapEnd = NOT_YET;
  private boolean resumed;

  /** A pacer that has seen nothing, of a budget in UTC. */
  public Pacer() {
    this(ZoneOffset.UTC);
  }

  /**
   * A pacer that has seen nothing.
   *
   * @param zone the time zone of the budget, in which hours of the week are told apart
   */
  public Pacer(ZoneId zone) {
    this(new TrafficShape(zone), new Demand());
  }

  private Pacer(TrafficShape shape, Demand demand) {
    this.shape = shape;
    this.demand = demand;
  }

  /**
   * A request came that could be sent to a dearer tier, whether or not it was; or one that could
   * not ({@code gain} 0).
   *
   * @param gain the probability that the dearer tier helps, 0 to 1; 0 or less: it does not
   * @param extra what the dearer tier is expected to cost more than the cheapest; 0 or more, less
   *     counts as 0
   * @param base what the cheapest tier is expected to cost; 0 or more, less counts as 0
   */
  public synchronized void arrived(Instant now, double gain, Money extra, Money base) {
    double at = seconds(now);
    begin(at);
    if (at >= windowEnd) { // the next windows are taken to be as long until one is named
      long length = windowEnd - windowStart;
      long windows = (long) ((at - windowStart) / length);
      windowStart += windows * length;
      windowEnd = windowStart + length;
      countedFrom = windowStart;
      seen = 0;
    }
    seen++;
    arrivals++;
    lastArrival = at;
    shape.arrived(now.getEpochSecond());
    demand.add(gain, usd(extra), usd(base));
  }

  /**
   * The shadow price, in probability of a gain per US dollar, 0 or more; solved anew when the last
   * time is {@value #PERIOD_SECONDS} s ago or the window is another one, and sooner when many
   * requests came since. 0 as long as everything that gains fits into what is left.
   *
   * @param left what is left of the budget: limit − posted − expected of running calls
   */
  public synchronized double shadowPrice(Instant now, Period period, Money left) {
    double at = seconds(now);
    long start = period.start().getEpochSecond();
    long end = period.end().getEpochSecond();
    boolean another = start != windowStart || end != windowEnd;
    if (another && end <= windowStart && at > windowStart - LATE) {
      return price; // a call that was overtaken by the first ones of the new window
    }
    begin(at);
    if (another) {
      enter(start, end, at);
    }
    long since = arrivals - arrivalsWhenSolved;
    if (another
        || Math.abs(at - solvedAt) >= PERIOD_SECONDS
        || since >= Math.min(Math.max(arrivalsWhenSolved, 1), SOONER)) {
      price = solve(at, left);
      solvedAt = at;
      arrivalsWhenSolved = arrivals;
    }
    return price;
  }

  /** The price that was solved last. */
  public synchronized double shadowPrice() {
    return price;
  }

  private void begin(double at) {
    if (countedFrom == NOT_YET) {
      countedFrom = at;
    }
    if (resumed && at - lastArrival > gapEnd - gapStart) {
      gapStart = lastArrival;
      gapEnd = at;
    }
    resumed = false;
  }

  private void enter(long start, long end, double at) {
    if (countedFrom < start) { // not one that arrivals have entered already
      boolean cameSince = lastArrival >= start;
      seen = 0;
      countedFrom = cameSince ? at : start; // how many is not known: begin here
    }
    countedFrom = Math.min(countedFrom, at);
    windowStart = start;
    windowEnd = end;
  }

  private double solve(double at, Money left) {
    double arrivalsLeft = Math.max(LEAST_LEFT, arrivalsLeft(at));
    double money = (double) left.nanos() / NANOS_PER_USD - arrivalsLeft * demand.meanBaseUsd();
    return demand.price(Math.max(0, money) / arrivalsLeft);
  }

  /**
   * The requests that are expected from now to the end of the window: what was learnt, corrected by
   * what came in this window beside what was expected, F_rest · (seen + κ) / (F_seen + κ).
   *
   * <p>Of a shape without numbers: so many as came, at the shape's pace. That shape is a guess, so
   * more are expected while most of the window is to come: money that was kept back too long can
   * still be spent, and money that was spent too early cannot be spent again.
   */
  private double arrivalsLeft(double at) {
    double start = (double) windowStart;
    double end = (double) windowEnd;
    double rest = shape.expected(Math.max(at, start), end);
    double passed =
        shape.expected(countedFrom, at) - shape.expected(Math.max(gapStart, countedFrom), gapEnd);
    if (shape.isLearnt()) {
      double sure = Math.max(2, shape.certainty());
      return rest * ((double) seen + sure) / (passed + sure);
    }
    double all = shape.expected(start, end);
    double toCome = rest / all;
    double caution = 1 + COLD_CAUTION * toCome * toCome * toCome;
    return ((double) seen + 2) / Math.max(passed / all, LEAST_PASSED) * toCome * caution;
  }

  private static double seconds(Instant instant) {
    return instant.getEpochSecond() + instant.getNano() / 1e9;
  }

  private static double usd(Money money) {
    return Math.max(0, (double) money.nanos() / NANOS_PER_USD);
  }

  /** All that it has learnt, as text of one line that {@link #restore} takes. */
  public synchronized String snapshot() {
    SnapshotText.Writer to = new SnapshotText.Writer();
    to.put("window_start", windowStart);
    to.put("window_end", windowEnd);
    to.put("seen", seen);
    to.put("counted_from", countedFrom);
    to.put("last_arrival", lastArrival);
    to.put("gap_start", gapStart);
    to.put("gap_end", gapEnd);
    to.put("arrivals", arrivals);
    to.put("arrivals_when_solved", arrivalsWhenSolved);
    to.put("solved_at", solvedAt);
    to.put("price", price);
    shape.write(to);
    demand.write(to);
    return to.line();
  }

  /**
   * A pacer that knows what another one had learnt.
   *
   * @throws IllegalArgumentException if the text is not a snapshot
   */
  public static Pacer restore(String snapshot) {
    SnapshotText from = new SnapshotText(snapshot);
    Pacer pacer = new Pacer(TrafficShape.read(from), Demand.read(from));
    pacer.windowStart = from.seconds("window_start");
    pacer.windowEnd = from.whole("window_end", pacer.windowStart + 1, Long.MAX_VALUE);
    pacer.seen = from.whole("seen", 0, Long.MAX_VALUE);
    pacer.countedFrom = from.instant("counted_from");
    pacer.lastArrival = from.instant("last_arrival");
    pacer.gapStart = from.instant("gap_start");
    pacer.gapEnd = from.instant("gap_end");
    pacer.resumed = pacer.lastArrival != NOT_YET;
    pacer.arrivals = from.whole("arrivals", 0, Long.MAX_VALUE);
    pacer.arrivalsWhenSolved = from.whole("arrivals_when_solved", 0, pacer.arrivals);
    pacer.solvedAt = from.instant("solved_at");
    pacer.price = from.amount("price");
    return pacer;
  }
}
