package dev.ponder.price;

/**
 * The tokens that one call consumed, parts included in their wholes as OpenTelemetry's GenAI
 * conventions define them: cached and cache-written tokens are part of the input, reasoning tokens
 * are part of the output. All counts are 0 to {@value #TOKENS_MAX}.
 *
 * @param inputTokens all input tokens
 * @param cachedInputTokens input tokens that the provider read from its prompt cache
 * @param cacheWriteTokens input tokens that the provider wrote to its prompt cache
 * @param longCacheWriteTokens those of them that it keeps for an hour, at a price of their own
 * @param outputTokens all output tokens
 * @param reasoningTokens output tokens that the client never sees
 */
public record Usage(
    long inputTokens,
    long cachedInputTokens,
    long cacheWriteTokens,
    long longCacheWriteTokens,
    long outputTokens,
    long reasoningTokens) {

  /** No call comes near it; it keeps a price times a count inside a {@code long}. */
  public static final long TOKENS_MAX = 1_000_000_000L;

  public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);

  public Usage {
    check("inputTokens", inputTokens, TOKENS_MAX);
    check("cachedInputTokens", cachedInputTokens, inputTokens);
    check("cacheWriteTokens", cacheWriteTokens, inputTokens - cachedInputTokens);
    check("longCacheWriteTokens", longCacheWriteTokens, cacheWriteTokens);
    check("outputTokens", outputTokens, TOKENS_MAX);
    check("reasoningTokens", reasoningTokens, outputTokens);
  }

  /** Tokens of which none are kept for an hour. */
  public Usage(
      long inputTokens,
      long cachedInputTokens,
      long cacheWriteTokens,
      long outputTokens,
      long reasoningTokens) {
    this(inputTokens, cachedInputTokens, cacheWriteTokens, 0, outputTokens, reasoningTokens);
  }

  public static Usage of(long inputTokens, long outputTokens) {
    return new Usage(inputTokens, 0, 0, outputTokens, 0);
  }

  /** Input that was neither read from nor written to a cache. */
  public long plainInputTokens() {
    return inputTokens - cachedInputTokens - cacheWriteTokens;
  }

  /** Input that was written to a cache which does not keep it for an hour. */
  public long shortCacheWriteTokens() {
    return cacheWriteTokens - longCacheWriteTokens;
  }

  /** Output that reached the client. */
  public long visibleOutputTokens() {
    return outputTokens - reasoningTokens;
  }

  private static void check(String name, long value, long max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0.." + max + ")");
    }
  }
}
