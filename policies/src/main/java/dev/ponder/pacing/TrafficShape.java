package dev.ponder.pacing;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Arrays;

/**
 * When requests come: how many are expected in each hour of the week, in the time zone of the
 * budget.
 *
 * <p>Each complete hour is counted, idle ones included, and learnt at the end of its day: so that
 * within a day what has come can be held against what was expected before it. An hour of the week
 * keeps the mean of its first weeks, then a moving average in which the newest week weighs {@value
 * #NEWEST}. Until a day is complete there is only the shape that is shipped: one half spread evenly
 * over the day, one half as a hump around 13:30. Only its shape counts; it knows no numbers.
 *
 * <p>One week says little about one hour of it. So what is expected of an hour (see {@link
 * #solve()}) is a mixture of what it was itself and of the product of the hour of the day, over all
 * days, and the level of the day of the week, over all hours.
 */
final class TrafficShape {

  private static final int DAYS = 7;
  private static final int HOURS = 24;
  private static final int SLOTS = DAYS * HOURS;
  private static final long HOUR = 3_600;
  private static final long DAY = HOURS * HOUR;
  private static final long WEEK = DAYS * DAY;
  private static final long NEVER = 0;

  private static final double NEWEST = 0.3;

  /** The weeks that a moving average over {@link #NEWEST} is worth, (2 − α) / α. */
  private static final int WEEKS_WORTH = 6;

  /** The weight of the shipped shape beside one day, of a level beside an hour, of the product. */
  private static final double SHIPPED_DAYS = 0.5;

  private static final double LEVEL_HOURS = 4;
  private static final double PRODUCT_WEEKS = 3;

  /** The requests of a window after which it says as much of its level as what was learnt. */
  private static final double SURE = 300;

  private static final double LEAST_SURE = 30;
  private static final double SURE_DAYS = 0.05;

  private static final double[] SHIPPED = shipped();

  private final ZoneId zone;
  private final ZoneRules rules;

  /** Learnt, by hour of the week from Monday 00:00: requests per hour, and weeks counted. */
  private final float[] mean = new float[SLOTS];

  private final byte[] weeks = new byte[SLOTS];

  /** Of the present day: requests by hour of the day, and complete hours (two in one of autumn). */
  private final float[] today = new float[HOURS];

  private final byte[] todayHours = new byte[HOURS];

  /** When the present hour began, in epoch seconds; whether it was watched from its beginning. */
  private long hourStart = NEVER;

  private boolean whole;
  private double inHour;

  /** Whether it was restored and nothing has come since: the time between is not known. */
  private boolean resumed;

  /** What is expected, derived from what was learnt: requests per hour. */
  private final float[] expected = new float[SLOTS];

  private float expectedInWeek;
  private double learnt;

  TrafficShape(ZoneId zone) {
    this.zone = zone;
    this.rules = zone.getRules();
    solve();
  }

  ZoneId zone() {
    return zone;
  }

  /** A request came. What comes from the past counts as of the present hour. */
  void arrived(long epochSecond) {
    advance(epochSecond);
    inHour++;
  }

  /** Whether numbers of requests are known, not only the shape of a day. */
  boolean isLearnt() {
    return learnt > 0;
  }

  /**
   * How sure the level is that was learnt, as a number of requests: one half of an hour's of a busy
   * budget, fewer of a quiet one, never more than it was learnt from.
   */
  double certainty() {
    double someOfDay = SURE_DAYS * expectedInWeek / DAYS;
    return Math.min(learnt, Math.min(SURE, Math.max(LEAST_SURE, someOfDay)));
  }

  /**
   * The requests that are expected between two instants, given in epoch seconds with a fraction; if
   * nothing is learnt, in parts of a day's.
   */
  double expected(double from, double to) {
    double sum = 0;
    double at = from;
    while (at < to) {
      Instant instant = Instant.ofEpochSecond((long) Math.floor(at));
      ZoneOffsetTransition next = rules.isFixedOffset() ? null : rules.nextTransition(instant);
      double until = next == null ? to : Math.min(to, (double) next.toEpochSecond());
      int offset = rules.getOffset(instant).getTotalSeconds();
      sum += expectedLocal(at + offset, until + offset);
      at = until;
    }
    return sum;
  }

  /** The same between two local times, as seconds since 1970-01-01T00:00 there. */
  private double expectedLocal(double from, double to) {
    double wholeWeeks = Math.floor((to - from) / WEEK);
    double sum = wholeWeeks * expectedInWeek;
    double at = from + wholeWeeks * WEEK;
    while (at < to) {
      double hour = Math.floor(at / HOUR);
      double until = Math.min(to, (hour + 1) * HOUR);
      sum += expected[slot((long) hour)] * (until - at) / HOUR;
      at = until;
    }
    return sum;
  }

  /** Completes the hours until now; those of more than a week without a request are skipped. */
  private void advance(long now) {
    boolean sameHour = now < hourStart + HOUR;
    if (hourStart == NEVER || now < hourStart - DAY) { // the first, or a clock that was put right
      forgetToday();
      begin(now);
    } else if (resumed && !sameHour) { // nobody counted in between
      endDay(Math.floorDiv(local(hourStart), DAY), now);
      begin(now);
    }
    resumed = false;
    for (int hours = 0; now >= hourStart + HOUR; hours++) {
      if (hours == SLOTS) {
        forgetToday();
        begin(now);
        return;
      }
      complete();
    }
  }

  private void begin(long now) {
    hourStart = now - Math.floorMod(local(now), HOUR);
    whole = now == hourStart;
    inHour = 0;
  }

