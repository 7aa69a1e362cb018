package dev.ponder.gateway.wire;

import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one {@code usage} object, as the provider named them, and what they amount to.
 *
 * <p>Providers agree on the names and not on what includes what. What they all have is the total,
 * so one rule decides: with {@code d = total - prompt - completion}, a positive {@code d} that
 * equals the reasoning tokens, or stands where none are reported, is reasoning that the completion
 * left out.
 *
 * <p>Money depends on it, so what can be read in two ways is read in the dearer one, and is called
 * odd: parts that exceed their whole come on top of it, tokens that nothing accounts for are
 * output, text that spells a number is that number. Cache writes that nobody tells the length of
 * are for an hour if any are, else for less: who asks for no hour is never billed for one. A
 * negative number says nothing. Of input, output and total two must be known, one of them not 0, or
 * there is no usage: then the caller has to bill what it can count itself, which is more than
 * nothing.
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
          "ephemeral_5m_input_tokens",
          "ephemeral_1h_input_tokens",
          "reasoning_tokens",
          "thinking_tokens");

  private static final byte[] ITERATIONS = JsonCursor.ascii("iterations");

  private static final KnownNames DETAILS =
      new KnownNames(
          "prompt_tokens_details",
          "prompt_token_details",
          "input_tokens_details",
          "completion_tokens_details",
          "output_tokens_details");

  /** How long what was written to a cache is kept. */
  private static final KnownNames WRITES =
      new KnownNames("cache_creation", "cache_creation_token_details");

  /** The members of a usage may have parts, those of a part the parts of what was written. */
  private static final int USAGE = 0;

  private static final int PART = 1;
  private static final int WRITTEN = 2;

  private final JsonCursor cursor;
  private final boolean inParts;
  private final UsageCost cost;

  /** Where the object that was read last lies; -1 before. */
  private int from;

  private int to;

  private long prompt;
  private long input;
  private long completion;
  private long total;
  private long cached;

  /** The least that was read from a cache, of all that is said about it: only that is cheap. */
  private long cachedLeast;

  private long cacheRead;
  private long cacheMissed;
  private long cacheWritten;

  /** Of what was written: kept for five minutes, and for an hour. */
  private long keptShort;

  private long keptLong;
  private long reasoning;
  private boolean rounded;
  private boolean odd;
  private @Nullable Usage usage;

  /** All that a call did in several steps, some of which the counts beside them leave out. */
  private @Nullable Usage steps;

  /**
   * Counts of the answer under the cursor.
   *
   * @param inParts whether a stream says them bit by bit, each as it stands then: what was said
   *     once holds on
   */
  UsageCounts(JsonCursor cursor, boolean inParts) {
    this.cursor = cursor;
    this.inParts = inParts;
    this.cost = new UsageCost(cursor);
    forget();
  }

  /** Begins the next answer, or the next event of the same one. */
  void clear() {
    if (!inParts) {
      forget();
      cost.clear();
    }
    from = -1;
    to = -1;
    odd = false;
    usage = null;
  }

  private void forget() {
    prompt = -1;
    input = -1;
    completion = -1;
    total = -1;
    cached = -1;
    cachedLeast = Long.MAX_VALUE;
    cacheRead = -1;
    cacheMissed = -1;
    cacheWritten = -1;
    keptShort = -1;
    keptLong = -1;
    reasoning = -1;
  }

  /** Null when there was no usage, or none that says enough. */
  @Nullable Usage usage() {
    return usage;
  }

  /** What it costs by the upstream's own word, as in {@link UsageCost#amount}. */
  @Nullable Money cost() {
    return cost.amount();
  }

  /** The object that was read last, as in {@link RawUsage}; null if there was none. */
  @Nullable String raw(byte[] json) {
    return RawUsage.of(json, from, to);
  }

  /** Whether anything that was read is not what an honest count looks like. */
  boolean odd() {
    return odd;
  }

  /** Reads the object that comes next; of two that differ the dearer counts, part by part. */
  void read() {
    Usage before = usage;
    steps = null;
    from = cursor.at();
    if (inParts) {
      readPart();
    } else {
      forget();
      members(USAGE);
    }
    to = cursor.at();
    usage = withSteps(interpret());
    if (before != null && !before.equals(usage)) {
      odd = true;
      usage = usage == null ? before : UsageReader.dearer(before, usage);
    }
  }

  /** Reads numbers each of which is the sum so far, and can only grow. */
  private void readPart() {
    long in = input;
    long out = completion;
    long read = cacheRead;
    long least = cachedLeast;
    long written = cacheWritten;
    long keptShortly = keptShort;
    long keptLonger = keptLong;
    long thought = reasoning;
    forget();
    members(USAGE);
    input = Math.max(input, in);
    completion = Math.max(completion, out);
    cachedLeast = cacheRead < 0 ? least : cachedLeast;
    cacheRead = Math.max(cacheRead, read);
    cacheWritten = Math.max(cacheWritten, written);
    keptShort = Math.max(keptShort, keptShortly);
    keptLong = Math.max(keptLong, keptLonger);
    reasoning = Math.max(reasoning, thought);
  }

  private @Nullable Usage withSteps(@Nullable Usage told) {
    Usage all = steps;
    if (all == null || told == null) {
      return told == null ? all : told;
    }
    boolean covers =
        all.inputTokens() >= told.inputTokens() && all.outputTokens() >= told.outputTokens();
    return covers ? all : UsageReader.dearer(told, all);
  }

  /** Anthropic's steps: where a conversation was compacted, only they have what that cost. */
  private void steps() {
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (!cursor.nextIs('{')) {
        cursor.skipValue();
        continue;
      }
      UsageCounts step = new UsageCounts(cursor, false);
      step.members(PART);
      Usage one = step.interpret();
      odd |= step.odd;
      if (one != null) {
        steps = steps == null ? one : sum(steps, one);
      }
    }
  }

  private static Usage sum(Usage one, Usage other) {
    long in = Math.min(Usage.TOKENS_MAX, one.inputTokens() + other.inputTokens());
    long written = Math.min(in, one.cacheWriteTokens() + other.cacheWriteTokens());
    long kept = Math.min(written, one.longCacheWriteTokens() + other.longCacheWriteTokens());
    long read = one.cachedInputTokens() + other.cachedInputTokens();
    long out = Math.min(Usage.TOKENS_MAX, one.outputTokens() + other.outputTokens());
    long thought = Math.min(out, one.reasoningTokens() + other.reasoningTokens());
    return new Usage(in, Math.min(read, in - written), written, kept, out, thought);
  }

  private void members(int level) {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (level == USAGE && cursor.nextIs('{') && DETAILS.find(cursor.span()) != null) {
        members(PART);
        continue;
      }
      if (level < WRITTEN && cursor.nextIs('{') && WRITES.find(cursor.span()) != null) {
        members(WRITTEN);
        continue;
      }
      if (level == USAGE && cursor.nextIs('[') && cursor.nameIs(ITERATIONS)) {
        steps();
        continue;
      }
      if (level == USAGE && cost.member()) {
        continue;
      }
      String name = cursor.nextIs('n') ? null : NAMES.find(cursor.span());
      if (name == null) {
        cursor.skipValue();
      } else {
        take(name, number());
      }
    }
  }

  private void take(String name, long value) {
    switch (name) {
      case "prompt_tokens" -> prompt = larger(prompt, value);
      case "input_tokens" -> input = larger(input, value);
      case "completion_tokens", "output_tokens" -> completion = larger(completion, value);
      case "total_tokens" -> total = larger(total, value);
      case "cached_tokens", "num_cached_tokens", "prompt_cache_hit_tokens" -> {
        cached = larger(cached, value);
        cachedLeast = Math.min(cachedLeast, rounded ? value - 1 : Math.max(0, value));
      }
      case "cache_read_input_tokens" -> {
        cacheRead = larger(cacheRead, value);
        cachedLeast = Math.min(cachedLeast, rounded ? value - 1 : Math.max(0, value));
      }
      case "prompt_cache_miss_tokens" -> cacheMissed = larger(cacheMissed, value);
      case "cache_write_tokens", "cache_creation_input_tokens" ->
          cacheWritten = larger(cacheWritten, value);
      case "ephemeral_5m_input_tokens" -> keptShort = larger(keptShort, value);
      case "ephemeral_1h_input_tokens" -> keptLong = larger(keptLong, value);
      case "reasoning_tokens", "thinking_tokens" -> reasoning = larger(reasoning, value);
      default -> {}
    }
  }

  private long larger(long before, long value) {
    odd |= before >= 0 && value >= 0 && before != value;
    return Math.max(before, value);
  }

  /** A count of 0 to {@link Usage#TOKENS_MAX}, a fraction rounded up; -1 for what is none. */
  private long number() {
    rounded = false;
    int from = cursor.at();
    boolean text = cursor.nextIs('"');
    boolean digits = text || cursor.nextIsNumber();
    cursor.skipValue();
    int to = cursor.at();
    odd |= text || !digits;
    if (!digits) {
      return -1;
    }
    long integer = text ? cursor.integer(from + 1, to - 1) : cursor.integer(from, to);
    if (integer >= 0 && integer <= Usage.TOKENS_MAX) {
      return integer;
    }
    if (text || to - from > DIGITS_MAX) {
      odd = true;
      return -1;
    }
    double real = Double.parseDouble(cursor.excerpt(from, to));
    odd |= real < 0 || real > Usage.TOKENS_MAX;
    if (real < 0) {
      return -1;
    }
    long value = (long) Math.min(Math.ceil(real), Usage.TOKENS_MAX);
    rounded = value > real;
    odd |= rounded;
    return value;
  }

  private @Nullable Usage interpret() {
    addUpWrites();
    long in = inputTokens();
    int unknown = (in < 0 ? 1 : 0) + (completion < 0 ? 1 : 0) + (total < 0 ? 1 : 0);
    long out = Math.max(0, completion);
    if (in < 0) {
      in = Math.max(0, total - out);
    }
    if (unknown > 1 || (in == 0 && out == 0 && total <= 0)) {
      odd |= unknown < 3;
      return null;
    }
    long read = Math.max(0, Math.max(cached, cacheRead));
    long written = Math.max(0, cacheWritten);
    long thought = Math.max(0, reasoning);
    long rest = total < 0 ? 0 : total - in - out;
    if (read + written > in) {
      // Included it cannot be.
      long apart = read + written;
      odd |= !isAbout(rest, apart) && !isAbout(rest, apart + thought);
      in += apart;
      rest -= apart;
    }
    if (rest > 0 && total >= 0) {
      odd |= thought > 0 && !isAbout(rest, thought);
      out += rest;
      thought = completion < 0 || thought > 0 ? thought : rest;
    }
    odd |= rest < 0 && total >= 0;
    if (thought > out) {
      // Nor can this.
      odd = true;
      out += thought;
    }
    odd |= in > Usage.TOKENS_MAX || out > Usage.TOKENS_MAX;
    in = Math.min(in, Usage.TOKENS_MAX);
    out = Math.min(out, Usage.TOKENS_MAX);
    written = Math.min(written, in);
    read = Math.min(Math.min(read, cachedLeast), in - written);
    long kept = Math.min(written, longWrites());
    return new Usage(in, read, written, kept, out, Math.min(thought, out));
  }

  /** What was written is at least its two parts. A stream tells those once, and the sum again. */
  private void addUpWrites() {
    if (keptShort < 0 && keptLong < 0) {
      return;
    }
    long parts = Math.max(0, keptShort) + Math.max(0, keptLong);
    odd |= cacheWritten >= 0 && parts > cacheWritten;
    odd |= cacheWritten > parts && keptShort >= 0 && keptLong >= 0 && !inParts;
    cacheWritten = Math.max(cacheWritten, Math.min(parts, Usage.TOKENS_MAX));
  }

  private long longWrites() {
    return keptLong <= 0 ? 0 : Math.max(keptLong, cacheWritten - Math.max(0, keptShort));
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
