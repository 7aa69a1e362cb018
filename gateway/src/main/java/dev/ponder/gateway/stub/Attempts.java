package dev.ponder.gateway.stub;

import java.util.LinkedHashMap;
import java.util.Map;

/** How often each prompt has been tried; the longest unused prompts are forgotten first. */
final class Attempts {

  private static final int PROMPTS_MAX = 10_000;

  private final LinkedHashMap<Long, Integer> counts = new LinkedHashMap<>(16, 0.75f, true);

  /** The number of this attempt, from 1. */
  synchronized int next(long promptHash) {
    int attempt = counts.merge(promptHash, 1, Integer::sum);
    if (counts.size() > PROMPTS_MAX) {
      Map.Entry<Long, Integer> oldest = counts.entrySet().iterator().next();
      counts.remove(oldest.getKey());
    }
    return attempt;
  }

  synchronized void clear() {
    counts.clear();
  }
}