  private void complete() {
    long hour = Math.floorDiv(local(hourStart), HOUR);
    if (whole) {
      int ofDay = Math.floorMod(hour, HOURS);
      today[ofDay] += (float) inHour;
      todayHours[ofDay]++;
    }
    // Begins the next by the clock on the wall: zones may shift by parts of an hour.
    begin(hourStart + HOUR);
    whole = true;
    endDay(Math.floorDiv(hour, HOURS), hourStart);
  }

  /** Learns from a day, given as days since 1970-01-01, if now is in another one. */
  private void endDay(long day, long now) {
    if (Math.floorDiv(local(now), DAY) == day) {
      return;
    }
    for (int h = 0; h < HOURS; h++) {
      if (todayHours[h] > 0) {
        int slot = slot(day * HOURS + h);
        double newest = Math.max(NEWEST, 1.0 / (weeks[slot] + 1));
        mean[slot] += (float) (newest * (today[h] / todayHours[h] - mean[slot]));
        weeks[slot] = (byte) Math.min(WEEKS_WORTH, weeks[slot] + 1);
      }
    }
    forgetToday();
    solve();
  }

  private void forgetToday() {
    Arrays.fill(today, 0);
    Arrays.fill(todayHours, (byte) 0);
  }

  private long local(long epochSecond) {
    return epochSecond + rules.getOffset(Instant.ofEpochSecond(epochSecond)).getTotalSeconds();
  }

  /** The hour of the week, from Monday 00:00, of an hour since 1970-01-01T00:00, a Thursday. */
  private static int slot(long hour) {
    return Math.floorMod(hour + 3 * HOURS, SLOTS);
  }

  /**
   * Expects of each hour of the week: what it was itself, and with the weight of {@value
   * #PRODUCT_WEEKS} weeks, the hour of the day × the level of the day of the week. Both factors are
   * in turn mixed with what would be without them: the hour of the day with the shipped shape, the
   * level of the day with 1.
   */
  private void solve() {
    double count = 0;
    double shape = 0;
    for (int s = 0; s < SLOTS; s++) {
      if (weeks[s] > 0) {
        count += mean[s];
        shape += SHIPPED[s % HOURS];
      }
    }
    learnt = count;
    double[] ofHour = SHIPPED.clone();
    double[] ofDay = new double[DAYS];
    if (isLearnt()) {
      for (int h = 0; h < HOURS; h++) {
        ofHour[h] *= count / shape;
      }
      levels(ofDay, ofHour);
      hours(ofHour, ofDay);
    }
    levels(ofDay, ofHour);
    expectedInWeek = 0;
    for (int s = 0; s < SLOTS; s++) {
      double product = ofDay[s / HOURS] * ofHour[s % HOURS];
      double own = isLearnt() ? weeks[s] : 0;
      expected[s] = (float) ((own * mean[s] + PRODUCT_WEEKS * product) / (own + PRODUCT_WEEKS));
      expectedInWeek += expected[s];
    }
  }

  /** The level of each day of the week, given the hours of the day. */
  private void levels(double[] ofDay, double[] ofHour) {
    for (int d = 0; d < DAYS; d++) {
      double was = 0;
      double shape = 0;
      double anHour = 0;
      for (int h = 0; h < HOURS; h++) {
        int slot = d * HOURS + h;
        was += weeks[slot] * mean[slot];
        shape += weeks[slot] * ofHour[h];
        anHour += ofHour[h] / HOURS;
      }
      ofDay[d] = isLearnt() ? (was + LEVEL_HOURS * anHour) / (shape + LEVEL_HOURS * anHour) : 1;
    }
  }

  /** The hours of the day, given the level of each day of the week. */
  private void hours(double[] ofHour, double[] ofDay) {
    for (int h = 0; h < HOURS; h++) {
      double was = SHIPPED_DAYS * ofHour[h];
      double days = SHIPPED_DAYS;
      for (int d = 0; d < DAYS; d++) {
        int slot = d * HOURS + h;
        if (weeks[slot] > 0) {
          was += mean[slot];
          days += ofDay[d];
        }
      }
      ofHour[h] = was / days;
    }
  }

  /** Office hours: half flat, half a hump at 13:30 of the width 4.5 h; shares of one day. */
  private static double[] shipped() {
    double[] share = new double[HOURS];
    double sum = 0;
    for (int h = 0; h < HOURS; h++) {
      double away = (h + 0.5 - 13.5) / 4.5;
      share[h] = Math.exp(-away * away);
      sum += share[h];
    }
    for (int h = 0; h < HOURS; h++) {
      share[h] = 0.5 / HOURS + 0.5 * share[h] / sum;
    }
    return share;
  }

  void write(SnapshotText.Writer to) {
    to.put("zone", zone.getId());
    to.put("hour", hourStart);
    to.put("whole", whole ? 1 : 0);
    to.put("in_hour", inHour);
    to.put("today", HOURS, h -> today[h]);
    to.put("today_hours", HOURS, h -> todayHours[h]);
    to.put("mean", SLOTS, s -> mean[s]);
    to.put("weeks", SLOTS, s -> weeks[s]);
  }

  static TrafficShape read(SnapshotText from) {
    TrafficShape shape = new TrafficShape(from.zone("zone"));
    shape.hourStart = from.seconds("hour");
    shape.whole = from.whole("whole", 0, 1) == 1;
    shape.inHour = from.amount("in_hour");
    from.amounts("today", HOURS, Float.MAX_VALUE, (h, value) -> shape.today[h] = (float) value);
    from.amounts("today_hours", HOURS, 2, (h, value) -> shape.todayHours[h] = (byte) value);
    from.amounts("mean", SLOTS, Float.MAX_VALUE, (s, value) -> shape.mean[s] = (float) value);
    from.amounts("weeks", SLOTS, WEEKS_WORTH, (s, value) -> shape.weeks[s] = (byte) value);
    shape.resumed = true;
    shape.solve();
    return shape;
  }
}
