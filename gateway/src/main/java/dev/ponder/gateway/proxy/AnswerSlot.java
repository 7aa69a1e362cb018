package dev.ponder.gateway.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ponder.gateway.proxy.AnswerCache.Kept;
import dev.ponder.gateway.wire.Determinism;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Effort;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the answer to one request is kept, or may be found. */
final class AnswerSlot {

  /** A longer answer is not kept. */
  private static final int ANSWER_BYTES_MAX = 1024 * 1024;

  /** What the gateway itself put into a stream: whoever gets it again pays nothing. */
  private static final Pattern COST = Pattern.compile(",\"ponder\":\\{\"cost_usd\":[0-9.]+}");

  private static final String FREE = ",\"ponder\":{\"cost_usd\":0}";

  private final AnswerCache cache;
  private final String key;
  private final Weighed weighed;
  private final boolean reads;
  private final ExchangeRecord record;
  private final Answer answer;

  private AnswerSlot(
      AnswerCache cache,
      String key,
      Weighed weighed,
      boolean reads,
      ExchangeRecord record,
      Answer answer) {
    this.cache = cache;
    this.key = key;
    this.weighed = weighed;
    this.reads = reads;
    this.record = record;
    this.answer = answer;
  }

  /**
   * The slot of a request; null if its answer is none to keep.
   *
   * @param cacheControl the header of that name; null if there is none
   */
  static @Nullable AnswerSlot of(
      House house,
      RequestView view,
      Weighed weighed,
      ExchangeRecord record,
      Answer answer,
      @Nullable String cacheControl) {
    AnswerCache cache = house.answers().orElse(null);
    if (cache == null || view.length() > Weighing.INLINE_MAX || !Determinism.wanted(view)) {
      return null;
    }
    String wish = cacheControl == null ? "" : cacheControl.toLowerCase(Locale.ROOT);
    if (wish.contains("no-store")) {
      cache.meters().bypassed();
      return null;
    }
    Decision decision = weighed.decision();
    String owner = cache.configured().shared() ? "" : record.principal.key();
    String key = key(owner, view, decision, String.valueOf(record.query));
    return new AnswerSlot(cache, key, weighed, !wish.contains("no-cache"), record, answer);
  }

  /** Who asks, whom, how, and every byte of what is asked: nothing of it can be read back. */
  private static String key(String owner, RequestView view, Decision decision, String query) {
    String effort = decision.effort().map(Effort::wireName).orElse("");
    String routed = decision.routed() ? "routed" : "pinned";
    String asked =
        String.join(
            "\n", owner, view.dialect().name(), query, routed, decision.model().name(), effort, "");
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(asked.getBytes(UTF_8));
      digest.update(view.body(), 0, view.length());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The answer that is kept; null if there is none: then the one to come is kept. */
  @Nullable Buffer look() {
    Kept kept = reads ? cache.find(key) : null;
    if (kept == null) {
      if (reads) {
        cache.meters().missed();
      } else {
        cache.meters().bypassed();
      }
      answer.keep(ANSWER_BYTES_MAX, this::whole);
      return null;
    }
    cache.meters().hit(kept.cost());
    record.cached = true;
    record.answeredBy = dearer(kept.model());
    MultiMap headers = answer.headers();
    headers.set("content-type", kept.type());
    headers.set("x-ponder-cache", "hit");
    headers.set("x-ponder-cost-usd", "0");
    if (kept.type().startsWith("text/event-stream")) {
      headers.set("cache-control", "no-cache").set("x-accel-buffering", "no");
    }
    return kept.body();
  }

  /** Who made an answer if not the model decided on; null if that did. */
  private @Nullable Candidate dearer(String model) {
    if (weighed.decision().model().name().equals(model)) {
      return null;
    }
    return weighed.target().tiers().stream()
        .flatMap(List::stream)
        .filter(candidate -> candidate.model().name().equals(model) && !candidate.fallback())
        .findFirst()
        .orElse(null);
  }

  /**
   * The answer is whole: that of the model that was decided on is kept, or that of a dearer one
   * that was asked because it would not do. One that would not do is not. Whoever asks again as
   * soon as the last byte is read finds it.
   */
  private void whole() {
    ExchangeRecord ended = record;
    Buffer body = answer.kept();
    boolean whole =
        ended.upstreamStatus == 200
            && ended.usage() != null
            && (ended.dialect == Dialect.EMBEDDINGS || ended.finishReason != null)
            && ended.cap < 0
            && !ended.gaveFirst()
            && !ended.lrmEmpty;
    Weighed decided = ended.gaveDearer() && ended.weighed != null ? ended.weighed : weighed;
    String model = decided.decision().model().name();
    boolean asDecided =
        Optional.ofNullable(ended.answeredBy)
            .filter(by -> by.model().name().equals(model))
            .isPresent();
    String type = answer.headers().get("content-type");
    if (whole && asDecided && body != null && body.length() > 0 && type != null) {
      cache.keep(key, new Kept(type, free(body.getBytes(), type), model, ended.cost()));
    }
  }

  private static byte[] free(byte[] body, String type) {
    if (!type.startsWith("text/event-stream")) {
      return body;
    }
    String text = new String(body, ISO_8859_1);
    return COST.matcher(text).replaceAll(FREE).getBytes(ISO_8859_1);
  }
}
