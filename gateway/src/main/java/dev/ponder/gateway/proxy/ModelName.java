package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.Json;
import dev.ponder.gateway.wire.ModelMember;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Router;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives the model in a body that goes through unread the name that its upstream knows, if it is a
 * name of ours. Only the beginning of the body waits for that, and every other byte stays.
 */
final class ModelName {

  /** What waits at most; a model that stands behind it keeps its name. */
  private static final int HELD_MAX = 64 * 1024;

  private final Router router;
  private final String upstream;
  private final Buffer held = Buffer.buffer();
  private int lookedAt;
  private boolean over;
  private @Nullable String modelId;

  /**
   * Of one body.
   *
   * @param upstream the name of the upstream that gets it
   */
  ModelName(Router router, String upstream) {
    this.router = router;
    this.upstream = upstream;
  }

  /**
   * Takes the next bytes of the body.
   *
   * @param last whether they are the last ones
   * @return the bytes that can go on; null while they wait
   */
  @Nullable Buffer take(Buffer chunk, boolean last) {
    if (over) {
      return chunk;
    }
    held.appendBuffer(chunk);
    boolean full = last || held.length() >= HELD_MAX;
    if (!full && held.length() < 2 * lookedAt) {
      return null; // a slow drip is not read from its beginning with each drop
    }
    lookedAt = held.length();
    byte[] bytes = held.getBytes();
    ModelMember.Place place = ModelMember.placeOf(bytes, 0, bytes.length);
    over = full || place != null;
    String known = place == null ? null : known(place.name());
    if (place == null || known == null) {
      return over ? held : null;
    }
    modelId = known;
    return Buffer.buffer()
        .appendBytes(bytes, 0, place.from())
        .appendString(quoted(known))
        .appendBytes(bytes, place.to(), bytes.length - place.to());
  }

  /** By how many bytes the body is longer than what was taken; once nothing waits. */
  int growth(Buffer first) {
    return first.length() - held.length();
  }

  /** The name that was given; null if the body has its own. */
  @Nullable String modelId() {
    return modelId;
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    Json.appendString(out, text);
    return out.toString();
  }

  /** Of a route, the cheapest model that the upstream has. */
  private @Nullable String known(String name) {
    for (List<Candidate> tier : router.find(name).map(Router.Target::tiers).orElse(List.of())) {
      for (Candidate candidate : tier) {
        if (candidate.deployment().upstream().name().equals(upstream)) {
          return candidate.deployment().modelId();
        }
      }
    }
    return null;
  }
}
