package dev.ponder.policy;

import dev.ponder.budget.AccountKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The recent requests of every caller, and of every owner of a limit on the share of reasoning
 * models. Bounded: beyond {@value #WINDOWS_MAX} owners the one that was silent for longest is
 * forgotten. Safe for many threads.
 */
public final class ShareWindows {

  private static final int WINDOWS_MAX = 100_000;

  private final Map<AccountKey, ShareWindow> windows = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * One limit as it holds for a caller.
   *
   * @param owner whose requests are counted: the policy, and the key, team or nobody in it
   * @param requests how many of the last {@value ShareWindow#REQUESTS} may be reasoned about
   */
  public record Limit(AccountKey owner, int requests) {}

  /**
   * What is known of an owner's recent requests.
   *
   * @param owner whose they are
   * @param requests how many are remembered, at most {@value ShareWindow#REQUESTS}
   * @param reasoned how many of them went to reasoning models
   */
  public record Recent(AccountKey owner, int requests, int reasoned) {

    /** The part that went to reasoning models, 0 to 1; 0 without requests. */
    public double share() {
      return requests == 0 ? 0 : (double) reasoned / requests;
    }
  }

  /** None yet. */
  public ShareWindows() {}

  /** How many requests a window looks back at. */
  public static int span() {
    return ShareWindow.REQUESTS;
  }

  /**
   * The first limit that one more request to a reasoning model would break; null if none. Nothing
   * is counted.
   */
  public synchronized @Nullable Limit broken(List<Limit> limits) {
    for (Limit limit : limits) {
      ShareWindow window = windows.get(limit.owner());
      int then = window == null ? 1 : window.withOneMore();
      if (then > limit.requests()) {
        return limit;
      }
    }
    return null;
  }

  /**
   * Counts a request that wants a reasoning model: as one if no limit is broken or {@code anyway},
   * else as one for a model that does not reason. Asking and counting are one step, so that many
   * requests at once do not pass together.
   *
   * @param own the caller's own window, counted for what it shows
   * @param anyway whether it goes to the reasoning model whatever the limits say
   * @return the limit that was broken; null if none was
   */
  public synchronized @Nullable Limit admit(AccountKey own, List<Limit> limits, boolean anyway) {
    Limit broken = broken(limits);
    add(own, limits, broken == null || anyway);
    return broken;
  }

  /** Counts a request to a model that does not reason. */
  public synchronized void plain(AccountKey own, List<Limit> limits) {
    add(own, limits, false);
  }

  private void add(AccountKey own, List<Limit> limits, boolean reasons) {
    window(own).add(reasons);
    for (Limit limit : limits) {
      window(limit.owner()).add(reasons);
    }
  }

  private ShareWindow window(AccountKey owner) {
    ShareWindow window = windows.get(owner);
    if (window == null) {
      window = new ShareWindow();
      windows.put(owner, window);
      if (windows.size() > WINDOWS_MAX) {
        windows.remove(windows.keySet().iterator().next());
      }
    }
    return window;
  }

  /** What is known of all owners now. */
  public synchronized List<Recent> recent() {
    List<Recent> all = new ArrayList<>(windows.size());
    windows.forEach((owner, w) -> all.add(new Recent(owner, w.size(), w.reasoned())));
    return all;
  }
}
