package dev.ponder.gateway.wire;

import dev.ponder.price.Usage;

/**
 * Finds the usage in a whole, plain answer, in any of the shapes that OpenAI-compatible providers
 * give it. Never throws: an answer that is not JSON, cut off or padded with blank lines by a
 * provider that kept the caller waiting, says what it says or nothing.
 */
public final class UsageReader {

  private UsageReader() {}

  /** All that matters of the chat completion in {@code json[from..to)}. */
  public static AnswerFacts facts(byte[] json, int from, int to) {
    return facts(Dialect.CHAT, json, from, to);
  }

  /** All that matters of the answer in {@code json[from..to)}. */
  public static AnswerFacts facts(Dialect dialect, byte[] json, int from, int to) {
    AnswerReader reader = new AnswerReader(dialect);
    boolean sound = reader.read(json, from, to);
    return new AnswerFacts(
        sound,
        reader.usage(),
        reader.finishReason(),
        reader.error(),
        reader.errorCode(),
        reader.visibleBytes(),
        reader.odd(),
        reader.seen().id,
        reader.seen().status,
        reader.thoughts(json),
        reader.content(),
        reader.cost(),
        reader.rawUsage(json));
  }

  /**
   * The dearer of two readings, part by part: for an answer that reports its usage more than once,
   * of which the later one should include the earlier one and need not.
   */
  public static Usage dearer(Usage one, Usage other) {
    return new Usage(
        Math.max(one.inputTokens(), other.inputTokens()),
        Math.min(one.cachedInputTokens(), other.cachedInputTokens()),
        Math.max(one.cacheWriteTokens(), other.cacheWriteTokens()),
        Math.max(one.longCacheWriteTokens(), other.longCacheWriteTokens()),
        Math.max(one.outputTokens(), other.outputTokens()),
        Math.max(one.reasoningTokens(), other.reasoningTokens()));
  }
}
