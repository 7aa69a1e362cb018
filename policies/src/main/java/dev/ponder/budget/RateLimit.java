package dev.ponder.budget;

import java.util.OptionalLong;

/**
 * How many requests and tokens may be used in a minute.
 *
 * @param requestsPerMinute 1 to 1,000,000,000; absent: any number
 * @param tokensPerMinute input and output tokens, 1 to 1,000,000,000; absent: any number
 * @param each whose limit it is
 */
public record RateLimit(
    OptionalLong requestsPerMinute, OptionalLong tokensPerMinute, Budget.Each each) {

  /** More a minute is no limit. */
  public static final long MOST = 1_000_000_000L;

  public RateLimit {
    check("requestsPerMinute", requestsPerMinute);
    check("tokensPerMinute", tokensPerMinute);
  }

  private static void check(String name, OptionalLong rate) {
    if (rate.isPresent() && (rate.getAsLong() < 1 || rate.getAsLong() > MOST)) {
      throw new IllegalArgumentException(
          name + ": " + rate.getAsLong() + " (expected: 1.." + MOST + ")");
    }
  }
}
