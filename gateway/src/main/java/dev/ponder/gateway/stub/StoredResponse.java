package dev.ponder.gateway.stub;

import dev.ponder.price.Usage;
import io.vertx.core.json.JsonObject;

/**
 * A response that can be fetched: finished, or in the making in the background, where every look at
 * it brings it forward. Safe to use from any thread.
 */
final class StoredResponse {

  private final ResponsesJson json;

  // Guarded by this.
  private long pollsLeft;
  private boolean billed;
  private boolean cancelled;

  /**
   * Stores one.
   *
   * @param polls looks at it until it is finished; 0 if it is, and then it has been billed
   */
  StoredResponse(ResponsesJson json, long polls) {
    this.json = json;
    pollsLeft = polls;
    billed = polls == 0;
  }

  ResponsesJson json() {
    return json;
  }

  /** Brings it to its end at once. */
  synchronized void finish() {
    pollsLeft = 0;
  }

  /** One look: the response as it is now. */
  synchronized JsonObject poll() {
    if (cancelled) {
      return json.at("cancelled");
    }
    pollsLeft = Math.max(0, pollsLeft - 1);
    return pollsLeft > 0 ? json.at("in_progress") : new JsonObject(json.plain());
  }

  /** What is to be billed now that has not been: everything at the first look when it is done. */
  synchronized Usage bill() {
    if (pollsLeft > 0 || billed) {
      return Usage.NONE;
    }
    billed = true;
    return json.answer().usage();
  }

  /** Stops the making; a response that is finished stays as it is. Nothing is billed. */
  synchronized JsonObject cancel() {
    if (pollsLeft > 0) {
      cancelled = true;
      billed = true;
      pollsLeft = 0;
    }
    return poll();
  }
}
