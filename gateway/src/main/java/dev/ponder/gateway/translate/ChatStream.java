package dev.ponder.gateway.translate;

import dev.ponder.gateway.wire.ApiError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stream of the Messages API, told as one of chat completion chunks.
 *
 * <p>Blocks come one after another, so that calls of tools do, too: each has the next {@code
 * index}, whatever its block's was. A call without input has the arguments {@code {}}, since
 * clients parse them. A thought goes out twice, readable in {@code reasoning_content}, and in
 * {@code reasoning_details}, with its signature at the end, for the way back.
 */
public final class ChatStream implements StreamTranslation {

  private static final byte[] NOTHING = {};

  private final long createdSeconds;
  private final boolean includeUsage;
  private final @Nullable Supplier<String> costUsd;
  private final StringBuilder out = new StringBuilder();

  /** The number of the call by its block's index, and the block's that are thoughts. */
  private final Map<Long, Integer> calls = new HashMap<>();

  private final Map<Long, Integer> thoughts = new HashMap<>();

  /** Calls that have no arguments yet. */
  private final Map<Long, Boolean> silentCalls = new HashMap<>();

  private @Nullable String id;
  private @Nullable String model;
  private @Nullable String finishReason;
  private Place usage = Place.of(null);
  private int detailsSent;
  private boolean failed;
  private boolean over;

  /**
   * @param createdSeconds when it was made, in seconds since 1970
   * @param includeUsage whether the client asked for the usage at the end
   * @param costUsd what the usage says that the call cost, as a JSON number; null if nothing
   */
  public ChatStream(long createdSeconds, boolean includeUsage, @Nullable Supplier<String> costUsd) {
    this.createdSeconds = createdSeconds;
    this.includeUsage = includeUsage;
    this.costUsd = costUsd;
  }

