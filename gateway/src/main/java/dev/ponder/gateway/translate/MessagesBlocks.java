package dev.ponder.gateway.translate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of a chat message as blocks of a Messages turn. */
final class MessagesBlocks {

  private static final String API = "Anthropic's Messages API";

  private MessagesBlocks() {}

  /** The blocks of a content that is text or parts; empty texts, which Anthropic refuses, go. */
  static List<@Nullable Object> of(Place content) {
    List<@Nullable Object> blocks = new ArrayList<>();
    if (content.isText()) {
      addText(blocks, content.text(), content);
      return blocks;
    }
    for (Place part : content.elements()) {
      Place type = part.get("type");
      switch (type.text()) {
        case "text" -> addText(blocks, part.get("text").text(), part);
        case "refusal" -> addText(blocks, part.get("refusal").text(), part);
        case "image_url" -> blocks.add(image(part));
        case "file" -> blocks.add(document(part));
        case "thinking" -> {} // an unsigned thought of Mistral's
        case "input_audio" -> throw type.unknownThere(API, "text, image_url or file");
        default -> throw type.wrong("text, image_url, file or refusal");
      }
    }
    return blocks;
  }

  /** Text as it was if it is nothing else, or else blocks. */
  static Object contentOf(Place content) {
    return content.isText() ? content.text() : of(content);
  }

  private static void addText(List<@Nullable Object> blocks, String text, Place from) {
    if (!text.isEmpty()) {
      blocks.add(cached(JsonTree.object("type", "text", "text", text), from));
    }
  }

  /** The block with the mark of the part's that says that a cached prefix ends here. */
  private static Map<String, @Nullable Object> cached(
      Map<String, @Nullable Object> block, Place part) {
    Place mark = part.get("cache_control");
    if (mark.isThere()) {
      block.put("cache_control", mark.object());
    }
    return block;
  }

  private static Map<String, @Nullable Object> image(Place part) {
    Place url = part.get("image_url").get("url");
    return cached(JsonTree.object("type", "image", "source", source(url)), part);
  }

  private static Map<String, @Nullable Object> source(Place url) {
    String text = url.text();
    if (text.startsWith("http://") || text.startsWith("https://")) {
      return JsonTree.object("type", "url", "url", text);
    }
    DataUrl data = DataUrl.of(url);
    return JsonTree.object("type", "base64", "media_type", data.mediaType(), "data", data.base64());
  }

  private static Map<String, @Nullable Object> document(Place part) {
    Place file = part.get("file");
    if (!file.get("file_data").isThere() && file.get("file_id").isThere()) {
      throw file.get("file_id").unknownThere(API, "file_data");
    }
    DataUrl data = DataUrl.of(file.get("file_data"));
    if (data.mediaType().startsWith("image/")) {
      return cached(
          JsonTree.object(
              "type",
              "image",
              "source",
              JsonTree.object(
                  "type", "base64", "media_type", data.mediaType(), "data", data.base64())),
          part);
    }
    Object source;
    if (data.mediaType().equals("application/pdf")) {
      source =
          JsonTree.object("type", "base64", "media_type", data.mediaType(), "data", data.base64());
    } else if (data.mediaType().startsWith("text/")) {
      source = JsonTree.object("type", "text", "media_type", "text/plain", "data", data.text());
    } else {
      throw file.get("file_data").unknownThere(API, "a PDF, an image or text");
    }
    String title = file.get("filename").textOrNull();
    return cached(JsonTree.object("type", "document", "source", source, "title", title), part);
  }

  /**
   * A {@code data:} URL.
   *
   * @param mediaType without parameters, in lower case
   * @param base64 its data
   */
  record DataUrl(String mediaType, String base64, Place place) {

    private static final String EXPECTED = "data:TYPE;base64,DATA";

    static DataUrl of(Place place) {
      String url = place.text();
      int comma = url.indexOf(',');
      String head = comma < 0 ? "" : url.substring(0, comma);
      if (!head.startsWith("data:") || !head.endsWith(";base64")) {
        throw place.wrong("an http URL or " + EXPECTED);
      }
      String type = head.substring("data:".length(), head.indexOf(';'));
      return new DataUrl(type.toLowerCase(java.util.Locale.ROOT), url.substring(comma + 1), place);
    }

    String text() {
      try {
        return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException malformed) {
        throw place.wrong(EXPECTED);
      }
    }
  }
}
