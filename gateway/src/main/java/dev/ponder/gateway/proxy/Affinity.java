package dev.ponder.gateway.proxy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ponder.policy.Home;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where conversations were answered last. Shared by all event loops and kept over reloads; safe for
 * many threads.
 */
public final class Affinity {

  private static final long CONVERSATIONS_MAX = 100_000;

  /** The longest that a route may ask for. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private final Cache<Key, Warm> homes =
      Caffeine.newBuilder().maximumSize(CONVERSATIONS_MAX).expireAfterWrite(LONGEST).build();

  /** No conversation as yet. */
  public Affinity() {}

  /**
   * A conversation of one caller on one route.
   *
   * @param owner the caller's key by name
   * @param id what the caller calls it, or a hash of its opening
   */
  record Key(String owner, String route, String id) {}

  private record Warm(Home home, Instant until) {}

  /** Where a conversation was answered; null if that is forgotten or too long ago. */
  @Nullable Home find(Key key, Instant now) {
    Warm warm = homes.getIfPresent(key);
    return warm == null || !now.isBefore(warm.until()) ? null : warm.home();
  }

  void remember(Key key, Home home, Instant until) {
    homes.put(key, new Warm(home, until));
  }
}
