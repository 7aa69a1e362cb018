package dev.ponder.gateway.translate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ponder.gateway.wire.SseFramer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Streams of both dialects: taken apart from whole answers, put together again, and cut up. */
final class StreamTalk {

  private StreamTalk() {}

  /** What the client gets when the stream comes in pieces that end at these places. */
  static String translate(StreamTranslation translation, byte[] stream, int... cuts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SseFramer framer = new SseFramer(StreamTranslation.EVENT_BYTES_MAX);
    SseFramer.Sink sink =
        new SseFramer.Sink() {
          @Override
          public void event(byte[] bytes, int from, int to) {
            out.writeBytes(translation.event(bytes, from, to));
          }

          @Override
          public void part(byte[] bytes, int from, int to) {
            // a line feed that came late
          }
        };
    int from = 0;
    for (int cut : cuts) {
      framer.feed(Arrays.copyOfRange(stream, from, cut), sink);
      from = cut;
    }
    framer.feed(Arrays.copyOfRange(stream, from, stream.length), sink);
    framer.end(sink);
    out.writeBytes(translation.end());
    return out.toString(UTF_8);
  }

  static List<SseRecord> records(String stream) {
    List<SseRecord> records = new ArrayList<>();
    for (String event : stream.split("\n\n", -1)) {
      byte[] bytes = event.getBytes(UTF_8);
      SseRecord read = SseRecord.read(bytes, 0, bytes.length);
      if (read.data() != null) {
        records.add(read);
      }
    }
    return records;
  }

  /** The message as Anthropic streams it, texts cut into pieces of three characters. */
  static byte[] messagesStream(Map<String, @Nullable Object> message) {
    StringBuilder out = new StringBuilder();
    Place whole = Place.of(message);
    Map<String, @Nullable Object> head = JsonTree.object("type", "message");
    head.putAll(message);
    head.put("content", List.of());
    head.put("stop_reason", null);
    emit(out, "message_start", "message", head);
    emit(out, "ping");
    int index = 0;
    for (Place block : whole.get("content").elements()) {
      block(out, index++, block);
    }
    Map<String, @Nullable Object> delta =
        JsonTree.object("stop_reason", whole.get("stop_reason").value());
    emit(out, "message_delta", "delta", delta, "usage", message.get("usage"));
    emit(out, "message_stop");
    return out.toString().getBytes(UTF_8);
  }

  private static void block(StringBuilder out, int index, Place block) {
    String type = block.get("type").text();
    Map<String, @Nullable Object> opened = JsonTree.object("type", type);
    List<Map<String, @Nullable Object>> deltas = new ArrayList<>();
    switch (type) {
      case "text" -> {
        opened.put("text", "");
        pieces(block.get("text").text())
            .forEach(p -> deltas.add(JsonTree.object("type", "text_delta", "text", p)));
      }
      case "thinking" -> {
        opened.put("thinking", "");
        opened.put("signature", "");
        pieces(block.get("thinking").text())
            .forEach(p -> deltas.add(JsonTree.object("type", "thinking_delta", "thinking", p)));
        deltas.add(
            JsonTree.object("type", "signature_delta", "signature", block.get("signature").text()));
      }
      case "redacted_thinking" -> opened.put("data", block.get("data").text());
      default -> {
        opened.put("id", block.get("id").text());
        opened.put("name", block.get("name").text());
        opened.put("input", Map.of());
        String input = JsonTree.text(block.get("input").value());
        if (!input.equals("{}")) {
          pieces(input)
              .forEach(
                  p -> deltas.add(JsonTree.object("type", "input_json_delta", "partial_json", p)));
        }
      }
    }
    emit(out, "content_block_start", "index", index, "content_block", opened);
    deltas.forEach(d -> emit(out, "content_block_delta", "index", index, "delta", d));
    emit(out, "content_block_stop", "index", index);
  }

