package dev.ponder.gateway.translate;

import dev.ponder.gateway.wire.ApiError;
import dev.ponder.price.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stream of chat completion chunks, told as one of the Messages API.
 *
 * <p>There, one block is open at a time. So of several calls of tools the first goes out as it
 * comes, and the others are held until it is complete, which is known at the end only: servers may
 * interleave their pieces. The usage comes last in chunks, and so it stands in {@code
 * message_delta}; that of {@code message_start} is 0. The end is told when the upstream's stream is
 * over and had a finish reason, and not before, as the usage follows behind.
 */
public final class MessagesStream implements StreamTranslation {

  private static final byte[] NOTHING = {};

  /** What is held back, in characters. */
  private static final int HELD_MAX = 8 * 1024 * 1024;

  private static final int CALLS_MAX = 1024;

  private final String requestId;
  private final StringBuilder out = new StringBuilder();
  private final Map<String, Call> calls = new LinkedHashMap<>();
  private final StringBuilder lateText = new StringBuilder();

  private boolean started;
  private Place answerId = Place.of(null);
  private int blocks;

  /** The type of the block that is open; empty if none is. */
  private String openType = "";

  /** The call that goes out as it comes; what comes beside it waits for the end. */
  private @Nullable Call openCall;

  private String signature = "";
  private int held;
  private boolean refused;
  private @Nullable String finishReason;
  private Usage usage = Usage.NONE;
  private boolean failed;
  private boolean over;

  /**
   * A stream that has not begun.
   *
   * @param requestId which the error event repeats, if there is one
   */
  public MessagesStream(String requestId) {
    this.requestId = requestId;
  }

  /** A call of a tool, of which pieces may wait. */
  private static final class Call {
    final String id;
    final String toolId;
    final String name;
    final StringBuilder arguments = new StringBuilder();
    final JsonPieces pieces = new JsonPieces();

    Call(String id, String toolId, String name) {
      this.id = id;
      this.toolId = toolId;
      this.name = name;
    }
  }

  @Override
  public byte[] event(byte[] bytes, int from, int to) {
    SseRecord event = SseRecord.read(bytes, from, to);
    if (event.data() == null || over || failed) {
      return NOTHING;
    }
    out.setLength(0);
    if (event.done()) {
      finish();
      return written();
    }
    try {
      Place chunk = event.json();
      boolean error = event.name().equals("error");
      if (error || chunk.get("error").isThere()) {
        Place said = chunk.get("error").isThere() ? chunk.get("error") : chunk;
        fail(ErrorEnvelopes.messagesType(said), ErrorEnvelopes.said(said));
      } else {
        take(chunk);
      }
    } catch (IOException | ApiError odd) {
      fail("api_error", "The upstream sent a chunk that is none.");
    }
    return written();
  }

  @Override
  public byte[] end() {
    out.setLength(0);
    if (!over && !failed && finishReason != null) {
      finish(); // a stream that was cut off must not look complete
    }
    return written();
  }

  @Override
  public boolean over() {
    return over;
  }

  @Override
  public boolean failed() {
    return failed;
  }

