package dev.ponder.gateway.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Thinking in both dialects. What can be read is {@code reasoning_content}; what has to come back
 * unchanged, signatures and encrypted thoughts, is in {@code reasoning_details}, in the form that
 * OpenRouter gave it: {@code reasoning.text} with a signature, and {@code reasoning.encrypted}.
 *
 * <p>A thought without a signature cannot be sent to Anthropic, which would refuse it; nor can one
 * that another provider signed. Such thoughts stay behind.
 */
final class Thoughts {

  /** Who signed it. */
  static final String FORMAT = "anthropic-claude-v1";

  static final String TEXT = "reasoning.text";
  static final String ENCRYPTED = "reasoning.encrypted";

  private Thoughts() {}

  /** The blocks of an assistant's chat message that Anthropic takes back, in their order. */
  static List<@Nullable Object> blocks(Place message) {
    List<@Nullable Object> blocks = new ArrayList<>();
    for (Detail detail : details(message.get("reasoning_details"))) {
      if (detail.data != null) {
        blocks.add(JsonTree.object("type", "redacted_thinking", "data", detail.data));
      } else if (!detail.signature.isEmpty()) {
        String thinking = detail.text.toString();
        blocks.add(
            JsonTree.object(
                "type", "thinking", "thinking", thinking, "signature", detail.signature));
      }
    }
    return blocks;
  }

  /** One thought: a stream brings it in pieces, and some clients keep the pieces. */
  private static final class Detail {
    final @Nullable Object index;
    final StringBuilder text = new StringBuilder();
    String signature = "";
    @Nullable String data;

    Detail(@Nullable Object index) {
      this.index = index;
    }

    boolean goesOnWith(@Nullable Object next) {
      return index != null && index.equals(next) && signature.isEmpty() && data == null;
    }
  }

  private static List<Detail> details(Place list) {
    List<Detail> details = new ArrayList<>();
    for (Place place : list.elements()) {
      String format = place.get("format").textOrNull();
      String type = place.get("type").textOrNull();
      if (format != null && !format.startsWith("anthropic")) {
        continue;
      }
      Object index = place.get("index").value();
      if (ENCRYPTED.equals(type)) {
        Detail detail = new Detail(index);
        detail.data = place.get("data").text();
        details.add(detail);
      } else if (TEXT.equals(type)) {
        boolean more = !details.isEmpty() && details.get(details.size() - 1).goesOnWith(index);
        Detail detail = more ? details.get(details.size() - 1) : new Detail(index);
        String text = place.get("text").textOrNull();
        String signature = place.get("signature").textOrNull();
        detail.text.append(text == null ? "" : text);
        detail.signature = signature == null ? "" : signature;
        if (!more) {
          details.add(detail);
        }
      }
    }
    return details;
  }

  /** Adds the blocks' thoughts to a chat message. */
  static void addTo(Map<String, @Nullable Object> message, List<Place> blocks) {
    StringBuilder readable = new StringBuilder();
    List<@Nullable Object> details = new ArrayList<>();
    for (Place block : blocks) {
      if ("thinking".equals(block.get("type").textOrNull())) {
        String text = block.get("thinking").text();
        String signature = block.get("signature").textOrNull();
        readable.append(text);
        if (signature != null && !signature.isEmpty()) {
          details.add(signed(details.size(), text, signature));
        }
      } else {
        details.add(encrypted(details.size(), block.get("data").text()));
      }
    }
    if (!readable.isEmpty()) {
      message.put("reasoning_content", readable.toString());
    }
    if (!details.isEmpty()) {
      message.put("reasoning_details", details);
    }
  }

  static Map<String, @Nullable Object> signed(
      int index, @Nullable String text, @Nullable String signature) {
    return JsonTree.object(
        "type", TEXT, "text", text, "signature", signature, "format", FORMAT, "index", index);
  }

  static Map<String, @Nullable Object> encrypted(int index, String data) {
    return JsonTree.object("type", ENCRYPTED, "data", data, "format", FORMAT, "index", index);
  }
}
