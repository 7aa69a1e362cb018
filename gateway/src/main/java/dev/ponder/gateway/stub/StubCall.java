package dev.ponder.gateway.stub;

import dev.ponder.price.Usage;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * One call as the stub saw it, written down when it ended.
 *
 * @param id of the answer, such as {@code chatcmpl-…}
 * @param target method, path and query of the request, as they came
 * @param requestId the {@code x-request-id} that came with the request, or null
 * @param model as requested; empty if the request could not be read
 * @param stream whether a stream was asked for
 * @param usage the tokens a provider would bill: of a call cut short, those generated until then
 * @param status of the answer; 0 if the client left before its head
 * @param finish {@code stop}, {@code length}, {@code tool_calls}, in every dialect; {@code error}
 *     for a failure; {@code cut} for an answer that was scripted to break off; {@code queued} for a
 *     response that is made in the background; empty for an aborted call
 * @param aborted whether the client left before the end
 * @param startedMillis when the body had been read, since the epoch
 * @param endedMillis when the last byte was handed over, or the client had left
 * @param bodyBytes length of the request's body
 * @param bodySha256 of exactly those bytes, in hexadecimal
 */
public record StubCall(
    String id,
    String target,
    @Nullable String requestId,
    String model,
    boolean stream,
    Usage usage,
    int status,
    String finish,
    boolean aborted,
    long startedMillis,
    long endedMillis,
    int bodyBytes,
    String bodySha256) {

  /** As one object of the log, names in snake case. */
  JsonObject toJson() {
    return new JsonObject()
        .put("id", id)
        .put("target", target)
        .put("request_id", requestId)
        .put("model", model)
        .put("stream", stream)
        .put("prompt_tokens", usage.inputTokens())
        .put("cached_tokens", usage.cachedInputTokens())
        .put("cache_write_tokens", usage.cacheWriteTokens())
        .put("cache_write_1h_tokens", usage.longCacheWriteTokens())
        .put("completion_tokens", usage.outputTokens())
        .put("reasoning_tokens", usage.reasoningTokens())
        .put("status", status)
        .put("finish", finish)
        .put("aborted", aborted)
        .put("started_ms", startedMillis)
        .put("ended_ms", endedMillis)
        .put("body_bytes", bodyBytes)
        .put("body_sha256", bodySha256);
  }
}
