package dev.ponder.gateway.wire;

import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one {@code usage} object, as the provider named them, and what they amount to.
 *
 * <p>Providers agree on the names and not on what includes what. What they all have is the total,
 * so one rule decides: with {@code d = total - prompt - completion}, a positive {@code d} that
 * equals the reasoning tokens, or stands where none are reported, is reasoning that the completion
 * left out. Numbers that contradict each other are cut to what is possible.
 */
final class UsageCounts {

  private static final int DIGITS_MAX = 40;

  private static final KnownNames NAMES =
      new KnownNames(
          "prompt_tokens",
          "input_tokens",
          "completion_tokens",
          "output_tokens",
          "total_tokens",
          "cached_tokens",
          "num_cached_tokens",
          "prompt_cache_hit_tokens",
          "cache_read_input_tokens",
          "prompt_cache_miss_tokens",
          "cache_write_tokens",
          "cache_creation_input_tokens",
          "reasoning_tokens",
          "thinking_tokens");

  private static final KnownNames DETAILS =
      new KnownNames(
          "prompt_tokens_details",
          "prompt_token_details",
          "input_tokens_details",
          "completion_tokens_details",
          "output_tokens_details");

  private final JsonCursor cursor;

  private long prompt;
  private long input;
  private long completion;
  private long total;
  private long cached;
  private long cacheRead;
  private long cacheMissed;
  private long cacheWritten;
  private long reasoning;
  private @Nullable Usage usage;

  UsageCounts(JsonCursor cursor) {
    this.cursor = cursor;
    clear();
  }

  void clear() {
    prompt = -1;
    input = -1;
    completion = -1;
    total = -1;
    cached = -1;
    cacheRead = -1;
    cacheMissed = -1;
    cacheWritten = -1;
    reasoning = -1;
    usage = null;
  }

  /** Null when there was no usage, or none that says anything. */
  @Nullable Usage usage() {
    return usage;
  }

  /** Reads the object that comes next, in place of what was read before. */
  void read() {
    clear();
    members(true);
    usage = interpret();
  }

  private void members(boolean top) {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nextIsNumber()) {
        String name = NAMES.find(cursor.span());
        long value = number();
        if (name != null) {
          take(name, value);
        }
      } else if (top && cursor.nextIs('{') && DETAILS.find(cursor.span()) != null) {
        members(false);
      } else {
        cursor.skipValue();
      }
    }
  }

  private void take(String name, long value) {
    switch (name) {
      case "prompt_tokens" -> prompt = value;
      case "input_tokens" -> input = value;
      case "completion_tokens", "output_tokens" -> completion = Math.max(completion, value);
      case "total_tokens" -> total = value;
      case "cached_tokens", "num_cached_tokens", "prompt_cache_hit_tokens" ->
          cached = Math.max(cached, value);
      case "cache_read_input_tokens" -> cacheRead = value;
      case "prompt_cache_miss_tokens" -> cacheMissed = value;
      case "cache_write_tokens", "cache_creation_input_tokens" ->
          cacheWritten = Math.max(cacheWritten, value);
      case "reasoning_tokens", "thinking_tokens" -> reasoning = Math.max(reasoning, value);
      default -> {}
    }
  }

  /** A count of 0 to {@link Usage#TOKENS_MAX}, whatever the number says; -1 for what is none. */
  private long number() {
    int from = cursor.at();
    cursor.skipValue();
    int to = cursor.at();
    long value = cursor.integer(from, to);
    if (value >= 0 && value <= Usage.TOKENS_MAX) {
      return value;
    }
    if (to - from > DIGITS_MAX) {
      return -1;
    }
    double real = Double.parseDouble(cursor.excerpt(from, to));
    return Math.round(Math.max(0, Math.min(real, Usage.TOKENS_MAX)));
  }

  private @Nullable Usage interpret() {
    long in = inputTokens();
    if (in < 0 && completion < 0 && total < 0) {
      return null;
    }
    long out = Math.max(0, completion);
    if (in < 0) {
      in = Math.max(0, total - out);
    }
    long read = Math.max(0, Math.max(cached, cacheRead));
    long thought = Math.max(0, reasoning);
    long rest = total - in - out;
    if (total < 0) {
      if (thought > out) {
        // Included it cannot be.
        out += thought;
      }
    } else {
      if (read > in && (isAbout(rest, read) || isAbout(rest, read + thought))) {
        in += read;
        rest -= read;
      }
      if (rest > 0 && (thought == 0 || isAbout(rest, thought))) {
        out += rest;
        thought = completion < 0 || thought > 0 ? thought : rest;
      }
    }
    in = Math.min(in, Usage.TOKENS_MAX);
    out = Math.min(out, Usage.TOKENS_MAX);
    read = Math.min(read, in);
    long written = Math.min(Math.max(0, cacheWritten), in - read);
    return new Usage(in, read, written, out, Math.min(thought, out));
  }

  /** All input tokens; -1 when they are not reported. */
  private long inputTokens() {
    if (prompt >= 0) {
      return prompt;
    }
    if (input >= 0) {
      boolean apart = cacheRead >= 0 || cached < 0;
      return apart ? input + Math.max(0, cacheRead) + Math.max(0, cacheWritten) : input;
    }
    return cacheMissed < 0 ? -1 : cacheMissed + Math.max(0, cached);
  }

  private static boolean isAbout(long rest, long expected) {
    return Math.abs(rest - expected) <= 1;
  }
}