  private byte[] written() {
    return out.isEmpty() ? NOTHING : out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void take(Place chunk) {
    Place counted = chunk.get("usage").isObject() ? chunk.get("usage") : groq(chunk);
    if (counted.isObject()) {
      usage = UsageShapes.read(counted);
    }
    for (Place choice : chunk.get("choices").elements()) {
      Place index = choice.get("index");
      if (!index.isNumber() || index.count() == 0) {
        start(chunk);
        delta(choice.get("delta"));
        String reason = choice.get("finish_reason").textOrNull();
        finishReason = reason == null || reason.isEmpty() ? finishReason : reason;
      }
    }
  }

  private static Place groq(Place chunk) {
    return chunk.get("x_groq").get("usage");
  }

  private void start(Place chunk) {
    if (started) {
      return;
    }
    started = true;
    answerId = chunk.get("id");
    Map<String, @Nullable Object> message =
        JsonTree.object(
            "id",
            MessagesAnswer.id(answerId),
            "type",
            "message",
            "role",
            "assistant",
            "model",
            MessagesAnswer.model(chunk.get("model")),
            "content",
            List.of());
    message.put("stop_reason", null);
    message.put("stop_sequence", null);
    message.put("usage", UsageShapes.forMessages(Usage.NONE));
    emit("message_start", "message", message);
  }

  private void delta(Place delta) {
    String thought = MessagesAnswer.unsigned(delta);
    details(delta.get("reasoning_details"), thought.isEmpty());
    if (!thought.isEmpty()) {
      think(thought);
    }
    say(MessagesAnswer.text(delta.get("content")));
    String refusal = MessagesAnswer.text(delta.get("refusal"));
    refused |= !refusal.isEmpty();
    say(refusal);
    for (Place piece : delta.get("tool_calls").elements()) {
      call(piece);
    }
  }

  /** Signatures, and what can be read of them where nothing else can. */
  private void details(Place details, boolean readable) {
    for (Place detail : details.elements()) {
      String type = detail.get("type").textOrNull();
      String format = detail.get("format").textOrNull();
      boolean signs = openCall == null && (format == null || format.startsWith("anthropic"));
      if (Thoughts.ENCRYPTED.equals(type) && signs) {
        closeBlock();
        open("redacted_thinking", JsonTree.object("data", detail.get("data").text()));
        closeBlock();
      } else if (Thoughts.TEXT.equals(type)) {
        String text = detail.get("text").textOrNull();
        if (readable && text != null && !text.isEmpty()) {
          think(text);
        }
        String signed = detail.get("signature").textOrNull();
        if (signs && signed != null && !signed.isEmpty()) {
          openThought();
          signature = signed;
        }
      }
    }
  }

  private void openThought() {
    if (!openType.equals("thinking") || !signature.isEmpty()) {
      closeBlock();
      open("thinking", JsonTree.object("thinking", "", "signature", ""));
    }
  }

  private void think(String text) {
    if (openCall != null) {
      return; // nobody thinks between the pieces of a call
    }
    openThought();
    emitDelta(JsonTree.object("type", "thinking_delta", "thinking", text));
  }

  private void say(String text) {
    if (text.isEmpty()) {
      return;
    }
    if (openCall != null) {
      hold(lateText, text);
      return;
    }
    if (!openType.equals("text")) {
      closeBlock();
      open("text", JsonTree.object("text", ""));
    }
    emitDelta(JsonTree.object("type", "text_delta", "text", text));
  }

  private void call(Place piece) {
    Call call = callOf(piece);
    Place arguments = piece.get("function").get("arguments");
    String text = arguments.isObject() ? JsonTree.text(arguments.object()) : "";
    text = arguments.isText() ? arguments.text() : text;
    call.pieces.add(text);
    if (openCall == null) {
      closeBlock();
      openCall = call;
      open(call);
    }
    if (call == openCall) {
      input(text);
    } else {
      hold(call.arguments, text);
    }
  }

  private void hold(StringBuilder pieces, String text) {
    held += text.length();
    if (held > HELD_MAX) {
      throw ApiError.upstreamFailed("Calls of tools: too long");
    }
    pieces.append(text);
  }

  /**
   * By its index. Some servers give the same index to all; then each has its id, or at least names
   * its function, which others repeat with each piece.
   */
  private Call callOf(Place piece) {
    Place index = piece.get("index");
    String key = index.isNumber() ? index.number().text() : "0";
    String id = piece.get("id").isText() ? piece.get("id").text() : "";
    Call call = calls.get(key);
    if (call != null && begins(piece, id, call)) {
      calls.remove(key);
      calls.put(key + "#" + calls.size(), call);
      call = null;
    }
    if (call == null) {
      String name = piece.get("function").get("name").text();
      if (calls.size() >= CALLS_MAX) {
        throw ApiError.upstreamFailed("Calls of tools: too many");
      }
      call = new Call(id, MessagesAnswer.toolId(piece, calls.size(), answerId), name);
      calls.put(key, call);
    }
    return call;
  }

  /** Whether a piece is the first one of another call than that of the same index. */
  private static boolean begins(Place piece, String id, Call before) {
    if (!id.isEmpty() && !before.id.isEmpty()) {
      return !before.id.equals(id);
    }
    Place name = piece.get("function").get("name");
    boolean named = name.isText() && !name.text().isEmpty();
    return named && (before.pieces.whole() || !name.text().equals(before.name));
  }

  private void open(Call call) {
    open("tool_use", JsonTree.object("id", call.toolId, "name", call.name, "input", Map.of()));
  }

  private void input(String json) {
    if (!json.isEmpty()) {
      emitDelta(JsonTree.object("type", "input_json_delta", "partial_json", json));
    }
  }

  private void open(String type, Map<String, @Nullable Object> members) {
    Map<String, @Nullable Object> block = JsonTree.object("type", type);
    block.putAll(members);
    openType = type;
    signature = "";
    emit("content_block_start", "index", blocks, "content_block", block);
  }

  private void closeBlock() {
    if (openType.equals("thinking") && !signature.isEmpty()) {
      emitDelta(JsonTree.object("type", "signature_delta", "signature", signature));
    }
    if (!openType.isEmpty()) {
      emit("content_block_stop", "index", blocks);
      blocks++;
      openType = "";
    }
  }

  private void finish() {
    if (!started) {
      fail("api_error", "The upstream sent an empty stream.");
      return;
    }
    closeBlock();
    for (Call call : calls.values()) {
      if (call != openCall) {
        open(call);
        input(call.arguments.toString());
        closeBlock();
      }
    }
    openCall = null;
    say(lateText.toString());
    closeBlock();
    String reason = refused ? "refusal" : StopReasons.forMessages(finishReason, !calls.isEmpty());
    Map<String, @Nullable Object> delta = JsonTree.object("stop_reason", reason);
    delta.put("stop_sequence", null);
    emit("message_delta", "delta", delta, "usage", UsageShapes.forMessages(usage));
    emit("message_stop");
    over = true;
  }

  private void fail(String type, String message) {
    SseRecord.append(out, "error", ErrorEnvelopes.messages(type, message, requestId));
    failed = true;
  }

  private void emitDelta(Map<String, @Nullable Object> delta) {
    emit("content_block_delta", "index", blocks, "delta", delta);
  }

  private void emit(String type, @Nullable Object... members) {
    Map<String, @Nullable Object> event = JsonTree.object("type", type);
    event.putAll(JsonTree.object(members));
    SseRecord.append(out, type, event);
  }
}