  /** Pieces of three characters, pairs of surrogates together. */
  static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = Math.min(text.length(), at + 3);
      end += end < text.length() && Character.isLowSurrogate(text.charAt(end)) ? 1 : 0;
      pieces.add(text.substring(at, end));
      at = end;
    }
    return pieces;
  }

  private static void emit(StringBuilder out, String type, @Nullable Object... members) {
    Map<String, @Nullable Object> event = JsonTree.object("type", type);
    event.putAll(JsonTree.object(members));
    SseRecord.append(out, type, event);
  }

  /** What an SDK makes of a stream of the Messages API. */
  static Map<String, @Nullable Object> messageOf(String stream) throws Exception {
    Map<String, @Nullable Object> message = JsonTree.object();
    List<Map<String, @Nullable Object>> blocks = new ArrayList<>();
    List<StringBuilder> inputs = new ArrayList<>();
    for (SseRecord event : records(stream)) {
      Place json = event.json();
      switch (json.get("type").text()) {
        case "message_start" -> message.putAll(json.get("message").object());
        case "content_block_start" -> {
          if (json.get("index").count() != blocks.size()) {
            throw new AssertionError("index " + json.get("index").count());
          }
          blocks.add(json.get("content_block").object());
          inputs.add(new StringBuilder());
        }
        case "content_block_delta" -> {
          int index = (int) json.get("index").count();
          if (index != blocks.size() - 1) {
            throw new AssertionError("a delta of a block that is not the last");
          }
          grow(blocks.get(index), inputs.get(index), json.get("delta"));
        }
        case "message_delta" -> {
          message.putAll(json.get("delta").object());
          message.put("usage", json.get("usage").value());
        }
        default -> {}
      }
    }
    for (int i = 0; i < blocks.size(); i++) {
      if (!inputs.get(i).isEmpty()) {
        blocks.get(i).put("input", JsonTree.read(inputs.get(i).toString()));
      }
    }
    message.put("content", blocks);
    return message;
  }

  private static void grow(Map<String, @Nullable Object> block, StringBuilder input, Place delta) {
    switch (delta.get("type").text()) {
      case "text_delta" -> block.merge("text", delta.get("text").text(), (a, b) -> "" + a + b);
      case "thinking_delta" ->
          block.merge("thinking", delta.get("thinking").text(), (a, b) -> "" + a + b);
      case "signature_delta" -> block.put("signature", delta.get("signature").text());
      default -> input.append(delta.get("partial_json").text());
    }
  }

  /** What an SDK makes of a stream of chunks; calls must come one after another. */
  static Map<String, @Nullable Object> completionOf(String stream) throws Exception {
    Map<String, @Nullable Object> said = JsonTree.object("role", "assistant", "content", "");
    List<@Nullable Object> details = new ArrayList<>();
    List<Map<String, @Nullable Object>> calls = new ArrayList<>();
    Map<String, @Nullable Object> completion = JsonTree.object();
    for (SseRecord event : records(stream)) {
      if (event.done()) {
        break;
      }
      Place chunk = event.json();
      completion.put("id", chunk.get("id").text());
      completion.put("model", chunk.get("model").text());
      if (chunk.get("usage").isThere()) {
        completion.put("usage", chunk.get("usage").value());
      }
      for (Place choice : chunk.get("choices").elements()) {
        Place delta = choice.get("delta");
        append(said, "content", delta.get("content"));
        append(said, "reasoning_content", delta.get("reasoning_content"));
        delta.get("reasoning_details").elements().forEach(d -> details.add(d.value()));
        delta.get("tool_calls").elements().forEach(call -> grow(calls, call));
        if (choice.get("finish_reason").isThere()) {
          completion.put("finish_reason", choice.get("finish_reason").text());
        }
      }
    }
    if (!details.isEmpty()) {
      said.put("reasoning_details", details);
    }
    if (!calls.isEmpty()) {
      said.put("tool_calls", calls);
    }
    Object choice =
        JsonTree.object(
            "index", 0, "message", said, "finish_reason", completion.remove("finish_reason"));
    completion.put("choices", List.of(choice));
    return completion;
  }

  private static void append(Map<String, @Nullable Object> said, String name, Place text) {
    if (text.isThere()) {
      said.merge(name, text.text(), (a, b) -> "" + a + b);
    }
  }

  private static void grow(List<Map<String, @Nullable Object>> calls, Place piece) {
    int index = (int) piece.get("index").count();
    if (index == calls.size()) {
      Map<String, @Nullable Object> call = JsonTree.object("id", piece.get("id").text());
      call.put("function", piece.get("function").object());
      calls.add(call);
      return;
    }
    if (index != calls.size() - 1) {
      throw new AssertionError("a piece of a call that is over");
    }
    Map<String, @Nullable Object> function = Place.of(calls.get(index)).get("function").object();
    append(function, "arguments", piece.get("function").get("arguments"));
  }
}
