package dev.ponder.gateway.translate;

import dev.ponder.gateway.wire.UsageReader;
import dev.ponder.price.Usage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of an answer in both dialects. Anthropic's {@code input_tokens} leave out what was
 * read from or written to a cache; {@code prompt_tokens} include both.
 */
final class UsageShapes {

  private UsageShapes() {}

  /** A Messages {@code usage} as that of a chat completion. */
  static Map<String, @Nullable Object> forChat(Place usage) {
    long read = tokens(usage.get("cache_read_input_tokens"));
    long written = tokens(usage.get("cache_creation_input_tokens"));
    long kept = tokens(usage.get("cache_creation").get("ephemeral_1h_input_tokens"));
    long input = tokens(usage.get("input_tokens")) + read + written;
    long output = tokens(usage.get("output_tokens"));
    long thought = tokens(usage.get("output_tokens_details").get("thinking_tokens"));
    Map<String, @Nullable Object> details =
        JsonTree.object("cached_tokens", read, "cache_write_tokens", written);
    putLong(details, written, kept);
    return JsonTree.object(
        "prompt_tokens",
        input,
        "completion_tokens",
        output,
        "total_tokens",
        input + output,
        "prompt_tokens_details",
        details,
        "completion_tokens_details",
        JsonTree.object("reasoning_tokens", Math.min(thought, output)));
  }

  /** The later of two Messages usages: a stream repeats what it counted, and may say less. */
  static Map<String, @Nullable Object> later(Place before, Place now) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    if (before.isObject()) {
      members.putAll(before.object());
    }
    if (now.isObject()) {
      now.object()
          .forEach(
              (name, value) -> {
                if (value != null) {
                  members.put(name, value);
                }
              });
    }
    return members;
  }

  /** A chat completion's {@code usage}, in whatever shape, as that of Messages. */
  static Map<String, @Nullable Object> forMessages(Place usage) {
    return forMessages(usage.isObject() ? read(usage) : Usage.NONE);
  }

  /** A chat completion's {@code usage}; nothing if it says too little. */
  static Usage read(Place usage) {
    byte[] json = JsonTree.bytes(JsonTree.object("usage", usage.object()));
    Usage tokens = UsageReader.facts(json, 0, json.length).usage();
    return tokens == null ? Usage.NONE : tokens;
  }

  static Map<String, @Nullable Object> forMessages(Usage tokens) {
    Map<String, @Nullable Object> out =
        JsonTree.object(
            "input_tokens",
            tokens.plainInputTokens(),
            "cache_creation_input_tokens",
            tokens.cacheWriteTokens(),
            "cache_read_input_tokens",
            tokens.cachedInputTokens(),
            "output_tokens",
            tokens.outputTokens());
    putLong(out, tokens.cacheWriteTokens(), tokens.longCacheWriteTokens());
    if (tokens.reasoningTokens() > 0) {
      out.put(
          "output_tokens_details", JsonTree.object("thinking_tokens", tokens.reasoningTokens()));
    }
    return out;
  }

  /** Says how long what was written is kept, if any of it is for longer than usual. */
  private static void putLong(Map<String, @Nullable Object> out, long written, long kept) {
    if (kept > 0) {
      out.put(
          "cache_creation",
          JsonTree.object(
              "ephemeral_5m_input_tokens",
              Math.max(0, written - kept),
              "ephemeral_1h_input_tokens",
              kept));
    }
  }

  private static long tokens(Place place) {
    return place.isNumber() ? Math.max(0, place.number().count(Usage.TOKENS_MAX)) : 0;
  }
}
