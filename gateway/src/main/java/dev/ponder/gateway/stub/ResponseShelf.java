package dev.ponder.gateway.stub;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The responses that can be fetched by their id; the longest unused are forgotten first. */
final class ResponseShelf {

  private static final int RESPONSES_MAX = 1_000;

  private final LinkedHashMap<String, StoredResponse> stored = new LinkedHashMap<>(16, 0.75f, true);

  synchronized void put(StoredResponse response) {
    stored.put(response.json().id(), response);
    if (stored.size() > RESPONSES_MAX) {
      Map.Entry<String, StoredResponse> oldest = stored.entrySet().iterator().next();
      stored.remove(oldest.getKey());
    }
  }

  synchronized Optional<StoredResponse> get(String id) {
    return Optional.ofNullable(stored.get(id));
  }

  synchronized boolean remove(String id) {
    return stored.remove(id) != null;
  }

  synchronized void clear() {
    stored.clear();
  }
}
