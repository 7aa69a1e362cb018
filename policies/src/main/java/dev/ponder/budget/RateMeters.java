package dev.ponder.budget;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@link RateMeter} of each policy and owner. Safe for many threads; it holds the {@value
 * #METERS_MAX} that were asked for last.
 */
public final class RateMeters {

  static final int METERS_MAX = 100_000;

  private final Map<AccountKey, RateMeter> meters = new LinkedHashMap<>(16, 0.75f, true);

  /** None yet. */
  public RateMeters() {}

  /**
   * The meter of an owner: full when it is first asked for, or when its limit has changed.
   *
   * @param now a time in nanoseconds, always from the same origin
   */
  public synchronized RateMeter meter(AccountKey key, RateLimit limit, long now) {
    RateMeter known = meters.get(key);
    if (known != null && known.limit().equals(limit)) {
      return known;
    }
    RateMeter meter = new RateMeter(limit, now);
    meters.put(key, meter);
    if (meters.size() > METERS_MAX) {
      meters.remove(meters.keySet().iterator().next());
    }
    return meter;
  }

  /**
   * Takes a request and its tokens of all of these meters, or of none.
   *
   * @param estimate the tokens that it is expected to use, 0 or more
   * @param now a time in nanoseconds, always from the same origin
   * @return 0 if it is admitted; else after how many seconds to ask again: the longest of all
   */
  public synchronized long admit(List<RateMeter> all, long estimate, long now) {
    long wait = 0;
    for (RateMeter meter : all) {
      wait = Math.max(wait, meter.secondsToWait(now));
    }
    if (wait == 0) {
      all.forEach(meter -> meter.take(estimate));
    }
    return wait;
  }

  /** How many there are. */
  synchronized int size() {
    return meters.size();
  }
}
