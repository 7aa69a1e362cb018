package dev.ponder.gateway.proxy;

import dev.ponder.gateway.translate.ChatAnswer;
import dev.ponder.gateway.translate.ChatRequest;
import dev.ponder.gateway.translate.ChatStream;
import dev.ponder.gateway.translate.ChatTarget;
import dev.ponder.gateway.translate.ErrorEnvelopes;
import dev.ponder.gateway.translate.MessagesAnswer;
import dev.ponder.gateway.translate.MessagesRequest;
import dev.ponder.gateway.translate.MessagesStream;
import dev.ponder.gateway.translate.MessagesTarget;
import dev.ponder.gateway.translate.StreamTranslation;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Effort;
import dev.ponder.policy.EffortParam;
import dev.ponder.policy.Model;
import dev.ponder.policy.Upstream;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a call goes through whose client and upstream speak different dialects: chat completions
 * here and Messages there, or the other way round. Where both speak the same there is none, and
 * bytes are relayed as they are.
 */
final class Translation {

  private static final String OPENAI_HOST = "api.openai.com";

  private final Dialect client;
  private final String requestId;
  private final long nowSeconds;

  private Translation(Dialect client, String requestId, long nowSeconds) {
    this.client = client;
    this.requestId = requestId;
    this.nowSeconds = nowSeconds;
  }

  /**
   * The translation that a call needs; null if none.
   *
   * @param requestId what the client calls the request
   */
  static @Nullable Translation of(
      Candidate candidate, Dialect client, String requestId, long nowSeconds) {
    Dialect spoken = client.at(candidate.deployment().upstream().provider());
    return spoken == client ? null : new Translation(client, requestId, nowSeconds);
  }

  /**
   * A request in the upstream's dialect.
   *
   * @param body in the client's, with all edits for this candidate
   * @param effort the effort that the decision asks for, over what the client says
   * @throws ApiError 400 if it cannot be said there
   */
  byte[] request(byte[] body, Candidate candidate, Optional<Effort> effort) {
    Model model = candidate.model();
    String modelId = candidate.deployment().modelId();
    if (client == Dialect.CHAT) {
      int max = model.capabilities().maxOutputTokens();
      MessagesTarget target = new MessagesTarget(modelId, max, model.reasoning());
      return MessagesRequest.ofChat(body, 0, body.length, target);
    }
    String known = model.capabilities().capParam();
    String plain = model.reasoning() ? OutputLimit.COMPLETION_TOKENS : OutputLimit.TOKENS;
    ChatTarget target =
        new ChatTarget(
            modelId,
            known.isEmpty() ? plain : known,
            model.reasoning(),
            takesThoughts(candidate.deployment().upstream()),
            effort.map(Effort::wireName),
            EffortParam.of(model, candidate.deployment()));
    return ChatRequest.ofMessages(body, 0, body.length, target);
  }

  /** OpenAI shows no thoughts, and knows no member that could bring them back. */
  private static boolean takesThoughts(Upstream upstream) {
    return upstream.provider() == Upstream.Provider.OPENAI
        && !OPENAI_HOST.equals(upstream.baseUrl().getHost());
  }

  /**
   * An answer for the client.
   *
   * @throws ApiError 502 if it is none
   */
  byte[] answer(byte[] body) {
    return client == Dialect.CHAT
        ? ChatAnswer.ofMessages(body, 0, body.length, nowSeconds)
        : MessagesAnswer.ofChat(body, 0, body.length);
  }

  /** An error for the client. */
  ErrorEnvelopes.Translated error(int status, byte[] body) {
    return client == Dialect.CHAT
        ? ErrorEnvelopes.forChat(status, body)
        : ErrorEnvelopes.forMessages(status, body, requestId);
  }

  /**
   * A stream for the client.
   *
   * @param includeUsage whether it asked for the usage
   * @param costUsd what the usage is told that the call cost; null if nothing
   */
  StreamTranslation stream(boolean includeUsage, @Nullable Supplier<String> costUsd) {
    return client == Dialect.CHAT
        ? new ChatStream(nowSeconds, includeUsage, costUsd)
        : new MessagesStream(requestId);
  }
}
