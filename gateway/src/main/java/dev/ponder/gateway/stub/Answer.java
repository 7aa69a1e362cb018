package dev.ponder.gateway.stub;

import dev.ponder.price.Usage;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What a call is going to say and to bill, settled before the first byte: a function of the
 * request, the script and the seed.
 *
 * @param text what every choice says, or the arguments of the tool call; ASCII
 * @param tool the name of the tool that is called, or null
 * @param calls how many calls of it every choice makes, all of them the same; 1 if none
 * @param finish {@code stop}, {@code length} or {@code tool_calls}
 * @param choices how many times it is said
 * @param promptTokens tokens of the prompt
 * @param cachedTokens those of them that are reported as read from a cache
 * @param cacheWriteTokens those of them that are reported as written to it
 * @param longCacheWriteTokens those of these that are reported as kept for an hour
 * @param reasoningTokens hidden tokens of each choice
 */
record Answer(
    String text,
    @Nullable String tool,
    int calls,
    String finish,
    int choices,
    long promptTokens,
    long cachedTokens,
    long cacheWriteTokens,
    long longCacheWriteTokens,
    long reasoningTokens) {

  /** Characters that one token stands for, in filler and in JSON alike. */
  static final int TOKEN_CHARS = 4;

  /** Tokens of reasoning that are shown, of however many there were. */
  private static final int SHOWN_MAX = 24;

  private static final long CALLS_MAX = 9;

  private static final Amount TOKENS = new Amount(40, 160, false);
  private static final Amount NO_REASONING = new Amount(0, 0, false);

  /** Words of three letters and a space: a word is a token, and nothing needs escaping. */
  private static final String WORDS =
      ("the sun was hot and one old dog ran far out for ice but his leg was not yet fit "
              + "and the way led him off our map now ask any man who can add two and two "
              + "why the sum may run low ")
          .repeat(64);

  static Answer of(StubRequest request, StubScript script, long seed) {
    StubPrompt asked = request.prompt();
    long random = Mix.fold(Mix.fold(asked.hash(), request.model().hashCode()), seed);
    String tail = script.text(Knob.HEAVY_TAIL, "none");
    StubTools.Tool tool = request.tools().called(asked);
    JsonObject schema = request.tools().answerSchema();
    String text;
    if (request.dialect() == StubDialect.EMBEDDINGS) {
      text = "";
    } else if (tool != null) {
      text = MinimalJson.of(tool.schema());
    } else if (schema != null) {
      text = MinimalJson.of(schema);
    } else {
      text = filler(random, script.amount(Knob.TOKENS, TOKENS).draw(random, tail));
    }
    long reasoning =
        request.thinkingDisabled() || request.dialect() == StubDialect.EMBEDDINGS
            ? 0
            : script.amount(Knob.REASONING, NO_REASONING).draw(Mix.scramble(~random), tail);
    String finish = tool != null ? "tool_calls" : "stop";
    long cap = request.cap();
    if (reasoning + tokens(text) > cap) { // reasoning comes first and eats the cap first
      reasoning = Math.min(reasoning, cap);
      text = text.substring(0, (int) Math.min(text.length(), (cap - reasoning) * TOKEN_CHARS));
      finish = "length";
    }
    long prompt = asked.promptTokens();
    long cached = Math.min(prompt, script.number(Knob.CACHED, 0));
    long written = Math.min(prompt - cached, script.number(Knob.CACHE_WRITE, 0));
    boolean tells = request.dialect() == StubDialect.MESSAGES;
    return new Answer(
        text,
        tool == null ? null : tool.name(),
        tool == null || finish.equals("length") ? 1 : calls(request, script),
        finish,
        request.choices(),
        prompt,
        cached,
        written,
        tells ? Math.min(written, script.number(Knob.CACHE_WRITE_1H, 0)) : 0,
        reasoning);
  }

  private static int calls(StubRequest request, StubScript script) {
    boolean several =
        request.dialect() == StubDialect.CHAT || request.dialect() == StubDialect.MESSAGES;
    long calls = several ? script.number(Knob.CALLS, 1) : 1;
    return (int) Math.max(1, Math.min(CALLS_MAX, calls));
  }

  /** Tokens of each choice that the client sees. */
  int visibleTokens() {
    return calls * tokens(text);
  }

  /** Tokens of text in all choices together. */
  long billedTokens() {
    return (long) choices * visibleTokens();
  }

  /**
   * What a provider bills once {@code visible} tokens of text are out. All the reasoning counts as
   * soon as one event is: it was done before.
   */
  Usage usage(long visible) {
    long reasoning = reasoningTokens * choices;
    return new Usage(
        promptTokens,
        cachedTokens,
        cacheWriteTokens,
        longCacheWriteTokens,
        visible + reasoning,
        reasoning);
  }

  /** What a provider bills for the whole answer. */
  Usage usage() {
    return usage(billedTokens());
  }

  /** The beginning of the reasoning in words, for those who show it; empty if there was none. */
  String shownReasoning() {
    return WORDS.substring(0, TOKEN_CHARS * (int) Math.min(SHOWN_MAX, reasoningTokens));
  }

  /** The {@code n}th token of a text. */
  static String piece(String text, int n) {
    return text.substring(n * TOKEN_CHARS, Math.min(text.length(), (n + 1) * TOKEN_CHARS));
  }

  static int tokens(String text) {
    return (text.length() + TOKEN_CHARS - 1) / TOKEN_CHARS;
  }

  private static String filler(long random, long tokens) {
    int length = Math.toIntExact(tokens * TOKEN_CHARS);
    int words = WORDS.length() / TOKEN_CHARS / 2;
    int start = Math.floorMod(random >>> 7, words) * TOKEN_CHARS;
    if (length <= WORDS.length() / 2) {
      return WORDS.substring(start, start + length);
    }
    return WORDS.repeat(length / WORDS.length() + 2).substring(start, start + length);
  }
}