  @Override
  public byte[] event(byte[] bytes, int from, int to) {
    SseRecord event = SseRecord.read(bytes, from, to);
    if (event.data() == null || over || failed) {
      return NOTHING;
    }
    out.setLength(0);
    try {
      take(event.json());
    } catch (IOException | ApiError odd) {
      fail(ErrorEnvelopes.chat("api_error", "The upstream sent an event that is none."));
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] end() {
    if (over || failed || finishReason == null) {
      return NOTHING;
    }
    out.setLength(0);
    stop();
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean over() {
    return over;
  }

  @Override
  public boolean failed() {
    return failed;
  }

  private void take(Place event) {
    switch (event.get("type").text()) {
      case "message_start" -> start(event.get("message"));
      case "content_block_start" -> open(event.get("index").count(), event.get("content_block"));
      case "content_block_delta" -> delta(event.get("index").count(), event.get("delta"));
      case "content_block_stop" -> close(event.get("index").count());
      case "message_delta" -> {
        usage = Place.of(UsageShapes.later(usage, event.get("usage")));
        String reason = event.get("delta").get("stop_reason").textOrNull();
        if (reason != null && finishReason == null) {
          finishReason = StopReasons.forChat(reason);
          chunk(Map.of(), finishReason);
        }
      }
      case "message_stop" -> stop();
      case "error" -> {
        Place error = event.get("error");
        String type = error.get("type").isText() ? error.get("type").text() : "api_error";
        fail(ErrorEnvelopes.chat(type, ErrorEnvelopes.said(error)));
      }
      default -> {} // ping, and what is not known yet
    }
  }

  private void start(Place message) {
    id = message.get("id").textOrNull();
    model = message.get("model").textOrNull();
    usage = Place.of(UsageShapes.later(usage, message.get("usage")));
    chunk(JsonTree.object("role", "assistant", "content", ""), null);
  }

  private void open(long index, Place block) {
    switch (block.get("type").text()) {
      case "text" -> content(block.get("text").textOrNull());
      case "tool_use" -> {
        calls.put(index, calls.size());
        silentCalls.put(index, true);
        String blockId = block.get("id").text();
        call(
            index,
            JsonTree.object(
                "id",
                ToolIds.forChat(blockId),
                "type",
                "function",
                "function",
                JsonTree.object("name", block.get("name").text(), "arguments", ""),
                "extra_content",
                ToolIds.extra(blockId)));
        Place input = block.get("input");
        if (input.isObject() && !input.object().isEmpty()) {
          arguments(index, JsonTree.text(input.object()));
        }
      }
      case "thinking" -> {
        thoughts.put(index, detailsSent++);
        think(index, block.get("thinking").textOrNull());
      }
      case "redacted_thinking" ->
          details(Thoughts.encrypted(detailsSent++, block.get("data").text()));
      default -> {}
    }
  }

  private void delta(long index, Place delta) {
    switch (delta.get("type").text()) {
      case "text_delta" -> content(delta.get("text").text());
      case "input_json_delta" -> arguments(index, delta.get("partial_json").text());
      case "thinking_delta" -> think(index, delta.get("thinking").text());
      case "signature_delta" -> {
        Integer number = thoughts.get(index);
        if (number != null) {
          details(Thoughts.signed(number, null, delta.get("signature").text()));
        }
      }
      default -> {}
    }
  }

  private void close(long index) {
    if (silentCalls.remove(index) != null) {
      arguments(index, "{}");
    }
  }

  private void stop() {
    if (finishReason == null) {
      chunk(Map.of(), "stop");
    }
    if (includeUsage) {
      Map<String, @Nullable Object> last = head();
      last.put("choices", List.of());
      last.put("usage", UsageShapes.forChat(usage));
      if (costUsd != null) {
        last.put("ponder", JsonTree.object("cost_usd", new JsonNumber(costUsd.get())));
      }
      SseRecord.append(out, last);
    }
    out.append("data: ").append(SseRecord.DONE).append("\n\n");
    over = true;
  }

  private void fail(Map<String, @Nullable Object> envelope) {
    SseRecord.append(out, "error", envelope);
    failed = true;
  }

  private void content(@Nullable String text) {
    if (text != null && !text.isEmpty()) {
      chunk(JsonTree.object("content", text), null);
    }
  }

  private void think(long index, @Nullable String text) {
    Integer number = thoughts.get(index);
    if (text != null && !text.isEmpty() && number != null) {
      chunk(
          JsonTree.object(
              "reasoning_content",
              text,
              "reasoning_details",
              List.of(Thoughts.signed(number, text, null))),
          null);
    }
  }

  private void details(Map<String, @Nullable Object> detail) {
    chunk(JsonTree.object("reasoning_details", List.of(detail)), null);
  }

  private void arguments(long index, String piece) {
    if (!piece.isEmpty() && calls.containsKey(index)) {
      silentCalls.remove(index);
      call(index, JsonTree.object("function", JsonTree.object("arguments", piece)));
    }
  }

  private void call(long index, Map<String, @Nullable Object> members) {
    Map<String, @Nullable Object> call = JsonTree.object("index", calls.get(index));
    call.putAll(members);
    chunk(JsonTree.object("tool_calls", List.of(call)), null);
  }

  private void chunk(Map<String, @Nullable Object> delta, @Nullable String reason) {
    Map<String, @Nullable Object> choice = JsonTree.object("index", 0, "delta", delta);
    choice.put("logprobs", null);
    choice.put("finish_reason", reason);
    Map<String, @Nullable Object> chunk = head();
    chunk.put("choices", List.of(choice));
    if (includeUsage) {
      chunk.put("usage", null);
    }
    SseRecord.append(out, chunk);
  }

  private Map<String, @Nullable Object> head() {
    return JsonTree.object(
        "id",
        id == null ? "" : id,
        "object",
        "chat.completion.chunk",
        "created",
        createdSeconds,
        "model",
        model == null ? "" : model);
  }
}
