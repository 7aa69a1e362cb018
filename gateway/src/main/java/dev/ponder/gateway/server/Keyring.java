package dev.ponder.gateway.server;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.ponder.config.Configuration;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.policy.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells who a key belongs to. Only hashes of keys are known: what a caller presents is hashed and
 * looked up, so that no comparison can be timed, and both hits and misses are remembered.
 */
public final class Keyring {

  private static final int REMEMBERED_MAX = 10_000;
  private static final int KEY_CHARS_MAX = 512;
  private static final String BEARER = "bearer";

  private final Map<String, Principal> byHash = new HashMap<>();
  private final LoadingCache<String, Optional<Principal>> byKey;
  private final InstantSource clock;

  /** A ring of these keys; with none, everybody is {@link Principal#ANONYMOUS}. */
  public Keyring(List<Configuration.Key> keys, InstantSource clock) {
    this.clock = clock;
    for (Configuration.Key key : keys) {
      byHash.put(
          key.sha256(),
          new Principal(key.name(), key.team(), key.tags(), key.models(), key.expires()));
    }
    byKey =
        Caffeine.newBuilder()
            .maximumSize(REMEMBERED_MAX)
            .build(key -> Optional.ofNullable(byHash.get(sha256(key))));
  }

  /** Whether callers need no key. */
  public boolean open() {
    return byHash.isEmpty();
  }

  /**
   * Who is asking.
   *
   * @param authorization the header {@code Authorization}; null if there is none
   * @param apiKey the header {@code x-api-key} or {@code api-key}; null if there is none
   * @throws ApiError 401 if there is no key, or it is unknown or expired
   */
  public Principal identify(@Nullable String authorization, @Nullable String apiKey) {
    if (open()) {
      return Principal.ANONYMOUS;
    }
    String key = presented(authorization, apiKey);
    if (key == null) {
      throw ApiError.invalidKey(
          "You didn't provide an API key (expected: Authorization: Bearer KEY).");
    }
    Principal who =
        key.length() > KEY_CHARS_MAX
            ? null
            : Optional.ofNullable(byKey.get(key)).flatMap(o -> o).orElse(null);
    if (who == null) {
      throw ApiError.invalidKey("Incorrect API key provided.");
    }
    Instant expires = who.expires().orElse(null);
    if (expires != null && !clock.instant().isBefore(expires)) {
      throw ApiError.invalidKey("The API key `" + who.key() + "` expired at " + expires + ".");
    }
    return who;
  }

  private static @Nullable String presented(
      @Nullable String authorization, @Nullable String apiKey) {
    if (authorization != null) {
      int space = authorization.indexOf(' ');
      if (space == BEARER.length() && authorization.regionMatches(true, 0, BEARER, 0, space)) {
        String key = authorization.substring(space + 1).strip();
        return key.isEmpty() ? null : key;
      }
    }
    return apiKey == null || apiKey.isBlank() ? null : apiKey.strip();
  }

  /** The SHA-256 of a key in lower-case hexadecimal digits: what the configuration holds of it. */
  public static String sha256(String key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
