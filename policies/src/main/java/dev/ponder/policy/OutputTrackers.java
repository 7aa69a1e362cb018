package dev.ponder.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The {@link OutputTracker} of each kind of call. Safe for many threads; it holds the {@value
 * #TRACKERS_MAX} kinds that were asked for last.
 */
public final class OutputTrackers {

  /** Score bands; the last one has the highest scores. */
  public static final int BANDS = 8;

  static final int TRACKERS_MAX = 4_096;

  /** What a model is taken to write at most of which nothing is known. */
  private static final long TOKENS_UNKNOWN = 1_000_000;

  /** A model whose maximum has changed is another one. */
  private record Kind(String model, long maxTokens, int band, int effort) {}

  private final Map<Kind, OutputTracker> trackers = new LinkedHashMap<>(16, 0.75f, true);

  /** Empty: every kind begins with what is expected of it. */
  public OutputTrackers() {}

  /** The band of a score of 0 to 1: 0 to 7. */
  public static int band(double score) {
    return Math.max(0, Math.min(BANDS - 1, (int) (score * BANDS)));
  }

  /**
   * The tracker of a kind of call, made when it is first asked for.
   *
   * @param band 0 to 7
   * @param effort what is asked of the model; absent: as the model likes
   * @param firstTokens the output that one answer in a hundred is expected to exceed, 0 or more;
   *     only a new tracker looks at it
   */
  public synchronized OutputTracker tracker(
      Model model, int band, Optional<Effort> effort, long firstTokens) {
    if (band < 0 || band >= BANDS) {
      throw new IllegalArgumentException("band: " + band + " (expected: 0.." + (BANDS - 1) + ")");
    }
    long most = mostTokens(model.capabilities());
    Kind kind = new Kind(model.name(), most, band, effort.map(Effort::ordinal).orElse(-1));
    OutputTracker tracker =
        trackers.computeIfAbsent(kind, k -> new OutputTracker(firstTokens, most));
    if (trackers.size() > TRACKERS_MAX) {
      trackers.remove(trackers.keySet().iterator().next());
    }
    return tracker;
  }

  /** How many there are. */
  synchronized int size() {
    return trackers.size();
  }

  private static long mostTokens(Capabilities capabilities) {
    if (capabilities.maxOutputTokens() > 0) {
      return capabilities.maxOutputTokens();
    }
    return capabilities.contextTokens() > 0 ? capabilities.contextTokens() : TOKENS_UNKNOWN;
  }
}
