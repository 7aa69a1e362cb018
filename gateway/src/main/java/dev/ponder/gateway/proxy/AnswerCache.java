package dev.ponder.gateway.proxy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ponder.config.Configuration;
import dev.ponder.gateway.telemetry.AnswerMeters;
import dev.ponder.gateway.telemetry.Meters;
import dev.ponder.gateway.upstream.Bytes;
import dev.ponder.price.Money;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers that are kept for the next request that is the same, byte for byte. In memory only.
 * Shared by all event loops; safe for many threads.
 */
public final class AnswerCache {

  /** What an entry takes beside its bytes. */
  private static final int OVERHEAD_BYTES = 256;

  private final Configuration.AnswerCache configured;
  private final AnswerMeters meters;
  private final Cache<String, Kept> answers;

  /** One answer. */
  static final class Kept {

    private final String type;
    private final byte[] body;
    private final String model;
    private final Money cost;

    /**
     * An answer to keep.
     *
     * @param type its content type
     * @param body its bytes, not to be changed
     * @param model who made it
     * @param cost what it cost when it was made
     */
    Kept(String type, byte[] body, String model, Money cost) {
      this.type = type;
      this.body = body;
      this.model = model;
      this.cost = cost;
    }

    String type() {
      return type;
    }

    /** Its bytes, in a buffer of its own. */
    Buffer body() {
      return Bytes.wrap(body);
    }

    /** The configured name of the model that made it. */
    String model() {
      return model;
    }

    Money cost() {
      return cost;
    }
  }

  /** The cache over reloads: the same one, with all that is in it, unless configured anew. */
  public static final class Latest {

    private Optional<AnswerCache> present = Optional.empty();

    /** None as yet. */
    public Latest() {}

    /** The cache that is wanted; for use by one thread at a time. */
    public Optional<AnswerCache> of(Optional<Configuration.AnswerCache> wanted, Meters meters) {
      if (!present.map(cache -> cache.configured).equals(wanted)) {
        present = wanted.map(config -> new AnswerCache(config, new AnswerMeters(meters)));
      }
      return present;
    }
  }

  /** A cache with nothing in it. */
  private AnswerCache(Configuration.AnswerCache configured, AnswerMeters meters) {
    this.configured = configured;
    this.meters = meters;
    this.answers =
        Caffeine.newBuilder()
            .maximumWeight(configured.bytes())
            .weigher((String key, Kept kept) -> kept.body.length + OVERHEAD_BYTES)
            .expireAfterWrite(configured.ttl())
            .build();
  }

  /** How it is configured. */
  Configuration.AnswerCache configured() {
    return configured;
  }

  AnswerMeters meters() {
    return meters;
  }

  @Nullable Kept find(String key) {
    return answers.getIfPresent(key);
  }

  void keep(String key, Kept answer) {
    answers.put(key, answer);
  }
}
