package dev.ponder.policy;

import dev.ponder.budget.Budget.Each;

/**
 * The most of its recent requests that a caller may have answered by reasoning models.
 *
 * @param share 0 to 1
 * @param each whose requests are counted together
 */
public record ShareLimit(double share, Each each) {

  public ShareLimit {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share: " + share + " (expected: 0..1)");
    }
  }

  /**
   * How many of the last {@value ShareWindow#REQUESTS} requests that is; at least 1, but for 0 %.
   */
  public int requests() {
    return share == 0 ? 0 : Math.max(1, (int) Math.floor(share * ShareWindow.REQUESTS + 1e-9));
  }
}
