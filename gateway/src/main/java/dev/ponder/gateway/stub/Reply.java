package dev.ponder.gateway.stub;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer in the words of its dialect; only one of the two forms is made.
 *
 * @param plain the body of a plain answer
 * @param events the events of a stream
 * @param response what can be fetched later, of the Responses API; else null
 */
record Reply(
    Supplier<String> plain, Supplier<StubEvents> events, @Nullable ResponsesJson response) {

  /** Puts {@code answer} into words. */
  static Reply of(
      String id, long createdSeconds, StubRequest request, Answer answer, StubScript script) {
    return switch (request.dialect()) {
      case CHAT -> {
        ChatJson json = new ChatJson(id, createdSeconds, request, answer, script);
        yield new Reply(json::plain, () -> json, null);
      }
      case COMPLETIONS -> {
        CompletionsJson json = new CompletionsJson(id, createdSeconds, request, answer, script);
        yield new Reply(json::plain, json::events, null);
      }
      case RESPONSES -> {
        ResponsesJson json = new ResponsesJson(id, createdSeconds, request, answer, script);
        yield new Reply(json::plain, json::events, json);
      }
      case COMPACTION ->
          whole(new ResponsesJson(id, createdSeconds, request, answer, script)::compaction);
      case INPUT_TOKENS -> whole(() -> ResponsesJson.count(request));
      case MESSAGES -> {
        MessagesJson json = new MessagesJson(id, request, answer, script);
        yield new Reply(json::plain, json::events, null);
      }
      case COUNT_TOKENS -> whole(() -> MessagesJson.count(request));
      case EMBEDDINGS -> whole(() -> EmbeddingsJson.plain(request, answer, script));
    };
  }

  private static Reply whole(Supplier<String> plain) {
    return new Reply(
        plain,
        () -> {
          throw new IllegalStateException("a stream of what is never streamed");
        },
        null);
  }
}
